"""Signing dates: the periods in which an offer may be signed, by its window and status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.calendar import Calendar
from planner.tables.offer import OfferStatus


def signing_periods(
    calendar: Calendar, status: OfferStatus, first: date | None, last: date | None
) -> tuple[range, str | None]:
    """Periods in which an open or required offer may be signed, from day `first` to `last`; a remark if there are none.

    An open offer whose window holds no period start is not offered. A required one is signed at the next period start.
    """
    window = calendar.window(first, last)
    if len(window):
        return window, None
    missed = f"the window from {first or calendar.start} to {last or calendar.end} holds no period start"
    if last is not None and last < calendar.start:
        missed = f"the window to {last} lies before the case's start"
    following = 0 if first is None else max(0, calendar.forward(first))
    if status is OfferStatus.REQUIRED and following < calendar.T:
        return range(following, following + 1), f"{missed}: signed on {calendar.start_of(following)}"
    return window, f"{missed}: not offered"


def signings(
    calendar: Calendar,
    offer: str,
    status: OfferStatus,
    first: date | None,
    last: date | None,
    notes: list[tuple[str, str]],
) -> Iterator[tuple[int, date]]:
    """(period, day) of each date on which an offer may be signed; one signed already was signed on day `first`.

    A remark is added to `notes` where the window holds no period start.
    """
    if status is OfferStatus.SIGNED:
        assert first is not None, "checked with the tables"
        yield max(0, calendar.back(first)), first
        return
    window, remark = signing_periods(calendar, status, first, last)
    if remark:
        notes.append((offer, remark))
    for signed in window:
        yield signed, calendar.start_of(signed)
