"""Deliveries of chips: one rule for orders and for leases."""

from __future__ import annotations

from datetime import date

from planner.basics.calendar import Calendar, add_months
from planner.common.chips import ChipDelivery
from planner.interfaces.case_data import CaseData


def arrival(calendar: Calendar, signed: date, months: int) -> date:
    """The day on which chips arrive that are due some months after signing.

    A delivery is rounded forward to the start of a period; one before the case's start keeps its own date.
    """
    due = add_months(signed, months)
    return due if due < calendar.start else calendar.start_of(calendar.forward(due))


def delivery_rows(case: CaseData, offer: str) -> list[ChipDelivery]:
    """The deliveries of an order or a lease, the earliest first."""
    return sorted((row for row in case.rows(ChipDelivery) if row.offer == offer), key=lambda row: row.months)
