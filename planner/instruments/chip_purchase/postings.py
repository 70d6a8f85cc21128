"""Chip purchase: chips that are ordered outright, and chips that are owned already.

An order is expanded into vintages, one per date on which it can be placed. Per GW ordered everything is known: the
deposit, the balances, the deliveries, the upkeep and the resale value. The variables are

    order[o, s]     GW ordered in s
    sign[o, s]      1 if the order is signed in s; the variable exists only where a minimum, a fee, a group, a
                    requirement or the status `required` or `signed` needs it

A delivery is priced at the order's own price. Where that is blank, it is priced at the chip's price on the day of the
delivery: capex · (1 − decline)^(years since the later of the case's start and the chip's first availability). Chips are
held from their delivery to the end of their life. Chips that are held at the end of the horizon are credited with their
resale value, cost · value_share(age); it is zero once their life is over. The posts, by ledger and line:

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

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics.words import OwnWord
from planner.common.chips import Chip
from planner.instruments.chip_purchase.horizon import post_later, post_unused_fee
from planner.instruments.chip_purchase.tables import ChipPurchase, OwnedChip
from planner.instruments.shared import signatures
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.chips_held import post_chips, post_resale, price_per_gw
from planner.instruments.shared.deliveries import arrival, delivery_rows
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.deliveries import AssignableDelivery, Delivery
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.tables.offer import OfferStatus

NAME = "chip_purchase"


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

    @property
    def key(self) -> tuple[str, str]:
        """(offer, date of the order)."""
        return (self.row.offer, self.ordered.isoformat())

    @property
    def sunk(self) -> bool:
        """Whether the order is placed already, so that its deposit is paid."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def deposit_usd_bn(self) -> float:
        """The deposit, due on order [USD bn per GW]."""
        return self.row.deposit_share * sum(delivery.price_usd_bn for delivery in self.deliveries)

    def balance_usd_bn(self, delivery: Delivery) -> float:
        """The balance, due on a delivery [USD bn per GW ordered]."""
        return (1.0 - self.row.deposit_share) * delivery.price_usd_bn


def vintages(case: CaseData) -> tuple[list[OrderVintage], list[tuple[str, str]]]:
    """The vintages of every order that is not closed, and remarks by offer."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    all_vintages: list[OrderVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipPurchase):
        if row.status is OfferStatus.CLOSED:
            continue
        chip = chips[row.chip]
        for signed, ordered in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            deliveries = tuple(_deliveries(case, row, chip, ordered))
            all_vintages.append(OrderVintage(row, chip, signed, ordered, deliveries))
    return all_vintages, notes


def _deliveries(case: CaseData, row: ChipPurchase, chip: Chip, ordered: date) -> Iterator[Delivery]:
    """The deliveries of an order, per GW ordered."""
    for step in delivery_rows(case, row.offer):
        on = arrival(case.calendar, ordered, step.months, row.status)
        price = price_per_gw(case, chip, on) if row.price_usd_bn_per_gw is None else row.price_usd_bn_per_gw
        yield Delivery(on, step.delivered_share, price * step.delivered_share)


def needs_signature(case: CaseData, row: ChipPurchase) -> bool:
    """Whether a binary must say if the order is signed: for its minimum, or for what any offer may need one for."""
    return row.min_gw > 0 or signatures.needs_signature(case, row)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do; post the same for chips owned already."""
    all_vintages, notes = vintages(case)
    ledgers.notes.extend(notes)
    signing = [vintage for vintage in all_vintages if needs_signature(case, vintage.row)]
    sign = ledgers.declare(
        NAME, "sign", ("offer", "ordered_on"), [vintage.key for vintage in signing], unit="0 or 1",
        decided=OnDate("ordered_on"),
        domain=Domain.BINARY, lower=np.array([float(vintage.sunk) for vintage in signing]),
    )  # fmt: skip
    order = ledgers.declare(
        NAME, ORDER, ("offer", "ordered_on"), [vintage.key for vintage in all_vintages], unit="GW",
        decided=OnDate("ordered_on"),
        lower=np.array([vintage.row.max_gw if vintage.sunk else 0.0 for vintage in all_vintages]),
        upper=np.array([vintage.row.max_gw for vintage in all_vintages]),
    )  # fmt: skip
    for vintage in all_vintages:
        row, chip = vintage.row, vintage.chip
        labels = Labels(
            instrument=NAME, offer=row.offer, counterparty=row.vendor, chip=chip.chip, family=chip.family
        )  # fmt: skip
        if vintage.key in sign.numbers:
            signatures.post_signature(case, ledgers, labels, row, sign[vintage.key], vintage.signed)
            _post_extent(case, ledgers, labels, vintage, sign[vintage.key], order[vintage.key])
            post_unused_fee(case, ledgers, labels, row, sign[vintage.key], vintage.deliveries)
        _post_order(case, ledgers, labels, vintage, order[vintage.key])
    _post_owned(case, ledgers)


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
    for delivery in vintage.deliveries:
        post_chips(case, ledgers, labels, chip, variable, delivery, signed=vintage.sunk)
        post_resale(case, ledgers, labels, chip, variable, delivery)
        if delivery.on >= case.calendar.end:
            post_later(case, ledgers, labels, row, chip, variable, delivery)
        owed = vintage.balance_usd_bn(delivery) if delivery.on >= case.calendar.start else 0.0
        ledgers.assignable.append(
            AssignableDelivery(row.offer, variable, delivery, row.price_usd_bn_per_gw, labels, owed)
        )


def _post_balances(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: OrderVintage, variable: int) -> None:
    """Post the balances of deliveries still to come; a balance due on the day of measuring counts as paid."""
    calendar = case.calendar
    end = calendar.start_years(calendar.T)
    due = [(calendar.years(d.on), vintage.balance_usd_bn(d)) for d in vintage.deliveries if d.on >= calendar.start]
    for years, balance in due:
        kind = Kind.COST if years < end else Kind.BEYOND_HORIZON
        ledgers.dated(kind, labels, "balance", variable, years, -balance)
    periods = [calendar.back(d.on) for d in vintage.deliveries if d.on >= calendar.start]
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
        post_chips(case, ledgers, where, chip, CONSTANT, delivery, signed=True)
        post_resale(case, ledgers, labels, chip, CONSTANT, delivery)
