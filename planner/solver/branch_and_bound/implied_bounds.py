"""Bounds of variables that the rows imply.

Where all other variables of a row are as small as they can be, what the row leaves is the most that one variable can
be. The same holds the other way round.
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.program import Index32, Mask, Program

PASSES = 5
"""over all rows, at most"""
CLEARLY = 1e-3
"""by how much of its size a bound must become tighter to be taken"""
ROOM = 1e-7
"""by how much of its size an implied bound is loosened, as it is computed with rounding"""


def implied_bounds(program: Program) -> tuple[Vector, Vector]:
    """Bounds that every solution satisfies, never looser than the program's; shape (n,) each."""
    variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))
    row, value = program.index, program.value
    lower, upper = program.lower.copy(), program.upper.copy()
    for _ in range(PASSES):
        small = np.where(value > 0.0, value * lower[variable], value * upper[variable])
        large = np.where(value > 0.0, value * upper[variable], value * lower[variable])
        at_least, at_most = _of_the_others(row, small, -np.inf), _of_the_others(row, large, np.inf)
        from_above = (program.row_upper[row] - at_least) / value
        from_below = (program.row_lower[row] - at_most) / value
        least, most = np.full_like(lower, -np.inf), np.full_like(upper, np.inf)
        np.maximum.at(least, variable, np.where(value > 0.0, from_below, from_above))
        np.minimum.at(most, variable, np.where(value > 0.0, from_above, from_below))
        least, most = _loosened(least, program.integer, -1.0), _loosened(most, program.integer, 1.0)
        tighter = (least > _beyond(lower, 1.0), most < _beyond(upper, -1.0))
        if not tighter[0].any() and not tighter[1].any():
            break
        lower, upper = np.where(tighter[0], least, lower), np.where(tighter[1], most, upper)
    return lower, upper


def _of_the_others(row: Index32, contribution: Vector, unbounded: float) -> Vector:
    """For each entry the sum of its row's other contributions, or `unbounded` where one of those is infinite."""
    infinite = ~np.isfinite(contribution)
    finite = np.where(infinite, 0.0, contribution)
    sums, infinities = np.bincount(row, finite), np.bincount(row, infinite)
    return np.where(infinities[row] - infinite > 0, unbounded, sums[row] - finite)


def _loosened(bound: Vector, integer: Mask, outwards: float) -> Vector:
    """A bound loosened for rounding; that of an integer rounded to a whole number."""
    whole = outwards * np.floor(outwards * bound + TOLERANCE)
    return np.where(integer, whole, bound + outwards * ROOM * (1.0 + np.abs(bound)))


def _beyond(bound: Vector, inwards: float) -> Vector:
    """What a new bound must exceed to be clearly tighter; an infinite bound itself."""
    size = np.where(np.isfinite(bound), 1.0 + np.abs(bound), 0.0)
    return bound + inwards * CLEARLY * size
