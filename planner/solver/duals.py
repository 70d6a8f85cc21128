"""What one unit more of a row's limit is worth, with every integer kept as it is."""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import Stop, why_stopped
from planner.solver.highs import Options, load, row_duals
from planner.solver.program import Program
from planner.solver.running import run


def duals(program: Program, x: Vector, options: Options) -> Vector | None:
    """Change of the least cost per unit by which both limits of a row rise; shape (m,).

    The integers of x are kept, so that a linear program is left, whose duals these are: below zero where more of an
    upper limit saves cost. None where the linear program has no optimum.
    """
    rest = program.with_integers_fixed(x)
    highs = load(rest, options)
    found = run(highs, rest, threading.Event())
    if why_stopped(found.status) is not Stop.PROVEN:
        return None
    return np.asarray(row_duals(highs))
