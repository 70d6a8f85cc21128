"""Duals of the linear program that is left when all integers are fixed."""

from __future__ import annotations

import threading

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import Stop, why_stopped
from planner.solver.highs import Options, load, row_duals
from planner.solver.highs_search import run_highs
from planner.solver.program import Program
from planner.solver.scaled import Scaled


def duals(program: Program, x: Vector, options: Options) -> Vector | None:
    """Change of the least cost per unit by which both bounds of a row rise; shape (m,).

    The integers are fixed at their values in x. A dual is below zero where a higher upper bound saves cost. None where
    the linear program has no optimum.
    """
    scaled = Scaled.of(program.with_integers_fixed(x))
    linear = scaled.program
    highs = load(linear, options)
    found = run_highs(highs, linear, threading.Event())
    if why_stopped(found.status) is not Stop.PROVEN:
        return None
    return np.asarray(row_duals(highs) * scaled.row / scaled.cost)
