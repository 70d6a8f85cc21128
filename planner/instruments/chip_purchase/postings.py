"""Chip purchase: chips that are ordered outright, and chips that are owned already.

An order is expanded into vintages, one per date on which it can be placed. Per GW ordered everything is known: the
deposit, the balances, the deliveries, the upkeep and the resale value. The variables are

    order[o, s]     GW ordered in s
    sign[o, s]      1 if the order is signed in s; the variable exists only where a minimum, a fee, a group, a
                    requirement or the status `required` or `signed` needs it

A delivery is priced at the order's own price. Where that is blank, it is priced at the chip's price on the day of the
delivery: capex · (1 − decline)^(years since the later of the case's start and the chip's priced_from). Chips are
held from their delivery to the end of their life. Chips that are held at the end of the horizon are credited with their
resale value, cost · value_share(age); it is zero once their life is over.

What was ordered before the start on a day s that signed_deliveries names has the deliveries, costs and deposits that
stand there. The quantity is their sum, and order_{os} is fixed; the order is signed on the first of these days. Where
an order is still open, the rest may be ordered. The posts, by ledger and line:

    signed                 signed         sign_{os}, from signing on
    taken                  taken          order_{os} / max_gw, from the order on, of an order that somebody requires
    met                    met            sign_{os}, or as taken where min_gw is 0
    tied                   tied           as taken
    running_taken          running_taken  as taken, while it runs, which has no end
    running_met            running_met    as met, while it runs, which has no end
    running_tied           running_tied   as tied, while it runs, which has no end
    chips                  chips          delivered_share · order_{os}, from each delivery for the life of the chips;
                                          chips owned already too
    cash cost              deposit        −deposit_share · price · order_{os}, on order
    cash cost              balance        −(1 − deposit_share) · price · order_{os}, on each delivery
    cash cost              upkeep         −opex_c · h · chips_{ct}, running or not
    cash cost              signing_fee    −signing_fee · sign_{os}, on signing
    cash credit            resale         cost · value_share(age), at the end of the horizon
    cash beyond_horizon    balance        balances of deliveries after the end
    cash horizon_value     unused_part    deposits on deliveries after the end, and their part of the fee, at the end
    cash horizon_value     value_after_end    what chips delivered after the end are worth, as `horizon` says
    obligations            balance        balances of deliveries after the start of t, from the order on
    dues                   balance        the balance of each delivery, on its day
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics.words import OwnWord
from planner.common.chips import Chip, OwnedChip
from planner.instruments.chip_purchase.horizon import post_later, post_unused_fee
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared import signatures
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.chips_held import post_chips, post_resale, price_per_gw
from planner.instruments.shared.deliveries import arrival, can_run_from, delivery_rows, signed_deliveries
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.deliveries import AssignableDelivery, Delivery
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, VariableGroup
from planner.tables.offer import OfferStatus

NAME = "chip_purchase"
ALL_PAID = 1e-12
"""a part of a cost that is only rounding error"""


class NoOrder(OwnWord):
    """Stands for the offer of chips owned already."""

    OWNED = "(owned chips)"


@dataclass(frozen=True)
class OrderVintage:
    """An order placed on one date; sums are per GW ordered."""

    row: ChipPurchase
    chip: Chip
    signed: int
    """period of the order; 0 if it is placed already"""
    ordered: date
    deliveries: tuple[Delivery, ...]
    deposit_shares: tuple[float, ...]
    """part of the price of each delivery that is paid on order"""
    placed_gw: float | None
    """GW that are ordered already; None: it is to be decided"""
    stated: bool = False
    """whether they are what signed_deliveries says"""

    @property
    def key(self) -> tuple[str, str]:
        """(offer, date of the order)."""
        return (self.row.offer, self.ordered.isoformat())

    @property
    def sunk(self) -> bool:
        """Whether the order is placed already, so that its deposit is paid."""
        return self.placed_gw is not None

    @property
    def deposit_usd_bn(self) -> float:
        """The deposit, due on order [USD bn per GW]."""
        return self.row.deposit_share * sum(delivery.price_usd_bn for delivery in self.deliveries)

    @property
    def parts(self) -> list[tuple[Delivery, float, float]]:
        """Each delivery, the share of its price that is deposited, and the balance due on it [USD bn per GW]."""
        return [
            (delivery, share, (1.0 - share) * delivery.price_usd_bn)
            for delivery, share in zip(self.deliveries, self.deposit_shares, strict=True)
        ]


def vintages(case: CaseData) -> tuple[list[OrderVintage], list[tuple[str, str]]]:
    """The vintages of every order that is not closed, the earliest of an order first, and remarks by offer."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    all_vintages: list[OrderVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipPurchase):
        if row.status is OfferStatus.CLOSED:
            continue
        chip, placed = chips[row.chip], signed_deliveries(case, row.offer)
        all_vintages += [_placed(case, row, chip, ordered, notes) for ordered in placed]
        if placed and (row.status is OfferStatus.SIGNED or _rest_gw(row, all_vintages) <= 0):
            continue
        for signed, ordered in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            if ordered not in placed:
                sunk = row.status is OfferStatus.SIGNED
                deliveries = tuple(_deliveries(case, row, chip, ordered, sunk))
                shares = (row.deposit_share,) * len(deliveries)
                gw = row.max_gw if sunk else None
                all_vintages.append(OrderVintage(row, chip, signed, ordered, deliveries, shares, gw))
    return all_vintages, notes


