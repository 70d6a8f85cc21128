"""The branchings of a search tree: on which integer each node was branched, and where both children went on.

They are a binary tree of their own. Another search of a similar program can follow it (M. Güzelsoy and T. Ralphs,
Duality for mixed-integer linear programs, 2007, restart a search from such a tree). A branching that is followed is
advice only: both children of a node together hold all of its solutions, whichever integer is branched on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.experience import NOWHERE


class Place(NamedTuple):
    """A child of a branching."""

    branching: int
    up: bool


AT_ROOT = Place(NOWHERE, False)


@dataclass
class Branchings:
    """Branchings in the order in which they were made; the first is that of the root."""

    variable: list[int] = field(default_factory=list)
    """the integer, by its position among the integers of the relaxation"""
    floor: list[float] = field(default_factory=list)
    """the most in the lower child; the upper one begins with one more"""
    below: list[list[int]] = field(default_factory=list)
    """the next branching in the lower child and in the upper one; NOWHERE where it was a leaf or stayed open"""

    def add(self, at: Place, variable: int, value: float) -> int:
        """Note that a node was branched on an integer with a value between two whole numbers; returns its number."""
        number = len(self.variable)
        if at.branching != NOWHERE:
            self.below[at.branching][at.up] = number
        self.variable.append(variable)
        self.floor.append(float(np.floor(value)))
        self.below.append([NOWHERE, NOWHERE])
        return number

    def clear(self) -> None:
        """Forget all of them: the tree begins again."""
        del self.variable[:], self.floor[:], self.below[:]


@dataclass(frozen=True, eq=False)
class Advice:
    """The branchings of an earlier search, in terms of the integers of this one's relaxation."""

    variable: Index
    """position of the integer, NOWHERE where the relaxation does not have it; shape (branchings,)"""
    floor: Vector
    below: Index
    """shape (branchings, 2)"""

    def follow(self, number: int, relaxed: Vector, whole: float) -> int:
        """The first branching from one on that divides the relaxation's values; NOWHERE where none does.

        Where an integer is whole already, or lies elsewhere than between the two children, the way goes on in the child
        that holds its value.

        >>> advice = Advice(np.array([0, 1]), np.array([0.0, 3.0]), np.array([[-1, 1], [-1, -1]]))
        >>> [advice.follow(0, np.array(x), 1e-6) for x in ([0.5, 0.0], [1.0, 3.5], [1.0, 3.0], [0.0, 3.5])]
        [0, 1, -1, -1]
        """
        while number != NOWHERE:
            k = int(self.variable[number])
            if k == NOWHERE:
                number = int(self.below[number].max())
                continue
            floor, value = float(self.floor[number]), float(relaxed[k])
            if floor + whole < value < floor + 1.0 - whole:
                return number
            number = int(self.below[number, int(value > floor + 0.5)])
        return NOWHERE


NO_ADVICE = Advice(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros((0, 2), dtype=np.int64))
