"""Lot-sizing: when to set up, how much to make, how much to hold."""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import Numbers, ProgramBuilder


def capacitated(seed: int, items: int = 8, periods: int = 15) -> Program:
    """As W. Trigeiro, L. Thomas and J. McClain make them (1989): set-ups take time of one machine, and cost.

    s_{k,t−1} + x_kt − s_kt = d_kt,   x_kt ≤ M_kt y_kt,   Σ_k (x_kt + τ_k y_kt) ≤ C; overtime is dear.
    """
    dice = np.random.default_rng(seed)
    demand = np.where(dice.random((items, periods)) < 0.2, 0.0, np.maximum(0, dice.normal(100, 30, (items, periods))))
    hold, set_up = dice.uniform(1, 3, items), dice.uniform(100, 1000, items)
    time = dice.uniform(10, 50, items)
    capacity = 1.15 * float((demand.mean(axis=1) + time).sum())
    build = ProgramBuilder()
    begun = build.binaries((items, periods), set_up[:, None])
    made, _ = _balances(build, demand, hold, begun, capacity)
    over = build.variables(periods, 1000.0)
    build.rows(-np.inf, capacity, (made.T, 1.0), (begun.T, time), (over, -1.0))
    return build.program()


def joint(seed: int, items: int = 10, periods: int = 20) -> Program:
    """Without a capacity, but each order of any item in a period costs a common set-up too (joint replenishment)."""
    dice = np.random.default_rng(seed)
    demand = np.round(dice.uniform(0, 100, (items, periods)))
    build = ProgramBuilder()
    begun = build.binaries((items, periods), dice.uniform(50, 250, items)[:, None])
    common = build.binaries(periods, dice.uniform(500, 1500))
    _balances(build, demand, dice.uniform(0.5, 1.5, items), begun, np.inf)
    build.rows(-np.inf, 0.0, (begun.ravel(), 1.0), (np.tile(common, items), -1.0))
    return build.program()


def _balances(
    build: ProgramBuilder, demand: np.ndarray, hold: np.ndarray, begun: Numbers, most: float
) -> tuple[Numbers, Numbers]:
    items, periods = demand.shape
    still = np.cumsum(demand[:, ::-1], axis=1)[:, ::-1]
    made = build.variables((items, periods))
    held = build.variables((items, periods), hold[:, None])
    build.rows(demand[:, 0], demand[:, 0], (made[:, 0], 1.0), (held[:, 0], -1.0))
    later = demand[:, 1:].ravel()
    build.rows(later, later, (held[:, :-1].ravel(), 1.0), (made[:, 1:].ravel(), 1.0), (held[:, 1:].ravel(), -1.0))
    build.rows(-np.inf, 0.0, (made.ravel(), 1.0), (begun.ravel(), -np.minimum(still, most).ravel()))
    return made, held