def _rest_gw(row: ChipPurchase, all_vintages: Iterable[OrderVintage]) -> float:
    """What may still be ordered, at most [GW]."""
    return row.max_gw - sum(each.placed_gw or 0.0 for each in all_vintages if each.row is row)


def _deliveries(case: CaseData, row: ChipPurchase, chip: Chip, ordered: date, sunk: bool) -> Iterator[Delivery]:
    """The deliveries of an order by its terms, per GW ordered."""
    status = OfferStatus.SIGNED if sunk else OfferStatus.OPEN
    runs_from = can_run_from(case.calendar, chip, sunk)
    for step in delivery_rows(case, row.offer):
        on = arrival(case.calendar, ordered, step.months, status)
        yield Delivery(on, step.delivered_share, _price(case, row, chip, on) * step.delivered_share, runs_from)


def _price(case: CaseData, row: ChipPurchase, chip: Chip, on: date) -> float:
    """The price of an order on the day of a delivery [USD bn per GW]."""
    return price_per_gw(case, chip, on) if row.price_usd_bn_per_gw is None else row.price_usd_bn_per_gw


def _placed(case: CaseData, row: ChipPurchase, chip: Chip, ordered: date, notes: list[tuple[str, str]]) -> OrderVintage:
    """What was ordered on a day, as signed_deliveries states it.

    Where nothing was, the deliveries are those of the terms, so that the days are known to which a fee belongs.
    """
    signed, rows = max(0, case.calendar.back(ordered)), signed_deliveries(case, row.offer)[ordered]
    total = sum(each.gw or 0.0 for each in rows)
    if total <= 0:
        deliveries = tuple(_deliveries(case, row, chip, ordered, sunk=False))
        return OrderVintage(row, chip, signed, ordered, deliveries, (row.deposit_share,) * len(deliveries), 0.0, True)
    parts, shares = [], []
    for each in rows:
        gw, cost = each.gw or 0.0, each.cost_usd_bn
        if cost is None:
            cost = gw * _price(case, row, chip, each.delivered_on)
            if each.delivered_on < case.calendar.start and row.price_usd_bn_per_gw is None:
                notes.append(
                    (row.offer, f"no cost is stated of what came on {each.delivered_on}: the price at the start")
                )
        deposit = row.deposit_share * cost if each.deposit_paid_usd_bn is None else each.deposit_paid_usd_bn
        parts.append(Delivery(each.delivered_on, gw / total, cost / total, each.runs_from))
        shares.append(_share_paid(deposit, cost))
    return OrderVintage(row, chip, signed, ordered, tuple(parts), tuple(shares), total, True)


def _share_paid(deposit: float, cost: float) -> float:
    """The part of a cost that is deposited; all of it where hardly anything or less than nothing is left to pay."""
    if cost <= 0:
        return 0.0
    share = deposit / cost
    return share if share < 1.0 - ALL_PAID else 1.0


