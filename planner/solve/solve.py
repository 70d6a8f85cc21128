"""From a case to a plan: post, build, solve, read back, and say how it was proven."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.errors import Infeasible, Stopped
from planner.basics.memory import release_memory
from planner.basics.search_method import SearchMethod
from planner.case.case import Case
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.model.limits import Leeway
from planner.plan.exports import debt
from planner.plan.plan import PROVEN, STOPPED, Plan, Record
from planner.portfolio.fewer_dates import left_out
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.progress import Clock

if TYPE_CHECKING:
    from planner.solver import Answer, Options, Program, Snapshot
    from planner.solver.program import Mask

AGREE = 1e-6
"""how far the solver's objective and the ledger's may be apart, relative to the larger"""

WRITING = "writing the tables"
"""the last phase: the plan is found"""
NUMERICS = "the solver cannot be trusted with the numbers: "
"""how a plan's note begins that says why"""

LARGE = 200_000
"""coefficients from which on it pays to look for what of the model can go before HiGHS searches: 0.05 s"""
VERY_LARGE = 2_000_000
"""coefficients from which on a first plan is looked for with fewer dates of each offer"""
HUGE = 3_000_000
"""coefficients from which on posts are made again for the tables rather than kept while HiGHS searches"""
PEAK_GAP = 1e-3
"""to which a smallest peak is proven, relative"""
BREACH_GAP = 1e-6
"""to which it is proven that limits cannot be broken by less, relative"""
Besides: TypeAlias = Callable[[Portfolio], Iterable[Limit]]
"""limits of a study, stated over a portfolio"""

Holding: TypeAlias = Callable[[Portfolio], Portfolio]
"""a portfolio as a study bounds its columns: the same columns, posts and limits"""

LONGER = "Allow more time (case.solver.time_limit_s or --time-limit)."


