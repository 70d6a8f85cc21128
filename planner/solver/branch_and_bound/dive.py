"""A dive: round what is nearly whole, solve the relaxation again, and so on down to a solution, good or bad."""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Index
from planner.solver.branch_and_bound.nodes import SearchNode
from planner.solver.branch_and_bound.tree import SearchTree

NEAR = 0.2
"""integers that are no further from a whole number are rounded together, up to half of all"""
BACKTRACKS = 3
"""how often an integer may be rounded the other way after the nearer way led nowhere"""


def dive(tree: SearchTree, node: SearchNode) -> None:
    """Look for a solution from a node; the tree is told of it."""
    backtracks = 0
    while len(fractional := tree.fractional(node)):
        distance = np.abs(node.relaxed[fractional] - np.round(node.relaxed[fractional]))
        order = fractional[np.argsort(distance, kind="stable")]
        several = order[: max(1, min(int((distance <= NEAR).sum()), (len(fractional) + 1) // 2))]
        below = _rounded(tree, node, several)
        if below is None and len(several) > 1:
            below = _rounded(tree, node, order[:1])
        if below is None:
            backtracks += 1
            k = int(order[0])
            up = bool(np.round(node.relaxed[k]) > node.relaxed[k])
            below = tree.solve(*node.child(k, not up), node.basis) if backtracks <= BACKTRACKS else None
        if below is None:
            return
        node = below
    tree.solve_leaf(node)


def _rounded(tree: SearchTree, node: SearchNode, integers: Index) -> SearchNode | None:
    """The node below in which some integers are rounded to the nearest; None where it is fathomed."""
    lower, upper = node.lower.copy(), node.upper.copy()
    lower[integers] = upper[integers] = np.round(node.relaxed[integers])
    return tree.solve(lower, upper, node.basis)
