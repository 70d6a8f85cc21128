"""Chip lease: an SPV raises debt and equity, buys chips with it and leases them to the lab.

A lease is expanded into vintages: one per date it can be signed and per variant, supported by its guarantor or not.
Per USD bn raised, and per USD bn of each tranche, everything is known: chips, payments, what is outstanding, what the
chips are worth under stress. The columns, all by offer o, signing s and backer k (the guarantor, or `unsupported`), are

    sign[o, s, k]               1 if the lease is signed in s with or without support
    amount[o, s, k]             money raised [USD bn]
    tranche[o, s, k, n]         of it in tranche n [USD bn]
    support[o, s, k, t]         exposure of the supporter at the start of t [USD bn], an exact maximum
    buyout[o, s, k]             price of buying all chips at the end [USD bn], an exact maximum
    assign[o, s, k, d, e, f]    GW ordered in e and delivered in f that the SPV takes over at its delivery in d

With δ_d the part of the money spent at delivery d, in period p_d, price_d the chip's price then, N payments a delivery,
i_n the rate of a period, z_n the balloon's share and V the resale value,

    chips_d           δ_d / price_d                                    per USD bn raised
    payment_nt        cover · Σ_d δ_d · annuity(i_n, N, z_n)           p_d ≤ t < p_d + N, in arrears, in mid-period
    outstanding_nt    Σ_d δ_d · balance(i_n, N, z_n after t − p_d)     the same t; a balloon is repaid at p_d + N
    stressed_t        Σ_d δ_d · V(age_d) · (1 − resale_haircut)        the same t, per USD bn raised
    support_t         max(0, Σ_{n supported} outstanding_nt · tranche_n − stressed_t · amount)
    buyout            max(end_price_share · amount, Σ_n z_n · tranche_n), times δ_d at p_d + N, within the horizon
    liability_t       value at lease_rate of payments to come: of all deliveries from signing on, or of each from its
                      delivery on, as the case says; where the SPV is consolidated, outstanding debt instead

Deliveries after the horizon are dropped, chips and payments both. Chips that go back are held for the term, chips that
are bought for their life; only chips bought before the end are credited with a resale value. An assigned GW leaves the
chips, upkeep and resale of its order from the SPV's delivery on, and the lab is paid the SPV's price for it. The posts,
by ledger and line:

    signed                 signed                   sign_v, from signing on
    chips                  chips                    chips_d · amount_v; −assign_{vdef} for what leaves its order
    guarantees             support                  support_{vt}
    debt                   lease_liability          liability_{nt} · tranche_{vn}, where the SPV is not consolidated
    debt                   spv_debt                 outstanding_{nt} · tranche_{vn} of debt, where it is
    cash cost              lease_payment            −payment_{nt} · tranche_{vn}
    cash cost              upkeep                   −opex_c · h · chips; + for what leaves its order
    cash cost              guarantee_fee            −fee_rate · h · support_{vt}
    cash cost              buyout                   −δ_d · buyout_v, at the end of the term of each delivery
    cash cost              signing_fee              −signing_fee · sign_v, on signing
    cash cost              assignment               what the order paid for assign_{vdef}, at the SPV's delivery
    cash cost              assignment_difference    (SPV's price − order's price) · assign_{vdef}, then too
    cash credit            resale                   δ_d · V(age_d) · amount_v if bought; − for what leaves its order
    cash beyond_horizon    lease_payment            −payment_{nt} · tranche_{vn} after the end, where it is charged
    obligations            lease_payment            Σ_{t' ≥ t} payment_{nt'} · tranche_{vn}, from signing on
    fixed_charges          lease_payment            the same over the next twelve months
    dues                   lease_payment            payment_{nt} · tranche_{vn}, in the period it falls due
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner import finance
from planner.arrays import Vector
from planner.balances import Balance
from planner.calendar import Calendar, add_months, whole_months
from planner.case import Case
from planner.families import Domain, Family, Key
from planner.holdings import life, post_chips, post_resale, price_per_gw, resale_share
from planner.instruments.chip_lease.rows import ChipLease, EndOption, SpvTranche, TrancheKind
from planner.ledgers import Ledgers
from planner.lots import Delivery
from planner.owing import Owed
from planner.posts import Kind, Labels
from planner.rows import Chip, ChipDelivery, GuaranteeKind, Guarantor
from planner.settings import Recognition
from planner.tables import Status
from planner.windows import signings

NAME = "chip_lease"
UNSUPPORTED = "unsupported"
"""stands for the backer of a lease that nobody supports"""
ORDERS = ("chip_purchase", "order")
"""the columns whose chips an SPV may take over: GW, by order and date of ordering"""
DEBT_CLASS = "chip_lease"
SPV_DEBT_CLASS = "spv"


@dataclass(frozen=True)
class Batch:
    """One delivery of a lease, with its own term."""

    delivery: Delivery
    """per USD bn raised: its price is the part of the money that is spent on it"""
    first: int
    """period of the delivery and of its first payment; negative before the start"""
    stop: int
    """period after its last payment, at whose start its term is over"""

    @property
    def share(self) -> float:
        """Part of the money that is spent on it."""
        return self.delivery.price_usd_bn

    @property
    def payments(self) -> int:
        """Number of payments."""
        return self.stop - self.first


@dataclass(frozen=True)
class Terms:
    """A vintage: what a USD bn raised gives, and what a USD bn of each tranche takes."""

    row: ChipLease
    chip: Chip
    tranches: tuple[SpvTranche, ...]
    supporter: Guarantor | None
    signed: int
    """period of signing; 0 if it is signed already"""
    starts: date
    batches: tuple[Batch, ...]

    @property
    def backer(self) -> str:
        """Who supports it, or that nobody does."""
        return UNSUPPORTED if self.supporter is None else self.supporter.guarantor

    @property
    def key(self) -> tuple[str, str, str]:
        """(offer, date of signing, backer)."""
        return (self.row.offer, self.starts.isoformat(), self.backer)

    @property
    def sunk(self) -> bool:
        """Signed already: its fee is paid, its size and tranches are fixed."""
        return self.row.status is Status.SIGNED

    @property
    def stop(self) -> int:
        """The period in which nothing is left of it."""
        return max((batch.stop for batch in self.batches), default=0)

    @property
    def debt(self) -> list[SpvTranche]:
        """The tranches that are debt."""
        return [tranche for tranche in self.tranches if tranche.kind is TrancheKind.DEBT]

    def rate(self, tranche: SpvTranche, calendar: Calendar) -> float:
        """A tranche's rate per period, with or without support."""
        return finance.rate_per_period(tranche.rate_with(self.supporter is not None), calendar.h)

    def payments(self, tranche: SpvTranche, calendar: Calendar, batch: Batch) -> dict[int, float]:
        """Payments on a delivery per USD bn of a tranche [USD bn], by period from the start on."""
        rate = self.rate(tranche, calendar)
        level = finance.annuity_payment(batch.share, rate, batch.payments, tranche.balloon_share * batch.share)
        return dict.fromkeys(range(max(0, batch.first), batch.stop), self.row.payment_cover * level)

    def outstanding(self, tranche: SpvTranche, calendar: Calendar) -> Vector:
        """What is outstanding per USD bn of a tranche, at the start of each period to the end; shape (stop,)."""
        rate, owed = self.rate(tranche, calendar), np.zeros(max(0, self.stop))
        for batch in self.batches:
            when = np.arange(max(0, batch.first), batch.stop)
            balloon = tranche.balloon_share * batch.share
            paid = (when - batch.first).astype(float)
            owed[when] += finance.annuity_balance(batch.share, rate, batch.payments, paid, balloon)
        return owed


