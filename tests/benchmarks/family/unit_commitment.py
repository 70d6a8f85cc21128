"""Unit commitment: which power plants run when, for a demand by the hour."""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder


def commitment(seed: int, units: int = 10, hours: int = 24) -> Program:
    """On, start and stop of each unit and hour, with least output, least times up and down, ramps and a reserve.

    The three binaries and the rows of least times are those of D. Rajan and S. Takriti (2005).
    """
    dice = np.random.default_rng(seed)
    most = dice.uniform(50, 300, units)
    least = most * dice.uniform(0.3, 0.6, units)
    fuel = 60 - 0.12 * most + dice.uniform(-5, 5, units)
    idle, start = most * dice.uniform(2, 6, units), most * dice.uniform(20, 60, units)
    up, down = dice.integers(2, 9, units), dice.integers(2, 9, units)
    hour = np.arange(hours)
    load = most.sum() * (0.5 + 0.2 * np.sin((hour % 24 - 9) * np.pi / 12) + dice.uniform(-0.03, 0.03, hours))
    build = ProgramBuilder()
    on = build.binaries((units, hours), idle[:, None])
    begun, ended = build.binaries((units, hours), start[:, None]), build.binaries((units, hours))
    output = build.variables((units, hours), fuel[:, None])
    short = build.variables(hours, 3000.0)
    build.rows(load, np.inf, (output.T, 1.0), (short, 1.0))
    build.rows(1.08 * load, np.inf, (on.T, most), (short, 1.0))
    several = np.repeat(most, hours)
    build.rows(-np.inf, 0.0, (output.ravel(), 1.0), (on.ravel(), -several))
    build.rows(0.0, np.inf, (output.ravel(), 1.0), (on.ravel(), -np.repeat(least, hours)))
    now, before = on[:, 1:].ravel(), on[:, :-1].ravel()
    build.rows(0.0, 0.0, (now, 1.0), (before, -1.0), (begun[:, 1:].ravel(), -1.0), (ended[:, 1:].ravel(), 1.0))
    ramp = np.repeat(np.maximum(least, 0.4 * most), hours - 1)
    rise = (output[:, 1:].ravel(), 1.0), (output[:, :-1].ravel(), -1.0)
    build.rows(-np.inf, 0.0, *rise, (before, -ramp), (begun[:, 1:].ravel(), -ramp))
    build.rows(0.0, np.inf, *rise, (now, ramp), (ended[:, 1:].ravel(), ramp))
    for i in range(units):
        for t in range(1, hours):
            since, until = begun[i, max(1, t - up[i] + 1) : t + 1], ended[i, max(1, t - down[i] + 1) : t + 1]
            build.row(-np.inf, 0.0, (since, 1.0), (on[i, t : t + 1], -1.0))
            build.row(-np.inf, 1.0, (until, 1.0), (on[i, t : t + 1], 1.0))
    return build.program()
