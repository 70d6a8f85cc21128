"""A dive: round what is nearly whole, solve the relaxation again, and so on down to a solution, good or bad."""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Index
from planner.solver.branch_and_bound.tree import Part, Tree

NEAR = 0.2
"""what is no further off a whole number is rounded with others, up to half of all"""
TURNS = 3
"""how often an integer may be rounded the other way, as the nearer one led nowhere"""


def dive(tree: Tree, part: Part) -> None:
    """Look for a solution in a part; the tree is told of it."""
    turns = 0
    while len(among := tree.fractional(part)):
        off = np.abs(part.at[among] - np.round(part.at[among]))
        order = among[np.argsort(off, kind="stable")]
        several = order[: max(1, min(int((off <= NEAR).sum()), (len(among) + 1) // 2))]
        below = _rounded(tree, part, several)
        if below is None and len(several) > 1:
            below = _rounded(tree, part, order[:1])
        if below is None:
            turns += 1
            k = int(order[0])
            up = bool(np.round(part.at[k]) > part.at[k])
            below = tree.within(*part.half(k, not up), part.basis) if turns <= TURNS else None
        if below is None:
            return
        part = below
    tree.settle(part)


def _rounded(tree: Tree, part: Part, integers: Index) -> Part | None:
    """The part in which some integers are rounded to the nearest."""
    lower, upper = part.lower.copy(), part.upper.copy()
    lower[integers] = upper[integers] = np.round(part.at[integers])
    return tree.within(lower, upper, part.basis)