def vintages(case: Case) -> tuple[list[Terms], list[tuple[str, str]]]:
    """Every signing of every lease that is not closed, with support and without, and remarks on what is not offered.

    A lease signed already has support if it can have any.
    """
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    found: list[Terms] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipLease):
        if row.status is Status.CLOSED:
            continue
        chip = chips[row.chip]
        tranches = tuple(
            sorted((part for part in case.rows(SpvTranche) if part.offer == row.offer), key=lambda part: part.seniority)
        )
        supporter = _supporter(case, row, chip, tranches, notes)
        variants = [None] if supporter is None else [supporter] if row.status is Status.SIGNED else [supporter, None]
        for signed, starts in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            batches = tuple(_batches(case, row, chip, starts))
            found += [Terms(row, chip, tranches, backer, signed, starts, batches) for backer in variants]
    return found, notes


def _supporter(
    case: Case, row: ChipLease, chip: Chip, tranches: tuple[SpvTranche, ...], notes: list[tuple[str, str]]
) -> Guarantor | None:
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


def arrival(calendar: Calendar, signed: date, months: int) -> date:
    """When chips come: so many months after signing, rounded forward to the start of a period; before the start, then.

    An order's chips and a lease's come by the same rule.
    """
    due = add_months(signed, months)
    return due if due < calendar.start else calendar.start_of(calendar.forward(due))


