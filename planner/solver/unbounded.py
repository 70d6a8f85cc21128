"""Whether a program has no least cost: directions in which one can go for ever and pay less and less.

A direction d keeps every row and bound from any solution on:

    (A d)_i ≥ 0 where row i has a lower bound, ≤ 0 where it has an upper one; d_j likewise for the variables.

A program that has a solution is unbounded if some such d has cost · d < 0 (for rational data, whole numbers or not). So
that there is a cheapest direction, |d_j| ≤ 1.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Index
from planner.solver.answer import Stop, why_stopped
from planner.solver.highs import Options, load
from planner.solver.highs_search import run_highs
from planner.solver.program import Program

LONGEST_S = 60.0
"""how long a direction may be looked for [s]"""
EARNS = 1e-6
"""least that a direction earns, as a share of the costs"""
MOVES = 1e-6
"""least share of the largest move of a variable that counts as one"""


def may_be_unbounded(program: Program) -> bool:
    """Whether some variable that costs something has no bound on the side on which it costs less."""
    cheap = np.where(program.cost > 0.0, program.lower, program.upper)
    return bool((np.isinf(cheap) & (program.cost != 0.0)).any())


def endless_direction(program: Program, options: Options) -> Index | None:
    """The variables that move in a direction of endless savings; None where there is no such direction."""
    if not may_be_unbounded(program):
        return None
    n = len(program.cost)
    cone = replace(
        program,
        constant=0.0,
        lower=np.where(np.isfinite(program.lower), 0.0, -1.0),
        upper=np.where(np.isfinite(program.upper), 0.0, 1.0),
        integer=np.zeros(n, dtype=np.bool_),
        implied=None,
        row_lower=np.where(np.isfinite(program.row_lower), 0.0, -np.inf),
        row_upper=np.where(np.isfinite(program.row_upper), 0.0, np.inf),
    )
    highs = load(cone, Options(options.gap, LONGEST_S, options.threads, options.seed))
    found = run_highs(highs, cone, threading.Event())
    if why_stopped(found.status) is not Stop.PROVEN or found.x is None:
        return None
    if cone.objective(found.x) > -EARNS * float(np.abs(program.cost).max()):
        return None
    return np.flatnonzero(np.abs(found.x) > MOVES * np.abs(found.x).max())
