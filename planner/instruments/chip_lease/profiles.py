"""Chip lease: an SPV raises debt and equity, buys chips with it and leases them to the lab.

A lease is expanded into vintages: one per date it can be signed and per variant, supported by its guarantor or not.
Per USD bn raised, and per USD bn of each tranche, everything is known: chips, payments, what is outstanding, what the
chips are worth under stress. The variables, all by offer o, signing s and backer k (the guarantor, or `unsupported`),
are

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
from dataclasses import replace

import numpy as np

from planner.common.guarantors import GuaranteeKind
from planner.instruments.chip_lease import assignments
from planner.instruments.chip_lease.tables import EndOption, SpvTranche, TrancheKind
from planner.instruments.chip_lease.vintages import (
    INSTRUMENT,
    Batch,
    ChipLeaseVintage,
    liability,
    stressed_value,
    vintages,
)
from planner.instruments.shared.chips_held import life, post_chips, post_resale
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.decided import Moment, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, VariableGroup

NAME = INSTRUMENT
DEBT_CLASS = "chip_lease"
SPV_DEBT_CLASS = "spv"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do."""
    found, notes = vintages(case)
    ledgers.notes.extend(notes)
    keys = [vintage.key for vintage in found]
    dims = ("offer", "starts_on", "backer")
    fixed = np.array([float(vintage.sunk) for vintage in found])
    on_signing = WithSignature("sign")
    sign = ledgers.declare(
        NAME, "sign", dims, keys, unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=fixed
    )
    most = np.array([vintage.row.max_usd_bn for vintage in found])
    amount = ledgers.declare(
        NAME, "amount", dims, keys, unit="USD bn", decided=on_signing, lower=fixed * most, upper=most
    )
    parts = [(vintage, tranche) for vintage in found for tranche in vintage.tranches]
    largest = np.array([vintage.row.max_usd_bn * tranche.max_share for vintage, tranche in parts])
    tranche = ledgers.declare(
        NAME, "tranche", (*dims, "tranche"), [(*vintage.key, part.tranche) for vintage, part in parts], unit="USD bn",
        decided=on_signing, lower=largest * [float(vintage.sunk) for vintage, _ in parts], upper=largest,
    )  # fmt: skip
    support = ledgers.declare(
        NAME, "support", (*dims, "period"), [(*vintage.key, t) for vintage in found for t in exposed(case, vintage)],
        unit="USD bn", decided=Moment.FOLLOWS,
    )  # fmt: skip
    buyout = ledgers.declare(
        NAME, "buyout", dims, [vintage.key for vintage in found if _bought(case, vintage)],
        unit="USD bn", decided=Moment.FOLLOWS,
    )  # fmt: skip
    for vintage in found:
        row, variables = vintage.row, [tranche[(*vintage.key, part.tranche)] for part in vintage.tranches]
        labels = Labels(
            instrument=NAME, offer=row.offer, counterparty=row.spv, chip=vintage.chip.chip, family=vintage.chip.family
        )
        ledgers.post("signed", labels, "signed", sign[vintage.key], range(vintage.signed, case.calendar.T), 1.0)
        if not vintage.sunk:
            signing, fee = case.calendar.start_years(vintage.signed), -row.signing_fee_usd_bn
            ledgers.dated(Kind.COST, labels, "signing_fee", sign[vintage.key], signing, fee)
        _post_chips(case, ledgers, labels, vintage, amount[vintage.key])
        for part, variable in zip(vintage.tranches, variables, strict=True):
            _post_payments(case, ledgers, labels, vintage, part, variable)
        _post_support(case, ledgers, labels, vintage, amount[vintage.key], variables, support)
        if vintage.key in buyout.numbers:
            _post_buyout(case, ledgers, labels, vintage, amount[vintage.key], variables, buyout[vintage.key])
    assignments.post(case, ledgers, found)


def exposed(case: CaseData, vintage: ChipLeaseVintage) -> list[int]:
    """Periods of the horizon in which the supporter may have to pay."""
    if vintage.supporter is None:
        return []
    owed = np.zeros(max(0, vintage.stop))
    for part in vintage.tranches:
        owed += part.supported * vintage.outstanding(part, case.calendar)
    return [int(t) for t in np.flatnonzero(owed > 1e-12) if vintage.signed <= t < case.calendar.T]


