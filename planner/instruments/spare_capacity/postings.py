"""Spare capacity: another company's idle machines, taken and given back as they are needed.

Either a fee is paid for all machines while they are taken, or a price for the machines that are used. The variables are

    on[o, t]        1 if the machines are taken in period t (a fee)
    start[o, t]     1 if they are taken in t and were not taken in the period before
    use[o, t]       GW in use
    sign[o, t]      1 if the offer is signed in period t, the first in which it is taken; the variable exists only where
                    a fee on signing, a group, a requirement or the status `required` or `signed` needs it
    reached[o, t]   use in the period of the signature, as a share of c_t · max_gw; the variable exists only where use
                    is paid for and somebody requires the offer

The first day of an offer is its from_date or the chip's first day, whichever is later. The offer can be taken in every
period that lies between its first day and its to_date, at least in part; a period counts for the part c_t that does.
Machines that are taken in a period are kept in every later one that begins within min_months + notice_months of their
first day in it, unless the horizon or to_date comes first. They may be taken again later.

An offer with the variable sign is signed once, when it is first taken. The signing fee of an offer that is signed
already is sunk. If it has a fee, its machines are taken from its from_date on until the minimum is over. Machines that
are taken at the start of the case, as taken_on or the status says, are kept until the minimum after that day is over.
Once it is over, or where the machines were given back before, they may be given back and taken again as in any case. As
machines can be given back, the offer adds nothing to obligations, debt or fixed charges. The posts, by ledger and line:

    signed                 signed           sign_{ot}, from t on
    taken                  taken            sign_{ot} with a fee, reached_{ot} where paid by use, from t on, where
                                            somebody requires the offer; reached_share · sign_{ot} where it is
                                            signed already and paid by use
    met                    met              as taken
    tied                   tied             as taken
    running_taken          running_taken    on_{ot} with a fee; as taken, until its last period, where paid by use
    running_met            running_met      as running_taken
    running_tied           running_tied     as running_taken
    rights                 right            c_t · max_gw · on_{ot} with a fee; use_{ot} where paid by use
    in_use                 use              use_{ot}
    compute                use              availability_share_c · use_{ot}, firm or interruptible
    cash cost              spare_fee        −12 · fee_per_month · level_t · h · c_t · on_{ot}
    cash cost              spare_use        −price · level_t · h · use_{ot}
    cash cost              signing_fee      −signing_fee · sign_{ot}, at the start of t
    cash beyond_horizon    spare_fee        −fee for the part of the minimum after the end · start_{ot}
    cash horizon_value     value_after_end  what the machines are worth then · start_{ot}, as `horizon` says
    paid_before            paid             paid_usd_bn, in the first period

level_t is the mean level of its index over the part of t in which it can be taken, and 1 without an index. Of machines
that are taken at the start, the part of the minimum after the end is posted too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics import units
from planner.basics.calendar import Calendar, Overlap, add_months
from planner.common.chips import Chip
from planner.instruments.shared.levels import UNMOVED, Levels, levels
from planner.instruments.shared.signatures import (
    Amount,
    Extent,
    is_required,
    needs_signature,
    post_extent,
    post_running,
    post_signature,
)
from planner.instruments.spare_capacity.horizon import post_minimum
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment, WithSignature
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, PlanFile
from planner.tables.offer import OfferStatus

NAME = "spare_capacity"


@dataclass(frozen=True, eq=False)
class SpareOffer:
    """An offer, with its dates as periods."""

    row: SpareCapacity
    chip: Chip
    term: Overlap
    """periods in which it can be taken, and the part of each; none only if it is signed already and over"""
    first: date
    """its first day"""
    since: date | None
    """the day before the case's start since which the machines are taken; None: they are not taken at the start"""
    kept: range
    """periods in which an offer signed already must still be kept"""
    begins: float = 0.0
    """when it can be taken first [periods]"""
    levels: Levels = UNMOVED
    """of the index that its fee or its price follows"""

    @property
    def periods(self) -> range:
        """Periods in which it can be taken, at least in part."""
        return self.term.periods

    def part(self, t: int) -> float:
        """The part of one of its periods in which it can be taken."""
        return float(self.term.shares[t - self.term.periods.start])

    def mean_level(self, t: int) -> float:
        """The mean level of its index over the part of one of its periods in which it can be taken; 1 without one."""
        begins = max(float(t), self.begins)
        return self.levels.mean(begins, begins + self.part(t))

    @property
    def under_way(self) -> bool:
        """Whether the machines are taken at the case's start."""
        return self.since is not None

    def until(self, calendar: Calendar, t: int) -> int:
        """The first period in which it may be given back if it is taken in t."""
        since = max(calendar.start_of(t), self.first)
        return max(t + 1, calendar.forward(add_months(since, self.row.min_months + self.row.notice_months)))

    @property
    def by_fee(self) -> bool:
        """Whether a fee is paid while it is taken, not a price for what is used."""
        return self.row.fee_usd_bn_per_month is not None

    @property
    def sunk(self) -> bool:
        """Whether it is signed already, so that its signing fee is not posted."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def signings(self) -> range:
        """Periods in which it can be signed; the first if it is signed already."""
        return range(1) if self.sunk else self.periods


def offered(case: CaseData) -> tuple[list[SpareOffer], list[tuple[str, str]]]:
    """Every offer that is not closed and can be taken, and remarks by offer."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    calendar = case.calendar
    spares: list[SpareOffer] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(SpareCapacity):
        if row.status is OfferStatus.CLOSED:
            continue
        chip = chips[row.chip]
        first = max(row.from_date or calendar.start, chip.available_from)
        term = calendar.overlap(first, min(row.to_date or calendar.end, calendar.end))
        if not term.periods:
            held = f"no day from {first} to {row.to_date or calendar.end} lies within the case"
            notes.append((row.offer, f"{held}: nothing of it can be taken"))
            if row.status is not OfferStatus.SIGNED:
                continue
        spare = SpareOffer(
            row, chip, term, first, _since(calendar, row, first), range(0),
            calendar.position(first), levels(case, row.price_index),
        )  # fmt: skip
        spares.append(replace(spare, kept=_kept(calendar, spare)))
        notes += [(row.offer, remark) for remark in _assumed(calendar, spare)]
    return spares, notes


