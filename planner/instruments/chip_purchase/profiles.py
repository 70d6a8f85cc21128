"""Chip purchase: machines ordered outright, paid by deposit and delivery, and those already owned.

An order is expanded into vintages: one per date it can be placed. Per GW ordered everything is known: deposit,
balances, deliveries, upkeep, resale. The variables are

    order[o, s]     GW ordered in s
    sign[o, s]      1 if the order is signed in s; it exists only where a minimum, a fee, a group, a requirement or the
                    status `required` or `signed` needs it

The price of a delivery is the order's, or else the chip's at that date: capex · (1 − decline)^(years since the later of
the case's start and the chip's first availability). Chips are held for their life from delivery. What is held at the
end is credited with its resale value, cost · value_share(age), nothing once its life is over. The posts, by ledger
and line:

    signed                 signed         sign_{os}, from signing on
    chips                  chips          delivered_share · order_{os}, from each delivery for its life; lots owned too
    cash cost              deposit        −deposit_share · price · order_{os}, on order
    cash cost              balance        −(1 − deposit_share) · price · order_{os}, on each delivery
    cash cost              upkeep         −opex_c · h · chips_{ct}, running or not
    cash cost              signing_fee    −signing_fee · sign_{os}, on signing
    cash credit            resale         cost · value_share(age), at the end of the horizon
    cash beyond_horizon    balance        what is due on deliveries after the end, where the case charges it
    obligations            balance        what is due on deliveries after the start of t, from the order on
    dues                   balance        what is due, on the day of each delivery
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.calendar import add_months
from planner.common.chips import Chip, ChipDelivery
from planner.common.guarantors import Guarantor
from planner.instruments.chip_purchase.tables import ChipPurchase, OwnedChip
from planner.instruments.shared.chips_held import life, post_chips, post_resale, price_per_gw
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.ledgers.decided import OnDate
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.lots import Delivery, Lot
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain
from planner.tables.offer import OfferStatus

NAME = "chip_purchase"
OWNED = "owned chips"
"""stands for the offer of chips owned already; no offer can have this name, as it holds a blank"""


@dataclass(frozen=True)
class OrderVintage:
    """A vintage: what one GW ordered gives and takes."""

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
        """Placed already: its deposit is paid."""
        return self.row.status is OfferStatus.SIGNED

    @property
    def deposit_usd_bn(self) -> float:
        """Due on order, per GW [USD bn]."""
        return self.row.deposit_share * sum(delivery.price_usd_bn for delivery in self.deliveries)

    def balance_usd_bn(self, delivery: Delivery) -> float:
        """Due on a delivery, per GW ordered [USD bn]."""
        return (1.0 - self.row.deposit_share) * delivery.price_usd_bn


def vintages(case: CaseData) -> tuple[list[OrderVintage], list[tuple[str, str]]]:
    """Every date of every order that is not closed, and remarks on windows that miss the periods."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    found: list[OrderVintage] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(ChipPurchase):
        if row.status is OfferStatus.CLOSED:
            continue
        chip = chips[row.chip]
        if row.min_gw == 0 and row.offer in _required(case):
            notes.append((row.offer, "may be signed for 0 GW, which satisfies whoever requires it"))
        for signed, ordered in signings(case.calendar, row.offer, row.status, row.sign_from, row.sign_by, notes):
            deliveries = tuple(_deliveries(case, row, chip, ordered))
            found.append(OrderVintage(row, chip, signed, ordered, deliveries))
    return found, notes


def _deliveries(case: CaseData, row: ChipPurchase, chip: Chip, ordered: date) -> Iterator[Delivery]:
    calendar = case.calendar
    rows = sorted((step for step in case.rows(ChipDelivery) if step.offer == row.offer), key=lambda step: step.months)
    for step in rows:
        due = add_months(ordered, step.months)
        on = due if due < calendar.start else calendar.start_of(calendar.forward(due))
        price = price_per_gw(case, chip, on) if row.price_usd_bn_per_gw is None else row.price_usd_bn_per_gw
        yield Delivery(on, step.delivered_share, price * step.delivered_share)


def _required(case: CaseData) -> set[str | None]:
    """Offers that another offer or a guarantor requires."""
    of_offers = {offer.requires_offer for offer in case.offers()}
    return of_offers | {guarantor.requires_offer for guarantor in case.rows(Guarantor)}


