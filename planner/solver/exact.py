"""Exact integers and clean zeros, never at the price of a broken row."""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE, Stop, why_stopped
from planner.solver.highs import Options, load
from planner.solver.program import Program
from planner.solver.running import run

SNAP = 1e-9
"""how far a value may be moved to a whole number, or to 0, without a second look"""
LONGEST_S = 60.0
"""how long a second look may take [s]"""


def exact(program: Program, x: Vector, options: Options) -> Vector:
    """x with exact integers where there is such a solution, else x as it came; shape (n,).

    Where an integer is further than 1e-9 from whole, or rounding it breaks a row, the integers are fixed at the nearest
    whole numbers and the linear program that is left is solved anew: its other variables may have to give way. (Without
    a start: presolve finishes such a program faster than the simplex method does from the known solution.)
    """
    tidied = _tidied(program, x)
    if _exactly_fulfilled(program, tidied):
        return tidied
    rounded = _with_integers_kept(program, x, options)
    return x if rounded is None else rounded


def completed(program: Program, start: Vector, options: Options) -> Vector | None:
    """A start as a solution, its missing values (NaN) found; None where integers are missing or nothing fulfils it."""
    if np.isnan(start[program.integer]).any():
        return None
    if not np.isnan(start).any() and _exactly_fulfilled(program, tidied := _tidied(program, start)):
        return tidied
    return _with_integers_kept(program, start, options)


def _exactly_fulfilled(program: Program, x: Vector) -> bool:
    """Whether integers are whole to the last digit and rows and bounds hold within the tolerance."""
    return program.fractionality(x) == 0.0 and program.violation(x) <= TOLERANCE


def _with_integers_kept(program: Program, x: Vector, options: Options) -> Vector | None:
    """The best solution with the whole numbers that are nearest to x's integers; None where there is none."""
    rest = program.with_integers_fixed(x)
    highs = load(rest, Options(options.gap, LONGEST_S, options.threads, options.seed))
    found = run(highs, rest, threading.Event())
    if why_stopped(found.status) is not Stop.PROVEN or found.x is None:
        return None
    solved = _tidied(rest, np.where(program.integer, rest.lower, found.x))
    return solved if program.violation(solved) <= TOLERANCE else None


def _tidied(program: Program, x: Vector) -> Vector:
    """x within its bounds, near zeros at 0, nearly whole integers whole, unused columns as near to 0 as they may be.

    If only that breaks a row, x with nothing but its unused columns changed.
    """
    kept = np.where(program.unused, program.nearest_to_zero(), x)
    whole = np.round(kept)
    near = np.where(program.integer & (np.abs(kept - whole) <= SNAP), whole, kept)
    near = np.where(np.abs(near) < SNAP, 0.0, near)
    near = np.minimum(np.maximum(near, program.lower), program.upper) + 0.0  # no negative zero
    return near if program.violation(near) <= max(TOLERANCE, program.violation(kept)) else kept
