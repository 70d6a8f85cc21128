"""The years in which reports add up the periods of a plan.

They are calendar years where every period lies within one, else years from the start of the plan. A year with fewer
periods than a whole one is named by its months.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from planner.basics.calendar import Calendar
from planner.basics.spans import span_text
from planner.basics.units import MONTHS_PER_YEAR


@dataclass(frozen=True)
class ReportYear:
    """A year, or as much of it as the plan covers."""

    start: date
    end: date
    """first day after it"""
    periods: range

    @property
    def name(self) -> str:
        """How the year is called.

        >>> ReportYear(date(2027, 1, 1), date(2028, 1, 1), range(1)).name
        '2027'
        >>> ReportYear(date(2026, 7, 1), date(2027, 7, 1), range(1)).name
        'Jul 26 – Jun 27'
        >>> ReportYear(date(2026, 7, 1), date(2027, 1, 1), range(1)).name
        'Jul 26 – Dec 26'
        """
        last = self.end - timedelta(days=1)
        if self.start == date(last.year, 1, 1) and self.end == date(last.year + 1, 1, 1):
            return str(last.year)
        return span_text(self.start, self.end)


def years(calendar: Calendar) -> tuple[ReportYear, ...]:
    """The years of a plan, the first first."""
    starts = [calendar.start_of(t) for t in range(calendar.T + 1)]
    lasts = [day - timedelta(days=1) for day in starts[1:]]
    in_calendar = all(first.year == last.year for first, last in zip(starts, lasts, strict=False))
    each = max(1, MONTHS_PER_YEAR // calendar.period_months)
    of = [first.year if in_calendar else t // each for t, first in enumerate(starts[:-1])]
    found = []
    for year in dict.fromkeys(of):
        mine = [t for t, other in enumerate(of) if other == year]
        found.append(ReportYear(starts[mine[0]], starts[mine[-1] + 1], range(mine[0], mine[-1] + 1)))
    return tuple(found)
