"""Chip lease: what ends before the terms are over demands of the decisions, restated from the rows.

day            a lease ends on the first day of a contract year from its first delivery on that is the start of a
               period, from the from_year of one of its rows on, after its last delivery, and before its first term is
               over
notice day     notice_months of the last of these rows before that day, back to the start of a period
once           a lease that is signed ends on one such day at most
all of it      where it ends, all that it and each of its tranches raised ends, and elsewhere nothing of it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.common.chips import ChipDelivery, SignedDelivery
from planner.common.terminations import Termination
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.shared.ended_checks import ended_checks
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "chip_lease"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every lease that ends early demands of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(ChipLease)}
    parts = {"ended_amount": "amount", "ended_tranche": "tranche"}
    yield from ended_checks(ledgers, x, NAME, parts, lambda o, start, year: _notice(case, rows[o], start, year))


def _notice(case: CaseData, row: ChipLease, start: date, year: int) -> str:
    """The notice day for an end at the start of a contract year; empty where it may not end then."""
    calendar, days = case.calendar, _delivered(case, row, start)
    mine = [each for each in case.rows(Termination) if each.offer == row.offer and each.from_year <= year]
    day = add_months(min(days), 12 * (year - 1))
    off = calendar.start_of(calendar.back(day)) != day or not calendar.start <= day <= calendar.end
    if not mine or year - 1 >= row.term_years or day <= max(days) or off or row.ends_on is not None:
        return ""
    right = max(mine, key=lambda each: each.from_year)
    return calendar.start_of(calendar.back(add_months(day, -right.notice_months))).isoformat()


def _delivered(case: CaseData, row: ChipLease, start: date) -> list[date]:
    """The days of the deliveries of a lease signed on a day."""
    calendar, signed = case.calendar, row.status is OfferStatus.SIGNED
    stated = [
        each.delivered_on
        for each in case.rows(SignedDelivery)
        if signed and each.offer == row.offer and each.signed_on == start
    ]
    if stated:
        return stated
    steps = [step for step in case.rows(ChipDelivery) if step.offer == row.offer and step.delivered_share > 0]
    due = [add_months(start, step.months) for step in steps]
    return due if signed else [calendar.start_of(calendar.forward(on)) for on in due]
