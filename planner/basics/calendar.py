"""Dates to periods and years. Only this module knows how long a period is.

The horizon runs from `start` to `end` in periods of 1, 3, 6 or 12 months. Periods are numbered t = 0, 1, …, T − 1;
numbers from T on lie after the horizon and have dates too, so that profiles can run to the end of the longest term.
Time is measured in months: a date within a month adds the share of the month that has passed.

- What is on for part of a period counts for that part, in GW and in money. Ages are those at the start of a period.
- Of what may still be signed, signings round back to the start of a period, commencements and deliveries forward. What
  is signed already keeps its true dates.
- Flows use the time-weighted mean of their dated values, limits use the strictest.
"""

from __future__ import annotations

import calendar as _gregorian
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.units import MONTHS_PER_YEAR


@cache
def month_position(day: date) -> float:
    """Months since year 0, where days count as a share of their month [months].

    >>> month_position(date(2026, 4, 16)) - month_position(date(2026, 4, 1))
    0.5
    """
    days = _gregorian.monthrange(day.year, day.month)[1]
    return day.year * MONTHS_PER_YEAR + day.month - 1 + (day.day - 1) / days


@cache
def add_months(day: date, months: int) -> date:
    """The date `months` later; the last day of that month where it has no such day.

    >>> add_months(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(day.day, _gregorian.monthrange(year, month + 1)[1]))


def whole_months(years: float) -> int:
    """A term in years as whole months [months].

    >>> whole_months(2.5)
    30
    """
    return round(years * MONTHS_PER_YEAR)


def months_between(day: date, later: date) -> int | None:
    """The months from a day to a later one; None where these are not whole.

    >>> months_between(date(2026, 7, 1), date(2031, 7, 1)), months_between(date(2026, 7, 1), date(2026, 7, 9))
    (60, None)
    """
    months = (later.year - day.year) * MONTHS_PER_YEAR + later.month - day.month
    return months if add_months(day, months) == later else None


class Overlap(NamedTuple):
    """The periods that a span of time touches, and how much of each it covers."""

    periods: range
    """from 0 on, after the horizon too"""
    shares: Vector
    """part of each period that is covered, above 0 and at most 1; shape (periods,)"""


@dataclass(frozen=True)
class Calendar:
    """Periods of equal length from `start` to `end`; `end` is the first day after the last period.

    >>> half_years = Calendar(date(2026, 7, 1), date(2036, 7, 1), 6)
    >>> half_years.T, half_years.h, half_years.start_of(1)
    (20, 0.5, datetime.date(2027, 1, 1))
    """

    start: date
    end: date
    period_months: int

    def __post_init__(self) -> None:
        if self.start.day != 1:
            raise ValueError(f"the start {self.start} is not the first day of a month")
        months = month_position(self.end) - month_position(self.start)
        if months <= 0 or months % self.period_months:
            raise ValueError(
                f"{self.start} to {self.end} is not a whole number of periods of {self.period_months} months"
            )

    @cached_property
    def T(self) -> int:
        """Number of periods in the horizon."""
        return round(month_position(self.end) - month_position(self.start)) // self.period_months

    @property
    def h(self) -> float:
        """Length of a period [years]."""
        return self.period_months / MONTHS_PER_YEAR

    @property
    def periods(self) -> range:
        """t = 0, …, T − 1."""
        return range(self.T)

    def start_of(self, t: int) -> date:
        """First day of period t, also before the start (t < 0) and beyond the horizon (t ≥ T)."""
        return add_months(self.start, t * self.period_months)

    def position(self, day: date) -> float:
        """Time from the start of the case [periods]; negative before it.

        >>> Calendar(date(2026, 7, 1), date(2027, 7, 1), 6).position(date(2026, 10, 1))
        0.5
        """
        return (month_position(day) - month_position(self.start)) / self.period_months

    def back(self, day: date) -> int:
        """The period that contains `day`. Signings round back to its start."""
        return int(np.floor(self.position(day)))

    def forward(self, day: date) -> int:
        """The first period that starts on or after `day`. Commencements and deliveries round forward to it."""
        return int(np.ceil(self.position(day)))

    def window(self, first: date | None, last: date | None) -> range:
        """Periods of the horizon that start within [first, last]; None stands for the start and the end of the case."""
        begin = 0 if first is None else max(0, self.forward(first))
        stop = self.T if last is None else min(self.T, self.back(last) + 1)
        return range(begin, max(begin, stop))

    def overlap(self, first: date, last: date) -> Overlap:
        """The periods from 0 on, also after the horizon, that [first, last) touches, and the share of each it covers.

        >>> years = Calendar(date(2027, 1, 1), date(2031, 1, 1), 12)
        >>> years.overlap(date(2024, 7, 1), date(2028, 4, 1))
        Overlap(periods=range(0, 2), shares=array([1.  , 0.25]))
        """
        begin, end = max(0.0, self.position(first)), self.position(last)
        if end <= begin:
            return Overlap(range(0), np.empty(0))
        periods = range(int(np.floor(begin)), int(np.ceil(end)))
        when = np.arange(periods.start, periods.stop, dtype=float)
        return Overlap(periods, np.minimum(when + 1.0, end) - np.maximum(when, begin))

    def years(self, day: date) -> float:
        """Time from the start of the case [years]."""
        return self.position(day) * self.h

    def start_years(self, t: int) -> float:
        """Time from the start of the case to the start of period t [years]."""
        return t * self.h

    def mid_years(self, t: int) -> float:
        """Time from the start of the case to the middle of period t [years]."""
        return (t + 0.5) * self.h

    def age_years(self, since: date, t: int) -> float:
        """Time from `since` to the start of period t [years]; negative before `since`."""
        return self.age_months(since, t) / MONTHS_PER_YEAR

    def age_months(self, since: date, t: int) -> float:
        """Time from `since` to the start of period t [months]; negative before `since`."""
        return t * self.period_months - (month_position(since) - month_position(self.start))

    def whole_years(self, since: date, t: int) -> int:
        """Whole years from `since` to the start of period t; negative before `since`.

        >>> Calendar(date(2026, 7, 1), date(2027, 7, 1), 1).whole_years(date(2025, 9, 1), 2)
        1
        """
        return int(self.age_months(since, t) // MONTHS_PER_YEAR)

    def mean(self, dates: Sequence[date], values: Sequence[float]) -> Vector:
        """The time-weighted mean over each period of values that hold from their date until the next; shape (T,).

        Dates ascend, and the first is not after the start of the case.

        >>> year = Calendar(date(2026, 7, 1), date(2027, 7, 1), 12)
        >>> year.mean([date(2026, 7, 1), date(2026, 10, 1)], [4.0, 8.0])
        array([7.])
        """
        edges = np.clip([self.position(day) for day in dates], 0.0, self.T)
        edges = np.append(edges, float(self.T))
        means = np.zeros(self.T)
        for value, first, last in zip(values, edges[:-1], edges[1:], strict=True):
            for t in range(int(first), int(np.ceil(last))):
                means[t] += value * max(0.0, min(last, t + 1) - max(first, t))
        return means

    def strictest(
        self, dates: Sequence[date], values: Sequence[float], choose: Callable[[float, float], float]
    ) -> Vector:
        """The strictest of the values that hold at any time of each period, by `choose` (min or max); shape (T,).

        >>> year = Calendar(date(2026, 7, 1), date(2027, 7, 1), 12)
        >>> year.strictest([date(2026, 7, 1), date(2026, 10, 1)], [4.0, 8.0], min)
        array([4.])
        """
        positions = [self.position(day) for day in dates]
        strictest = np.empty(self.T)
        for t in self.periods:
            current = max(i for i, position in enumerate(positions) if position <= t)
            held = values[current]
            for i in range(current + 1, len(positions)):
                if positions[i] < t + 1:
                    held = choose(held, values[i])
            strictest[t] = held
        return strictest

    def shares_by_calendar_year(self, t: int) -> dict[int, float]:
        """The shares of the months of period t in each calendar year; they add up to 1.

        >>> Calendar(date(2026, 7, 1), date(2027, 7, 1), 12).shares_by_calendar_year(0)
        {2026: 0.5, 2027: 0.5}
        """
        first = self.start_of(t)
        months = Counter(add_months(first, month).year for month in range(self.period_months))
        return {year: count / self.period_months for year, count in months.items()}
