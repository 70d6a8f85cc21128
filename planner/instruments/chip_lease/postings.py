"""Chip lease: a special-purpose vehicle (SPV) raises debt and equity, buys chips and leases them to the lab.

A lease is expanded into vintages: for each date on which it can be signed, one with the support of its guarantor and
one without. The chips and their value under stress are known per USD bn raised; the payments and the money outstanding
are known per USD bn of each tranche. The variables, all by offer o, date of signing s and backer k (the guarantor, or
`(unsupported)`), are

    sign[o, s, k]               1 if the lease is signed in s with or without support
    amount[o, s, k]             money raised [USD bn]
    tranche[o, s, k, n]         money raised in tranche n [USD bn]
    support[o, s, k, t]         exposure of the supporter at the start of t [USD bn]; the maximum below
    buyout[o, s, k]             price of buying all chips at the end [USD bn]; the maximum below
    backing[o, s, k]            largest support over all periods [USD bn]; it exists where the supporter is tied to an
                                offer
    assign[o, s, k, d, e, f]    GW ordered in e and delivered in f that the SPV takes over at its delivery in d
    ended[o, s, k, q, y]        1 if it is decided on the notice day q that the lease ends on the first day of contract
                                year y
    ended_amount[o, s, k, q, y]    amount_v of what ends so, and ended_tranche[o, s, k, q, y, n] tranche_{vn} of it
    ended_fee[o, s, k, q, y]    the fee for it [USD bn]; the maximum below
    buyout_left[o, s, k, q]     buyout_v of what has not been given notice by the end of q [USD bn]

Delivery d spends the part δ_d of the money at price_d, the chip's price on that day. Its term runs from the time s_d of
the delivery to e_d, in periods from the start of the case. Of what is not signed yet, only the delivery keeps to the
starts of periods; a lease signed already keeps its true days. A payment is due in arrears, at the end of each period or
of the term: in period k at u_k = min(k + 1, e_d), for the part w_k of the period that the term covers. Tranche n has
the rate i_n per period and leaves a balloon of the share z_n, due with the last payment; v = 1 / (1 + i_n). V is the
resale value of a chip by age, as a share of its cost. Then

    chips_d           δ_d / price_d                                    per USD bn raised, for the part of each period
    level_nd          δ_d · (1 − z_n · v^(e_d − s_d)) / Σ_k w_k · v^(u_k − s_d)
    payment_nt        cover · Σ_d w_t · level_nd                       due at u_t
    balance_ndt       Σ_{u_k > t} w_k · level_nd · v^(u_k − t) + δ_d · z_n · v^(e_d − t)           s_d ≤ t < e_d
    outstanding_nt    Σ_d balance_ndt
    stressed_t        Σ_d δ_d · V(age_d) · (1 − resale_haircut)        the same t; per USD bn raised
    support_t         max(0, Σ_{n supported} outstanding_nt · tranche_n − stressed_t · amount − Σ more_t · assign)
    buyout            max(end_price_share · amount, Σ_n z_n · tranche_n), times δ_d at e_d
    liability_nt      value at lease_rate of the payments to come: of all deliveries from signing on, or of each
                      delivery from its own period on, as `recognise_leases` says

So at its own rate, what is paid on a tranche and its balloon are worth the money raised, at any length of period. The
payments and balances of a tranche whose rate floats are those of `floating` instead; its levels are what is expected.
Deliveries after the horizon are dropped, with their chips and their payments. Chips that go back are held for the term.
Chips that are bought are held for their life; they are credited with a resale value if they are bought before the end
of the horizon or on that day. Where the case consolidates the SPV, its outstanding debt counts as debt instead of the
liability.

A GW that is assigned leaves its order at the SPV's delivery: chips, upkeep and resale value move to the SPV. The chips
keep their day in service f. The SPV pays paid, which is the order's price, or the order's price · V(age) from
assign_within_months on or where assign_price is `value`; its money buys paid / price_d fewer new chips. more_t is what
the chips are worth under stress above new chips for the same money:

    more_t            (order's price · V(t − f) − paid · V(t − d)) · (1 − resale_haircut)

m_n is the share of tranche n where it is fixed, which it must be where the lab has a part λ of the equity:

    λ                 Σ_{n equity} lab_share_n · m_n / Σ_{n equity} m_n

What the equity gets is income less what is due on the debt, and what the chips fetch at the end above the balloons of
the debt. Where a period's tests of the debt, dscr_min_n and llcr_min_n, are not kept, it waits for the first period in
which they are.

Of a lease signed already, sign, amount and tranche are fixed, and so is what it took over before the start. δ_d and
chips_d of its deliveries are what signed_deliveries says. Chips can run from their first availability on, or from the
day that is said there.

Where an SPV takes a GW over on the day of their delivery, the SPV pays the balance that is due on that day; until then
the lab owes it. A price of buying the chips is owed from signing on; being paid once, it is not among the fixed
payments.

Contract years count from the first delivery. A lease may end on the first day e of one, after its last delivery, before
its first term is over, and not after the end of the horizon; all chips go back to the SPV. Nobody who has put up money
loses: payment_ne is the whole payment of a period from e on, and balance_ne what is outstanding on e of a tranche, debt
or equity,

    contract_n        fee_months · payment_ne / months of a period
    ended_fee         max(Σ_n contract_n · ended_tranche_n + fee_usd_bn_per_gw · Σ_d chips_d · ended_amount,
                      Σ_n balance_ne · ended_tranche_n)

Per unit of ended_amount and ended_tranche what amount and tranche post after e is taken back: chips, upkeep, payments,
resale, the debt of a consolidated SPV, what the lab gets as an owner, what outlives the horizon; reserves come back on
e. From e on support_t is that of amount − ended_amount; from q on the payments after e are not owed, and buyout_left
stands for buyout. What is left of the fee and of what the chips fetch on e, once the debt is paid, is the equity's.
Where the case says in ends_on when a signed lease ends, all its terms are over then. `endings` says more.

The posts, by ledger and line:

    signed                 signed                   sign_v, from signing on
    taken                  taken                    amount_v / max_usd_bn, of a lease that somebody requires
    met                    met                      sign_v, or as taken where min_usd_bn is 0
    tied                   tied                     as taken
    running_taken          running_taken            as taken, while its terms run
    running_met            running_met              as met, while its terms run
    running_tied           running_tied             as tied, while its terms run
    chips                  chips                    chips_d · amount_v; −assign_{vdef} for chips that leave an order,
                                                    (1 − paid / price_d) · assign_{vdef} for those that the SPV holds
    guarantees             support                  support_{vt}
    backed                 backed                   backing_v, on signing
    debt                   lease_liability          liability_{nt} · tranche_{vn}, where the SPV is not consolidated
    debt                   spv_debt                 outstanding_{nt} · tranche_{vn} of debt, where it is
    cash cost              lease_payment            −payment_{nt} · tranche_{vn}, at the end of t or of the term
    cash cost              upkeep                   −opex_c · h · chips, also for all that is posted to chips above
    cash cost              guarantee_fee            −fee_rate · h · support_{vt}, for the part of t to the last e_d
    cash cost              support_spread           −spread_rate · h · owed_{nt} · tranche_{vn}, n supported; owed: mean
    cash cost              buyout                   −δ_d · buyout_v, at the end of the term of each delivery
    cash cost              signing_fee              −signing_fee · sign_v, on signing
    cash cost              assignment               paid · assign_{vdef}, at the SPV's delivery
    cash cost              reserve                  −reserve_nd · tranche_{vn}, on the delivery
    cash cost              reserve_returned         reserve_nd · tranche_{vn}, at the end of its term
    cash credit            reserve_returned         the same where that is after the end
    cash cost              equity_paid_in           −Σ_n lab_share_n · m_n · δ_d · amount_v, on the delivery
    cash cost              distribution             λ · what the equity gets · amount_v, as `equity` says
    cash beyond_horizon    distribution             the same after the end
    cash credit            resale                   δ_d · V(age_d) · amount_v if bought, and so for all chips above
    cash beyond_horizon    lease_payment            −payment_{nt} · tranche_{vn} after the end
    cash beyond_horizon    buyout                   −δ_d · buyout_v, at the end of a term that is over after the end
    cash cost              termination_fee          −ended_fee_{vqy}, on e
    cash horizon_value     unused_part              unused part of signing_fee · sign_v, at the end
    cash horizon_value     value_after_end          what the chips are worth after the end · amount_v, as `horizon`
                                                    says; the difference for chips taken over · assign_{vdef}
    obligations            lease_payment            Σ_{t' ≥ t} payment_{nt'} · tranche_{vn}, from signing on
    obligations            buyout                   δ_d · buyout_v, from signing on until it is paid
    obligations            termination_fee          ended_fee_{vqy}, from q to e; at its value in the liability
    fixed_charges          lease_payment            the same over the next twelve months
    fixed_charges          termination_fee          ended_fee_{vqy}, where e lies within twelve months
    dues                   lease_payment            payment_{nt} · tranche_{vn}, on the day it falls due
    dues                   buyout                   δ_d · buyout_v, at the end of the term of each delivery
    dues                   termination_fee          ended_fee_{vqy}, on e
    raised                 raised                   amount_v, on signing, under a programme
    chips_financed         chips_financed           Σ_d chips_d · amount_v, of all deliveries, likewise
    raised_before          raised_before            the same of a lease that is signed already; so chips
    chips_financed_before    chips_financed_before
    dues                   balance                  −balance · assign_{vdef}, on the delivery, where the SPV pays it
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from planner.instruments.chip_lease import assignments
from planner.instruments.chip_lease.buyouts import bought, post_buyout
from planner.instruments.chip_lease.ended_posts import post_endings
from planner.instruments.chip_lease.endings import declare, ended_by, remarks, state_fees
from planner.instruments.chip_lease.equity import post_equity
from planner.instruments.chip_lease.financed import post_financed
from planner.instruments.chip_lease.horizon import post_horizon
from planner.instruments.chip_lease.reserves import post_reserve
from planner.instruments.chip_lease.support import exposed, is_tied, post_support
from planner.instruments.chip_lease.tables import SpvTranche, TrancheKind
from planner.instruments.chip_lease.vintages import (
    DEBT_CLASS,
    INSTRUMENT,
    SPV_DEBT_CLASS,
    ChipLeaseVintage,
    liability,
    vintages,
)
from planner.instruments.shared.chips_held import post_chips, post_resale
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.signatures import Amount, Extent, post_extent, post_running, post_signature
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain

NAME = INSTRUMENT


@dataclass(frozen=True)
class _Variables:
    """Numbers of the variables of one vintage."""

    sign: int
    amount: int
    tranches: list[int]
    """in the order of the vintage's tranches"""
    support: dict[int, int]
    """by period; empty without support"""
    buyout: int | None
    """None where nothing is bought"""
    backing: int | None
    """None where the supporter is not tied to an offer"""


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do; then do the same for assignments."""
    all_vintages, notes = vintages(case)
    ledgers.notes.extend(notes)
    declared = _declare(case, ledgers, all_vintages)
    possible = assignments.assignments(case, ledgers, all_vintages)
    assign = assignments.declare(ledgers, possible)
    aged = assignments.stressed(case, possible, assign)
    ended = declare(case, ledgers, all_vintages)
    left = ended["buyout_left"].numbers if "buyout_left" in ended else {}
    for vintage, variables in zip(all_vintages, declared, strict=True):
        row, chip = vintage.row, vintage.chip
        labels = Labels(instrument=NAME, offer=row.offer, counterparty=row.spv, chip=chip.chip, family=chip.family)
        post_signature(case, ledgers, labels, row, variables.sign, vintage.signed)
        post_financed(case, ledgers, labels, vintage, variables.amount)
        _post_extent(case, ledgers, labels, vintage, variables)
        _post_chips(case, ledgers, labels, vintage, variables.amount)
        for part, variable in zip(vintage.tranches, variables.tranches, strict=True):
            _post_payments(case, ledgers, labels, vintage, part, variable)
            post_reserve(case, ledgers, labels, vintage, part, variable)
        post_equity(case, ledgers, labels, vintage, variables.amount)
        ways = ended_by(case, vintage, ended)
        state_fees(case, ledgers, ways)
        amount, tranches = variables.amount, variables.tranches
        post_support(
            case, ledgers, labels, vintage, variables.support, variables.backing, amount, tranches,
            aged[vintage.key], ways,
        )  # fmt: skip
        post_buyout(case, ledgers, labels, vintage, variables.buyout, amount, tranches, ways, left)
        post_horizon(case, ledgers, labels, vintage, variables.sign, amount)
        post_endings(case, ledgers, labels, vintage, variables.sign, ways)
        ledgers.notes.extend((row.offer, remark) for remark in remarks(case, vintage))
    assignments.post(case, ledgers, possible, assign)


def _declare(case: CaseData, ledgers: Ledgers, all_vintages: list[ChipLeaseVintage]) -> list[_Variables]:
    """Declare the variables of every vintage; those of a lease signed already are fixed."""
    dims = ("offer", "starts_on", "backer")
    keys = [vintage.key for vintage in all_vintages]
    sunk = np.array([float(vintage.sunk) for vintage in all_vintages])
    on_signing = WithSignature("sign")
    sign = ledgers.declare(
        NAME, "sign", dims, keys, unit="0 or 1", decided=on_signing, domain=Domain.BINARY, lower=sunk
    )
    most = np.array([vintage.row.max_usd_bn for vintage in all_vintages])
    given = np.array([vintage.given_usd_bn() if vintage.sunk else 0.0 for vintage in all_vintages])
    most = np.where(sunk > 0, given, most)
    amount = ledgers.declare(NAME, "amount", dims, keys, unit="USD bn", decided=on_signing, lower=given, upper=most)
    parts = [(vintage, part) for vintage in all_vintages for part in vintage.tranches]
    raised = np.array([vintage.given_usd_bn(part) if vintage.sunk else 0.0 for vintage, part in parts])
    largest = np.array(
        [each if v.sunk else v.row.max_usd_bn * part.max_share for (v, part), each in zip(parts, raised, strict=True)]
    )
    tranche = ledgers.declare(
        NAME, "tranche", (*dims, "tranche"), [(*vintage.key, part.tranche) for vintage, part in parts], unit="USD bn",
        decided=on_signing, lower=raised, upper=largest,
    )  # fmt: skip
    periods = {vintage.key: exposed(case, vintage) for vintage in all_vintages}
    support = ledgers.declare(
        NAME, "support", (*dims, "period"), [(*key, t) for key, when in periods.items() for t in when],
        unit="USD bn", decided=Moment.FOLLOWS,
    )  # fmt: skip
    sold = [vintage.key for vintage in all_vintages if bought(case, vintage)]
    buyout = ledgers.declare(NAME, "buyout", dims, sold, unit="USD bn", decided=Moment.FOLLOWS)
    tied = [vintage.key for vintage in all_vintages if periods[vintage.key] and not vintage.sunk and is_tied(vintage)]
    backing = ledgers.declare(NAME, "backing", dims, tied, unit="USD bn", decided=Moment.FOLLOWS)
    return [
        _Variables(
            sign[vintage.key],
            amount[vintage.key],
            [tranche[(*vintage.key, part.tranche)] for part in vintage.tranches],
            {t: support[(*vintage.key, t)] for t in periods[vintage.key]},
            buyout.numbers.get(vintage.key),
            backing.numbers.get(vintage.key),
        )
        for vintage in all_vintages
    ]


def _is_tied(vintage: ChipLeaseVintage) -> bool:
    """Whether its supporter takes on new guarantees only while an offer runs."""
    return vintage.supporter is not None and vintage.supporter.requires_offer is not None


def _post_extent(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, variables: _Variables
) -> None:
    """Post how much of the programme is signed, from signing on and while its terms run."""
    T, signed, row = case.calendar.T, vintage.signed, vintage.row
    extent = Extent([Amount(variables.amount, 1.0 / row.max_usd_bn)], variables.sign if row.min_usd_bn > 0 else None)
    post_extent(case, ledgers, labels, row, extent, signed)
    runs = range(signed, min(T, max([signed, *(case.calendar.back(batch.ends) for batch in vintage.batches)])))
    post_running(case, ledgers, labels, [row.offer], extent, runs)


def _post_chips(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, amount: int) -> None:
    """Post chips and upkeep for the term. If chips are bought, post them for their life, and their resale value."""
    buys = vintage.buys
    for batch in vintage.batches:
        until = None if buys else batch.ends
        post_chips(case, ledgers, labels, vintage.chip, amount, batch.delivery, until=until)
        if buys and batch.ends <= case.calendar.end:
            post_resale(case, ledgers, labels, vintage.chip, amount, batch.delivery)


def _post_payments(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, part: SpvTranche, variable: int
) -> None:
    """Post the payments on a tranche, what remains of them, and the debt: the lease liability or the SPV's own debt."""
    calendar = case.calendar
    owed: dict[tuple[int, float], float] = defaultdict(float)
    for batch in vintage.batches:
        for t, (payment, years) in vintage.payments(part, calendar, batch).items():
            owed[t, years] += payment
    due = sorted(owed)
    periods, sums = [t for t, _ in due], [owed[each] for each in due]
    inside = bisect_left(periods, calendar.T)
    when = [years for _, years in due]
    paid = [-each for each in sums[:inside]]
    ledgers.at_end(Kind.COST, labels, "lease_payment", variable, periods[:inside], paid, when[:inside])
    payments = FixedPayments.dated(calendar, periods, sums, when, vintage.signed)
    payments.post(case, ledgers, labels, "lease_payment", variable)
    if not case.settings.consolidate_spv:
        ledgers.post(
            "debt",
            replace(labels, debt_class=DEBT_CLASS),
            "lease_liability",
            variable,
            calendar.periods,
            liability(case, vintage, part),
        )
    elif part.kind is TrancheKind.DEBT:
        outstanding = vintage.outstanding(part, calendar)
        ledgers.post(
            "debt",
            replace(labels, debt_class=SPV_DEBT_CLASS),
            "spv_debt",
            variable,
            range(len(outstanding)),
            outstanding,
        )
