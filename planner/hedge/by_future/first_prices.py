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

The time of the linear program grows faster than the number of futures. With more than a few they are priced in parts
(`planner.hedge.by_future.in_parts`), unless there is a weight on CVaR, which ties all of them together.
"""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.common.settings import RiskSettings
from planner.hedge.by_future.in_parts import MOST_TOGETHER, in_parts
from planner.hedge.by_future.linear_prices import LinearPrices, shared_by_several, split
from planner.hedge.by_future.tied import Tied, TiePrices, balanced, within
from planner.hedge.risk_program import MOST_WEIGHT, with_risk
from planner.hedge.search import Watch
from planner.hedge.tree_program import TreeProgram
from planner.solver.interior_duals import interior_duals
from planner.solver.program import Mask, Program


def first_prices(
    tree: TreeProgram, tied: Tied, risk: RiskSettings, program: Program, watch: Watch, stop: threading.Event
) -> tuple[TiePrices, Vector]:
    """Prices, and the common decisions in the linear program of the tree; shape (K,).

    Without multipliers, and zeros, where the linear program was not solved in time.
    """
    if risk.weight == 0.0 and len(tree.futures) > MOST_TOGETHER:
        weights = tree.merged.weights.copy()
        found = in_parts(tree, program, watch, stop)
    else:
        weights, found = _whole(tree, risk, program, watch, stop)
    if found is None:
        return TiePrices.none(tree, tied), np.zeros(tied.size)
    column = np.full(len(program.cost), -1, dtype=np.int64)
    column[found.variables] = np.arange(len(found.variables))
    multipliers = _carried_over(tree, tied, found.variables, found.multipliers)[:, column[tied.place]]
    return TiePrices(weights, balanced(multipliers, tied.there)), found.x[column[tied.place]]


def _whole(
    tree: TreeProgram, risk: RiskSettings, program: Program, watch: Watch, stop: threading.Event
) -> tuple[Vector, LinearPrices | None]:
    """The weights of the futures, and prices from one linear program."""
    p = tree.merged.weights
    found = interior_duals(with_risk(tree, program, risk), watch.left, stop)
    if found is None:
        return p, None
    x, duals = found
    m = len(program.row_lower)
    weights = within((1.0 - min(risk.weight, MOST_WEIGHT)) * p - duals[m:], p, risk) if risk.weight else p.copy()
    shared = shared_by_several(tree.merged)
    programs = [each.program for each in tree.futures]
    multipliers = split(programs, tree.merged, weights, duals[:m], shared)
    return weights, LinearPrices(shared, multipliers, x[shared])


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
