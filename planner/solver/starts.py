"""Starts: what is known of a solution, and what follows from it."""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import ROUNDING, TOLERANCE
from planner.solver.highs import Options, load
from planner.solver.program import Program
from planner.solver.running import run

LONGEST_S = 10.0
"""how long missing integers may be looked for [s]"""


def filled(program: Program, start: Vector, options: Options, stop: threading.Event) -> Vector:
    """A start with what follows from it, and with the best that goes with it where integers are missing; shape (n,).

    HiGHS would look for those too, but be content with what lies within the gap of the whole. A start without integers,
    or that nothing goes with, stays as it is.
    """
    x = deduced(program, start)
    rest = program.with_integers_fixed(x)
    if rest.integer.sum() in (0, program.integer.sum()):
        return x
    longest = LONGEST_S if options.time_limit_s is None else min(LONGEST_S, options.time_limit_s)
    found = run(load(rest, Options(0.0, longest, options.threads, options.seed)), rest, stop)
    return x if found.x is None else np.where(program.integer & ~rest.integer, rest.lower, found.x)


def deduced(program: Program, start: Vector) -> Vector:
    """A start with those missing values (NaN) that follow from it; shape (n,).

    A row of which one value is missing bounds it. An equation gives it; so do bounds between which there is but one
    whole number; and where nothing else that is missing shares a row with it, it is what costs least within its bounds.
    Others may follow from that one: steps from choices, the running balance of one period from that of the period
    before.
    """
    x = start.copy()
    column, whole = np.repeat(np.arange(len(x)), np.diff(program.start)), program.integer
    while (unknown := np.isnan(x)).any():
        missing = unknown[column]
        count = np.bincount(program.index[missing], minlength=len(program.row_lower))
        known = np.where(missing, 0.0, program.value * x[column])
        sums = np.bincount(program.index, weights=known, minlength=len(program.row_lower))
        single = missing & (count == 1)[program.index]
        row, which, value = program.index[single], column[single], program.value[single]
        ends = (program.row_lower[row] - sums[row]) / value, (program.row_upper[row] - sums[row]) / value
        about = np.clip(TOLERANCE / np.abs(value), ROUNDING, TOLERANCE) * whole[which]
        lower, upper = program.lower.copy(), program.upper.copy()
        np.maximum.at(lower, which, np.minimum(*ends) - about)
        np.minimum.at(upper, which, np.maximum(*ends) + about)
        lower[whole], upper[whole] = np.ceil(lower[whole]) + 0.0, np.floor(upper[whole]) + 0.0
        cheapest = np.where(program.cost < 0.0, upper, lower)
        shared = np.bincount(column[missing & ~single], minlength=len(x)) > 0
        follows = unknown & (lower <= upper) & np.isfinite(cheapest) & (~shared | (whole & (lower == upper)))
        x[follows] = cheapest[follows]
        equation = program.row_lower[row] == program.row_upper[row]
        given = ends[0][equation]
        x[which[equation]] = np.where(whole[which[equation]], np.round(given), given)
        if np.isnan(x).sum() == unknown.sum():
            break
    return x
