"""`maturities.csv`: what signed contracts owe until the last of them ends, by the calendar year of the due date."""

from __future__ import annotations

from collections import defaultdict
from math import isnan

from planner.basics.calendar import add_months
from planner.basics.frames import Table, transposed
from planner.basics.units import MONTHS_PER_YEAR
from planner.ledgers.ledgers import SAME_TIME
from planner.portfolio.solution import Solution

OWED = "owed_usd_bn"
NUMBERS = (OWED,)
COLUMNS = ("year", "counterparty", "kind", *NUMBERS)


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; `kind` is the line of the ledger `dues`, such as floor, rent, balance or principal."""
    calendar, dues = solution.portfolio.case.calendar, solution.ledger("dues")
    about = dues.each(lambda post: (post.labels.counterparty, post.line))
    owed: dict[tuple[int, str, str], float] = defaultdict(float)
    for who, t, years, value in zip(about, dues.period.tolist(), dues.years.tolist(), dues.value.tolist(), strict=True):
        if isnan(years):
            shares = calendar.shares_by_calendar_year(t)
        else:
            # What is due in arrears at the end of a period belongs to the year in which that period ends.
            months = years * MONTHS_PER_YEAR
            ends = abs(months - (t + 1) * calendar.period_months) < SAME_TIME
            shares = {add_months(calendar.start, int(months + SAME_TIME) - ends).year: 1.0}
        for year, share in shares.items():
            owed[year, *who] += share * value
    return transposed(COLUMNS, NUMBERS, [(*key, value) for key, value in sorted(owed.items())])
