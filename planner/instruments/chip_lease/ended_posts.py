"""Chip lease: the posts of leases that end before their terms are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.basics import finance
from planner.common.settings import Recognition
from planner.instruments.chip_lease.endings import ChipLeaseEnding, EndedLease, endings
from planner.instruments.chip_lease.equity import post_ended
from planner.instruments.chip_lease.horizon import post_horizon
from planner.instruments.chip_lease.tables import SpvTranche, TrancheKind
from planner.instruments.chip_lease.vintages import (
    DEBT_CLASS,
    SPV_DEBT_CLASS,
    ChipLeaseVintage,
    liability,
)
from planner.instruments.shared.chips_held import post_chips, post_resale
from planner.instruments.shared.fixed_payments import FixedPayments
from planner.instruments.shared.returned import post_moved
from planner.instruments.shared.signatures import Amount, Extent, post_running
from planner.instruments.shared.termination_fees import post_fee
from planner.interfaces.case_data import CaseData
from planner.ledgers.deliveries import Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def post_endings(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: ChipLeaseVintage, sign: int, ways: Sequence[EndedLease]
) -> None:
    """Post the ends of a vintage: the fee of one that is decided already, and all that those to be decided do."""
    for each in endings(case, vintage):
        if each.given:
            raised = [vintage.given_usd_bn(part) for part in vintage.tranches]
            _post_fee(case, ledgers, labels, each, sign, each.fee(raised, vintage.given_usd_bn()))
    for way in ways:
        _post_fee(case, ledgers, labels, way.ending, way.fee, 1.0)
        for part, number in zip(vintage.tranches, way.tranches, strict=True):
            _post_payments(case, ledgers, labels, way.ending, part, number)
            for batch in vintage.batches:
                held = vintage.reserve(part, case.calendar, batch)
                day = way.ending.day
                post_moved(case.calendar, ledgers, labels, "reserve_returned", held, batch.ends, day, number)
        _post_chips(case, ledgers, labels, way)
        post_ended(case, ledgers, labels, vintage, way)
        post_horizon(case, ledgers, labels, vintage, way.sign, way.amount, per_unit=-1.0)
        _post_running(case, ledgers, labels, way)


def _post_fee(
    case: CaseData, ledgers: Ledgers, labels: Labels, ending: ChipLeaseEnding, variable: int, usd_bn: float
) -> None:
    """Post the fee, and its value in the liability from the notice day on."""
    calendar, settings, lease = case.calendar, case.settings, ending.of
    post_fee(case, ledgers, labels, variable, usd_bn, ending.day, None if ending.given else ending.notice)
    if settings.consolidate_spv:
        return
    at_signing = settings.recognise_leases is Recognition.SIGNING
    begins = lease.signed if at_signing else calendar.forward(min(batch.delivery.on for batch in lease.batches))
    owed = range(max(0, ending.notice, begins), min(ending.at, calendar.T))
    until = calendar.years(ending.day) - np.array([calendar.start_years(t) for t in owed], dtype=float)
    values = usd_bn * finance.discount_factor(settings.lease_rate, until)
    ledgers.post("debt", replace(labels, debt_class=DEBT_CLASS), "lease_liability", variable, owed, values)


def _post_payments(
    case: CaseData, ledgers: Ledgers, labels: Labels, ending: ChipLeaseEnding, part: SpvTranche, variable: int
) -> None:
    """Post that a tranche is paid no more after the end, owed no more from the notice day on, and no debt."""
    calendar, lease = case.calendar, ending.of
    saved: dict[tuple[int, float], float] = defaultdict(float)
    for batch in lease.batches:
        for t, (payment, years) in lease.payments(part, calendar, batch).items():
            if t >= ending.at:
                saved[t, years] -= payment
    due = sorted(saved)
    periods, when, sums = [t for t, _ in due], [years for _, years in due], [saved[each] for each in due]
    inside = sum(t < calendar.T for t in periods)
    paid = [-each for each in sums[:inside]]
    ledgers.at_end(Kind.COST, labels, "lease_payment", variable, periods[:inside], paid, when[:inside])
    payments = FixedPayments.dated(calendar, periods, sums, when, ending.notice)
    payments.post(case, ledgers, labels, "lease_payment", variable)
    if not case.settings.consolidate_spv:
        less = liability(case, ending.left, part) - liability(case, lease, part)
        known, of = range(ending.notice, calendar.T), replace(labels, debt_class=DEBT_CLASS)
        ledgers.post("debt", of, "lease_liability", variable, known, less[ending.notice :])
    elif part.kind is TrancheKind.DEBT:
        gone, later = lease.outstanding(part, calendar), range(ending.at, max(ending.at, lease.stop))
        of = replace(labels, debt_class=SPV_DEBT_CLASS)
        ledgers.post("debt", of, "spv_debt", variable, later, -gone[ending.at :])


def _post_chips(case: CaseData, ledgers: Ledgers, labels: Labels, way: EndedLease) -> None:
    """Post that the chips go back to the SPV on the day of the end, so that they are not bought either."""
    lease, chip = way.ending.of, way.ending.of.chip
    for batch in lease.batches:
        gone = batch.delivery
        gone = Delivery(gone.on, -gone.gw, -gone.price_usd_bn, gone.runs_from)
        until = None if lease.buys else batch.ends
        post_chips(case, ledgers, labels, chip, way.amount, gone, since=way.ending.day, until=until)
        if lease.buys and batch.ends <= case.calendar.end:
            post_resale(case, ledgers, labels, chip, way.amount, gone)


def _post_running(case: CaseData, ledgers: Ledgers, labels: Labels, way: EndedLease) -> None:
    """Post that it runs no longer for who is tied to it."""
    lease, calendar = way.ending.of, case.calendar
    less = Extent(
        [Amount(way.amount, -1.0 / lease.row.max_usd_bn)], way.sign if lease.row.min_usd_bn > 0 else None,
        sign_per_unit=-1.0,
    )  # fmt: skip
    stops = min(calendar.T, max(calendar.back(batch.ends) for batch in lease.batches))
    post_running(case, ledgers, labels, [lease.row.offer], less, range(way.ending.at, max(way.ending.at, stops)))
