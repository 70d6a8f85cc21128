"""Table of chip purchases: orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.chips import ChipDelivery, OwnedChip, ResaleValue, SignedDelivery
from planner.instruments.shared.table_checks import ADDS_UP, dates_in_order, delivered_in_full
from planner.tables.fields import Field
from planner.tables.implied import FromColumns
from planner.tables.offer import DeliveredOffer, OfferStatus
from planner.tables.table import Table, Tables


class ChipPurchase(DeliveredOffer):
    """An order of chips."""

    about: ClassVar[Table] = Table(
        "chip_purchases",
        "one row per order",
        ("offer",),
        implies=("resale_values",),
        says=(
            FromColumns(
                "chip_deliveries",
                "offer",
                {"months": "delivery_months"},
                "an order is delivered at once, delivery_months after it is placed",
                {"delivered_share": "1"},
            ),
        ),
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    vendor: Annotated[str, Field("who sells the chips", identifier=True)]
    sign_from: Annotated[date | None, Field("first day on which the order may be placed; blank: the case's start")] = (
        None
    )
    sign_by: Annotated[date | None, Field("last day on which the order may be placed; blank: the case's end")] = None
    min_gw: Annotated[
        float,
        Field(
            "smallest order; above 0: all of it is ordered on one day, or nothing is;"
            " 0: any part may be ordered on any day",
            least=0,
            without="0",
        ),
    ] = 0.0
    max_gw: Annotated[float, Field("most that is ordered over all days", least=0)]
    lot_gw: Annotated[
        float | None, Field("whole multiples of this are ordered; blank: any quantity", above=0, without="")
    ] = None
    price_usd_bn_per_gw: Annotated[
        float | None, Field("price; blank: the chip's own price on the day of each delivery", least=0, per_chip=True)
    ] = None
    deposit_share: Annotated[
        float,
        Field(
            "part of the price paid on the day of the order; the rest is paid on delivery", least=0, most=1, without="0"
        ),
    ] = 0.0
    delivery_months: Annotated[
        int | None,
        Field("time from the order to its only delivery; blank: chip_deliveries.csv says it", least=0, most=600),
    ] = None


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of orders, of their deliveries, and of the resale values of chips that are bought or owned."""
    deliveries = defaultdict[str, list[ChipDelivery]](list)
    for delivery in tables.rows(ChipDelivery):
        deliveries[delivery.offer].append(delivery)
    signed = defaultdict[str, list[SignedDelivery]](list)
    for stated in tables.rows(SignedDelivery):
        signed[stated.offer].append(stated)
    for order in tables.rows(ChipPurchase):
        placed = signed[order.offer] if tables.complete(SignedDelivery) else []
        known = bool(placed) or not tables.complete(SignedDelivery)
        yield from _quantity(order, known)
        yield from _signing(order, known)
        yield from _placed(order, placed)
        if tables.complete(ChipDelivery):
            yield from delivered_in_full(order, "an order", deliveries[order.offer])
    if tables.complete(ResaleValue):
        yield from _resale(tables)


def _quantity(order: ChipPurchase, placed: bool) -> Iterator[Problem]:
    """Problems of the quantities; `placed` says whether rows state what was ordered already."""
    if order.status is OfferStatus.REQUIRED and order.min_gw == 0:
        yield order.problem("min_gw", "a number above 0 where status is required")
    if order.max_gw < order.min_gw:
        yield order.problem("max_gw", f"a number not below min_gw {order.min_gw:g}")
    elif order.status is OfferStatus.SIGNED and order.min_gw < order.max_gw and not placed:
        expected = f"the same as min_gw {order.min_gw:g} where status is signed, or rows in {SignedDelivery.about.file}"
        yield order.problem("max_gw", expected)
    elif order.lot_gw and _lots(order.max_gw, order.lot_gw) < 1:
        yield order.problem("lot_gw", f"a number not above max_gw {order.max_gw:g}")
    elif order.lot_gw and _lots(order.max_gw, order.lot_gw) * order.lot_gw < order.min_gw - 1e-9:
        yield order.problem("lot_gw", f"a lot with a multiple from min_gw {order.min_gw:g} to max_gw {order.max_gw:g}")


def _placed(order: ChipPurchase, placed: Sequence[SignedDelivery]) -> Iterator[Problem]:
    """Problems of what the rows of an order in signed_deliveries say was ordered already."""
    for row in placed:
        if row.gw is None:
            yield row.problem("gw", f"the GW of this delivery, as {order.offer} is an order")
        yield from dates_in_order(row, "signed_on", "delivered_on")
        yield from dates_in_order(row, "delivered_on", "runs_from")
        if row.cost_usd_bn is not None and not row.gw and row.cost_usd_bn > 0:
            yield row.problem("cost_usd_bn", "0 or a blank where gw is 0")
        deposit, cost = row.deposit_paid_usd_bn, row.cost_usd_bn
        if deposit is not None and cost is not None and deposit > cost * (1 + ADDS_UP):
            yield row.problem("deposit_paid_usd_bn", f"a number not above cost_usd_bn {cost:g}")
    if not placed:
        return
    first, total = min(placed, key=lambda row: row.line), sum(row.gw or 0.0 for row in placed)
    if order.min_gw > 0 and order.status not in (OfferStatus.SIGNED, OfferStatus.CLOSED):
        yield order.problem("status", f"signed, as {SignedDelivery.about.file} says that it is ordered")
    if order.min_gw > 0 and total == 0:
        yield first.problem("gw", f"a number above 0, as {order.offer} has a min_gw")
    if total > order.max_gw + ADDS_UP * max(1.0, order.max_gw):
        yield first.problem(
            "gw", f"no more than max_gw {order.max_gw:g} over all rows of {order.offer}", f"{total:.7g}"
        )
    days = {row.signed_on for row in placed}
    if order.min_gw > 0 and len(days) > 1:
        yield first.problem(
            "signed_on", f"one day for all rows of {order.offer}, as its min_gw is above 0", f"{len(days)}"
        )


def _lots(quantity: float, lot: float) -> int:
    """How many whole lots fit into a quantity."""
    return int(quantity / lot + 1e-9)


def _signing(order: ChipPurchase, placed: bool) -> Iterator[Problem]:
    yield from dates_in_order(order, "sign_from", "sign_by")
    if order.status is OfferStatus.SIGNED and order.sign_from is None and not placed:
        yield order.problem("sign_from", "the date on which it was ordered, as its status is signed")


def _resale(tables: Tables) -> Iterator[Problem]:
    """Problems where chips that are bought or owned have no resale values from age 0 on."""
    youngest: dict[str, ResaleValue] = {}
    for row in tables.rows(ResaleValue):
        if row.chip not in youngest or row.age_years < youngest[row.chip].age_years:
            youngest[row.chip] = row
    for row in youngest.values():
        if row.age_years > 0:
            yield row.problem("age_years", f"0 as the first age of {row.chip}")
    held: list[ChipPurchase | OwnedChip] = [*tables.rows(ChipPurchase), *tables.rows(OwnedChip)]
    reported: set[str] = set()
    for holding in held:
        if holding.chip not in {*youngest, *reported}:
            reported.add(holding.chip)
            yield holding.problem("chip", f"a chip with rows in {ResaleValue.about.file}")
