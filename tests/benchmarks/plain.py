"""The plainest correct formulation of a portfolio: every offer serves every demand by itself.

The planner pools machines by chip and region: `work` says what a pool does and `flow` where it goes. The plain
formulation has a column for each source and each demand instead,

    serve[o, F, c, a, f, w, b, t]     GW of chip c in region a of offer o (or run by the lab in halls F), set to
                                      workload w of region b

and a row for each source, Σ_{w,b} serve ≤ what it supplies, for the second service of a reserve margin likewise.
Everything else is taken from the planner's own matrix, in which

    work_{cafwt} = Σ_{o,F,b} serve         flow_{fabwt} = Σ_{o,F,c} gw_equivalent_{cw} · serve

are put in place of the pooled columns: A S instead of A. So rows that are about pools follow from those of the sources
and are left out, rows of any other rule hold as they are, whatever the rules become, and S takes a solution back.
There is one binary for each offer, start and variant, at most one of an offer's being 1, in place of step binaries.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

from planner.api import Case
from planner.basics.arrays import Vector
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key
from planner.portfolio.portfolio import Portfolio
from planner.rules.serving import equivalents
from planner.solver import Program
from planner.solver.labels import Label


@dataclass(frozen=True)
class Service:
    """One service of pooled machines in the ledgers."""

    block: str
    work: str
    flow: str
    supply: str
    """ledger of what sources supply"""
    rule: str
    """whose limits `compute` and `capability` are about pools"""
    about: bool
    """whether keys begin with whose service it is"""


SERVICES = (
    Service("serving", "work", "flow", "compute", "meet_demand", False),
    Service("reserve", "reserve_work", "reserve_flow", "reserve", "reserve", True),
)
STEPS = ".chosen_once"
"""how the component of the rows of step binaries ends"""
POOLED = ("compute/", "capability/")
"""how the subjects of limits that are about pools begin"""


@dataclass(frozen=True)
class Plain:
    """A program in the plain formulation, and the way back."""

    program: Program
    back: Any
    """sparse, (pooled columns, plain columns)"""

    def pooled(self, x: Vector) -> Vector:
        """A solution as one of the pooled program."""
        return np.asarray(self.back @ x)


@dataclass
class _Split:
    """Columns and rows as they are found."""

    rows: list[int]
    """pooled column of each entry of S"""
    columns: list[int]
    """plain column of each"""
    values: list[float]
    supplied: list[tuple[list[int], Vector, Vector, float]]
    """(serve columns, pooled columns that supply, their coefficients, what is supplied anyway) of each source's rows"""
    width: int


def plain(portfolio: Portfolio, program: Program) -> Plain:
    """The plain formulation of a portfolio whose model is the program, labels and all."""
    n = len(program.cost)
    replaced = np.zeros(n, dtype=bool)
    split = _Split([], [], [], [], 0)
    for service in SERVICES:
        for name in (service.work, service.flow):
            family = _family(portfolio.ledgers, service.block, name)
            if family is not None:
                replaced[family.first : family.first + len(family.keys)] = True
    choices = _choices(program)
    replaced[[step for chain in choices for step, _ in chain]] = True
    kept = np.flatnonzero(~replaced)
    split.rows, split.columns, split.values = kept.tolist(), list(range(len(kept))), [1.0] * len(kept)
    split.width = len(kept)
    for chain in choices:
        _choose(np.searchsorted(kept, [choice for _, choice in chain]).tolist(), [step for step, _ in chain], split)
    for service in SERVICES:
        if _family(portfolio.ledgers, service.block, service.work) is not None:
            _serve(portfolio.case, portfolio.ledgers, service, split)
    back = scipy.sparse.csc_array((split.values, (split.rows, split.columns)), shape=(n, split.width))
    return Plain(_substituted(program, back, kept, split), back)


def _choices(program: Program) -> list[list[tuple[int, int]]]:
    """For each offer of several choices the columns (step binary, choice), in their order."""
    place = {label: j for j, label in enumerate(program.variables)}
    by_rows = scipy.sparse.csr_array(_matrix(program))
    chains: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for i, row in enumerate(program.rows):
        if row.component.endswith(STEPS) and isinstance(row.index, tuple):
            block, offer = row.component.removesuffix(STEPS), str(row.index[0])
            step = place[Label(f"{block}.chosen_by", row.index)]
            own = set(by_rows.indices[by_rows.indptr[i] : by_rows.indptr[i + 1]].tolist()) - {step}
            before = chains[block, offer]
            (choice,) = own - {at for at, _ in before}
            before.append((step, choice))
    return list(chains.values())


