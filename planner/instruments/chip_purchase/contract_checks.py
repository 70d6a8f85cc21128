"""Chip purchase: what an order demands, restated from its rows.

quantity       GW ordered over all dates ≤ max_gw
one lot        where min_gw is above 0: the order is placed on one day at most, for min_gw to max_gw
signed         where the order has a signature, nothing is ordered before it
lots           GW ordered is a whole multiple of lot_gw, unless the order was placed before the case's start
ordered        what signed_deliveries says was ordered on a day is the quantity of that day, and no more can be ordered
               where the status is `signed`; the signature is on the first of these days
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.arrays import Vector
from planner.common.chips import SignedDelivery
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, distance_to_whole, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key
from planner.tables.offer import OfferStatus

NAME = "chip_purchase"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every order demands of the decisions x; shape (variables,)."""
    variables = ledgers.find(NAME, "order").numbers
    sign = values(ledgers, x, NAME, "sign")
    placed: dict[str, list[tuple[Key, float]]] = defaultdict(list)
    for key, gw in values(ledgers, x, NAME, "order").items():
        placed[str(key[0])].append((key, gw))
    rows = {row.offer: row for row in case.rows(ChipPurchase)}
    before: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for each in case.rows(SignedDelivery):
        before[each.offer][each.signed_on] += each.gw or 0.0
    for offer, orders in placed.items():
        row, already = rows[offer], before[offer]
        total = sum(gw for _, gw in orders)
        signed = {date.fromisoformat(str(key[1])): sign[key] for key, _ in orders if key in sign}
        for key, gw in orders:
            variable, day = variables[key], date.fromisoformat(str(key[1]))
            if gw > 0:
                yield ContractCheck(variable, f"{offer}: all that is ordered within max_gw", total, row.max_gw)
            if signed:
                yield ContractCheck(variable, f"{offer} is signed at most once", sum(signed.values()), 1.0)
            if already:
                yield from _ordered(variable, row, day, gw, already, signed)
            if day in already:
                continue
            if gw > 0:
                yield from _lot(variable, row, gw)
            if signed:
                yield from _signature(variable, row, day, gw, signed)


def _ordered(
    variable: int, row: ChipPurchase, day: date, gw: float, already: Mapping[date, float], signed: dict[date, float]
) -> Iterator[ContractCheck]:
    """What was ordered before the start, given the GW by date of the order."""
    given = already.get(day)
    if given is not None:
        yield ContractCheck(variable, f"{row.offer}: no more than was ordered on {day}", gw, given)
        yield ContractCheck(variable, f"{row.offer}: no less than was ordered on {day}", given, gw)
    elif row.status is OfferStatus.SIGNED:
        yield ContractCheck(variable, f"{row.offer}: nothing but what was ordered already", gw, 0.0)
    if signed and day == min(already):
        yield ContractCheck(variable, f"{row.offer}: signed on {day}", 1.0, signed[day])


def _lot(variable: int, row: ChipPurchase, gw: float) -> Iterator[ContractCheck]:
    """Smallest order, and whole lots."""
    if row.min_gw > 0:
        yield ContractCheck(variable, f"{row.offer}: at least min_gw if anything", row.min_gw, gw)
    if row.lot_gw is not None and row.status is not OfferStatus.SIGNED:
        off = row.lot_gw * distance_to_whole(gw / row.lot_gw)
        yield ContractCheck(variable, f"{row.offer}: whole multiples of lot_gw", off, 0.0)


def _signature(
    variable: int, row: ChipPurchase, day: date, gw: float, signed: dict[date, float]
) -> Iterator[ContractCheck]:
    """What may be ordered on a day, given the day of the signature."""
    if row.min_gw > 0:
        yield ContractCheck(variable, f"{row.offer}: ordered on the day of its signature", gw, row.max_gw * signed[day])
        yield ContractCheck(variable, f"{row.offer}: at least min_gw where signed", row.min_gw * signed[day], gw)
    else:
        by_then = sum(value for at, value in signed.items() if at <= day)
        yield ContractCheck(variable, f"{row.offer}: ordered not before its signature", gw, row.max_gw * by_then)
