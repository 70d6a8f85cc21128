"""The money of a plan as treasuries state it: its cash by post in plain words, the cash flow, and sources and uses.

    cash flow           operations + compute + capital + funding = change in cash, year by year
    sources and uses    opening cash + all that comes in = all that goes out + closing cash

Both add up what `ledger.csv` posts to cash within the horizon, and so end in the closing cash of `cash.csv`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.interfaces.plain_lines import Activity, Meaning, PlainLine
from planner.ledgers.posts import IN_LIQUIDITY
from planner.plan.plan import Plan
from planner.reports.plain_names import PlainNames
from planner.reports.years import ReportYear, years

OPENING, CHANGE, CLOSING = "Opening cash", "Change in cash", "Closing cash"
SOURCES, USES = "Sources", "Uses"
BY_MEANING = frozenset({Activity.OPERATIONS, Activity.COMPUTE})
"""activities of which the cash flow shows what their lines usually mean; of all else it shows each line"""


@dataclass(frozen=True)
class CashPost:
    """A row of the ledger `cash` in plain words."""

    line: PlainLine
    kind: str
    period: str
    value: float
    """USD bn, received above 0"""
    worth: float
    """its part of the present cost [USD bn], paid above 0"""

    @property
    def meaning(self) -> Meaning:
        """What it is for."""
        return self.line.meaning_of(self.kind)


@dataclass(frozen=True)
class StatementRow:
    """A row of a statement."""

    group: str
    """the activity, or sources or uses; blank of a row about all"""
    item: str
    amounts: Vector
    """by year [USD bn]"""
    total: bool = False
    """whether it adds up the rows of its group, or all"""


@dataclass(frozen=True)
class Statement:
    """Amounts by year."""

    years: tuple[ReportYear, ...]
    rows: tuple[StatementRow, ...]

    def row(self, group: str, item: str) -> StatementRow:
        """The row of a group and item. Raises KeyError where there is none."""
        for each in self.rows:
            if (each.group, each.item) == (group, item):
                return each
        raise KeyError((group, item))


def cash_posts(plan: Plan) -> Iterator[CashPost]:
    """Every row of the ledger `cash`."""
    named = PlainNames(plan.case.catalogue)
    for row in plan.rows("ledger"):
        if row.ledger == "cash":
            line = named("" if row.instrument != row.instrument else str(row.instrument), str(row.line))
            worth = float(row.present_value_usd_bn)
            yield CashPost(line, str(row.kind), str(row.period), float(row.value), worth)


def cash_flow(plan: Plan) -> Statement:
    """Operations, compute, capital and funding by year, with their sums, to the change in cash and closing cash."""
    shown = years(plan.case.calendar)
    found = _added_up(plan, shown, lambda each: (each.line.stands_in, _item(each)))
    rows: list[StatementRow] = []
    change = np.zeros(len(shown))
    for activity in Activity:
        mine = [(item, amounts) for (of, item), amounts in found.items() if of == activity]
        together = np.sum([amounts for _, amounts in mine], axis=0) if mine else np.zeros(len(shown))
        change = change + together
        group = str(activity).capitalize()
        rows += [StatementRow(group, item, amounts) for item, amounts in mine]
        rows.append(StatementRow(group, f"{group} together", together, total=True))
    closing = plan.case.settings.opening_cash_usd_bn + np.cumsum(change)
    return Statement(
        shown,
        (
            StatementRow("", OPENING, closing - change, total=True),
            *rows,
            StatementRow("", CHANGE, change, total=True),
            StatementRow("", CLOSING, closing, total=True),
        ),
    )


def sources_and_uses(plan: Plan) -> Statement:
    """What comes in and what goes out by year and meaning; a meaning of which more comes back in a year is a source."""
    shown = years(plan.case.calendar)
    found = _added_up(plan, shown, lambda each: ("", str(each.meaning)))
    change = np.sum(list(found.values()), axis=0) if found else np.zeros(len(shown))
    closing = plan.case.settings.opening_cash_usd_bn + np.cumsum(change)
    sources = [StatementRow(SOURCES, OPENING, closing - change)]
    uses = []
    for (_, item), amounts in found.items():
        if (amounts > 0).any():
            sources.append(StatementRow(SOURCES, item, np.maximum(amounts, 0.0)))
        if (amounts < 0).any():
            uses.append(StatementRow(USES, item, np.maximum(-amounts, 0.0)))
    uses.append(StatementRow(USES, CLOSING, closing))
    return Statement(
        shown,
        tuple(
            row
            for name, rows in ((SOURCES, sources), (USES, uses))
            for row in (*rows, StatementRow(name, f"{name} together", _sum(rows), total=True))
        ),
    )


def _sum(rows: list[StatementRow]) -> Vector:
    together: Vector = np.sum([row.amounts for row in rows], axis=0)
    return together


def _item(post: CashPost) -> str:
    usual = post.line.activity is None and post.line.stands_in in BY_MEANING
    return str(post.meaning) if usual else post.line.name


def _added_up(
    plan: Plan, shown: tuple[ReportYear, ...], key: Callable[[CashPost], tuple[str, str]]
) -> dict[tuple[str, str], Vector]:
    """Cash within the horizon by key and year, in the order of meanings."""
    calendar = plan.case.calendar
    of = {calendar.start_of(t).isoformat(): i for i, year in enumerate(shown) for t in year.periods}
    order = list(Meaning)
    found: dict[tuple[str, str], Vector] = {}
    for post in sorted(cash_posts(plan), key=lambda each: order.index(each.meaning)):
        if post.kind in IN_LIQUIDITY:
            found.setdefault(key(post), np.zeros(len(shown)))[of[post.period]] += post.value
    return found