def _batches(case: Case, row: ChipLease, chip: Chip, signed: date) -> Iterator[Batch]:
    """Deliveries within the horizon, in order; those after it are dropped."""
    calendar = case.calendar
    steps = sorted((step for step in case.rows(ChipDelivery) if step.offer == row.offer), key=lambda step: step.months)
    for step in steps:
        on = arrival(calendar, signed, step.months)
        first = calendar.forward(on)
        stop = calendar.forward(add_months(on, whole_months(row.term_years)))
        if first < calendar.T and step.delivered_share > 0:
            gw = step.delivered_share / price_per_gw(case, chip, on)
            yield Batch(Delivery(on, gw, step.delivered_share), first, max(stop, first + 1))


def stressed_value(case: Case, terms: Terms) -> Vector:
    """What the SPV's chips fetch under stress per USD bn raised, at the start of each period to the end; shape (stop,).

    Chips count from their delivery to the end of their term.
    """
    kept = 1.0 - case.settings.resale_haircut_share
    value = np.zeros(max(0, terms.stop))
    for batch in terms.batches:
        for t in range(max(0, batch.first), batch.stop):
            age = case.calendar.age_years(batch.delivery.on, t)
            value[t] += batch.share * resale_share(case, terms.chip.chip, age) * kept
    return value


def liability(case: Case, terms: Terms, tranche: SpvTranche) -> Vector:
    """Value at lease_rate of payments to come on what is recognised, per USD bn of a tranche; shape (T,).

    At the start of each period; a delivery is recognised from signing on or from its own period on.
    """
    calendar, rate = case.calendar, case.settings.lease_rate
    value = np.zeros(calendar.T)
    for batch in terms.batches:
        at_signing = case.settings.recognise_leases is Recognition.SIGNING
        payments = terms.payments(tranche, calendar, batch)
        flows, years = np.array(list(payments.values())), np.array([calendar.mid_years(t) for t in payments])
        for t in range(max(0, terms.signed if at_signing else batch.first), min(batch.stop, calendar.T)):
            ahead = years > calendar.start_years(t)
            value[t] += finance.present_value(flows[ahead], rate, years[ahead] - calendar.start_years(t))
    return value


def post(case: Case, ledgers: Ledgers) -> None:
    """Declare the columns of every vintage and post what they do."""
    found, notes = vintages(case)
    ledgers.notes.extend(notes)
    keys = [terms.key for terms in found]
    dims = ("offer", "starts_on", "backer")
    fixed = np.array([float(terms.sunk) for terms in found])
    sign = ledgers.family(NAME, "sign", dims, keys, unit="0 or 1", domain=Domain.BINARY, lower=fixed)
    most = np.array([terms.row.max_usd_bn for terms in found])
    amount = ledgers.family(NAME, "amount", dims, keys, unit="USD bn", lower=fixed * most, upper=most)
    parts = [(terms, tranche) for terms in found for tranche in terms.tranches]
    largest = np.array([terms.row.max_usd_bn * tranche.max_share for terms, tranche in parts])
    tranche = ledgers.family(
        NAME, "tranche", (*dims, "tranche"), [(*terms.key, part.tranche) for terms, part in parts], unit="USD bn",
        lower=largest * [float(terms.sunk) for terms, _ in parts], upper=largest,
    )  # fmt: skip
    support = ledgers.family(
        NAME, "support", (*dims, "period"), [(*terms.key, t) for terms in found for t in exposed(case, terms)],
        unit="USD bn",
    )  # fmt: skip
    buyout = ledgers.family(
        NAME, "buyout", dims, [terms.key for terms in found if _bought(case, terms)], unit="USD bn"
    )  # fmt: skip
    for terms in found:
        row, columns = terms.row, [tranche[(*terms.key, part.tranche)] for part in terms.tranches]
        labels = Labels(
            instrument=NAME, offer=row.offer, counterparty=row.spv, chip=terms.chip.chip, family=terms.chip.family
        )
        ledgers.post("signed", labels, "signed", sign[terms.key], range(terms.signed, case.calendar.T), 1.0)
        if not terms.sunk:
            signing, fee = case.calendar.start_years(terms.signed), -row.signing_fee_usd_bn
            ledgers.dated(Kind.COST, labels, "signing_fee", sign[terms.key], signing, fee)
        _post_chips(case, ledgers, labels, terms, amount[terms.key])
        for part, column in zip(terms.tranches, columns, strict=True):
            _post_payments(case, ledgers, labels, terms, part, column)
        _post_support(case, ledgers, labels, terms, amount[terms.key], columns, support)
        if terms.key in buyout.columns:
            _post_buyout(case, ledgers, labels, terms, amount[terms.key], columns, buyout[terms.key])
    _post_assignments(case, ledgers, found)


