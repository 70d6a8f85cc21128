"""Vintages of a chip lease: its chips per USD bn raised, and its payments and debt per USD bn of each tranche."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics import finance
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.common.chips import Chip
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.settings import Recognition
from planner.instruments.chip_lease.floating import Schedule, schedule
from planner.instruments.chip_lease.tables import ChipLease, NoSupport, SpvTranche, TrancheKind
from planner.instruments.shared.chips_held import price_per_gw, resale_level, resale_share
from planner.instruments.shared.deliveries import arrival, can_run_from, delivery_rows, signed_deliveries
from planner.instruments.shared.levels import RateOverTime, rate_over_time
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.tables.offer import OfferStatus

INSTRUMENT = "chip_lease"


@dataclass(frozen=True, eq=False)
class Batch:
    """One delivery of a lease, with its own term [s, e). Times are in periods from the start of the case.

    Payment k is due at the end of the period k or of the term, whichever is first, for the part of the period that the
    term covers.
    """

    delivery: Delivery
    """per USD bn raised; its price is the part of the money that is spent on it"""
    ends: date
    """end of the term"""
    begins: float
    """time of the delivery; negative before the start"""
    first: int
    """period of the delivery"""
    due: Vector
    """when each payment is due; shape (payments,), as the next"""
    weights: Vector
    """part of a whole payment that is due then"""

    @staticmethod
    def of(calendar: Calendar, delivery: Delivery, ends: date) -> Batch:
        """The batch of a delivery whose term ends on a day."""
        begins, over = calendar.position(delivery.on), calendar.position(ends)
        first = math.floor(begins)
        when = np.arange(first, math.ceil(over), dtype=float)
        due = np.minimum(when + 1.0, over)
        return Batch(delivery, ends, begins, first, due, due - np.maximum(when, begins))

    @property
    def stop(self) -> int:
        """The first period at whose start the term is over."""
        return self.first + len(self.due)

    @property
    def starts(self) -> range:
        """Periods of the case, after the horizon too, at whose start the term runs."""
        return range(max(0, math.ceil(self.begins)), self.stop)

    @property
    def share(self) -> float:
        """Part of the money that is spent on the delivery."""
        return self.delivery.price_usd_bn

    @property
    def price_usd_bn_per_gw(self) -> float:
        """Price of new chips on that day [USD bn per GW]."""
        return self.delivery.price_usd_bn / self.delivery.gw


@dataclass(frozen=True)
class ChipLeaseVintage:
    """A lease signed on one date, with or without support."""

    row: ChipLease
    chip: Chip
    tranches: tuple[SpvTranche, ...]
    supporter: Guarantor | None
    signed: int
    """period of signing; 0 if it is signed already"""
    starts: date
    """date of signing"""
    batches: tuple[Batch, ...]
    floating: tuple[tuple[str, RateOverTime], ...] = ()
    """tranches whose rate floats, and the rate in force"""

    @property
    def backer(self) -> str:
        """Name of the supporter, or `NoSupport.UNSUPPORTED`."""
        return NoSupport.UNSUPPORTED if self.supporter is None else self.supporter.guarantor

    @property
    def key(self) -> tuple[str, str, str]:
        """(offer, date of signing, backer)."""
        return (self.row.offer, self.starts.isoformat(), self.backer)

    @property
    def sunk(self) -> bool:
        """Whether the lease is signed already, so that its fee is paid and its size and tranches are fixed."""
        return self.row.status is OfferStatus.SIGNED

    def given_usd_bn(self, part: SpvTranche | None = None) -> float:
        """Of a lease signed already: the money raised, in all or in a tranche [USD bn]."""
        amount = self.row.max_usd_bn if self.row.amount_usd_bn is None else self.row.amount_usd_bn
        if part is None:
            return amount
        return amount * part.max_share if part.raised_usd_bn is None else part.raised_usd_bn

    @property
    def stop(self) -> int:
        """The first period by which all terms are over; 0 if there is no delivery."""
        return max((batch.stop for batch in self.batches), default=0)

    @property
    def debt(self) -> list[SpvTranche]:
        """The tranches that are debt."""
        return [tranche for tranche in self.tranches if tranche.kind is TrancheKind.DEBT]

    def rate(self, tranche: SpvTranche, calendar: Calendar) -> float:
        """A tranche's rate per period, with or without support; where it floats, that of the day of signing."""
        yearly, floats = tranche.rate_with(self.supporter is not None), self._floats(tranche)
        if floats is not None:
            yearly = floats.rates.on(calendar.position(self.starts))
        return finance.rate_per_period(yearly, calendar.h)

    def _floats(self, tranche: SpvTranche) -> RateOverTime | None:
        """The rate in force of a tranche whose rate floats; None where it does not."""
        return next((rate for name, rate in self.floating if name == tranche.tranche), None)

    def _schedule(self, tranche: SpvTranche, batch: Batch) -> Schedule | None:
        """The payments on a delivery per USD bn of a tranche whose rate floats; None where it does not."""
        rate = self._floats(tranche)
        if rate is None:
            return None
        balloon = tranche.balloon_share * batch.share
        return schedule(batch.share, rate, batch.begins, batch.due, batch.weights, balloon)

    def _level(self, tranche: SpvTranche, calendar: Calendar, batch: Batch) -> float:
        """The whole payment on a delivery per USD bn of a tranche, without the cover [USD bn]."""
        balloon = tranche.balloon_share * batch.share
        since = batch.due - batch.begins
        return finance.level_payment(batch.share, self.rate(tranche, calendar), batch.weights, since, balloon)

    def reserve(self, tranche: SpvTranche, calendar: Calendar, batch: Batch) -> float:
        """The reserve of a delivery per USD bn of a tranche [USD bn]."""
        return tranche.reserve_months / calendar.period_months * self._level(tranche, calendar, batch)

    def payments(self, tranche: SpvTranche, calendar: Calendar, batch: Batch) -> dict[int, tuple[float, float]]:
        """Payments on a delivery per USD bn of a tranche, by period from the start on.

        Each is the sum [USD bn] and when it is due [years after the start].
        """
        floats = self._schedule(tranche, batch)
        if floats is None:
            due = self.row.payment_cover * self._level(tranche, calendar, batch) * batch.weights
        else:
            due = self.row.payment_cover * floats.payments
        sums, years = due.tolist(), (batch.due * calendar.h).tolist()
        return {batch.first + k: (sums[k], years[k]) for k in range(max(0, -batch.first), len(sums))}

    def outstanding(self, tranche: SpvTranche, calendar: Calendar, *, as_signed: bool = False) -> Vector:
        """Money outstanding per USD bn of a tranche at the start of each period [USD bn]; shape (stop,).

        A payment due then is made. With `as_signed`, the rate of the day of signing holds for good.
        """
        owed = np.zeros(max(0, self.stop))
        for batch in self.batches:
            when = np.arange(batch.starts.start, max(batch.starts.start, batch.stop))
            floats = None if as_signed else self._schedule(tranche, batch)
            if floats is not None:
                after = np.concatenate([[batch.share], floats.balances])
                owed[when] += after[np.where(when <= batch.begins, 0, when - batch.first)]
                continue
            owed[when] += finance.level_balance(
                self._level(tranche, calendar, batch), self.rate(tranche, calendar), batch.weights,
                batch.due - batch.begins, tranche.balloon_share * batch.share, when.astype(float) - batch.begins,
            )  # fmt: skip
        return owed

    def owed_in(self, tranche: SpvTranche, calendar: Calendar) -> Vector:
        """Mean money outstanding per USD bn of a tranche over each whole period [USD bn]; shape (stop,).

        A delivery counts from its day, and until the end of its term.
        """
        owed = np.zeros(max(0, self.stop))
        for batch in self.batches:
            when = np.maximum(np.arange(batch.first, batch.stop, dtype=float), batch.begins)
            floats = self._schedule(tranche, batch)
            if floats is not None:
                left = np.concatenate([[batch.share], floats.balances[:-1]])
            else:
                left = finance.level_balance(
                    self._level(tranche, calendar, batch), self.rate(tranche, calendar), batch.weights,
                    batch.due - batch.begins, tranche.balloon_share * batch.share, when - batch.begins,
                )  # fmt: skip
            gone = max(0, -batch.first)
            owed[batch.first + gone : batch.stop] += (batch.weights * left)[gone:]
        return owed


