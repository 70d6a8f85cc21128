"""Sums that others hold for the lab, such as deposits, where the end of a contract moves: they come back that day."""

from __future__ import annotations

from datetime import date

from planner.basics.calendar import Calendar
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_moved(
    calendar: Calendar,
    ledgers: Ledgers,
    labels: Labels,
    line: str,
    usd_bn: float,
    first: date,
    last: date,
    variable: int,
) -> None:
    """Post that a sum [USD bn] does not come back on the day `first` but on the day `last`, per unit of `variable`."""
    end = calendar.start_years(calendar.T)
    for day, sign in ((first, -1.0), (last, 1.0)):
        years = calendar.years(day)
        if years >= 0:
            kind = Kind.COST if years <= end + 1e-9 else Kind.CREDIT
            ledgers.dated(kind, labels, line, variable, years, sign * usd_bn)
