"""Chips of an order that an SPV takes over: the ways to hand them over, and what a GW of each gives and takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.instruments.chip_lease.vintages import INSTRUMENT, Batch, ChipLeaseVintage
from planner.instruments.shared.chips_held import life, post_chips, post_resale, price_per_gw
from planner.interfaces.case_data import CaseData
from planner.ledgers.decided import OnDate
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.lots import Delivery
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key

ORDERS = ("chip_purchase", "order")
"""the variables whose chips an SPV may take over: GW, by order and date of ordering"""


@dataclass(frozen=True)
class Assignment:
    """GW of one delivery of an order that an SPV may take over at one of its own deliveries."""

    vintage: ChipLeaseVintage
    batch: Batch
    ordered: str
    """date of the order"""
    order: int
    """its variable"""
    delivery: Delivery
    """of the order, per GW ordered"""

    @property
    def key(self) -> Key:
        """(offer, date of signing, backer, SPV's delivery, date of the order, its delivery)."""
        return (*self.vintage.key, self.batch.delivery.on.isoformat(), self.ordered, self.delivery.on.isoformat())


def assignments(case: CaseData, ledgers: Ledgers, found: list[ChipLeaseVintage]) -> list[Assignment]:
    """Every way to hand over chips: delivered by then, not past their life, and not before the case's start."""
    lots: dict[tuple[str, int, date], Delivery] = {}
    for lot in ledgers.lots:
        key = (lot.offer, lot.variable, lot.delivery.on)
        before = lots.get(key, Delivery(lot.delivery.on, 0.0, 0.0))
        price = before.price_usd_bn + lot.delivery.price_usd_bn
        lots[key] = Delivery(lot.delivery.on, before.gw + lot.delivery.gw, price)
    ordered = {variable: str(key[1]) for key, variable in ledgers.find(*ORDERS).numbers.items()} if lots else {}
    return [
        Assignment(vintage, batch, ordered[variable], variable, delivery)
        for vintage in found
        for batch in _distinct(vintage.batches)
        for (offer, variable, on), delivery in lots.items()
        if offer == vintage.row.buys_from
        and delivery.gw > 0
        and case.calendar.start <= batch.delivery.on
        and on <= batch.delivery.on
        and batch.first in life(case, vintage.chip, delivery)
    ]


def _distinct(batches: tuple[Batch, ...]) -> list[Batch]:
    """The first delivery of each date."""
    return list({batch.delivery.on: batch for batch in reversed(batches)}.values())[::-1]


def post(case: CaseData, ledgers: Ledgers, found: list[ChipLeaseVintage]) -> None:
    """What a GW handed over takes from its order and brings to the lab."""
    possible = assignments(case, ledgers, found)
    assign = ledgers.declare(
        INSTRUMENT, "assign", ("offer", "starts_on", "backer", "delivered_on", "ordered_on", "received_on"),
        [each.key for each in possible], unit="GW", decided=OnDate("delivered_on"),
    )  # fmt: skip
    for each in possible:
        row, chip, variable = each.vintage.row, each.vintage.chip, assign[each.key]
        labels = Labels(
            instrument=INSTRUMENT, offer=row.buys_from or "", counterparty=row.spv, chip=chip.chip, family=chip.family
        )
        cost = each.delivery.price_usd_bn / each.delivery.gw
        leaves = Delivery(each.delivery.on, -1.0, -cost)
        lasts = life(case, chip, leaves)
        post_chips(case, ledgers, labels, chip, variable, leaves, range(each.batch.first, lasts.stop))
        post_resale(case, ledgers, labels, chip, variable, leaves)
        on = case.calendar.start_years(each.batch.first)
        ledgers.dated(Kind.COST, labels, "assignment", variable, on, cost)
        paid = price_per_gw(case, chip, each.batch.delivery.on)
        ledgers.dated(Kind.COST, labels, "assignment_difference", variable, on, paid - cost)
