"""The levels of indices over time, and rates that follow them.

level        that of the last date until then; the first holds before its date too
mean         of the time from one point to another: Σ_k length_k · level_k / Σ_k length_k
rate         min(cap, max(floor, level + margin)) in each piece of time; the margin alone where no index is named
growth       Π_k (1 + rate_k)^(length_k) − 1: interest compounds over the pieces of a period, years as lengths
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.common.indices import IndexLevel
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import SAME_TIME


@dataclass(frozen=True, eq=False)
class Levels:
    """The level of an index over time. The first holds before its date too."""

    since: Vector
    """when each begins to hold, ascending [periods from the start of the case]; shape (levels,), as the next"""
    values: Vector

    def on(self, position: float) -> float:
        """The level at a time [periods]."""
        return float(self.values[self._at(position)])

    def count_by(self, position: float) -> int:
        """How many levels have begun to hold by a time [periods]; 1 at least."""
        return max(1, int(np.searchsorted(self.since, position + SAME_TIME, side="right")))

    def _at(self, position: float) -> int:
        return self.count_by(position) - 1

    def pieces(self, first: float, last: float) -> list[tuple[float, float, float]]:
        """(from, to, level) of the time from `first` to `last` [periods]; one piece where both are the same."""
        i, stop = self._at(first), max(self._at(first), self._at(last - 2 * SAME_TIME))
        edges = [first, *self.since[i + 1 : stop + 1].tolist(), max(first, last)]
        return [(edges[k], edges[k + 1], float(self.values[i + k])) for k in range(stop - i + 1)]

    def mean(self, first: float, last: float) -> float:
        """The mean over the time from `first` to `last` [periods]."""
        pieces = self.pieces(first, last)
        if len(pieces) == 1:
            return pieces[0][2]
        return sum((end - begin) * level for begin, end, level in pieces) / (last - first)


UNMOVED = Levels(np.zeros(1), np.ones(1))
"""of what names no index"""


def levels(case: CaseData, index: str | None) -> Levels:
    """The levels of an index; level 1 at all times where none is named."""
    return UNMOVED if index is None else case.derived(_levels)[index]


def _levels(case: CaseData) -> Mapping[str, Levels]:
    found: dict[str, list[tuple[float, float]]] = {}
    for row in sorted(case.rows(IndexLevel), key=lambda row: row.from_date):
        found.setdefault(row.index, []).append((case.calendar.position(row.from_date), row.level))
    return {
        index: Levels(np.array([at for at, _ in steps]), np.array([level for _, level in steps]))
        for index, steps in found.items()
    }


@dataclass(frozen=True, eq=False)
class RateOverTime:
    """A yearly effective rate over time."""

    rates: Levels
    h: float
    """length of a period [years]"""

    def growth(self, first: float, last: float) -> float:
        """Interest on 1 from `first` to `last` [periods]."""
        pieces = self.rates.pieces(first, last)
        if len(pieces) == 1:
            return math.expm1((last - first) * self.h * math.log1p(pieces[0][2]))
        return math.expm1(sum((end - begin) * self.h * math.log1p(rate) for begin, end, rate in pieces))

    def frozen(self, at: float) -> RateOverTime:
        """The same until a time [periods]; from then on what is in force then."""
        last = self.rates.count_by(at)
        return RateOverTime(Levels(self.rates.since[:last], self.rates.values[:last]), self.h)

    @property
    def constant(self) -> bool:
        """Whether it is the same at all times."""
        return len(set(self.rates.values.tolist())) == 1


def rate_over_time(
    case: CaseData, margin: float, index: str | None, floor: float | None, cap: float | None
) -> RateOverTime:
    """The rate that a margin over an index makes, within its floor and its cap; the margin where none is named."""
    if index is None:
        return RateOverTime(Levels(np.zeros(1), np.array([margin])), case.calendar.h)
    known = levels(case, index)
    rates = np.maximum(known.values + margin, -np.inf if floor is None else floor)
    return RateOverTime(Levels(known.since, np.minimum(rates, np.inf if cap is None else cap)), case.calendar.h)
