"""Generalised assignment and bin packing: each thing goes to one place, and places are small."""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder


def generalised(seed: int, agents: int = 5, jobs: int = 20) -> Program:
    """Type D of P. Chu and J. Beasley (1997): a job that takes an agent long is cheap there.

    minimise Σ c_ij x_ij subject to Σ_i x_ij = 1, Σ_j a_ij x_ij ≤ b_i.
    """
    dice = np.random.default_rng(seed)
    long = dice.integers(1, 101, (agents, jobs)).astype(float)
    cost = 111 - long + dice.integers(-10, 11, (agents, jobs))
    build = ProgramBuilder()
    given = build.binaries((agents, jobs), cost)
    build.rows(1.0, 1.0, (given.T, 1.0))
    build.rows(-np.inf, np.floor(0.8 * long.sum(axis=1) / agents), (given, long))
    return build.program()


def bin_packing(seed: int, items: int = 20, bins: int = 9) -> Program:
    """Fewest bins, as S. Martello and P. Toth write it (1990): Σ_i w_i x_ib ≤ c y_b; items of 20 to 100 in 150."""
    dice = np.random.default_rng(seed)
    weight, most = dice.integers(20, 101, items).astype(float), 150.0
    bins = max(bins, int(np.ceil(1.25 * weight.sum() / most)))
    build = ProgramBuilder()
    used = build.binaries(bins, 1.0)
    packed = build.binaries((bins, items))
    build.rows(1.0, 1.0, (packed.T, 1.0))
    build.rows(-np.inf, 0.0, (packed, weight), (used, -most))
    build.rows(-np.inf, 0.0, (packed.ravel(), 1.0), (np.repeat(used, items), -1.0))
    return build.program()
