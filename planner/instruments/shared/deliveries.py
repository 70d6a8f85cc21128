"""Deliveries of chips: one rule for orders and for leases."""

from __future__ import annotations

from datetime import date

from planner.basics.calendar import Calendar, add_months
from planner.common.chips import ChipDelivery
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus


def arrival(calendar: Calendar, signed: date, months: int, status: OfferStatus) -> date:
    """The day on which chips arrive that are due some months after signing.

    A delivery of what is signed already keeps its day; any other is rounded forward to the start of a period.
    """
    due = add_months(signed, months)
    return due if status is OfferStatus.SIGNED else calendar.start_of(calendar.forward(due))


def delivery_rows(case: CaseData, offer: str) -> list[ChipDelivery]:
    """The deliveries of an order or a lease, the earliest first."""
    return sorted((row for row in case.rows(ChipDelivery) if row.offer == offer), key=lambda row: row.months)