def needs_signature(case: CaseData, row: ChipPurchase) -> bool:
    """Whether somebody must know if the order is placed at all, so that a binary is needed."""
    return bool(
        row.min_gw > 0
        or row.signing_fee_usd_bn > 0
        or row.exclusive_group
        or row.requires_offer
        or row.offer in _required(case)
        or row.status in (OfferStatus.REQUIRED, OfferStatus.SIGNED)
    )


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables of every vintage and post what they do, and what is owned already does."""
    found, notes = vintages(case)
    ledgers.notes.extend(notes)
    signing = [vintage for vintage in found if needs_signature(case, vintage.row)]
    fixed = np.array([float(vintage.sunk) for vintage in signing])
    sign = ledgers.declare(
        NAME, "sign", ("offer", "ordered_on"), [vintage.key for vintage in signing],
        unit="0 or 1", decided=OnDate("ordered_on"), domain=Domain.BINARY, lower=fixed,
    )  # fmt: skip
    most = np.array([vintage.row.max_gw for vintage in found])
    least = np.array([vintage.row.max_gw if vintage.sunk else 0.0 for vintage in found])
    order = ledgers.declare(
        NAME, "order", ("offer", "ordered_on"), [vintage.key for vintage in found],
        unit="GW", decided=OnDate("ordered_on"), lower=least, upper=most,
    )  # fmt: skip
    for vintage in found:
        calendar, variable = case.calendar, order[vintage.key]
        labels = Labels(
            instrument=NAME,
            offer=vintage.row.offer,
            counterparty=vintage.row.vendor,
            chip=vintage.chip.chip,
            family=vintage.chip.family,
        )
        if vintage.key in sign.numbers:
            ledgers.post("signed", labels, "signed", sign[vintage.key], range(vintage.signed, calendar.T), 1.0)
            if not vintage.sunk:
                fee = -vintage.row.signing_fee_usd_bn
                ledgers.dated(
                    Kind.COST, labels, "signing_fee", sign[vintage.key], calendar.start_years(vintage.signed), fee
                )
        if not vintage.sunk:
            placed = calendar.start_years(vintage.signed)
            ledgers.dated(Kind.COST, labels, "deposit", variable, placed, -vintage.deposit_usd_bn)
        _post_balances(case, ledgers, labels, vintage, variable)
        for delivery in vintage.deliveries:
            held = life(case, vintage.chip, delivery)
            post_chips(case, ledgers, labels, vintage.chip, variable, delivery, held)
            post_resale(case, ledgers, labels, vintage.chip, variable, delivery)
            ledgers.lots.append(Lot(vintage.row.offer, variable, delivery, vintage.row.price_usd_bn_per_gw))
    _post_owned(case, ledgers)


def _post_balances(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: OrderVintage, variable: int) -> None:
    """What is due on deliveries still to come; one due on the day of measuring is paid."""
    calendar = case.calendar
    due = [(calendar.forward(d.on), vintage.balance_usd_bn(d)) for d in vintage.deliveries if d.on >= calendar.start]
    for period, balance in due:
        if period < calendar.T:
            ledgers.dated(Kind.COST, labels, "balance", variable, calendar.start_years(period), -balance)
        elif case.settings.charge_beyond_horizon:
            ledgers.flow(Kind.BEYOND_HORIZON, labels, "balance", variable, [period], [-balance])
    periods = [period for period, _ in due]
    ledgers.due(labels, "balance", variable, periods, [b for _, b in due], [calendar.start_years(p) for p in periods])
    owed = [sum(balance for period, balance in due if period > t) for t in range(vintage.signed, calendar.T)]
    ledgers.post("obligations", labels, "balance", variable, range(vintage.signed, calendar.T), owed)


def _post_owned(case: CaseData, ledgers: Ledgers) -> None:
    """Chips owned before the start do what bought ones do, whatever is decided; their cost is paid."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    for lot in case.rows(OwnedChip):
        chip = chips[lot.chip]
        labels = Labels(instrument=NAME, offer=OWNED, chip=chip.chip, family=chip.family)
        delivery = Delivery(lot.in_service, lot.gw, lot.cost_usd_bn)
        post_chips(case, ledgers, labels, chip, CONSTANT, delivery, life(case, chip, delivery))
        post_resale(case, ledgers, labels, chip, CONSTANT, delivery)
