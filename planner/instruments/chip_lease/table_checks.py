"""Checks of the tables of chip leases: their terms, and what is stated of those that are signed already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from planner.basics.calendar import add_months, whole_months
from planner.basics.errors import Problem
from planner.common.chips import Chip, ResaleValue, SignedDelivery
from planner.instruments.chip_lease import tables as terms
from planner.instruments.chip_lease.ending_terms import ending_problems
from planner.instruments.chip_lease.equity_checks import equity_problems
from planner.instruments.chip_lease.tables import RAISED, AssignedChips, ChipLease, SpvTranche
from planner.instruments.shared.table_checks import dates_in_order, first_days, floating, known_by
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables

Stated: TypeAlias = Mapping[tuple[str, date, date], SignedDelivery]
"""Rows of signed_deliveries by offer, day of signing and day of delivery."""


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of leases, tranches and deliveries, of early ends, of what is signed already and of chips assigned."""
    yield from terms.check(tables)
    yield from _chips(tables)
    yield from ending_problems(tables)
    yield from _floating(tables)
    stated = defaultdict[str, list[SignedDelivery]](list)
    for row in tables.rows(SignedDelivery):
        stated[row.offer].append(row)
    tranches = defaultdict[str, list[SpvTranche]](list)
    for part in tables.rows(SpvTranche):
        tranches[part.offer].append(part)
    for lease in tables.rows(ChipLease):
        if tables.complete(SpvTranche):
            yield from equity_problems(lease, tranches[lease.offer])
        if lease.status is not OfferStatus.CLOSED:
            yield from _deliveries(lease, stated[lease.offer], tables.complete(SignedDelivery))
    if tables.complete(SignedDelivery, ChipLease, Chip):
        yield from _assigned(tables)


def _chips(tables: Tables) -> Iterator[Problem]:
    """Problems where leased chips have no price or no resale values."""
    chips = {chip.chip: chip for chip in tables.rows(Chip)}
    resold = {row.chip for row in tables.rows(ResaleValue)}
    for lease in tables.rows(ChipLease):
        chip = chips.get(lease.chip)
        if chip is not None and (chip.capex_usd_bn_per_gw == 0 or chip.capex_decline_rate == 1):
            yield lease.problem("chip", "a chip with a price above 0 at every date")
        if tables.complete(ResaleValue) and lease.chip not in resold:
            yield lease.problem("chip", f"a chip with rows in {ResaleValue.about.file}")


def _floating(tables: Tables) -> Iterator[Problem]:
    """Problems of rates that float."""
    leases, known = {lease.offer: lease for lease in tables.rows(ChipLease)}, first_days(tables)
    for tranche in tables.rows(SpvTranche):
        yield from floating(tables, tranche)
        lease = leases.get(tranche.offer)
        if lease is not None and lease.status is OfferStatus.SIGNED and lease.sign_from is not None:
            yield from known_by(tranche, "rate_index", lease.sign_from, known)


def _deliveries(lease: ChipLease, rows: Sequence[SignedDelivery], complete: bool) -> Iterator[Problem]:
    """Problems of the deliveries of a lease in signed_deliveries."""
    if not rows:
        return
    if lease.status is not OfferStatus.SIGNED:
        first = min(rows, key=lambda row: row.line)
        yield first.problem("offer", f"an order, or a lease whose status is signed, not {lease.status}")
        return
    for row in rows:
        if lease.sign_from is not None and row.signed_on != lease.sign_from:
            yield row.problem("signed_on", f"{lease.sign_from}, the sign_from of {lease.offer}")
        yield from dates_in_order(row, "signed_on", "delivered_on")
        yield from dates_in_order(row, "delivered_on", "runs_from")
        if not row.cost_usd_bn:
            yield row.problem("cost_usd_bn", f"the money spent on this delivery, as {lease.offer} is a lease")
        if row.gw == 0:
            yield row.problem("gw", f"a number above 0 or a blank, as {lease.offer} is a lease")
        if row.deposit_paid_usd_bn is not None:
            yield row.problem("deposit_paid_usd_bn", f"a blank, as {lease.offer} is a lease")
    amount = lease.max_usd_bn if lease.amount_usd_bn is None else lease.amount_usd_bn
    spent = sum(row.cost_usd_bn or 0.0 for row in rows)
    if complete and abs(spent - amount) > RAISED * max(1.0, lease.max_usd_bn):
        first = min(rows, key=lambda row: row.line)
        expected = f"sums that add to {amount:.10g} over all rows of {lease.offer}, the money that it raised"
        yield first.problem("cost_usd_bn", expected, f"{spent:.10g}")


def _assigned(tables: Tables) -> Iterator[Problem]:
    """Problems of chips that were assigned already."""
    leases = {lease.offer: lease for lease in tables.rows(ChipLease)}
    lives = {chip.chip: chip.life_years for chip in tables.rows(Chip)}
    stated: Stated = {(row.offer, row.signed_on, row.delivered_on): row for row in tables.rows(SignedDelivery)}
    gone: dict[SignedDelivery, float] = defaultdict(float)
    paid: dict[SignedDelivery, float] = defaultdict(float)
    for row in tables.rows(AssignedChips):
        lease = leases.get(row.offer)
        if lease is None or lease.status is OfferStatus.CLOSED:
            continue
        if lease.status is not OfferStatus.SIGNED or lease.buys_from is None or lease.sign_from is None:
            yield row.problem("offer", "a lease whose status is signed and that has an order in buys_from")
            continue
        yield from dates_in_order(row, "ordered_on", "received_on")
        yield from dates_in_order(row, "received_on", "delivered_on")
        over = add_months(row.received_on, whole_months(lives.get(lease.chip, 0.0)))
        if lease.chip in lives and row.delivered_on >= over:
            yield row.problem("delivered_on", f"a day before {over}, when the life of these chips is over")
        taken = stated.get((row.offer, lease.sign_from, row.delivered_on))
        if taken is None:
            yield row.problem("delivered_on", f"a delivery of {row.offer} in {SignedDelivery.about.file}")
        else:
            paid[taken] += row.paid_usd_bn
        given = stated.get((lease.buys_from, row.ordered_on, row.received_on))
        if given is None:
            expected = f"a delivery of {lease.buys_from} in {SignedDelivery.about.file}"
            yield row.problem("received_on", expected, f"{row.received_on}, ordered on {row.ordered_on}")
        else:
            gone[given] += row.gw
    yield from _within(paid, gone)


def _within(paid: Mapping[SignedDelivery, float], gone: Mapping[SignedDelivery, float]) -> Iterator[Problem]:
    """Problems where an SPV has paid more than it spends on a delivery, or took more than an order received."""
    for row, sum_usd_bn in paid.items():
        money = row.cost_usd_bn or 0.0
        if sum_usd_bn > money + RAISED * max(1.0, money):
            expected = f"at least what it paid in {AssignedChips.about.file} for chips assigned then, {sum_usd_bn:.10g}"
            yield row.problem("cost_usd_bn", expected)
    for row, gw in gone.items():
        if gw > (row.gw or 0.0) + RAISED * max(1.0, row.gw or 0.0):
            yield row.problem("gw", f"at least what was assigned of it in {AssignedChips.about.file}, {gw:.10g}")
