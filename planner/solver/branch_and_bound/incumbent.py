"""The incumbent: the best solution so far, and the cut-off that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import ROUNDING, closed_gap


@dataclass
class Incumbent:
    """The best solution so far, and the least bound of all nodes that were fathomed."""

    gap: float
    """to which the best solution is to be proven, relative to its value"""
    target: float | None = None
    """a value that is good enough: the search ends with the first solution that costs no more"""
    value: float = np.inf
    """of the best solution so far"""
    x: Vector | None = None
    """the best solution; None where only its value is known; shape (n,)"""
    fathomed: float = np.inf
    """least bound of the nodes that were fathomed"""

    @property
    def upper_bound(self) -> float:
        """A solution of this value or more is no improvement, or misses the target."""
        if self.target is None:
            return self.value
        return min(self.value, float(np.nextafter(self.target + ROUNDING * abs(self.target), np.inf)))

    @property
    def cutoff(self) -> float:
        """A node of this bound or more is fathomed: nothing in it is better by more than the gap."""
        if self.target is not None or np.isinf(self.value):
            return self.upper_bound
        return self.value - (1.0 - ROUNDING) * closed_gap(self.value, self.gap)  # never a hair too far

    @property
    def target_met(self) -> bool:
        """Whether there is a target and the incumbent meets it."""
        return self.target is not None and self.value <= self.target + ROUNDING * abs(self.target)

    def fathom(self, bound: float) -> None:
        """Note that a node of this bound is fathomed."""
        self.fathomed = min(self.fathomed, bound)

    def improve(self, value: float, x: Vector) -> bool:
        """Keep a solution if it is the best so far; returns whether it is."""
        if value >= self.value:
            return False
        self.value, self.x = value, x
        return True
