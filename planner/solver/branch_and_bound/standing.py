"""How a search stands: the best solution so far, and what is still worth looking for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import ABSOLUTE_GAP, ROUNDING


@dataclass
class Standing:
    """The best solution so far and the least that the rest can cost."""

    gap: float
    """to which the best is to be proven, relative to it"""
    target: float | None = None
    """any solution will do that costs no more"""
    value: float = np.inf
    """of the best solution so far"""
    x: Vector | None = None
    """the best solution; None where only its value is known; shape (n,)"""
    closed: float = np.inf
    """least value of what was put aside as not worth looking into"""

    @property
    def ceiling(self) -> float:
        """What costs at least this is no better."""
        if self.target is None:
            return self.value
        return min(self.value, float(np.nextafter(self.target + ROUNDING * abs(self.target), np.inf)))

    @property
    def cutoff(self) -> float:
        """What costs at least this is not worth looking into, as it is no better by more than the gap."""
        if self.target is not None or np.isinf(self.value):
            return self.ceiling
        return self.value - (1.0 - ROUNDING) * max(self.gap * abs(self.value), ABSOLUTE_GAP)  # never a hair too far

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.target is not None and self.value <= self.target + ROUNDING * abs(self.target)

    def close(self, value: float) -> None:
        """Put aside what costs at least so much."""
        self.closed = min(self.closed, value)

    def improve(self, value: float, x: Vector) -> bool:
        """Keep a solution if it is the best so far; whether it is."""
        if value >= self.value:
            return False
        self.value, self.x = value, x
        return True
