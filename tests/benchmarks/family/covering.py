"""Set cover: the cheapest sets that cover all elements."""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder


def set_cover(seed: int, elements: int = 200, sets: int = 1000, density: float = 0.05) -> Program:
    """As E. Balas and A. Ho make them (1980), with costs from 1 to 100; each element is in two sets at least."""
    dice = np.random.default_rng(seed)
    within = dice.random((elements, sets)) < density
    for element in range(elements):
        within[element, dice.choice(sets, 2, replace=False)] = True
    build = ProgramBuilder()
    taken = build.binaries(sets, dice.integers(1, 101, sets))
    for element in range(elements):
        build.row(1.0, np.inf, (taken[within[element]], 1.0))
    return build.program()
