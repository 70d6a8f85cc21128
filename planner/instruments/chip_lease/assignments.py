"""Assignments: chips of an order that an SPV takes over, each way to hand them over, and the posts per GW."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from planner.instruments.chip_lease.vintages import INSTRUMENT, Batch, ChipLeaseVintage
from planner.instruments.shared.assignable_orders import ordering_dates
from planner.instruments.shared.chips_held import life_ends, post_chips, post_resale, price_per_gw
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import OnDate
from planner.ledgers.deliveries import AssignableDelivery, Delivery
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key
from planner.tables.offer import OfferStatus


@dataclass(frozen=True)
class Assignment:
    """GW of one delivery of an order that an SPV may take over at one of its own deliveries."""

    vintage: ChipLeaseVintage
    batch: Batch
    ordered: str
    """date of the order"""
    order: int
    """number of the variable that says how much is ordered"""
    delivery: Delivery
    """delivery of the order, per GW ordered"""
    balances: tuple[AssignableDelivery, ...]
    """deliveries of that day, with the balances due on them"""

    @property
    def key(self) -> Key:
        """(offer, date of signing, backer, SPV's delivery, date of the order, its delivery)."""
        return (*self.vintage.key, self.batch.delivery.on.isoformat(), self.ordered, self.delivery.on.isoformat())


def assignments(case: CaseData, ledgers: Ledgers, all_vintages: list[ChipLeaseVintage]) -> list[Assignment]:
    """Every way to hand over chips at a delivery of an SPV from the case's start on.

    The chips have been delivered by then, and their life is not over.
    """
    lots: dict[tuple[str, int, date], Delivery] = {}
    balances: dict[tuple[str, int, date], list[AssignableDelivery]] = {}
    for lot in ledgers.assignable:
        key = (lot.offer, lot.variable, lot.delivery.on)
        before = lots.get(key, Delivery(lot.delivery.on, 0.0, 0.0))
        balances.setdefault(key, []).append(lot)
        price = before.price_usd_bn + lot.delivery.price_usd_bn
        lots[key] = Delivery(lot.delivery.on, before.gw + lot.delivery.gw, price)
    ordered = ordering_dates(ledgers)
    return [
        Assignment(vintage, batch, ordered[variable], variable, delivery, tuple(balances[offer, variable, on]))
        for vintage in all_vintages
        for batch in _distinct(vintage.batches)
        for (offer, variable, on), delivery in lots.items()
        if offer == vintage.row.buys_from
        and delivery.gw > 0
        and case.calendar.start <= batch.delivery.on
        and on <= batch.delivery.on
        and batch.delivery.on < life_ends(vintage.chip, delivery)
    ]


def _distinct(batches: tuple[Batch, ...]) -> list[Batch]:
    """The first delivery of each date."""
    return list({batch.delivery.on: batch for batch in reversed(batches)}.values())[::-1]


def post(case: CaseData, ledgers: Ledgers, all_vintages: list[ChipLeaseVintage]) -> None:
    """Declare the variables of all assignments; post what a GW takes away from its order and brings to the lab."""
    possible = assignments(case, ledgers, all_vintages)
    assign = ledgers.declare(
        INSTRUMENT, "assign", ("offer", "starts_on", "backer", "delivered_on", "ordered_on", "received_on"),
        [each.key for each in possible], unit="GW", decided=OnDate("delivered_on"),
    )  # fmt: skip
    signed = {offer.offer for offer in case.offers() if offer.status is OfferStatus.SIGNED}
    for each in possible:
        row, chip, variable = each.vintage.row, each.vintage.chip, assign[each.key]
        labels = Labels(
            instrument=INSTRUMENT, offer=row.buys_from or "", counterparty=row.spv, chip=chip.chip, family=chip.family
        )
        cost = each.delivery.price_usd_bn / each.delivery.gw
        leaves = Delivery(each.delivery.on, -1.0, -cost)
        on = each.batch.delivery.on
        post_chips(case, ledgers, labels, chip, variable, leaves, since=on, signed=row.buys_from in signed)
        post_resale(case, ledgers, labels, chip, variable, leaves)
        years = case.calendar.years(on)
        ledgers.dated(Kind.COST, labels, "assignment", variable, years, cost)
        _post_balances(case, ledgers, each, variable)
        ledgers.dated(Kind.COST, labels, "assignment_difference", variable, years, price_per_gw(case, chip, on) - cost)


def _post_balances(case: CaseData, ledgers: Ledgers, each: Assignment, variable: int) -> None:
    """Take off the balances that the SPV pays: those due on the day on which it takes the chips over.

    Until that day the lab owes them, as nobody has to hand over anything before.
    """
    on = each.batch.delivery.on
    for lot in each.balances:
        if lot.balance_usd_bn and lot.delivery.on == on:
            balance, labels = lot.balance_usd_bn / each.delivery.gw, replace(lot.labels, instrument=INSTRUMENT)
            ledgers.due(labels, "balance", variable, [case.calendar.back(on)], [-balance], [case.calendar.years(on)])
