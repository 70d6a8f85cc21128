"""A limit: in each period one balance is at most another. Rules state limits; the model and the audit apply them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.ledgers.balances import Balance
from planner.ledgers.contract_checks import exceeds


@dataclass(frozen=True)
class Limit:
    """used_t ≤ allowed_t in each of `periods`, or used_t ≤ allowed_t + waived_t. All are affine in the variables."""

    rule: str
    subject: str
    unit: str
    used: Balance
    allowed: Balance
    periods: tuple[int, ...]
    physical: bool = False
    """True: machines and halls set the limit, not a party. Such limits are not named among the tightest"""
    waived: Balance | None = None
    """by how much a waiver lets it be broken (`planner.portfolio.waived`), not running; None: it has none"""

    def named(self, t: int, calendar: Calendar) -> str:
        """The name of the limit in one period: `debt_cap cap on 2029-01-01`."""
        return f"{self.rule} {self.subject} on {calendar.start_of(t)}"

    @property
    def size(self) -> float:
        """The scale of a breach: the largest absolute constant of the limit, or 1 where all are 0."""
        numbers = [side.constant[list(self.periods)] for side in (self.used, self.allowed)]
        return float(np.abs(np.concatenate(numbers)).max(initial=0.0)) or 1.0

    def over(self, x: Vector, size: float) -> list[int]:
        """The periods in which decisions x break it by more than is waived.

        `size` is the largest number of limits in its unit.
        """
        used, bearable = self.used.evaluate(x), self.bearable(x)
        return [t for t in self.periods if exceeds(used[t], bearable[t], size)]

    def breach(self, x: Vector) -> Vector:
        """By how much decisions x use more than is allowed in each period, 0 where they do not; shape (T,)."""
        return np.maximum(self.used.evaluate(x) - self.allowed.evaluate(x), 0.0)

    def bearable(self, x: Vector) -> Vector:
        """What may be used in each period at the decisions x: what is allowed and what is waived; shape (T,)."""
        allowed = self.allowed.evaluate(x)
        return allowed if self.waived is None else allowed + self.waived.evaluate(x)

    @staticmethod
    def of(
        rule: str, subject: str, unit: str, used: Balance | Vector, allowed: Balance | Vector, *, physical: bool = False
    ) -> Limit:
        """The limit in the periods in which both sides are finite. An infinite `allowed` means no limit."""
        left = used if isinstance(used, Balance) else Balance.of(used)
        right = allowed if isinstance(allowed, Balance) else Balance.of(allowed)
        finite = np.isfinite(left.constant) & np.isfinite(right.constant)
        return Limit(rule, subject, unit, left, right, tuple(int(t) for t in np.flatnonzero(finite)), physical)


def sizes(limits: Iterable[Limit], x: Vector) -> Mapping[str, float]:
    """By unit, the largest number that limits in that unit compare at the decisions x."""
    found: defaultdict[str, float] = defaultdict(float)
    for limit in limits:
        for side in (limit.used, limit.allowed):
            values = side.evaluate(x)[list(limit.periods)]
            found[limit.unit] = max(found[limit.unit], float(np.abs(values).max(initial=0.0)))
    return found