def exposed(case: Case, terms: Terms) -> list[int]:
    """Periods of the horizon in which the supporter may have to pay."""
    if terms.supporter is None:
        return []
    owed = np.zeros(max(0, terms.stop))
    for part in terms.tranches:
        owed += part.supported * terms.outstanding(part, case.calendar)
    return [int(t) for t in np.flatnonzero(owed > 1e-12) if terms.signed <= t < case.calendar.T]


def _bought(case: Case, terms: Terms) -> list[Batch]:
    """Deliveries that are bought at the end of their term, within the horizon; what was bought before is paid."""
    if terms.row.end_option is not EndOption.BUY:
        return []
    return [batch for batch in terms.batches if 0 <= batch.stop < case.calendar.T]


def _post_chips(case: Case, ledgers: Ledgers, labels: Labels, terms: Terms, amount: int) -> None:
    """Chips and upkeep for the term, or for life if they are bought, and then what they fetch at the horizon."""
    calendar, buys = case.calendar, terms.row.end_option is EndOption.BUY
    for batch in terms.batches:
        lasts = life(case, terms.chip, batch.delivery)
        held = lasts if buys else range(lasts.start, max(lasts.start, min(lasts.stop, batch.stop)))
        post_chips(case, ledgers, labels, terms.chip, amount, batch.delivery, held)
        if buys and batch.stop < calendar.T:
            post_resale(case, ledgers, labels, terms.chip, amount, batch.delivery)


def _post_payments(case: Case, ledgers: Ledgers, labels: Labels, terms: Terms, part: SpvTranche, column: int) -> None:
    """Payments on a tranche, what is owed of them, and the debt that they or the SPV's lenders stand for."""
    calendar = case.calendar
    owed: dict[int, float] = defaultdict(float)
    for batch in terms.batches:
        for t, payment in terms.payments(part, calendar, batch).items():
            owed[t] += payment
    due = dict(sorted(owed.items()))
    inside = [t for t in due if t < calendar.T]
    ledgers.flow(Kind.COST, labels, "lease_payment", column, inside, [-due[t] for t in inside])
    Owed.of(case.calendar, due, terms.signed).post(case, ledgers, labels, "lease_payment", column)
    if not case.settings.consolidate_spv:
        about = replace(labels, debt_class=DEBT_CLASS)
        ledgers.post("debt", about, "lease_liability", column, calendar.periods, liability(case, terms, part))
    elif part.kind is TrancheKind.DEBT:
        about = replace(labels, debt_class=SPV_DEBT_CLASS)
        outstanding = terms.outstanding(part, calendar)
        ledgers.post("debt", about, "spv_debt", column, range(len(outstanding)), outstanding)


def _post_support(
    case: Case, ledgers: Ledgers, labels: Labels, terms: Terms, amount: int, columns: list[int], support: Family
) -> None:
    """Exposure of the supporter and its fee."""
    if terms.supporter is None:
        return
    calendar, name = case.calendar, terms.supporter.guarantor
    about = replace(labels, guarantor=name, cover=GuaranteeKind.RESIDUAL)
    owed = [part.supported * terms.outstanding(part, calendar) for part in terms.tranches]
    value = stressed_value(case, terms)
    for t in exposed(case, terms):
        column = support[(*terms.key, t)]
        factors = [*(float(each[t]) for each in owed), -float(value[t])]
        ledgers.maximum(column, _at(t, [*columns, amount], factors, calendar.T))
        ledgers.post("guarantees", about, "support", column, [t], 1.0)
        fee = -terms.supporter.fee_rate * calendar.h
        ledgers.flow(Kind.COST, replace(about, counterparty=name), "guarantee_fee", column, [t], fee)


