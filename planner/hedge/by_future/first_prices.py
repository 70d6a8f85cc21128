"""Prices to begin with: the duals of the linear program of the whole tree.

What a future earns or pays with a decision that it shares is its reduced cost, in which the duals of rows that several
futures share are split by their probabilities. The reduced costs of a decision add up to that in the tree; the
multipliers are what lets every future see its share of it. With them the relaxation is at least as good a bound as the
linear program of the tree, and the same one where no future has integers.

The linear program is solved by the interior point method, without a basis: its duals lie in the middle of all that are
best, and give better bounds of programs with integers than those of a vertex. They need not be exact, for any prices
give a bound.

What follows from decisions by an equation, such as a balance that runs on, has no price of its own. Its multiplier w
is carried over to the decisions: θ_s times the equation is added to the objective of each future, with θ_s = −w_s over
its coefficient, which changes nothing, as the θ_s add up to 0.
"""

from __future__ import annotations

import threading

import numpy as np

from planner import solver
from planner.basics.arrays import Index, Vector
from planner.common.settings import RiskSettings
from planner.hedge.by_future.tied import Tied, TiePrices, balanced, within
from planner.hedge.risk_program import MOST_WEIGHT, with_risk
from planner.hedge.tree_program import TreeProgram
from planner.solver.interior_duals import interior_duals
from planner.solver.program import Mask, Program


def first_prices(
    tree: TreeProgram, tied: Tied, risk: RiskSettings, program: Program, options: solver.Options, stop: threading.Event
) -> tuple[TiePrices, Vector]:
    """Prices, and the common decisions in the linear program of the tree; shape (K,).

    Without multipliers, and zeros, where the linear program was not solved in time.
    """
    found = interior_duals(with_risk(tree, program, risk), options, stop)
    if found is None:
        return TiePrices.none(tree, tied), np.zeros(tied.size)
    x, duals = found
    m = len(program.row_lower)
    p = tree.merged.weights
    weights = within((1.0 - min(risk.weight, MOST_WEIGHT)) * p - duals[m:], p, risk) if risk.weight else p.copy()
    shared, multipliers = _of_shared(tree, weights, program, duals[:m])
    multipliers = _carried_over(tree, tied, shared, multipliers)
    column = np.full(len(program.cost), -1, dtype=np.int64)
    column[shared] = np.arange(len(shared))
    return TiePrices(weights, balanced(multipliers[:, column[tied.place]], tied.there)), x[tied.place]


def _of_shared(tree: TreeProgram, weights: Vector, program: Program, duals: Vector) -> tuple[Index, Vector]:
    """The variables of the tree that several futures share, and their multipliers; shape (futures, variables)."""
    merged, n, m = tree.merged, len(program.cost), len(program.row_lower)
    futures, share_of_row, share = np.zeros(n), np.zeros(m), np.zeros(n)
    for weight, place, rows in zip(weights, merged.places, merged.rows, strict=True):
        futures[place] += 1
        share[place] += weight
        share_of_row[np.unique(rows)] += weight
    cost = np.zeros(n)
    reduced = []
    for weight, each, place, rows in zip(weights, tree.futures, merged.places, merged.rows, strict=True):
        mine = duals[rows] * weight / share_of_row[rows] / np.bincount(rows, minlength=m)[rows]
        own = weight * each.program.cost - _combined(each.program, mine)
        cost += np.bincount(place, own, n)
        reduced.append(own)
    shared = np.flatnonzero(futures > 1)
    found = np.zeros((len(reduced), len(shared)))
    column = np.full(n, -1, dtype=np.int64)
    column[shared] = np.arange(len(shared))
    for s, (place, own) in enumerate(zip(merged.places, reduced, strict=True)):
        mine = column[place] >= 0
        at = place[mine]
        found[s, column[at]] = cost[at] * weights[s] / share[at] - own[mine]
    return shared, found


def _combined(program: Program, duals: Vector) -> Vector:
    """Aᵀy; shape (n,)."""
    variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))
    return np.bincount(variable, program.value * duals[program.index], len(program.cost)).astype(np.float64)


def _carried_over(tree: TreeProgram, tied: Tied, shared: Index, multipliers: Vector) -> Vector:
    """The multipliers with those of what follows from decisions carried over to them; shape (futures, variables)."""
    known = np.zeros(len(shared), dtype=np.bool_)
    known[np.searchsorted(shared, tied.place)] = True
    found = multipliers.copy()
    for variable, others, values in reversed(_equations(tree, shared, known)):
        factor = -found[:, variable] / values[others == variable]
        found[:, others] += np.outer(factor, values)
        found[:, variable] = 0.0
    return found


def _equations(tree: TreeProgram, shared: Index, known: Mask) -> list[tuple[int, Index, Vector]]:
    """Variables that equations determine from known ones, one after another, with the terms of their equations.

    An equation counts where every future has it that has the variable. Variables are numbered as in `shared`.
    """
    program, n, m = tree.merged.program, len(tree.merged.program.cost), len(tree.merged.program.row_lower)
    of_variable, of_row = np.zeros(n), np.zeros(m)
    for place, rows in zip(tree.merged.places, tree.merged.rows, strict=True):
        of_variable[place] += 1
        of_row[np.unique(rows)] += 1
    column = np.full(n, -1, dtype=np.int64)
    column[shared] = np.arange(len(shared))
    equation = (program.row_lower == program.row_upper) & (of_row > 1)
    entries = np.flatnonzero(equation[program.index])
    entries = entries[np.argsort(program.index[entries], kind="stable")]
    at = column[np.repeat(np.arange(n), np.diff(program.start))[entries]]
    rows, begins = np.unique(program.index[entries], return_index=True)
    parts = (np.split(each, begins[1:])[: len(rows)] for each in (at, program.value[entries]))
    waiting = list(zip(rows.tolist(), *parts, strict=True))
    known, found = known.copy(), list[tuple[int, Index, Vector]]()
    before = len(waiting) + 1
    while waiting and len(waiting) < before:
        before, left = len(waiting), []
        for row, variables, values in waiting:
            missing = variables[~known[variables]]
            if len(missing) > 1:
                left.append((row, variables, values))
            elif len(missing) and of_variable[shared[missing[0]]] == of_row[row]:
                known[missing[0]] = True
                found.append((int(missing[0]), variables, values))
        waiting = left
    return found
