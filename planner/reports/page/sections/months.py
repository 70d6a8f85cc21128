"""The next twelve months: what is to be decided and what is paid and received, period by period."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from planner.basics.calendar import add_months
from planner.basics.spans import day_text, month_text, span_text
from planner.basics.units import MONTHS_PER_YEAR
from planner.ledgers.posts import Kind
from planner.reports.commitments import CASH, DUE, SAME_DAY, is_due
from planner.reports.page.parts import Column, Part, Sheet
from planner.reports.page.plan_view import View
from planner.reports.plain_names import PlainNames

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "months", "The next twelve months"
LEAD = (
    "Decisions stand in the month of their last day. Payments stand in their month where their day is known; what runs "
    "over a period is known for the whole period only."
)
COLUMNS = (
    Column("when", "When"), Column("what", "What"), Column("paid_usd_bn", "Paid, USD bn", 2),
    Column("received_usd_bn", "Received, USD bn", 2),
)  # fmt: skip
SMALLEST = 5e-3
"""USD bn below which a payment is not listed by itself"""
NAMED = 6
"""most contracts that a line names"""


def parts(view: View) -> list[Part]:
    """One table, by month and by period."""
    table = months(view)
    return [Sheet("calendar", "Decisions and payments", table, COLUMNS, shown=len(table))]


def months(view: View) -> pd.DataFrame:
    """Decisions by month, dated cash by day and cash of whole periods: when, what, paid_usd_bn, received_usd_bn."""
    import pandas as pd

    rows = sorted([*_decisions(view), *_dated(view), *_flows(view)], key=lambda row: (row[0], row[1]))
    blank = float("nan")
    return pd.DataFrame(
        [(when, what, paid or blank, received or blank) for _, _, when, what, paid, received in rows],
        columns=["when", "what", "paid_usd_bn", "received_usd_bn"],
    )


Line = tuple[date, int, str, str, float, float]
"""first day, order on that day, when, what, paid, received"""


def _decisions(view: View) -> list[Line]:
    """What is to be decided, by the month of the last day."""
    by_day: dict[date, list[str]] = defaultdict(list)
    for each in view.commitments:
        if is_due(view.plan, each):
            by_day[each.decide_by].append(each.title)
    return [(day, 0, f"by {day_text(day)}", f"Decide on {_named(titles)}", 0.0, 0.0) for day, titles in by_day.items()]


def _named(titles: list[str]) -> str:
    more = len(titles) - NAMED
    return ", ".join(titles[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _dated(view: View) -> list[Line]:
    """Cash with a day of its own within twelve months, by line and month."""
    calendar = view.plan.case.calendar
    flows, named = _mid_periods(view), PlainNames(view.plan.case.catalogue)
    sums: dict[tuple[date, str], float] = defaultdict(float)
    for post in view.plan.rows("ledger"):
        years = float(post.years)
        if post.ledger == "cash" and post.kind in CASH and years < DUE / MONTHS_PER_YEAR and not _near(years, flows):
            day = add_months(calendar.start, int(years * MONTHS_PER_YEAR + 1e-6))
            sums[day, named(str(post.instrument), str(post.line)).name] += float(post.value)
    return [
        (day, 1, month_text(day), line, -min(value, 0.0), max(value, 0.0))
        for (day, line), value in sums.items()
        if abs(value) >= SMALLEST
    ]


def _flows(view: View) -> list[Line]:
    """Cash of whole periods that begin within twelve months, by period: revenue and costs, and all for compute."""
    calendar, flows = view.plan.case.calendar, _mid_periods(view)
    found: list[Line] = []
    for t in range(min(calendar.T, max(1, DUE // calendar.period_months))):
        first, after = calendar.start_of(t), calendar.start_of(t + 1)
        compute = operating = 0.0
        for post in view.plan.rows("ledger"):
            if post.ledger != "cash" or str(post.period) != first.isoformat():
                continue
            if post.kind == Kind.OPERATING:
                operating += float(post.value)
            elif post.kind in CASH and _near(float(post.years), flows):
                compute += float(post.value)
        when = span_text(first, after)
        lines = (("Net revenue before compute, over the period", operating), ("Compute, over the period", compute))
        found += [
            (first, 2, when, what, -min(value, 0.0), max(value, 0.0)) for what, value in lines if abs(value) >= SMALLEST
        ]
    return found


def _mid_periods(view: View) -> tuple[float, ...]:
    """The times at which cash of whole periods counts, for the periods of the first twelve months [years]."""
    calendar = view.plan.case.calendar
    return tuple((t + 0.5) * calendar.h for t in range(min(calendar.T, max(1, DUE // calendar.period_months))))


def _near(years: float, times: tuple[float, ...]) -> bool:
    return any(abs(years - time) < SAME_DAY for time in times)
