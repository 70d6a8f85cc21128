"""Checks of rights to end chip leases before their terms are over, and of leases that end so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner.basics.calendar import add_months, whole_months
from planner.basics.errors import Problem
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.chips import ChipDelivery, SignedDelivery
from planner.common.terminations import Termination
from planner.instruments.chip_lease.tables import ChipLease, SpvTranche
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables


def ending_problems(tables: Tables) -> Iterator[Problem]:
    """Problems of rights to end leases, and of leases that end early.

    What chips of an order that an SPV took over become at an early end is not worked out, nor what a test of debt knows
    of it.
    """
    for lease in tables.rows(ChipLease):
        rights = [row for row in tables.rows(Termination) if row.offer == lease.offer]
        for right in rights:
            yield from _right(tables, lease, right)
        if rights:
            yield from _tests(tables, lease)
        if lease.ends_on is not None:
            yield from _ends(tables, lease, lease.ends_on, rights)


def _right(tables: Tables, lease: ChipLease, right: Termination) -> Iterator[Problem]:
    years = whole_months(lease.term_years) / MONTHS_PER_YEAR
    months = [row.months for row in tables.rows(ChipDelivery) if row.offer == lease.offer and row.delivered_share > 0]
    apart = max(months, default=0) - min(months, default=0)
    if right.from_year - 1 >= years:
        yield right.problem("from_year", f"a year that begins before the term of {years:g} years is over")
    elif MONTHS_PER_YEAR * (right.from_year - 1) <= apart:
        yield right.problem("from_year", f"a year that begins after the last delivery, {apart} months after the first")
    if lease.buys_from is not None:
        yield right.problem("offer", "a chip lease whose buys_from is blank", right.offer)


def _tests(tables: Tables, lease: ChipLease) -> Iterator[Problem]:
    for part in tables.rows(SpvTranche):
        for column in ("dscr_min", "llcr_min"):
            if part.offer == lease.offer and getattr(part, column) is not None:
                yield part.problem(column, f"a blank, as {lease.offer} may be ended early")


def _ends(tables: Tables, lease: ChipLease, day: date, rights: Sequence[Termination]) -> Iterator[Problem]:
    if lease.status not in (OfferStatus.SIGNED, OfferStatus.CLOSED):
        yield lease.problem("ends_on", "a blank where status is not signed")
    elif lease.sign_from is not None and tables.complete(Termination, ChipDelivery, SignedDelivery):
        steps = [row for row in tables.rows(ChipDelivery) if row.offer == lease.offer and row.delivered_share > 0]
        days = [row.delivered_on for row in tables.rows(SignedDelivery) if row.offer == lease.offer]
        days = days or [add_months(lease.sign_from, row.months) for row in steps]
        last = whole_months(lease.term_years) // MONTHS_PER_YEAR + 1
        years = [y for y in range(2, last + 1) if days and add_months(min(days), MONTHS_PER_YEAR * (y - 1)) == day]
        over = add_months(min(days, default=day), whole_months(lease.term_years))
        if not any(right.from_year <= year for year in years for right in rights) or day >= over:
            yield lease.problem("ends_on", "the first day of a contract year in which terminations.csv lets it end")
        elif day <= max(days):
            yield lease.problem("ends_on", f"a day after its last delivery on {max(days)}")
