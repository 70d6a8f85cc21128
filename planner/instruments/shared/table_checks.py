"""Checks of tables that several instruments share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.basics.errors import Problem
from planner.common.chips import ChipDelivery
from planner.tables.offer import Offer
from planner.tables.table import Row

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
        yield offer.problem("offer", f"{name} with at least one row in {ChipDelivery.about.file}")
    elif abs(total - 1) > ADDS_UP:
        first = min(deliveries, key=lambda delivery: delivery.line)
        yield first.problem("delivered_share", f"parts that add to 1 over all rows of {offer.offer}", f"{total:.7g}")