def _bought(case: CaseData, vintage: ChipLeaseVintage) -> list[Batch]:
    """Deliveries that are bought at the end of their term, within the horizon; what was bought before is paid."""
    if vintage.row.end_option is not EndOption.BUY:
        return []
    return [batch for batch in vintage.batches if 0 <= batch.stop < case.calendar.T]


def _post_chips(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, amount: int) -> None:
    """Chips and upkeep for the term, or for life if they are bought, and then what they fetch at the horizon."""
    calendar, buys = case.calendar, vintage.row.end_option is EndOption.BUY
    for batch in vintage.batches:
        lasts = life(case, vintage.chip, batch.delivery)
        held = lasts if buys else range(lasts.start, max(lasts.start, min(lasts.stop, batch.stop)))
        post_chips(case, ledgers, labels, vintage.chip, amount, batch.delivery, held)
        if buys and batch.stop < calendar.T:
            post_resale(case, ledgers, labels, vintage.chip, amount, batch.delivery)


def _post_payments(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, part: SpvTranche, variable: int
) -> None:
    """Payments on a tranche, what is owed of them, and the debt that they or the SPV's lenders stand for."""
    calendar = case.calendar
    owed: dict[int, float] = defaultdict(float)
    for batch in vintage.batches:
        for t, payment in vintage.payments(part, calendar, batch).items():
            owed[t] += payment
    due = dict(sorted(owed.items()))
    inside = [t for t in due if t < calendar.T]
    ledgers.flow(Kind.COST, labels, "lease_payment", variable, inside, [-due[t] for t in inside])
    FixedPayments.of(case.calendar, due, vintage.signed).post(case, ledgers, labels, "lease_payment", variable)
    if not case.settings.consolidate_spv:
        about = replace(labels, debt_class=DEBT_CLASS)
        ledgers.post("debt", about, "lease_liability", variable, calendar.periods, liability(case, vintage, part))
    elif part.kind is TrancheKind.DEBT:
        about = replace(labels, debt_class=SPV_DEBT_CLASS)
        outstanding = vintage.outstanding(part, calendar)
        ledgers.post("debt", about, "spv_debt", variable, range(len(outstanding)), outstanding)


def _post_support(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    amount: int,
    variables: list[int],
    support: VariableGroup,
) -> None:
    """Exposure of the supporter and its fee."""
    if vintage.supporter is None:
        return
    calendar, name = case.calendar, vintage.supporter.guarantor
    about = replace(labels, guarantor=name, cover=GuaranteeKind.RESIDUAL)
    owed = [part.supported * vintage.outstanding(part, calendar) for part in vintage.tranches]
    value = stressed_value(case, vintage)
    for t in exposed(case, vintage):
        variable = support[(*vintage.key, t)]
        factors = [*(float(each[t]) for each in owed), -float(value[t])]
        ledgers.maximum(variable, _at(t, [*variables, amount], factors, calendar.T))
        ledgers.post("guarantees", about, "support", variable, [t], 1.0)
        fee = -vintage.supporter.fee_rate * calendar.h
        ledgers.flow(Kind.COST, replace(about, counterparty=name), "guarantee_fee", variable, [t], fee)


def _post_buyout(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    amount: int,
    variables: list[int],
    buyout: int,
) -> None:
    """The price of the chips at the end of each delivery's term."""
    calendar, balloons = case.calendar, [part.balloon_share for part in vintage.tranches]
    price = _at(0, [amount], [vintage.row.end_price_share], calendar.T)
    ledgers.maximum(buyout, price, _at(0, variables, balloons, calendar.T))
    for batch in _bought(case, vintage):
        ledgers.dated(Kind.COST, labels, "buyout", buyout, calendar.start_years(batch.stop), -batch.share)


def _at(t: int, variables: list[int], factors: list[float], T: int) -> tuple[Balance, int]:
    """Σ factor · variable as a balance in period t of T."""
    periods = np.full(len(variables), t, dtype=np.int64)
    return Balance(periods, np.array(variables, dtype=np.int64), np.array(factors), np.zeros(T)), t
