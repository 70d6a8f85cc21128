"""Facility location: which sites to open, and which site serves which customer.

minimise    Σ_i f_i y_i + Σ_ij c_ij x_ij
subject to  Σ_i x_ij = 1,   x_ij ≤ y_i,   and with capacities   Σ_j d_j x_ij ≤ s_i y_i
"""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder


def capacitated(seed: int, sites: int = 25, customers: int = 25, ratio: float = 4.0) -> Program:
    """As G. Cornuéjols, R. Sridharan and J. Thizy make them (1991); `ratio` is capacity ÷ demand."""
    dice = np.random.default_rng(seed)
    demand = dice.uniform(5, 35, customers)
    capacity = dice.uniform(10, 160, sites)
    capacity *= ratio * demand.sum() / capacity.sum()
    fixed = dice.uniform(0, 90, sites) + dice.uniform(100, 110, sites) * np.sqrt(capacity)
    at, of = dice.uniform(0, 1, (sites, 2)), dice.uniform(0, 1, (customers, 2))
    distance = np.linalg.norm(at[:, None] - of[None], axis=2)
    build = ProgramBuilder()
    opened = build.binaries(sites, fixed)
    served = build.variables((sites, customers), 10 * distance * demand, 0.0, 1.0)
    build.rows(1.0, 1.0, (served.T, 1.0))
    build.rows(-np.inf, 0.0, (served, demand), (opened, -capacity))
    build.rows(-np.inf, 0.0, (served.ravel(), 1.0), (np.repeat(opened, customers), -1.0))
    return build.program()


def uncapacitated(seed: int, sites: int = 40, customers: int = 40) -> Program:
    """As M. Körkel (1989) and D. Ghosh (2003) make them, of class b: costs without any geometry."""
    dice = np.random.default_rng(seed)
    build = ProgramBuilder()
    opened = build.binaries(sites, dice.integers(1000, 2001, sites))
    served = build.variables((sites, customers), dice.integers(1000, 2001, (sites, customers)), 0.0, 1.0)
    build.rows(1.0, 1.0, (served.T, 1.0))
    build.rows(-np.inf, 0.0, (served.ravel(), 1.0), (np.repeat(opened, customers), -1.0))
    return build.program()
