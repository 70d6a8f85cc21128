"""Starts: what is known of a solution, and what follows from it."""

from __future__ import annotations

import threading

import numpy as np

from planner.arrays import Vector
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
    """A start with those missing values (NaN) that equations leave no choice; shape (n,).

    An equation of which one value is missing gives it, and others may follow from that one: steps from choices, the
    running balance of one period from that of the period before.
    """
    x = start.copy()
    equation = program.row_lower == program.row_upper
    column = np.repeat(np.arange(len(x)), np.diff(program.start))
    of_equation = equation[program.index]
    row, column, value = program.index[of_equation], column[of_equation], program.value[of_equation]
    while np.isnan(x).any():
        missing = np.isnan(x[column])
        known = np.bincount(row, weights=np.where(missing, 0.0, value * x[column]), minlength=len(equation))
        single = missing & (np.bincount(row[missing], minlength=len(equation)) == 1)[row]
        if not single.any():
            break
        found = (program.row_upper[row[single]] - known[row[single]]) / value[single]
        whole = program.integer[column[single]]
        x[column[single]] = np.where(whole, np.round(found), found)
    return x
