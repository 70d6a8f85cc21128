"""Vintages of a chip lease: its chips per USD bn raised, and its payments and debt per USD bn of each tranche."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics import finance
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months, whole_months
from planner.common.chips import Chip
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.settings import Recognition
from planner.instruments.chip_lease.batches import Batch
from planner.instruments.chip_lease.floating import Schedule, schedule
from planner.instruments.chip_lease.tables import ChipLease, EndOption, NoSupport, SpvTranche, TrancheKind
from planner.instruments.shared.chips_held import price_per_gw, resale_level, resale_share
from planner.instruments.shared.deliveries import arrival, can_run_from, delivery_rows, signed_deliveries
from planner.instruments.shared.levels import RateOverTime, rate_over_time
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.ledgers.ledgers import SAME_TIME
from planner.tables.offer import OfferStatus

INSTRUMENT = "chip_lease"
DEBT_CLASS = "chip_lease"
SPV_DEBT_CLASS = "spv"


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
    def ends_early(self) -> bool:
        """Whether it ends before its terms are over."""
        return any(batch.full is not None for batch in self.batches)

    @property
    def buys(self) -> bool:
        """Whether the lab buys the chips at the end."""
        return self.row.end_option is EndOption.BUY and not self.ends_early

    def until(self, calendar: Calendar, day: date) -> ChipLeaseVintage:
        """The same where it ends on a day, be it before its terms are over."""
        return replace(self, batches=tuple(batch.until(calendar, day) for batch in self.batches))

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

    def shares(self) -> dict[str, float]:
        """The share of each tranche in the money raised, where that is fixed."""
        whole = self.given_usd_bn() if self.sunk else 0.0
        return {
            part.tranche: self.given_usd_bn(part) / whole if whole > 0 else part.max_share for part in self.tranches
        }

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
        balloon, whole, paid = tranche.balloon_share * batch.share, batch.whole, len(batch.due)
        made = schedule(batch.share, rate, batch.begins, whole.due, whole.weights, balloon)
        if batch.full is None:
            return made
        return Schedule(made.payments[:paid] * batch.weights / whole.weights[:paid], made.balances[:paid])

    def _level(self, tranche: SpvTranche, calendar: Calendar, batch: Batch) -> float:
        """The whole payment on a delivery per USD bn of a tranche, without the cover [USD bn]."""
        balloon, whole = tranche.balloon_share * batch.share, batch.whole
        since = whole.due - whole.begins
        return finance.level_payment(batch.share, self.rate(tranche, calendar), whole.weights, since, balloon)

    def _balance(self, tranche: SpvTranche, calendar: Calendar, batch: Batch, at: Vector) -> Vector:
        """Money outstanding on a delivery per USD bn of a tranche whose rate is fixed, at times from its day on."""
        whole = batch.whole
        return finance.level_balance(
            self._level(tranche, calendar, batch), self.rate(tranche, calendar), whole.weights,
            whole.due - whole.begins, tranche.balloon_share * batch.share, at - whole.begins,
        )  # fmt: skip

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
            owed[when] += self._balance(tranche, calendar, batch, when.astype(float))
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
                left = self._balance(tranche, calendar, batch, when)
            gone = max(0, -batch.first)
            owed[batch.first + gone : batch.stop] += (batch.weights * left)[gone:]
        return owed

    def owed_on(self, tranche: SpvTranche, calendar: Calendar, day: date) -> tuple[float, float]:
        """(balance, payment) per USD bn of a tranche on a day of all terms [USD bn].

        The balance is once what is due of the period until then is paid. The payment is that of a whole period from the
        day on, with the cover; where the rate floats, that of the day holds for good.
        """
        at, balance, payment = calendar.position(day), 0.0, 0.0
        rate = self._floats(tranche)
        for batch in (each.whole for each in self.batches):
            k = int(np.searchsorted(batch.due, at + SAME_TIME, side="right"))
            since = float(batch.due[k - 1]) if k else batch.begins
            if rate is None:
                level = self._level(tranche, calendar, batch)
                left = float(self._balance(tranche, calendar, batch, np.array([at]))[0])
            else:
                known, balloon = rate.frozen(at), tranche.balloon_share * batch.share
                made = schedule(batch.share, known, batch.begins, batch.due, batch.weights, balloon)
                level = float(made.payments[k] / batch.weights[k])
                left = (float(made.balances[k - 1]) if k else batch.share) * (1.0 + known.growth(since, at))
            balance += left - level * (at - since)
            payment += self.row.payment_cover * level
        return balance, payment


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
            batch = Batch.of(calendar, delivery, add_months(delivery.on, whole_months(row.term_years)))
            yield batch if row.ends_on is None else batch.until(calendar, row.ends_on)


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