def solve(
    case: Case,
    *,
    start: Plan | Mapping[str, float] | None = None,
    besides: Besides | None = None,
    holding: Holding | None = None,
    leeway: Leeway | None = None,
    target: float | None = None,
    like: Portfolio | None = None,
    mps: Path | None = None,
    on_phase: Callable[[str], None] | None = None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Plan:
    """The plan of least present cost.

    `start` is a plan to start from, or its decisions by name, as far as they exist here; `mps` a file to write the
    model to; `on_phase` hears which phase begins, `on_progress` how the search goes. Gap, time limit, threads and seed
    are the case's. `besides` are limits of a study: the plan keeps them, but its tables know nothing of them. `holding`
    bounds columns more than the case does; with `leeway` limits may be broken, and the record names those that are.
    With a `target` any plan will do that costs no more [USD bn], and that none does is Infeasible. What the case has in
    common with that of `like`, a portfolio, is not posted anew.
    Raises Infeasible where no plan satisfies the case and Stopped where time or Ctrl-C ended the search before any
    plan was found; stopped later, the best plan so far is returned and says so.
    """
    phase = on_phase or (lambda _: None)
    clock = Clock()
    phase("reading the contracts")
    portfolio = Portfolio.of(case, like)
    debt.explained(portfolio)  # raises before the search, not after it
    clock.lap("post")
    phase("building the model")
    from planner import solver

    program, remarks = _compiled(portfolio, holding, besides, leeway, mps, clock)
    proposed = _proposed(program, portfolio, start)
    with_fewer_dates = start is None and case.settings.solver.search is not SearchMethod.HIGHS
    aside = _aside(program, portfolio) if with_fewer_dates and len(program.value) >= VERY_LARGE else None
    if len(program.value) >= HUGE:
        del portfolio
    if len(program.value) >= LARGE:
        release_memory()
    phase("solving")
    asked = options(case, case.settings.solver.gap, target)
    answer = solver.solve(program, asked, start=proposed, aside=aside, on_progress=on_progress)
    clock.lap("solve")
    phase(WRITING)
    if len(program.value) >= HUGE:
        release_memory()
        portfolio = Portfolio.of(case, like)
    solution = Solution(portfolio, settled(portfolio, _values(answer)[: portfolio.ledgers.size]))
    record = _record(solution, answer, remarks, clock)
    if leeway is not None:
        names = (limit.named(t, case.calendar) for limit, t in solution.breaches())
        record = replace(record, relaxed=tuple(names))
    plan = Plan.of(solution, record)
    clock.lap("tables")
    return plan


def _compiled(
    portfolio: Portfolio,
    holding: Holding | None,
    besides: Besides | None,
    leeway: Leeway | None,
    mps: Path | None,
    clock: Clock,
) -> tuple[Program, tuple[str, ...]]:
    """The program of a portfolio, as `solve` says, and remarks on its numbers; the model is gone by then."""
    from planner import solver
    from planner.model.model import model

    clock.lap("import")
    stated = () if besides is None else tuple(besides(portfolio))
    built = model(portfolio if holding is None else holding(portfolio), stated, leeway)
    clock.lap("build")
    program = built.program()
    clock.lap("compile")
    if mps is not None:
        solver.write_mps(program, mps)
        clock.lap("write_mps")
    return program.without_names(), tuple(solver.scaling(program).remarks)


@dataclass(frozen=True)
class Smallest:
    """A smallest value, as far as it is proven."""

    value: float
    bound: float | None
    """nothing is less; None where nothing is known"""
    proven: bool
    stopped_by: str
    """what ended the search, if it was not the proof"""
    decisions: Mapping[str, float] = field(default_factory=dict, repr=False)
    """with which it is reached, by name; what is 0 is left out"""


def smallest_peak(
    case: Case,
    of: Callable[[Portfolio], Balance],
    periods: Sequence[int],
    *,
    start: Mapping[str, float] | None = None,
    besides: Besides | None = None,
    like: Portfolio | None = None,
) -> Smallest:
    """The smallest that the largest value of a balance over some periods can be.

    It is to be proven to PEAK_GAP, or to the case's gap where that is less, within the case's time limit; `start` are
    decisions to start from, `like` is as for `solve`. Raises as that does.
    """
    from planner import solver
    from planner.model.model import Peak, model

    portfolio = Portfolio.of(case, like)
    stated = () if besides is None else tuple(besides(portfolio))
    program = model(portfolio, stated, peak=Peak(of(portfolio), periods)).program().without_names()
    gap = min(case.settings.solver.gap, PEAK_GAP)
    answer = solver.solve(program, options(case, gap), start=_proposed(program, portfolio, start))
    x = _values(answer)[: portfolio.ledgers.size]
    assert answer.objective is not None, "there is a solution"
    decisions = {name: value for name, value in zip(portfolio.ledgers.names, x.tolist(), strict=True) if value}
    return Smallest(answer.objective, answer.bound, answer.proven, _reason(answer), decisions)


def least_broken(
    case: Case,
    loose: Callable[[Limit], bool],
    *,
    holding: Holding | None = None,
    start: Plan | Mapping[str, float] | None = None,
) -> float:
    """By how little limits that are `loose` can be broken in all, in the measure of `Leeway`; proven to BREACH_GAP.

    Raises as `solve` does: Infeasible where no plan satisfies the case even with these limits broken; Stopped where
    time or Ctrl-C came before the proof.
    """
    from planner import solver
    from planner.model.model import model

    portfolio = Portfolio.of(case)
    held = portfolio if holding is None else holding(portfolio)
    program = model(held, leeway=Leeway(loose)).program().without_names()
    gap = min(case.settings.solver.gap, BREACH_GAP)
    answer = solver.solve(program, options(case, gap), start=_proposed(program, portfolio, start))
    _values(answer)
    if not answer.proven:
        raise Stopped(f"stopped by {_reason(answer)} before it was proven how little has to be broken", LONGER)
    assert answer.objective is not None, "there is a solution"
    return max(0.0, answer.objective)


def options(case: Case, gap: float, target: float | None = None) -> Options:
    """How to solve: as the case says, but to that gap, or until a target is met or missed."""
    from planner.solver import Options

    settings = case.settings.solver
    return Options(gap, settings.time_limit_s, settings.threads, settings.seed, target, settings.search)


def settled(portfolio: Portfolio, x: Vector) -> Vector:
    """The columns with those that are maxima of others at exactly that; shape (columns,)."""
    exact = x.copy()
    for top in portfolio.ledgers.maxima:
        exact[top.variable] = top.value(x)
    return exact


def starting_values(portfolio: Portfolio, start: Plan | Mapping[str, float]) -> Vector:
    """The decisions of a plan as columns of a portfolio: 0 where it has none of that name; shape (columns,)."""
    values = start.values if isinstance(start, Plan) else start
    x = np.zeros(portfolio.ledgers.size)
    for i, name in enumerate(portfolio.ledgers.names):
        x[i] = values.get(name, 0.0)
    return x


def _proposed(program: Program, portfolio: Portfolio, start: Plan | Mapping[str, float] | None) -> Vector | None:
    """Decisions to start from as x of a program whose first columns are the portfolio's, NaN where they end."""
    if start is None:
        return None
    x = np.full(len(program.cost), np.nan)
    x[: portfolio.ledgers.size] = starting_values(portfolio, start)
    return x


def _aside(program: Program, portfolio: Portfolio) -> Mask:
    """The columns of a program that are left out when a first plan is looked for."""
    aside = np.zeros(len(program.cost), dtype=np.bool_)
    aside[: portfolio.ledgers.size] = left_out(portfolio)
    return aside


def _values(answer: Answer) -> Vector:
    """The columns of an answer; raises where there is no solution that fulfils every row within the tolerance."""
    from planner.solver import Solution as Found
    from planner.solver import Stop

    if answer.stop is Stop.TARGET_MISSED:
        raise Infeasible(f"no plan costs less than {answer.bound:.3f} USD bn")
    if answer.x is not None and answer.solution is Found.FEASIBLE:
        return answer.x
    match answer.stop:
        case Stop.INFEASIBLE:
            raise Infeasible("no plan satisfies everything that is given")
        case Stop.TIME_LIMIT | Stop.INTERRUPTED:
            raise Stopped(f"stopped by {_reason(answer)} before any plan was found", LONGER)
        case _:
            violation = f"rows broken by up to {answer.primal_violation:g}"
            raise RuntimeError(f"HiGHS ended without an answer: {answer.stop} ({answer.highs_status}), {violation}")


def _reason(answer: Answer) -> str:
    from planner.solver import Stop

    return {Stop.PROVEN: "", Stop.TIME_LIMIT: "time limit", Stop.INTERRUPTED: "interruption"}.get(
        answer.stop, str(answer.stop)
    )


def _record(solution: Solution, answer: Answer, remarks: Iterable[str], clock: Clock) -> Record:
    """What `plan.json` says; raises RuntimeError where the ledger does not agree with the solver."""
    from planner.solver.answer import relative_gap

    case = solution.portfolio.case
    objective = solution.objective
    bound = None if answer.bound is None else min(answer.bound, objective)
    if answer.objective is None or abs(objective - answer.objective) > AGREE * max(1.0, abs(objective)):
        raise RuntimeError(f"the ledger gives {objective}, the solver {answer.objective}")
    notes = [f"{offer}: {text}" for offer, text in solution.portfolio.ledgers.notes]
    notes += [f"{NUMERICS}{remark}" for remark in remarks]
    settings = case.settings
    return Record(
        title=settings.title,
        status=PROVEN if answer.proven else STOPPED,
        stopped_by=_reason(answer),
        objective_usd_bn=objective,
        bound_usd_bn=bound,
        gap=relative_gap(objective, bound),
        present_cost_at_lease_rate_usd_bn=solution.present_cost_at_lease_rate,
        seconds=clock.seconds,
        solver={
            "name": "HiGHS",
            "nodes": answer.nodes,
            "seconds": round(answer.seconds, 3),
            "status": answer.highs_status,
        },
        options={
            "gap": settings.solver.gap,
            "time_limit_s": settings.solver.time_limit_s,
            "threads": settings.solver.threads,
            "seed": settings.solver.seed,
            "search": str(settings.solver.search),
        },
        versions=versions(),
        inputs=case.hashes,
        notes=tuple(notes),
    )


def versions() -> dict[str, str]:
    """Versions of the planner, of what it solves with, and of Python."""
    found = {name: _version(name) for name in ("planner", "pyomo", "highspy", "numpy", "pandas")}
    return {**found, "python": platform.python_version()}


@cache
def _version(package: str) -> str:
    """What is installed does not change while it runs."""
    return importlib.metadata.version(package)
