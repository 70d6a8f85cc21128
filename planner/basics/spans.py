"""Days and spans of time as people write them, in any language setting of the machine."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_text(day: date) -> str:
    """The month of a day.

    >>> month_text(date(2026, 7, 1))
    'Jul 26'
    """
    return f"{MONTHS[day.month - 1]} {day.year % 100:02}"


def day_text(day: date) -> str:
    """A day.

    >>> day_text(date(2026, 7, 1))
    '1 Jul 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_text(first: date, after: date) -> str:
    """The months from a first day to the day before `after`.

    >>> span_text(date(2026, 7, 1), date(2027, 7, 1)), span_text(date(2026, 7, 1), date(2026, 8, 1))
    ('Jul 26 – Jun 27', 'Jul 26')
    """
    begins, ends = month_text(first), month_text(max(first, after - timedelta(days=1)))
    return begins if begins == ends else f"{begins} – {ends}"