def _post_buyout(
    case: Case, ledgers: Ledgers, labels: Labels, terms: Terms, amount: int, columns: list[int], buyout: int
) -> None:
    """The price of the chips at the end of each delivery's term."""
    calendar, balloons = case.calendar, [part.balloon_share for part in terms.tranches]
    price = _at(0, [amount], [terms.row.end_price_share], calendar.T)
    ledgers.maximum(buyout, price, _at(0, columns, balloons, calendar.T))
    for batch in _bought(case, terms):
        ledgers.dated(Kind.COST, labels, "buyout", buyout, calendar.start_years(batch.stop), -batch.share)


def _at(t: int, columns: list[int], factors: list[float], T: int) -> tuple[Balance, int]:
    """Σ factor · column as a balance in period t of T."""
    periods = np.full(len(columns), t, dtype=np.int64)
    return Balance(periods, np.array(columns, dtype=np.int64), np.array(factors), np.zeros(T)), t


@dataclass(frozen=True)
class Assignment:
    """GW of one delivery of an order that an SPV may take over at one of its own deliveries."""

    terms: Terms
    batch: Batch
    ordered: str
    """date of the order"""
    order: int
    """its column"""
    delivery: Delivery
    """of the order, per GW ordered"""

    @property
    def key(self) -> Key:
        """(offer, date of signing, backer, SPV's delivery, date of the order, its delivery)."""
        return (*self.terms.key, self.batch.delivery.on.isoformat(), self.ordered, self.delivery.on.isoformat())


def assignments(case: Case, ledgers: Ledgers, found: list[Terms]) -> list[Assignment]:
    """Every way to hand over chips: delivered by then, not past their life, and not before the case's start."""
    lots: dict[tuple[str, int, date], Delivery] = {}
    for lot in ledgers.lots:
        key = (lot.offer, lot.column, lot.delivery.on)
        before = lots.get(key, Delivery(lot.delivery.on, 0.0, 0.0))
        price = before.price_usd_bn + lot.delivery.price_usd_bn
        lots[key] = Delivery(lot.delivery.on, before.gw + lot.delivery.gw, price)
    ordered = {column: str(key[1]) for key, column in ledgers.find(*ORDERS).columns.items()} if lots else {}
    return [
        Assignment(terms, batch, ordered[column], column, delivery)
        for terms in found
        for batch in _distinct(terms.batches)
        for (offer, column, on), delivery in lots.items()
        if offer == terms.row.buys_from
        and delivery.gw > 0
        and case.calendar.start <= batch.delivery.on
        and on <= batch.delivery.on
        and batch.first in life(case, terms.chip, delivery)
    ]


def _distinct(batches: tuple[Batch, ...]) -> list[Batch]:
    """The first delivery of each date."""
    return list({batch.delivery.on: batch for batch in reversed(batches)}.values())[::-1]


def _post_assignments(case: Case, ledgers: Ledgers, found: list[Terms]) -> None:
    """What a GW handed over takes from its order and brings to the lab."""
    possible = assignments(case, ledgers, found)
    assign = ledgers.family(
        NAME, "assign", ("offer", "starts_on", "backer", "delivered_on", "ordered_on", "received_on"),
        [each.key for each in possible], unit="GW",
    )  # fmt: skip
    for each in possible:
        row, chip, column = each.terms.row, each.terms.chip, assign[each.key]
        labels = Labels(
            instrument=NAME, offer=row.buys_from or "", counterparty=row.spv, chip=chip.chip, family=chip.family
        )
        cost = each.delivery.price_usd_bn / each.delivery.gw
        leaves = Delivery(each.delivery.on, -1.0, -cost)
        lasts = life(case, chip, leaves)
        post_chips(case, ledgers, labels, chip, column, leaves, range(each.batch.first, lasts.stop))
        post_resale(case, ledgers, labels, chip, column, leaves)
        on = case.calendar.start_years(each.batch.first)
        ledgers.dated(Kind.COST, labels, "assignment", column, on, cost)
        paid = price_per_gw(case, chip, each.batch.delivery.on)
        ledgers.dated(Kind.COST, labels, "assignment_difference", column, on, paid - cost)
