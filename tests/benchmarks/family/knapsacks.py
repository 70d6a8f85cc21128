"""Knapsacks: the most valuable items within one or several capacities, as least cost.

minimise    −Σ_j p_j x_j   subject to   Σ_j w_ij x_j ≤ c_i,   x_j 0 or 1
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Vector
from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder

RANGE = 1000


def _knapsack(profit: Vector, weight: Vector, capacity: Vector) -> Program:
    build = ProgramBuilder()
    taken = build.binaries(len(profit), -profit)
    build.rows(-np.inf, capacity, (np.tile(taken, (len(capacity), 1)), weight))
    return build.program()


def uncorrelated(seed: int, items: int = 3_000) -> Program:
    """Profits and weights have nothing to do with each other (D. Pisinger, 2005)."""
    dice = np.random.default_rng(seed)
    weight = dice.integers(1, RANGE + 1, (1, items)).astype(float)
    return _knapsack(dice.integers(1, RANGE + 1, items).astype(float), weight, np.floor(0.5 * weight.sum(axis=1)))


def correlated(seed: int, items: int = 200) -> Program:
    """Strongly correlated: the profit is the weight and a tenth of the range (D. Pisinger, 2005)."""
    dice = np.random.default_rng(seed)
    weight = dice.integers(1, RANGE + 1, (1, items)).astype(float)
    return _knapsack(weight[0] + RANGE / 10, weight, np.floor(weight.sum(axis=1) / 3))


def multidimensional(seed: int, items: int = 50, capacities: int = 5) -> Program:
    """As P. Chu and J. Beasley make them (1998), half of all fits in."""
    dice = np.random.default_rng(seed)
    weight = dice.integers(1, RANGE + 1, (capacities, items)).astype(float)
    profit = np.floor(weight.mean(axis=0) + 500 * dice.uniform(0, 1, items))
    return _knapsack(profit, weight, np.floor(0.5 * weight.sum(axis=1)))