def vintages(case: CaseData) -> tuple[list[ChipLeaseVintage], list[tuple[str, str]]]:
    """The vintages of every lease that is not closed, with support and without, and remarks by offer.

    A lease signed already has the one that it says; where it does not, it is supported if its guarantor can support it.
    """
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    all_vintages: list[ChipLeaseVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipLease):
        if row.status is OfferStatus.CLOSED:
            continue
        chip = chips[row.chip]
        tranches = tuple(
            sorted((part for part in case.rows(SpvTranche) if part.offer == row.offer), key=lambda part: part.seniority)
        )
        supporter = None if row.supported is False else _supporter(case, row, chip, tranches, notes)
        variants = [supporter] if supporter is None or row.status is OfferStatus.SIGNED else [supporter, None]
        for signed, starts in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            batches = tuple(_batches(case, row, chip, starts))
            _note_unpriced(case, row, starts, notes)
            all_vintages += [
                ChipLeaseVintage(
                    row, chip, tranches, variant, signed, starts, batches, _floating(case, tranches, variant)
                )
                for variant in variants
            ]
    return all_vintages, notes


def _floating(
    case: CaseData, tranches: tuple[SpvTranche, ...], supporter: Guarantor | None
) -> tuple[tuple[str, RateOverTime], ...]:
    """The tranches whose rate floats, with the rate in force."""
    return tuple(
        (
            part.tranche,
            rate_over_time(
                case, part.rate_with(supporter is not None), part.rate_index, part.rate_floor, part.rate_cap
            ),
        )
        for part in tranches
        if part.rate_index is not None
    )