def _choose(choices: list[int], steps: list[int], split: _Split) -> None:
    """A step is the sum of the choices up to it, all of which are at most 1."""
    for n, step in enumerate(steps):
        split.rows += [step] * (n + 1)
        split.columns += choices[: n + 1]
        split.values += [1.0] * (n + 1)
    nothing = np.empty(0)
    split.supplied.append((choices, nothing.astype(int), nothing, 1.0))


def _family(ledgers: Ledgers, block: str, name: str) -> Any:
    try:
        return ledgers.find(block, name)
    except KeyError:
        return None


def _serve(case: Case, ledgers: Ledgers, service: Service, split: _Split) -> None:
    """A column for each source, workload, region that is served and period; a row for each source and period."""
    work, flow = (ledgers.find(service.block, name).numbers for name in (service.work, service.flow))
    able = equivalents(case)
    workloads: dict[Key, list[str]] = defaultdict(list)
    for *about, c, a, f, w, t in work:
        workloads[*about, c, a, f, t].append(str(w))
    reached: dict[Key, list[str]] = defaultdict(list)
    for *about, f, a, b, w, t in flow:
        reached[*about, f, a, w, t].append(str(b))
    names = ("offer", "families", "chip", "region", "firm")
    for *about, offer, families, c, a, f in ledgers.accounts(
        service.supply, *(["about"] if service.about else []), *names
    ):
        labels = dict(zip(names, (offer, families, c, a, f), strict=True)) | ({"about": about[0]} if about else {})
        supply = ledgers.balance(service.supply, **labels)
        for t, (columns, values) in enumerate(supply.by_period()):
            if not len(columns) and not supply.constant[t]:
                continue
            mine = []
            for w in workloads[*about, c, a, f, t]:
                for b in reached[*about, f, a, w, t]:
                    split.rows += [work[*about, c, a, f, w, t], flow[*about, f, a, b, w, t]]
                    split.columns += [split.width, split.width]
                    split.values += [1.0, able[c, w]]
                    mine.append(split.width)
                    split.width += 1
            if mine:
                split.supplied.append((mine, columns, values, float(supply.constant[t])))


def _substituted(program: Program, back: Any, kept: Any, split: _Split) -> Program:
    """The program over the plain columns, its rows about pools replaced by those about sources."""
    steps = [label.component.endswith(STEPS) for label in program.rows]
    stays = np.array([not (step or about_pools(label)) for step, label in zip(steps, program.rows, strict=True)])
    rows = (scipy.sparse.csr_array(_matrix(program))[np.flatnonzero(stays)] @ back).tocsr()
    place = np.full(len(program.cost), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    at, where, values = [], [], []
    for i, (mine, columns, much, _) in enumerate(split.supplied):
        at += [i] * (len(mine) + len(columns))
        where += [*mine, *place[columns].tolist()]
        values += [*([1.0] * len(mine)), *(-much).tolist()]
    sources = scipy.sparse.csr_array((values, (at, where)), shape=(len(split.supplied), split.width))
    whole = scipy.sparse.csc_array(scipy.sparse.vstack([rows, sources]))
    whole.sum_duplicates()
    whole.eliminate_zeros()
    more = split.width - len(kept)
    return Program(
        cost=np.asarray(program.cost @ back),
        constant=program.constant,
        lower=np.append(program.lower[kept], np.zeros(more)),
        upper=np.append(program.upper[kept], np.full(more, np.inf)),
        integer=np.append(program.integer[kept], np.zeros(more, dtype=bool)),
        row_lower=np.append(program.row_lower[stays], np.full(len(split.supplied), -np.inf)),
        row_upper=np.append(program.row_upper[stays], [constant for *_, constant in split.supplied]),
        start=whole.indptr.astype(np.int32),
        index=whole.indices.astype(np.int32),
        value=whole.data,
    )


def _matrix(program: Program) -> Any:
    shape = len(program.row_lower), len(program.cost)
    return scipy.sparse.csc_array((program.value, program.index, program.start), shape=shape)


def about_pools(row: Label) -> bool:
    """Whether a row is a limit on a pool."""
    of_pools = any(row.component == f"limit.{service.rule}" for service in SERVICES)
    return of_pools and isinstance(row.index, tuple) and str(row.index[0]).startswith(POOLED)
