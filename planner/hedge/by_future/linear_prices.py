"""Prices of decisions that several futures share, from the duals of a linear program of these futures.

What a future earns or pays with a decision is its reduced cost, in which the duals of rows that several futures share
are split by their weights. With the multipliers of `split` every future sees its share of the reduced cost that the
decision has in the linear program of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.merging import Merged
from planner.solver.program import Program


@dataclass(frozen=True, eq=False)
class LinearPrices:
    """Multipliers of variables of the program of a tree."""

    variables: Index
    """their numbers, in order; shape (v,)"""
    multipliers: Vector
    """shape (futures, v)"""
    x: Vector
    """the variables in the linear program; shape (v,)"""


def shared_by_several(merged: Merged) -> Index:
    """The variables that are one in several programs."""
    return np.flatnonzero(_counts(merged) > 1)


def _counts(merged: Merged) -> Vector:
    counts = np.zeros(len(merged.program.cost))
    for place in merged.places:
        counts[place] += 1
    return counts


def split(
    programs: Sequence[Program],
    merged: Merged,
    weights: Vector,
    duals: Vector,
    variables: Index,
    extra: Vector | None = None,
) -> Vector:
    """The multipliers of variables of the merged program in each future; shape (futures, variables).

    `duals` are those of the merged program's rows, `extra` what its variables cost besides, shape (n,). Over the
    futures that have a variable its multipliers add up to what it costs besides.
    """
    n, m = len(merged.program.cost), len(merged.program.row_lower)
    share_of_row, share = np.zeros(m), np.zeros(n)
    for weight, place, rows in zip(weights, merged.places, merged.rows, strict=True):
        share[place] += weight
        share_of_row[np.unique(rows)] += weight
    reduced = []
    total = np.zeros(n) if extra is None else extra.copy()
    for weight, program, place, rows in zip(weights, programs, merged.places, merged.rows, strict=True):
        mine = duals[rows] * weight / share_of_row[rows] / np.bincount(rows, minlength=m)[rows]
        own = weight * program.cost - _combined(program, mine)
        total += np.bincount(place, own, n)
        reduced.append(own)
    found = np.zeros((len(programs), len(variables)))
    column = np.full(n, -1, dtype=np.int64)
    column[variables] = np.arange(len(variables))
    for s, (place, own) in enumerate(zip(merged.places, reduced, strict=True)):
        mine = column[place] >= 0
        at = place[mine]
        found[s, column[at]] = total[at] * weights[s] / share[at] - own[mine]
    return found


def _combined(program: Program, duals: Vector) -> Vector:
    """Aᵀy; shape (n,)."""
    variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))
    return np.bincount(variable, program.value * duals[program.index], len(program.cost)).astype(np.float64)