def needs_signature(case: CaseData, row: ChipPurchase) -> bool:
    """Whether a binary must say if the order is signed: for its minimum, or for what any offer may need one for.

    Where signed_deliveries says what was ordered, the status `signed` needs none.
    """
    if row.min_gw > 0:
        return True
    if row.status is OfferStatus.SIGNED and signed_deliveries(case, row.offer):
        return signatures.signature_matters(case, row)
    return signatures.needs_signature(case, row)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do; post the same for chips owned already."""
    all_vintages, notes = vintages(case)
    ledgers.notes.extend(notes)
    sign, order = _declare(case, ledgers, all_vintages)
    for vintage in all_vintages:
        row, chip = vintage.row, vintage.chip
        labels = Labels(
            instrument=NAME, offer=row.offer, counterparty=row.vendor, chip=chip.chip, family=chip.family
        )  # fmt: skip
        if vintage.key in sign.numbers:
            number = sign[vintage.key]
            signatures.post_signature(case, ledgers, labels, row, number, vintage.signed, sunk=vintage.sunk)
            _post_extent(case, ledgers, labels, vintage, number, order[vintage.key])
            post_unused_fee(case, ledgers, labels, row, number, vintage.deliveries)
        _post_order(case, ledgers, labels, vintage, order[vintage.key])
    _post_owned(case, ledgers)


def _declare(case: CaseData, ledgers: Ledgers, all_vintages: list[OrderVintage]) -> tuple[VariableGroup, VariableGroup]:
    """Declare what is signed and ordered on each date; an order that is placed already has its quantity."""
    placed = [vintage for vintage in all_vintages if vintage.sunk]
    first = {vintage.row.offer: vintage.key for vintage in reversed(placed)}
    signing = [vintage for vintage in all_vintages if needs_signature(case, vintage.row)]
    keys = [vintage.key for vintage in signing]
    sign = ledgers.declare(
        NAME, "sign", ("offer", "ordered_on"), keys, unit="0 or 1", decided=OnDate("ordered_on"), domain=Domain.BINARY,
        lower=np.array([float(key == first.get(key[0])) for key in keys]),
        upper=np.array([float(key == first.get(key[0], key)) for key in keys]),
    )  # fmt: skip
    order = ledgers.declare(
        NAME, ORDER, ("offer", "ordered_on"), [vintage.key for vintage in all_vintages], unit="GW",
        decided=OnDate("ordered_on"),
        lower=np.array([vintage.placed_gw or 0.0 for vintage in all_vintages]),
        upper=np.array(
            [_rest_gw(each.row, placed) if each.placed_gw is None else each.placed_gw for each in all_vintages]
        ),
    )  # fmt: skip
    return sign, order


def _post_extent(
    case: CaseData, ledgers: Ledgers, labels: Labels, vintage: OrderVintage, sign: int, order: int
) -> None:
    """Post how much is ordered, from the order on."""
    row = vintage.row
    share = signatures.Amount(order, 1.0 / row.max_gw if row.max_gw > 0 else 1.0)
    extent = signatures.Extent([share], sign if row.min_gw > 0 else None)
    signatures.post_extent(case, ledgers, labels, row, extent, vintage.signed)
    signatures.post_running(case, ledgers, labels, [row.offer], extent, range(vintage.signed, case.calendar.T))


def _post_order(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: OrderVintage, variable: int) -> None:
    """Post what a GW ordered costs and delivers, and the lots that may be handed over."""
    row, chip = vintage.row, vintage.chip
    if not vintage.sunk:
        placed = case.calendar.start_years(vintage.signed)
        ledgers.dated(Kind.COST, labels, "deposit", variable, placed, -vintage.deposit_usd_bn)
    _post_balances(case, ledgers, labels, vintage, variable)
    for delivery, share, balance in vintage.parts:
        post_chips(case, ledgers, labels, chip, variable, delivery)
        post_resale(case, ledgers, labels, chip, variable, delivery)
        if delivery.on >= case.calendar.end:
            post_later(case, ledgers, labels, row, chip, variable, delivery, share)
        owed = balance if delivery.on >= case.calendar.start else 0.0
        ledgers.assignable.append(
            AssignableDelivery(row.offer, variable, delivery, row.price_usd_bn_per_gw, labels, owed)
        )


def _post_balances(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: OrderVintage, variable: int) -> None:
    """Post the balances of deliveries still to come; a balance due on the day of measuring counts as paid."""
    calendar = case.calendar
    end = calendar.start_years(calendar.T)
    to_come = [(delivery.on, balance) for delivery, _, balance in vintage.parts if delivery.on >= calendar.start]
    due = [(calendar.years(on), balance) for on, balance in to_come]
    for years, balance in due:
        kind = Kind.COST if years < end else Kind.BEYOND_HORIZON
        ledgers.dated(kind, labels, "balance", variable, years, -balance)
    periods = [calendar.back(on) for on, _ in to_come]
    ledgers.due(labels, "balance", variable, periods, [balance for _, balance in due], [years for years, _ in due])
    measured = range(vintage.signed, calendar.T)
    owed = [sum(balance for years, balance in due if years > calendar.start_years(t) + 1e-9) for t in measured]
    ledgers.post("obligations", labels, "balance", variable, measured, owed)


def _post_owned(case: CaseData, ledgers: Ledgers) -> None:
    """Post chips owned at the start: no decision changes them, and their cost is paid."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    for owned in case.rows(OwnedChip):
        chip = chips[owned.chip]
        labels = Labels(instrument=NAME, offer=NoOrder.OWNED, chip=chip.chip, family=chip.family)
        delivery = Delivery(owned.in_service, owned.gw, owned.cost_usd_bn)
        where = replace(labels, region=owned.region or "")
        post_chips(case, ledgers, where, chip, CONSTANT, delivery)
        post_resale(case, ledgers, labels, chip, CONSTANT, delivery)
