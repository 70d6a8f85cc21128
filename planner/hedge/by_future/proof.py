"""The bound of a hedge proven again: each future is solved once more at the prices of the hedge's certificate.

`bounds.csv` and `multipliers.csv` say of each future s that no plan of it has less than bound_s of

    π_s · cost_s + Σ_j w_sj · x_sj

Here the solver is asked for a solution that has less, by more than rounding. Either it proves that there is none, or it
finds one, and the claim is false. The programs are made anew from the hedge's case. That the bounds add up to that of
the hedge, and the multipliers of each decision to 0, is what the audit of the folder checks.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.errors import Stopped
from planner.futures.tree import Tree
from planner.hedge.by_future.solves import Engine, Solves, Task
from planner.hedge.by_future.tied import Relaxed, Tied, TiePrices
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit.finding import Finding, apart
from planner.plan.hedges.audit import BESIDE_A_CERTIFICATE, HedgeAudit
from planner.plan.hedges.certificate import BOUNDS, Certificate
from planner.plan.hedges.hedge import Hedge
from planner.solve.answers import options
from planner.solver import Answer, Stop
from planner.solver.interrupts import heeding_signals


@dataclass(frozen=True)
class BoundClaim:
    """What a certificate says of one future, and what became of it."""

    future: str
    bound: float
    """[USD bn]"""
    stop: Stop
    """TARGET_MISSED: proven; TARGET_MET: refuted; else why neither is known"""
    found: float | None
    """what a plan of the future comes to; None where none was found below the bound [USD bn]"""

    @property
    def proven(self) -> bool:
        """Whether no plan comes to less."""
        return self.stop in (Stop.TARGET_MISSED, Stop.INFEASIBLE)


def prove(hedge: Hedge, engine: Engine, on_phase: Callable[[str], None] = lambda _: None) -> tuple[BoundClaim, ...]:
    """The claims of a hedge that has a certificate and whose audit agrees, one for each future.

    Gap, threads, seed and search are those of its case; there is no time limit. Raises Stopped at Ctrl-C.
    """
    certificate, case = hedge.certificate, hedge.case
    assert certificate is not None, "there is a certificate"
    on_phase("reading the contracts of all futures")
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    tied = Tied.of(program)
    prices, around = _prices(certificate, program, tied), _near(hedge, program, tied)
    relaxed = Relaxed.of(program, tied, program.program)
    claimed = np.array([each.bound for each in certificate.futures])
    asked = replace(options(case, case.settings.solver.gap), time_limit_s=None)
    shares = relaxed.bounds(prices, around, [0.0] * len(claimed))  # of what is the same for every plan
    targets = (claimed - shares - TOLERANCE * np.maximum(1.0, np.abs(claimed))) / prices.weights
    tasks = [
        Task(each, replace(asked, target=float(target)))
        for each, target in zip(relaxed.priced(prices, around), targets, strict=True)
    ]
    on_phase("every future at its prices")
    answers = _solved(tasks, engine)
    found = [math.nan if each.objective is None else each.objective for each in answers]
    totals = relaxed.bounds(prices, around, found)
    return tuple(
        BoundClaim(each.future, each.bound, answer.stop, float(total) if answer.stop is Stop.TARGET_MET else None)
        for each, answer, total in zip(certificate.futures, answers, totals, strict=True)
    )


def with_proof(audited: HedgeAudit, claims: Sequence[BoundClaim]) -> HedgeAudit:
    """The audit of a hedge that agrees, and what became of its claims."""
    proven = sum(claim.proven for claim in claims)
    words = audited.not_derived
    if proven == len(claims):
        words = tuple(each for each in words if each != BESIDE_A_CERTIFICATE[0])
    return replace(audited, findings=tuple(_findings(claims)), not_derived=words, proven=proven)


def _findings(claims: Sequence[BoundClaim]) -> Iterator[Finding]:
    for line, claim in enumerate(claims, start=2):
        if claim.proven:
            continue
        if claim.found is None:
            what = f"of {claim.future} could not be proven again: {claim.stop}"
        else:
            one, other = apart(claim.bound, claim.found)
            what = f"says {one}, but a plan of {claim.future} comes to {other}"
        yield Finding(BOUNDS, line, "bound_usd_bn", what)


def _solved(tasks: Sequence[Task], engine: Engine) -> list[Answer]:
    stop = threading.Event()
    with heeding_signals(stop), engine() as executor:
        try:
            answers = Solves(executor, stop, math.inf).all(tasks)
        except KeyboardInterrupt:
            raise Stopped("stopped by interruption before every future was solved again") from None
    if stop.is_set():
        raise Stopped("stopped by interruption before every future was solved again")
    return answers


def _prices(certificate: Certificate, program: TreeProgram, tied: Tied) -> TiePrices:
    """The prices of a certificate."""
    place = {future.name: s for s, future in enumerate(program.tree.futures)}
    decision = {key: k for k, key in enumerate(zip(tied.nodes, tied.names, strict=True))}
    multipliers = np.zeros((len(place), tied.size))
    for each in certificate.multipliers:
        multipliers[place[each.future], decision[each.node, each.decision]] = each.value
    return TiePrices(np.array([each.weight for each in certificate.futures]), multipliers)


def _near(hedge: Hedge, program: TreeProgram, tied: Tied) -> Vector:
    """The common decisions of the hedge; shape (K,)."""
    told = []
    for each in program.futures:
        values = hedge.plans[each.future.name].values
        own = zip(each.names, each.portfolio.ledgers.names, strict=True)
        told.append({name: values.get(mine, 0.0) for name, mine in own})
    return np.nan_to_num(program.start(told)[tied.place])
