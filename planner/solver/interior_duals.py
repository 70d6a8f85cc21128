"""Duals of the linear program of a program by the interior point method, which ends in the middle of all that are best.

HiGHS's crossover, which would go on to a vertex, is left out. So they are exact only up to the method's tolerance.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.highs import Options, load, row_duals
from planner.solver.highs_search import run_highs
from planner.solver.program import Program
from planner.solver.scaled import Scaled


def interior_duals(program: Program, options: Options, stop: threading.Event) -> tuple[Vector, Vector] | None:
    """A solution without integrality, shape (n,), and the duals of the rows, shape (m,); None where none was found.

    Setting `stop` stops the method.
    """
    linear = replace(program, integer=np.zeros(len(program.cost), dtype=np.bool_), implied=None)
    scaled = Scaled.of(linear)
    highs = load(scaled.program, options)
    highs.setOptionValue("solver", "ipm")
    highs.setOptionValue("run_crossover", "off")
    found = run_highs(highs, scaled.program, stop)
    if found.x is None or not np.isfinite(found.x).all():
        return None
    duals = row_duals(highs)
    if len(duals) != len(program.row_lower) or not np.isfinite(duals).all():
        return None
    return scaled.outside(found.x), np.asarray(duals * scaled.row / scaled.cost)
