"""Fixed-charge network design: which arcs to build for several commodities that flow through them."""

from __future__ import annotations

import numpy as np

from planner.solver import Program
from tests.benchmarks.family.building import ProgramBuilder


def fixed_charge(seed: int, nodes: int = 12, arcs: int = 60, commodities: int = 8) -> Program:
    """Flow is conserved, Σ_k x_ka ≤ u_a y_a, x_ka ≤ min(d_k, u_a) y_a; what no arc carries is bought dearly.

    As T. Crainic, A. Frangioni and B. Gendron describe them (2001).
    """
    dice = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(nodes) for j in range(nodes) if i != j]
    ring = [(i, (i + 1) % nodes) for i in range(nodes)]
    others = [pair for pair in pairs if pair not in set(ring)]
    chosen = ring + [others[k] for k in dice.choice(len(others), arcs - nodes, replace=False)]
    ends = [dice.choice(nodes, 2, replace=False) for _ in range(commodities)]
    demand = dice.uniform(5, 20, commodities)
    capacity = dice.uniform(0.25, 0.6, arcs) * demand.sum()
    build = ProgramBuilder()
    built = build.binaries(arcs, dice.uniform(50, 200, arcs) * np.sqrt(capacity / capacity.mean()) * 5)
    flow = build.variables((commodities, arcs), dice.uniform(1, 10, arcs)[None])
    bought = build.variables(commodities, 500.0)
    for k, (source, sink) in enumerate(ends):
        for node in range(nodes):
            net = demand[k] * (float(node == source) - float(node == sink))
            out = np.array([a for a, (i, _) in enumerate(chosen) if i == node])
            into = np.array([a for a, (_, j) in enumerate(chosen) if j == node])
            here = np.sign(net) * np.ones(1)
            build.row(net, net, (flow[k, out], 1.0), (flow[k, into], -1.0), (bought[k : k + 1], here))
    build.rows(-np.inf, 0.0, (flow.T, 1.0), (built, -capacity))
    most = np.minimum(demand[:, None], capacity[None])
    build.rows(-np.inf, 0.0, (flow.ravel(), 1.0), (np.tile(built, commodities), -most.ravel()))
    return build.program()
