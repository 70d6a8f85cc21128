"""Checks of tables that several instruments share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from planner.basics.errors import Problem
from planner.common.chips import ChipDelivery
from planner.common.indices import IndexLevel
from planner.tables.offer import Offer
from planner.tables.table import Row, Tables

ADDS_UP = 1e-6
"""how far the shares of deliveries may be from adding to 1"""


def dates_in_order(row: Row, earlier: str, later: str) -> Iterator[Problem]:
    """A problem where the date in one column lies after the date in another; blanks are left alone."""
    first, last = getattr(row, earlier), getattr(row, later)
    if first and last and last < first:
        yield row.problem(later, f"a date not before {earlier} {first}")


def delivered_in_full(offer: Offer, name: str, deliveries: Sequence[ChipDelivery]) -> Iterator[Problem]:
    """A problem where an offer has no deliveries, or their shares do not add to 1; `name` says what the offer is."""
    total = sum(delivery.delivered_share for delivery in deliveries)
    if not deliveries:
        here = ", or delivery_months here" if "delivery_months" in offer.fields() else ""
        yield offer.problem("offer", f"{name} with at least one row in {ChipDelivery.about.file}{here}")
    elif abs(total - 1) > ADDS_UP:
        first = min(deliveries, key=lambda delivery: delivery.line)
        yield first.problem("delivered_share", f"parts that add to 1 over all rows of {offer.offer}", f"{total:.7g}")


def first_days(tables: Tables) -> Mapping[str, date]:
    """The first day of each index."""
    found: dict[str, date] = {}
    for row in tables.rows(IndexLevel):
        found[row.index] = min(row.from_date, found.get(row.index, row.from_date))
    return found


def known_by(row: Row, column: str, day: date, first: Mapping[str, date]) -> Iterator[Problem]:
    """A problem where the index in a column is not known on a day whose level counts in a contract signed already.

    `first` is the first day of each index.
    """
    index = getattr(row, column)
    if index in first and first[index] > day:
        expected = f"an index with a level on {day}, as the contract is signed and that level counts in it"
        yield row.problem(column, expected, f"'{index}', known from {first[index]} on")


def floating(tables: Tables, row: Row) -> Iterator[Problem]:
    """Problems of a rate that may float: rate, perhaps rate_unsupported, rate_index, rate_floor and rate_cap.

    A rate in force below 0 would pay the borrower for every sum it draws.
    """
    index, floor, cap = (getattr(row, name) for name in ("rate_index", "rate_floor", "rate_cap"))
    margins = [getattr(row, name, None) for name in ("rate", "rate_unsupported")]
    margin = min(each for each in margins if each is not None)
    if index is None:
        for column in ("rate_floor", "rate_cap"):
            if getattr(row, column) is not None:
                yield row.problem(column, "a blank where rate_index is blank")
        return
    if floor is not None and cap is not None and cap < floor:
        yield row.problem("rate_cap", f"a number not below rate_floor {floor:g}")
    levels = [each.level for each in tables.rows(IndexLevel) if each.index == index]
    if floor is None and levels and min(levels) + margin < 0:
        expected = f"a rate of at least 0, as {index} falls to {min(levels):g} and the margin is {margin:g}"
        yield row.problem("rate_floor", expected)
