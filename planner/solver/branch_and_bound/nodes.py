"""Nodes of the search tree, how they are branched on, and how a search of them ends early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.branch_and_bound.branchings import AT_ROOT, Place
from planner.solver.experience import NOWHERE

if TYPE_CHECKING:
    from highspy import HighsBasis


@dataclass(frozen=True)
class StrongBranching:
    """How many candidates are tried, and for how long."""

    root: int = 20
    """candidates at the root"""
    selected: int = 8
    """candidates at another node that was selected"""
    plunging: int = 4
    """candidates at a node that is a child of the one before"""
    lookahead: int = 8
    """candidates without an improvement after which no more are looked at"""
    iterations: int = 50
    """simplex iterations for each child of a candidate"""


class Interrupted(Exception):
    """The search was asked to stop."""


class SearchFailed(Exception):
    """The search cannot go on: HiGHS fails on a relaxation, or a leaf has no solution of the relaxation's value."""


@dataclass(frozen=True, eq=False)
class SearchNode:
    """A node: bounds of the integers, and the optimum of its relaxation."""

    bound: float
    """least cost of its solutions"""
    lower: Vector
    upper: Vector
    """shape (integers,)"""
    relaxed: Vector
    """the integers in the relaxation; shape (integers,)"""
    basis: HighsBasis
    place: Place = AT_ROOT
    """where it stands in this search's tree of branchings"""
    advice: int = NOWHERE
    """the branching of an earlier search's tree that is to be followed here"""

    def child(self, k: int, up: bool) -> tuple[Vector, Vector]:
        """Bounds of the child in which integer k is rounded."""
        lower, upper = self.lower.copy(), self.upper.copy()
        if up:
            lower[k] = np.ceil(self.relaxed[k])
        else:
            upper[k] = np.floor(self.relaxed[k])
        return lower, upper

    def distance(self, k: int, up: bool) -> float:
        """From the relaxation's value of integer k to where it is rounded."""
        above = float(self.relaxed[k] - np.floor(self.relaxed[k]))
        return 1.0 - above if up else above
