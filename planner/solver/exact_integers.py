"""Solutions with exact integers and clean zeros, which must not violate a row that was fulfilled."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE, Stop, why_stopped
from planner.solver.highs import FINEST, Options, load
from planner.solver.highs_search import run_highs
from planner.solver.program import Program

SNAP = 1e-9
"""distance up to which a value is set to a whole number, or to 0, without solving anything again"""
CLEAN = 1e-10
"""violation of a row up to which a solution is left as it is, as a share of the row's size"""
LONGEST_S = 60.0
"""how long solving again may take [s]"""


def with_exact_integers(program: Program, x: Vector, options: Options) -> Vector:
    """x with exact integers where there is such a solution, else x as it is; shape (n,).

    Where an integer is further than 1e-9 from a whole number, or rounding it violates a row, the integers are fixed at
    the nearest whole numbers and the other variables are solved for again. (No warm start: presolve finishes such a
    program faster than the simplex method does from the known solution.)
    """
    rounded = _rounded(program, x)
    if _is_exact(program, rounded):
        return rounded
    solved = _with_integers_fixed(program, x, options)
    return x if solved is None else solved


def refined(program: Program, x: Vector, options: Options) -> Vector:
    """x, or the best solution with its integers by HiGHS's finest tolerances, where that is nearer to one; shape (n,).

    x stays where it violates nothing by more than rounding does, as a share of its size.
    """
    violated = program.relative_violation(x)
    if violated <= CLEAN or np.isnan(x).any():
        return x
    solved = _with_integers_fixed(program, x, replace(options, tolerance=FINEST))
    return x if solved is None or program.relative_violation(solved) >= violated else solved


def solution_from(program: Program, start: Vector, options: Options) -> Vector | None:
    """The best solution with a start's integers; None where some of them are missing (NaN) or there is none."""
    if np.isnan(start[program.integer]).any():
        return None
    if not np.isnan(start).any() and _is_exact(program, rounded := _rounded(program, start)):
        return rounded
    return _with_integers_fixed(program, start, options)


def _is_exact(program: Program, x: Vector) -> bool:
    """Whether integers are whole to the last digit and rows and bounds hold within the tolerance."""
    return program.fractionality(x) == 0.0 and program.violation(x) <= TOLERANCE


def _with_integers_fixed(program: Program, x: Vector, options: Options) -> Vector | None:
    """The best solution with the whole numbers nearest to x's integers; None where there is none."""
    linear = program.with_integers_fixed(x)
    highs = load(linear, replace(options, time_limit_s=LONGEST_S, target=None))
    found = run_highs(highs, linear, threading.Event())
    if why_stopped(found.status) is not Stop.PROVEN or found.x is None:
        return None
    solved = _rounded(linear, np.where(program.integer, linear.lower, found.x))
    return solved if program.violation(solved) <= TOLERANCE else None


def _rounded(program: Program, x: Vector) -> Vector:
    """x within its bounds, near zeros set to 0, nearly whole integers set to whole numbers.

    Unused variables are as near to 0 as they may be. If the rest of this violates a row that x fulfils, only the unused
    variables are changed.
    """
    kept = np.where(program.unused, program.nearest_to_zero(), x)
    whole = np.round(kept)
    near = np.where(program.integer & (np.abs(kept - whole) <= SNAP), whole, kept)
    near = np.where(np.abs(near) < SNAP, 0.0, near)
    near = np.minimum(np.maximum(near, program.lower), program.upper) + 0.0  # no negative zero
    return near if program.violation(near) <= max(TOLERANCE, program.violation(kept)) else kept
