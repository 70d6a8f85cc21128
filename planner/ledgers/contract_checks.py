"""Terms of contracts as plain statements over a plan's numbers: in each, one number is at most another.

An instrument's `terms` module restates what its contracts demand of the decisions, without the model and without its
profiles, as a second opinion on `build`. The audit judges the statements.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.basics.arrays import Vector
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key

TOLERANCE = 1e-6
"""by how much a number may exceed another, relative to the other where that is larger than 1"""


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """used ≤ allowed, as a contract demands of one of its decisions."""

    variable: int
    """the decision that it is chiefly about"""
    says: str
    """what is demanded, in words"""
    used: float
    allowed: float

    @property
    def broken(self) -> bool:
        """Whether it is exceeded by more than the tolerance."""
        return exceeds(self.used, self.allowed)


def exceeds(used: float, allowed: float) -> bool:
    """Whether a number is larger than what is allowed by more than the tolerance.

    >>> exceeds(1.0 + 1e-7, 1.0), exceeds(1.0 + 1e-5, 1.0), exceeds(1000.0001, 1000.0)
    (False, True, False)
    """
    return used > allowed + TOLERANCE * max(1.0, abs(allowed))


def values(ledgers: Ledgers, x: Vector, block: str, name: str) -> dict[Key, float]:
    """What the variables of one family are worth in x, by key."""
    family = ledgers.find(block, name)
    return dict(zip(family.keys, x[family.first : family.first + len(family.keys)].tolist(), strict=True))


def to_whole(value: float) -> float:
    """How far a number is from the nearest whole one.

    >>> to_whole(2.75)
    0.25
    """
    return abs(value - round(value))
