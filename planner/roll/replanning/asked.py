"""What a re-planning asks of a model: signatures that are kept or put off, and the variables that measure change.

For each signature n that is tracked there is a variable, its change c_n,

    |x_j − old_j| ≤ largest_j · c_n      for each of its variables j: the signature itself and its sizes

with 0 ≤ c_n ≤ 1, two rows for each j. It is 1 where the signature is in one of the two plans only, and the relative
change of its size where it is in both. A size without a largest size is not compared. The changes together are

    Σ_n weight_n · c_n,     weight_n = ½ ^ years from the start to the signature

so that a change that lies a year later weighs half. They can be kept below a value, or have a price. Where signatures
are counted instead, c_n is 0 or 1 and every weight is 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.portfolio.portfolio import Portfolio
from planner.roll.replanning.signings import Seen

BLOCK, CHANGE = "replan", "change"
"""the block and the name of the variables that measure change"""
ROUND = 1e-9
"""by how much more than the least the changes may be, relative and absolute"""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of the portfolio of a case: bounds of its decisions, and the changes of signatures."""

    seen: Seen
    kept: Collection[str] = ()
    """signatures that are as in the old plan"""
    put_off: Collection[str] = ()
    """signatures that are not made"""
    tracked: tuple[str, ...] = ()
    """signatures whose change is measured"""
    counted: bool = False
    """True: each change is 0 or 1 and weighs 1; False: it is a share, and weighs by how soon it is"""
    most: float | None = None
    """largest sum of the changes"""
    price: float = 0.0
    """of one unit of the sum, added to the cost [USD bn]"""

    def __call__(self, portfolio: Portfolio) -> Portfolio:
        """The portfolio with these bounds, variables and rows."""
        ledgers = portfolio.ledgers.up_to(portfolio.ledgers.counts)
        low, high = self._bounds(portfolio)
        ledgers.groups[:] = [
            replace(group, lower=low[group.first : end], upper=high[group.first : end])
            for group in ledgers.groups
            for end in [group.first + len(group.keys)]
        ]
        limits = portfolio.limits
        if self.tracked:
            group = ledgers.declare(
                BLOCK, CHANGE, ("signature",), [(name,) for name in self.tracked], unit="share",
                decided=Moment.OUTSET, domain=Domain.BINARY if self.counted else Domain.NONNEGATIVE,
                upper=np.ones(len(self.tracked)),
            )  # fmt: skip
            if self.price:
                numbers = [group.first + i for i in range(len(self.tracked))]
                for number, each in zip(numbers, self.weights, strict=True):
                    cost = -self.price * float(each)
                    ledgers.dated(Kind.PENALTY, Labels(instrument=BLOCK), CHANGE, number, 0.0, cost)
            limits = (*limits, *self._limits(group.first))
        return Portfolio(portfolio.case, ledgers, limits)

    @property
    def weights(self) -> Vector:
        """The weight of each tracked signature."""
        return np.array([1.0 if self.counted else self.seen.weight(name) for name in self.tracked], dtype=float)

    def total(self, portfolio: Portfolio) -> Balance:
        """The sum of the changes, as a balance of one period; `portfolio` is the one without them."""
        numbers = portfolio.ledgers.size + np.arange(len(self.tracked))
        return Balance(np.zeros(len(numbers), dtype=np.int64), numbers, self.weights, np.zeros(1))

    def _bounds(self, portfolio: Portfolio) -> tuple[Vector, Vector]:
        """Lower and upper bounds of all variables, shape (variables,) both."""
        groups = portfolio.ledgers.groups
        none = np.empty(0)
        low, high = (np.concatenate([none, *(getattr(each, side) for each in groups)]) for side in ("lower", "upper"))
        for name in self.kept:
            signing = self.seen.signings[name]
            for j, value in zip(signing.numbers, self.seen.old[name].tolist(), strict=True):
                low[j] = high[j] = min(max(value, low[j]), high[j])
        for name in self.put_off:
            for j in self.seen.signings[name].numbers:
                high[j] = low[j] if low[j] > 0.0 else 0.0
        return low, high

    def _limits(self, first: int) -> Iterator[Limit]:
        """The rows of the changes, and their largest sum."""
        rows, numbers, values, room = list[int](), list[int](), list[float](), list[float]()
        for i, name in enumerate(self.tracked):
            signing, old = self.seen.signings[name], self.seen.old[name]
            largest = signing.largest(old)
            for j, was, most in zip(signing.numbers, old.tolist(), largest.tolist(), strict=True):
                if not np.isfinite(most) or most <= 0.0:
                    continue
                for sign in (1.0, -1.0):
                    rows += [len(room)] * 2
                    numbers += [j, first + i]
                    values += [sign, -most]
                    room.append(sign * was)
        if room:
            used = Balance(np.array(rows), np.array(numbers), np.array(values), np.zeros(len(room)))
            yield Limit(BLOCK, CHANGE, "share", used, Balance.of(np.array(room)), tuple(range(len(room))))
        if self.most is not None:
            count = len(self.tracked)
            used = Balance(np.zeros(count, dtype=np.int64), first + np.arange(count), self.weights, np.zeros(1))
            most = self.most * (1.0 + ROUND) + ROUND
            yield Limit(BLOCK, "changes", "share", used, Balance.of(np.array([most])), (0,))
