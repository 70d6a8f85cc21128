"""Spare capacity: another company's idle machines, taken and given back as need comes and goes.

Either a fee is paid for all of it while it is taken, or a price for what is used. The variables are

    on[o, t]        1 if the machines are taken in period t (a fee)
    start[o, t]     1 if they are taken in t and were not before
    use[o, t]       GW set to work
    sign[o]         1 if the offer is signed; it exists only where a fee on signing, a group, a requirement or the
                    status `required` or `signed` needs it

An offer can be taken in the periods that lie wholly between the later of its from_date and the chip's first day, and
its to_date. Once taken it is kept for min_months + notice_months, in whole periods rounded up, unless the horizon or
to_date comes first. It may be taken again.

It is signed, where that is asked for, from the first of its periods on, and an offer with a fee is only signed if it is
taken at some time. One that is signed already was signed before the start, its fee on signing sunk; with a fee it is
taken from its from_date on, and kept until its minimum is over. Nothing of it is obligation, debt or fixed charge: it
can be given back. The posts, by ledger and line:

    signed       signed         sign_o, from the first of its periods on
    rights       right          max_gw · on_{ot} with a fee; use_{ot} where paid by use: unused, nothing is held
    in_use       use            use_{ot}
    compute      use            availability_share_c · use_{ot}, firm or interruptible
    cash cost    spare_fee      −12 · fee_per_month · h · on_{ot}
    cash cost    spare_use      −price · h · use_{ot}
    cash cost    signing_fee    −signing_fee · sign_o, at the start of the first of its periods
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics import units
from planner.basics.calendar import Calendar, add_months
from planner.common.chips import Chip
from planner.common.guarantors import Guarantor
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.case_data import CaseData
from planner.ledgers.decided import Moment, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, PlanFile
from planner.tables.offer import OfferStatus

NAME = "spare_capacity"


@dataclass(frozen=True)
class SpareOffer:
    """An offer, read in periods."""

    row: SpareCapacity
    chip: Chip
    periods: range
    """in which it can be taken; none only of one signed already that is over"""
    least: int
    """number of periods for which it is kept once taken, at least 1"""
    under_way: bool
    """taken before the case's start"""
    kept: range
    """periods in which one that is signed already is still to be kept"""

    @property
    def by_fee(self) -> bool:
        """Paid by a fee while taken, not by what is used."""
        return self.row.fee_usd_bn_per_month is not None

    @property
    def sunk(self) -> bool:
        """Signed already: its fee on signing is not posted."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def signed(self) -> int:
        """Period in which it is signed, if it is; 0 if it is signed already."""
        return 0 if self.sunk else self.periods.start


def offered(case: CaseData) -> tuple[list[SpareOffer], list[tuple[str, str]]]:
    """Every offer that is not closed, and remarks on those whose dates hold no whole period."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    calendar = case.calendar
    found: list[SpareOffer] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(SpareCapacity):
        if row.status is OfferStatus.CLOSED:
            continue
        chip = chips[row.chip]
        first = max(row.from_date or calendar.start, chip.available_from)
        periods = _whole_periods(calendar, first, row.to_date)
        if not periods:
            held = f"no period lies wholly within {first} to {row.to_date or calendar.end}"
            notes.append((row.offer, f"{held}: nothing of it can be taken"))
            if row.status is not OfferStatus.SIGNED:
                continue
        months = row.min_months + row.notice_months
        under_way = row.status is OfferStatus.SIGNED and first < calendar.start
        kept = range(0)
        if row.status is OfferStatus.SIGNED and row.fee_usd_bn_per_month is not None:
            since = first if under_way else calendar.start_of(periods.start)
            until = max(calendar.forward(add_months(since, months)), 0 if under_way else periods.start + 1)
            kept = range(periods.start, min(periods.stop, max(periods.start, until)))
        least = max(1, -(-months // calendar.period_months))
        found.append(SpareOffer(row, chip, periods, least, under_way, kept))
    return found, notes


def _whole_periods(calendar: Calendar, first: date, last: date | None) -> range:
    """Periods of the horizon that lie wholly within [first, last)."""
    begin = min(max(0, calendar.forward(first)), calendar.T)
    stop = calendar.T if last is None else min(calendar.T, calendar.back(last))
    return range(begin, max(begin, stop))


def needs_signature(case: CaseData, row: SpareCapacity) -> bool:
    """Whether somebody must know if the offer is signed at all, so that a binary is needed."""
    required = {offer.requires_offer for offer in case.offers()}
    required |= {guarantor.requires_offer for guarantor in case.rows(Guarantor)}
    return bool(
        row.signing_fee_usd_bn > 0
        or row.exclusive_group
        or row.requires_offer
        or row.offer in required
        or row.status in (OfferStatus.REQUIRED, OfferStatus.SIGNED)
    )


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every offer and post what they do."""
    found, notes = offered(case)
    ledgers.notes.extend(notes)
    signing = [spare for spare in found if needs_signature(case, spare.row)]
    fixed = np.array([float(spare.sunk) for spare in signing])
    sign = ledgers.declare(
        NAME, "sign", ("offer",), [(spare.row.offer,) for spare in signing],
        unit="0 or 1", decided=WithSignature("sign"), domain=Domain.BINARY, lower=fixed,
    )  # fmt: skip
    taken = [(spare, t) for spare in found if spare.by_fee for t in spare.periods]
    keys = [(spare.row.offer, t) for spare, t in taken]
    of_period, daily = ("offer", "period"), Moment.DURING_PERIOD
    kept = np.array([float(t in spare.kept) for spare, t in taken])
    on = ledgers.declare(NAME, "on", of_period, keys, unit="0 or 1", decided=daily, domain=Domain.BINARY, lower=kept)
    ledgers.declare(NAME, "start", of_period, keys, unit="0 or 1", decided=daily, domain=Domain.BINARY)
    used = [(spare, t) for spare in found for t in spare.periods]
    use = ledgers.declare(
        NAME, "use", of_period, [(spare.row.offer, t) for spare, t in used],
        unit="GW", decided=daily, upper=np.array([spare.row.max_gw for spare, _ in used]), file=PlanFile.CAPACITY,
    )  # fmt: skip
    for spare in found:
        row, periods = spare.row, list(spare.periods)
        labels = Labels(
            instrument=NAME,
            offer=row.offer,
            counterparty=row.provider,
            chip=row.chip,
            family=spare.chip.family,
            region=row.region,
        )
        if (row.offer,) in sign.numbers:
            variable = sign[(row.offer,)]
            ledgers.post("signed", labels, "signed", variable, range(spare.signed, case.calendar.T), 1.0)
            if not spare.sunk:
                day = case.calendar.start_years(spare.signed)
                ledgers.dated(Kind.COST, labels, "signing_fee", variable, day, -row.signing_fee_usd_bn)
        variables = [use[(row.offer, t)] for t in periods]
        ledgers.post("in_use", labels, "use", variables, periods, 1.0)
        ledgers.post("compute", labels.supplying(row.firm), "use", variables, periods, spare.chip.availability_share)
        if spare.by_fee:
            _post_fee(case, ledgers, labels, spare, [on[(row.offer, t)] for t in periods])
        else:
            ledgers.post("rights", labels, "right", variables, periods, 1.0)
            price = (row.price_usd_bn_per_gw_year or 0.0) * case.calendar.h
            ledgers.flow(Kind.COST, labels, "spare_use", variables, periods, -price)


def _post_fee(case: CaseData, ledgers: Ledgers, labels: Labels, spare: SpareOffer, on: list[int]) -> None:
    """The machines and the fee for all of them, by period in which they are taken."""
    ledgers.post("rights", labels, "right", on, spare.periods, spare.row.max_gw)
    fee = units.per_year(spare.row.fee_usd_bn_per_month or 0.0) * case.calendar.h
    ledgers.flow(Kind.COST, labels, "spare_fee", on, spare.periods, -fee)
