"""Contract checks: statements over the numbers of a plan, in each of which one number is at most another.

The module `contract_checks` of an instrument restates what its contracts demand of the decisions. It uses neither the
model nor the postings, so it is a second opinion on `build`. The audit evaluates the statements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key

TOLERANCE = 1e-6
"""largest excess of a number over another that is ignored, as a share of the other"""
SMALL = 1e-4
"""the least with which the other counts there, as a share of the largest number of its kind"""


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """used ≤ allowed, as a contract demands."""

    variable: int
    """number of the variable that a finding names"""
    says: str
    """the demand in words"""
    used: float
    allowed: float

    @property
    def broken(self) -> bool:
        """Whether `used` exceeds `allowed` by more than the tolerance."""
        return exceeds(self.used, self.allowed)


def exceeds(used: float, allowed: float, size: float = 1.0) -> bool:
    """Whether a number exceeds what is allowed by more than the tolerance; `size` is the largest number of its kind.

    So it makes no difference in what unit both are, and a limit of a millionth is not broken by a millionth unseen.

    >>> exceeds(1.0 + 1e-7, 1.0), exceeds(1.0 + 1e-5, 1.0), exceeds(1000.0001, 1000.0), exceeds(2e-6, 1e-6)
    (False, True, False, True)
    >>> exceeds(1e-10, 0.0, size=10.0), exceeds(1e-10, 0.0, size=1e-3)
    (False, True)
    """
    return used > allowed + TOLERANCE * max(abs(allowed), SMALL * size)


def counted(allowed: Vector, size: float) -> Vector:
    """What numbers that are allowed count as where a distance from them is a share; as in `exceeds`."""
    return np.maximum(np.abs(allowed), SMALL * size if size else 1.0)


def values(ledgers: Ledgers, x: Vector, block: str, name: str) -> dict[Key, float]:
    """The values of a group of variables in x, by key."""
    group = ledgers.find(block, name)
    return dict(zip(group.keys, x[group.first : group.first + len(group.keys)].tolist(), strict=True))


def distance_to_whole(value: float) -> float:
    """The distance of a number from the nearest whole number.

    >>> distance_to_whole(2.75)
    0.25
    """
    return abs(value - round(value))
