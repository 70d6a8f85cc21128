"""When an offer may be signed: its window as periods, by its status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.calendar import Calendar
from planner.tables.offer import OfferStatus


def signing_periods(
    calendar: Calendar, status: OfferStatus, first: date | None, last: date | None
) -> tuple[range, str | None]:
    """Periods in which an offer that is open or required may be signed, and a remark where the window misses them.

    An open offer whose window [first, last] holds no period start is not offered; a required one is then signed with
    the next period.
    """
    window = calendar.window(first, last)
    if len(window):
        return window, None
    held = f"the window from {first or calendar.start} to {last or calendar.end} holds no period start"
    following = 0 if first is None else max(0, calendar.forward(first))
    if status is OfferStatus.REQUIRED and following < calendar.T:
        return range(following, following + 1), f"{held}: signed on {calendar.start_of(following)}"
    return window, f"{held}: not offered"


def signings(
    calendar: Calendar,
    offer: str,
    status: OfferStatus,
    first: date | None,
    last: date | None,
    notes: list[tuple[str, str]],
) -> Iterator[tuple[int, date]]:
    """(period, day) of each way to sign an offer; one that is signed already was signed on the window's first day.

    A remark on a window that misses the periods is added to `notes`, with the offer.
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
