"""The objective of a tree: expected cost, conditional value at risk (CVaR), or both with weights.

    minimise    (1 − weight) · Σ p_s cost_s  +  weight · CVaR_level(cost)
    CVaR        η + Σ p_s u_s / (1 − level),   u_s ≥ cost_s − η,   u_s ≥ 0

(Rockafellar and Uryasev 2000). The CVaR is that of the whole present cost, seen from today. So it is not consistent in
time: who decides anew in a bad future may then want another plan than the one that looked best from today.

At weight 1 the futures that are cheaper than the tail would cost whatever they like. So the program is solved with a
weight just below. Its bound holds for the CVaR too, as the expected cost is never above it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.risk import quantile, weighted
from planner.common.settings import RiskSettings
from planner.hedge.tree_program import TreeProgram
from planner.solver import Answer
from planner.solver.answer import relative_gap
from planner.solver.program import Program

MOST_WEIGHT = 1.0 - 1e-6
"""largest weight of the CVaR with which a program is solved"""


def with_risk(tree: TreeProgram, program: Program, risk: RiskSettings) -> Program:
    """A program of a tree with the objective of `risk`; at weight 0 the program itself.

    It has the variables η and u_s after its own, and one row for each future.
    """
    if risk.weight == 0.0:
        return program
    weight, n, m, S = min(risk.weight, MOST_WEIGHT), len(program.cost), len(program.row_lower), len(tree.futures)
    entries: list[tuple[int, int, float]] = []
    side = np.zeros(S)
    for s, (each, place) in enumerate(zip(tree.futures, tree.merged.places, strict=True)):
        cost = np.bincount(place, each.program.cost, n)
        entries += [(int(j), m + s, float(cost[j])) for j in np.flatnonzero(cost)]
        entries += [(n, m + s, -1.0), (n + 1 + s, m + s, -1.0)]
        side[s] = -each.program.constant
    column, row, value = (np.array(each) for each in zip(*entries, strict=True))
    columns = np.concatenate([np.repeat(np.arange(n), np.diff(program.start)), column])
    rows = np.concatenate([program.index, row])
    by = np.lexsort((rows, columns))
    tail = weight * tree.merged.weights / (1.0 - risk.level)
    more = np.zeros(1 + S, dtype=bool)
    return replace(
        program,
        cost=np.concatenate([(1.0 - weight) * program.cost, [weight], tail]),
        constant=(1.0 - weight) * program.constant,
        lower=np.concatenate([program.lower, [-np.inf], np.zeros(S)]),
        upper=np.concatenate([program.upper, np.full(1 + S, np.inf)]),
        integer=np.concatenate([program.integer, more]),
        implied=None if program.implied is None else np.concatenate([program.implied, more]),
        row_lower=np.concatenate([program.row_lower, np.full(S, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, side]),
        start=np.searchsorted(columns[by], np.arange(n + S + 2)).astype(np.int32),
        index=rows[by].astype(np.int32),
        value=np.concatenate([program.value, value])[by],
    )


def start_with_risk(tree: TreeProgram, x: Vector, risk: RiskSettings) -> Vector:
    """A solution of the tree's program as one of the program with risk; NaN where the costs are not known yet."""
    if risk.weight == 0.0:
        return x
    costs = tree.costs(x)
    if np.isnan(costs).any():
        return np.append(x, np.full(1 + len(costs), np.nan))
    at = quantile(costs.tolist(), tree.merged.weights.tolist(), risk.level)
    return np.concatenate([x, [at], np.maximum(0.0, costs - at)])


def with_most(program: Program, most: float) -> Program:
    """The program with the row objective ≤ most [USD bn], so that it has no solution that costs more."""
    n, m = len(program.cost), len(program.row_lower)
    priced = np.flatnonzero(program.cost)
    columns = np.concatenate([np.repeat(np.arange(n), np.diff(program.start)), priced])
    rows = np.concatenate([program.index, np.full(len(priced), m)])
    by = np.lexsort((rows, columns))
    return replace(
        program,
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, most - program.constant),
        start=np.searchsorted(columns[by], np.arange(n + 1)).astype(np.int32),
        index=rows[by].astype(np.int32),
        value=np.concatenate([program.value, program.cost[priced]])[by],
    )


def at_full_weight(tree: TreeProgram, answer: Answer, risk: RiskSettings) -> Answer:
    """The answer of a program with risk, with the objective of its solution at the weight asked for."""
    if answer.x is None or risk.weight <= MOST_WEIGHT:
        return answer
    objective = weighted(tree.costs(answer.x).tolist(), tree.merged.weights.tolist(), risk.level, risk.weight)
    return replace(answer, objective=objective, gap=relative_gap(objective, answer.bound))
