"""Warm starts: a solution of which only some values are known, and the values that follow from those."""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import ROUNDING, TOLERANCE
from planner.solver.highs import Options, load
from planner.solver.highs_search import run_highs
from planner.solver.program import Program

LONGEST_S = 10.0
"""how long missing integers may be searched for [s]"""


def completed(program: Program, start: Vector, options: Options, stop: threading.Event) -> Vector:
    """A start with the values that follow from it, and with the best integers to go with it where some are missing.

    Shape (n,). HiGHS's search would look for missing integers too, but would accept any within the gap of the whole
    program. A start without integers, or one that nothing goes with, stays as it is.
    """
    x = deduced(program, start)
    restricted = program.with_integers_fixed(x)
    if restricted.integer.sum() in (0, program.integer.sum()):
        return x
    longest = LONGEST_S if options.time_limit_s is None else min(LONGEST_S, options.time_limit_s)
    highs = load(restricted, Options(0.0, longest, options.threads, options.seed))
    found = run_highs(highs, restricted, stop)
    return x if found.x is None else np.where(program.integer & ~restricted.integer, restricted.lower, found.x)


def deduced(program: Program, start: Vector) -> Vector:
    """A start with those missing values (NaN) that follow from it; shape (n,).

    A row of which one value is missing bounds that value. An equation determines it. So do bounds with one whole number
    between them. Where a value shares no row with another missing value, it is the cheapest within its bounds. Others
    may follow from that one: steps from choices, or the running balance of a period from that of the period before.
    """
    x = start.copy()
    variable, whole = np.repeat(np.arange(len(x)), np.diff(program.start)), program.integer
    while (unknown := np.isnan(x)).any():
        missing = unknown[variable]
        count = np.bincount(program.index[missing], minlength=len(program.row_lower))
        known = np.where(missing, 0.0, program.value * x[variable])
        sums = np.bincount(program.index, weights=known, minlength=len(program.row_lower))
        single = missing & (count == 1)[program.index]
        row, which, value = program.index[single], variable[single], program.value[single]
        ends = (program.row_lower[row] - sums[row]) / value, (program.row_upper[row] - sums[row]) / value
        about = np.clip(TOLERANCE / np.abs(value), ROUNDING, TOLERANCE) * whole[which]
        lower, upper = program.lower.copy(), program.upper.copy()
        np.maximum.at(lower, which, np.minimum(*ends) - about)
        np.minimum.at(upper, which, np.maximum(*ends) + about)
        lower[whole], upper[whole] = np.ceil(lower[whole]) + 0.0, np.floor(upper[whole]) + 0.0
        cheapest = np.where(program.cost < 0.0, upper, lower)
        shared = np.bincount(variable[missing & ~single], minlength=len(x)) > 0
        follows = unknown & (lower <= upper) & np.isfinite(cheapest) & (~shared | (whole & (lower == upper)))
        x[follows] = cheapest[follows]
        equation = program.row_lower[row] == program.row_upper[row]
        given = ends[0][equation]
        x[which[equation]] = np.where(whole[which[equation]], np.round(given), given)
        if np.isnan(x).sum() == unknown.sum():
            break
    return x