def _since(calendar: Calendar, row: SpareCapacity, first: date) -> date | None:
    """The day before the start since which the machines are taken; `first` is the first day of the offer."""
    if row.fee_usd_bn_per_month is None:
        return None
    if row.taken_on is not None and row.taken_on < calendar.start:
        return row.taken_on
    given_back = row.given_back_on is not None and row.given_back_on <= calendar.start
    signed = row.status is OfferStatus.SIGNED and not given_back
    return first if signed and first < calendar.start else None


def _kept(calendar: Calendar, spare: SpareOffer) -> range:
    """Periods in which machines must still be kept that are taken at the start or signed for later."""
    begin, stop = spare.periods.start, spare.periods.stop
    later = spare.sunk and spare.first >= calendar.start
    if not spare.by_fee or not spare.periods or (spare.since is None and not later):
        return range(0)
    since = spare.since or spare.first
    over = calendar.forward(add_months(since, spare.row.min_months + spare.row.notice_months))
    return range(begin, min(stop, max(begin if spare.under_way else begin + 1, over)))


def _assumed(calendar: Calendar, spare: SpareOffer) -> Iterator[str]:
    """Remarks on what is taken for granted of machines before the start of the case."""
    row = spare.row
    for name in ("taken_on", "given_back_on"):
        day: date | None = getattr(row, name)
        if day is not None and (day >= calendar.start if name == "taken_on" else day > calendar.start):
            yield f"{name} {day} is not before the start {calendar.start}, so it counts as blank"
    if spare.since is not None and row.taken_on is None:
        yield f"taken since {spare.since}, as taken_on and given_back_on are blank"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every offer and post what they do."""
    spares, notes = offered(case)
    ledgers.notes.extend(notes)
    signing = [(spare, t) for spare in spares if needs_signature(case, spare.row) for t in spare.signings]
    sign = ledgers.declare(
        NAME, "sign", ("offer", "period"), [(spare.row.offer, t) for spare, t in signing], unit="0 or 1",
        decided=WithSignature("sign"),
        domain=Domain.BINARY, lower=np.array([float(spare.sunk) for spare, _ in signing]),
    )  # fmt: skip
    reaching = [key for spare, t in signing if _reaches(case, spare) and (key := (spare.row.offer, t))]
    reached = ledgers.declare(
        NAME, "reached", ("offer", "period"), reaching, unit="share", decided=Moment.DURING_PERIOD
    )
    by_fee = [(spare, t) for spare in spares if spare.by_fee for t in spare.periods]
    keys = [(spare.row.offer, t) for spare, t in by_fee]
    of_period, daily = ("offer", "period"), Moment.DURING_PERIOD
    kept = np.array([float(t in spare.kept) for spare, t in by_fee])
    on = ledgers.declare(NAME, "on", of_period, keys, unit="0 or 1", decided=daily, domain=Domain.BINARY, lower=kept)
    start = ledgers.declare(NAME, "start", of_period, keys, unit="0 or 1", decided=daily, domain=Domain.BINARY)
    usable = [(spare, t) for spare in spares for t in spare.periods]
    use = ledgers.declare(
        NAME, "use", of_period, [(spare.row.offer, t) for spare, t in usable],
        unit="GW", decided=daily, upper=np.array([spare.row.max_gw * spare.part(t) for spare, t in usable]),
        file=PlanFile.CAPACITY,
    )  # fmt: skip
    for spare in spares:
        row = spare.row
        labels = Labels(
            instrument=NAME, offer=row.offer, counterparty=row.provider, chip=row.chip, family=spare.chip.family,
            region=row.region,
        )  # fmt: skip
        for t in (t for t in spare.signings if (row.offer, t) in sign.numbers):
            share = 1.0 if row.reached_share is None else row.reached_share
            extent = Extent([Amount(reached.numbers.get((row.offer, t), sign[row.offer, t]), share)], None)
            post_signature(case, ledgers, labels, row, sign[row.offer, t], t)
            post_extent(case, ledgers, labels, row, extent, t)
            if not spare.by_fee:
                post_running(case, ledgers, labels, [row.offer], extent, range(t, spare.periods.stop))
        _post_use(case, ledgers, labels, spare, [use[(row.offer, t)] for t in spare.periods])
        if spare.by_fee:
            _post_fee(case, ledgers, labels, spare, [on[(row.offer, t)] for t in spare.periods])
            for t in spare.periods:
                post_minimum(
                    case, ledgers, labels, row, start[(row.offer, t)], max(case.calendar.start_of(t), spare.first)
                )
            if spare.since is not None:
                taken = sign.numbers.get((row.offer, 0), CONSTANT) if spare.sunk else CONSTANT
                post_minimum(case, ledgers, labels, row, taken, spare.since)
    _post_paid(case, ledgers)


def _post_paid(case: CaseData, ledgers: Ledgers) -> None:
    """Post what was paid for compute before the start, of offers that are over too."""
    for row in case.rows(SpareCapacity):
        if row.status is not OfferStatus.CLOSED:
            labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.provider)
            ledgers.post("paid_before", labels, "paid", CONSTANT, [0], row.paid_usd_bn)


def _post_use(case: CaseData, ledgers: Ledgers, labels: Labels, spare: SpareOffer, use: list[int]) -> None:
    """Post the machines in use and, where use is paid for, the right to them and their price."""
    row = spare.row
    ledgers.post("in_use", labels, "use", use, spare.periods, 1.0)
    ledgers.post("compute", labels.supplying(row.firm), "use", use, spare.periods, spare.chip.availability_share)
    if not spare.by_fee:
        ledgers.post("rights", labels, "right", use, spare.periods, 1.0)
        price = (row.price_usd_bn_per_gw_year or 0.0) * case.calendar.h
        prices = [-price * spare.mean_level(t) for t in spare.periods]
        ledgers.flow(Kind.COST, labels, "spare_use", use, spare.periods, prices)


def _reaches(case: CaseData, spare: SpareOffer) -> bool:
    """Whether it matters how much of it is used when it is signed."""
    return not spare.by_fee and not spare.sunk and is_required(case, spare.row)


def _post_fee(case: CaseData, ledgers: Ledgers, labels: Labels, spare: SpareOffer, on: list[int]) -> None:
    """Post the right to all machines and the fee for them, in the periods in which they are taken."""
    ledgers.post("rights", labels, "right", on, spare.periods, spare.row.max_gw * spare.term.shares)
    fee = units.per_year(spare.row.fee_usd_bn_per_month or 0.0) * case.calendar.h
    fees = -fee * spare.term.shares * np.array([spare.mean_level(t) for t in spare.periods])
    ledgers.flow(Kind.COST, labels, "spare_fee", on, spare.periods, fees)
    for variable, t in zip(on, spare.periods, strict=True):
        post_running(case, ledgers, labels, [labels.offer], Extent([Amount(variable, 1.0)], variable), range(t, t + 1))