def _supporter(
    case: CaseData, row: ChipLease, chip: Chip, tranches: tuple[SpvTranche, ...], notes: list[tuple[str, str]]
) -> Guarantor | None:
    """The guarantor that may support a lease; a remark where the one it names cannot."""
    if row.support_guarantor is None:
        return None
    for guarantor in case.rows(Guarantor):
        if (guarantor.guarantor, guarantor.kind) == (row.support_guarantor, GuaranteeKind.RESIDUAL):
            if chip.family not in guarantor.families:
                notes.append((row.offer, f"{row.support_guarantor} does not support {chip.family}: unsupported only"))
            elif not any(tranche.supported for tranche in tranches):
                notes.append((row.offer, "no tranche is supported: unsupported only"))
            else:
                return guarantor
            return None
    notes.append((row.offer, f"{row.support_guarantor} guarantees no residual values: unsupported only"))
    return None


def _batches(case: CaseData, row: ChipLease, chip: Chip, signed: date) -> Iterator[Batch]:
    """The deliveries of a lease, the earliest first, without those after the horizon."""
    calendar = case.calendar
    for delivery in deliveries(case, row, chip, signed):
        if calendar.position(delivery.on) < calendar.T:
            yield Batch.of(calendar, delivery, add_months(delivery.on, whole_months(row.term_years)))


def deliveries(case: CaseData, row: ChipLease, chip: Chip, signed: date) -> Iterator[Delivery]:
    """The deliveries of a lease signed on a day, per USD bn raised, the earliest first.

    Those of a lease that is signed already are as signed_deliveries states them, or else by its terms. Where it raised
    nothing, they keep the days that they would have had.
    """
    stated = signed_deliveries(case, row.offer).get(signed, ()) if row.status is OfferStatus.SIGNED else ()
    amount = row.max_usd_bn if row.amount_usd_bn is None else row.amount_usd_bn
    for each in stated:
        share = (each.cost_usd_bn or 0.0) / amount
        gw = share / price_per_gw(case, chip, each.delivered_on) if each.gw is None else each.gw / amount
        yield Delivery(each.delivered_on, gw, share, each.runs_from)
    if stated:
        return
    sunk = row.status is OfferStatus.SIGNED and amount > 0
    status = OfferStatus.SIGNED if sunk else OfferStatus.OPEN
    runs_from = can_run_from(case.calendar, chip, sunk)
    for step in delivery_rows(case, row.offer):
        if step.delivered_share > 0:
            on = arrival(case.calendar, signed, step.months, status)
            yield Delivery(on, step.delivered_share / price_per_gw(case, chip, on), step.delivered_share, runs_from)


def _note_unpriced(case: CaseData, row: ChipLease, signed: date, notes: list[tuple[str, str]]) -> None:
    """Remark that a delivery before the start is taken to have bought chips at the price at the start."""
    if row.status is OfferStatus.SIGNED:
        for each in signed_deliveries(case, row.offer).get(signed, ()):
            if each.gw is None and each.delivered_on < case.calendar.start:
                notes.append(
                    (row.offer, f"no GW are stated of what came on {each.delivered_on}: the price at the start")
                )


def stressed_value(case: CaseData, vintage: ChipLeaseVintage, on: date | None = None) -> Vector:
    """Resale value of the chips after the haircut, per USD bn raised, at the start of each period; shape (stop,).

    Chips count from their delivery to the end of their term. Their value is at the level of each period's first day, or
    at that of the day `on` throughout.
    """
    kept = 1.0 - case.settings.resale_haircut_share
    value = np.zeros(max(0, vintage.stop))
    for batch in vintage.batches:
        for t in batch.starts:
            age = case.calendar.age_years(batch.delivery.on, t)
            level = resale_level(case, vintage.chip.chip, on or case.calendar.start_of(t))
            value[t] += batch.share * resale_share(case, vintage.chip.chip, age) * level * kept
    return value


def liability(case: CaseData, vintage: ChipLeaseVintage, tranche: SpvTranche) -> Vector:
    """Value at lease_rate of the payments to come, per USD bn of a tranche, at the start of each period; shape (T,).

    A delivery counts from signing on or from its own period on, as `recognise_leases` says.
    """
    calendar, rate = case.calendar, case.settings.lease_rate
    value = np.zeros(calendar.T)
    for batch in vintage.batches:
        at_signing = case.settings.recognise_leases is Recognition.SIGNING
        payments = np.array(list(vintage.payments(tranche, calendar, batch).values())).reshape(-1, 2)
        flows, years = payments[:, 0], payments[:, 1]
        for t in range(vintage.signed if at_signing else batch.starts.start, min(batch.stop, calendar.T)):
            ahead = years > calendar.start_years(t) + 1e-9
            value[t] += finance.present_value(flows[ahead], rate, years[ahead] - calendar.start_years(t))
    return value
