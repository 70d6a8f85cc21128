"""Deposits of leases whose end moves: they come back on another day."""

from __future__ import annotations

from datetime import date

from planner.basics.calendar import Calendar
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_moved(
    calendar: Calendar, ledgers: Ledgers, labels: Labels, deposit: float, first: date, last: date, share: int
) -> None:
    """Post that a deposit [USD bn] does not come back on the day `first` but on the day `last`, per unit of `share`."""
    end = calendar.start_years(calendar.T)
    for day, sign in ((first, -1.0), (last, 1.0)):
        years = calendar.years(day)
        if years >= 0:
            kind = Kind.COST if years <= end + 1e-9 else Kind.CREDIT
            ledgers.dated(kind, labels, "deposit_returned", share, years, sign * deposit)
