"""Ties between plans of equal cost go to the one that signs fewer offers.

A search ends with any of the cheapest plans, and one of them may sign offers that it has no use for, or for nothing.
With its whole variables fixed, a plan is a linear program. Its reduced costs d_j say by how much dropping an offer o
raises the cost at least,

    −Σ_{j of o} d_j · x_j

so that hardly any offer is left to be tried. Each of those is dropped where the linear program without it costs no
more. The proof of a plan is not touched: its cost stays the same, and it stays feasible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from planner import solver
from planner.basics.arrays import Index, Vector
from planner.portfolio.portfolio import Portfolio
from planner.tables.offer import OfferStatus

if TYPE_CHECKING:
    from planner.solver import Options, Program
    from planner.solver.program import Mask

EQUAL = 1e-9
"""two costs that differ by less are the same, relative to the larger of the cost and 1"""
CERTAIN = 1e-7
"""an offer is not tried where dropping it raises the cost by at least so much, relative to the same"""
SIZE = 500_000
"""coefficients from which on only offers that are signed for nothing are dropped"""


def with_fewer_signatures(program: Program, portfolio: Portfolio, x: Vector, options: Options) -> Vector:
    """The solution of a portfolio's program, or one of the same cost that signs fewer offers; shape (n,).

    Offers that must be signed stay. Of two that can be dropped, the one that is later in the case goes first. All is
    weighed in the program's own units.
    """
    added = np.arange(len(program.cost)) >= portfolio.ledgers.size
    return with_fewer(program, list(offers_of(portfolio).values()), added, x, options)


def with_fewer(program: Program, groups: Sequence[Index], added: Mask, x: Vector, options: Options) -> Vector:
    """The solution, or one of the same cost in which fewer groups of variables are above 0; shape (n,).

    `groups` holds the variables of each signature that can be dropped; the last go first. `added` says which variables
    the model adds to the decisions; shape (n,).
    """
    scaled = solver.Scaled.of(program)
    return scaled.outside(_with_fewer(scaled.program, groups, added, scaled.inside(x), options))


def _with_fewer(program: Program, groups: Sequence[Index], added: Mask, x: Vector, options: Options) -> Vector:
    signed = {i: found for i, found in enumerate(groups) if x[found].any()}
    parts = {i: _with_own(program, added, found) for i, found in signed.items()}
    whole = program.integer
    for offer, found in list(signed.items()):
        if not x[found[~whole[found]]].any():
            without = _dropped(x, parts[offer])
            feasible = program.violation(without) <= max(solver.TOLERANCE, program.violation(x))
            if feasible and program.objective(without) <= _limit(program.objective(x), EQUAL):
                x = without
                del signed[offer]
    if not signed or len(program.value) >= SIZE:
        return x
    plans = solver.PlansWithout(program, x, options)
    if plans.reduced is None:
        return x
    cost = program.objective(x)
    for offer in reversed(signed):
        found = parts[offer]
        if -float(plans.reduced[found] @ plans.x[found]) < CERTAIN * max(1.0, abs(cost)):
            plans.drop(found, _limit(cost, EQUAL))
    return plans.x


def _limit(cost: float, by: float) -> float:
    return cost + by * max(1.0, abs(cost))


def offers_of(portfolio: Portfolio) -> dict[str, Index]:
    """The decisions about each open offer, by offer in the order of the case."""
    found: dict[str, list[int]] = {
        offer.offer: [] for offer in portfolio.case.offers() if offer.status is OfferStatus.OPEN
    }
    for group in portfolio.ledgers.groups:
        if group.dims[:1] == ("offer",):
            for i, key in enumerate(group.keys):
                if str(key[0]) in found:
                    found[str(key[0])].append(group.first + i)
    return {offer: np.array(numbers, dtype=np.int64) for offer, numbers in found.items() if numbers}


def _with_own(program: Program, by_model: Mask, found: Index) -> Index:
    """The decisions about an offer, and the whole variables that the model adds for it, which share rows with them."""
    n, m = len(program.cost), len(program.row_lower)
    column = np.repeat(np.arange(n), np.diff(program.start))
    added = program.integer & by_model
    mine = np.zeros(n, dtype=np.bool_)
    mine[found] = True
    entries = added[column]
    holding = np.zeros(m, dtype=np.bool_)
    holding[program.index[entries]] = True
    inside = holding[program.index]  # only rows that hold a variable that the model adds
    rows, columns = program.index[inside], column[inside]
    while True:
        touched = np.zeros(m, dtype=np.bool_)
        touched[rows[mine[columns]]] = True
        reached = np.zeros(n, dtype=np.bool_)
        reached[columns[touched[rows]]] = True
        new = reached & added & ~mine
        if not new.any():
            return np.flatnonzero(mine)
        mine |= new


def _dropped(x: Vector, found: Index) -> Vector:
    without = x.copy()
    without[found] = 0.0
    return without
