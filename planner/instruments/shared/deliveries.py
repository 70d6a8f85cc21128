"""Deliveries of chips: one rule for orders and for leases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from planner.basics.calendar import Calendar, add_months
from planner.common.chips import Chip, ChipDelivery, SignedDelivery
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus

Signed: TypeAlias = Mapping[date, Sequence[SignedDelivery]]
"""Deliveries of what is signed, the earliest first, by the day of signing, the earliest first."""


def arrival(calendar: Calendar, signed: date, months: int, status: OfferStatus) -> date:
    """The day on which chips arrive that are due some months after signing.

    A delivery of what is signed already keeps its day; any other is rounded forward to the start of a period.
    """
    due = add_months(signed, months)
    return due if status is OfferStatus.SIGNED else calendar.start_of(calendar.forward(due))


def delivery_rows(case: CaseData, offer: str) -> list[ChipDelivery]:
    """The deliveries of an order or a lease, the earliest first."""
    return sorted((row for row in case.rows(ChipDelivery) if row.offer == offer), key=lambda row: row.months)


def signed_deliveries(case: CaseData, offer: str) -> Signed:
    """The deliveries that are stated of what is signed of an offer; none where nothing is stated."""
    return case.derived(_signed_deliveries).get(offer, {})


def _signed_deliveries(case: CaseData) -> Mapping[str, Signed]:
    found: dict[str, dict[date, list[SignedDelivery]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(case.rows(SignedDelivery), key=lambda row: (row.signed_on, row.delivered_on)):
        found[row.offer][row.signed_on].append(row)
    return {offer: dict(days) for offer, days in found.items()}


def latest_signing(case: CaseData, row: Any, signed: date, starts: date | None) -> date:
    """The last day on which chips can be ordered or leased so that every delivery arrives when it does."""
    months = [step.months for step in delivery_rows(case, row.offer)]
    arrivals = [arrival(case.calendar, signed, each, OfferStatus.OPEN) for each in months]
    return max(signed, min((add_months(on, -each) for on, each in zip(arrivals, months, strict=True)), default=signed))


def can_run_from(calendar: Calendar, chip: Chip, signed: bool) -> date:
    """The first day on which new chips can run.

    It is the day on which the chip is available; for what is not signed yet, the next start of a period.
    """
    return chip.available_from if signed else calendar.start_of(calendar.forward(chip.available_from))
