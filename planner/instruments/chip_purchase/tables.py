"""Tables of chip purchases: orders, their deliveries, and what is owned already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.chips import ChipDelivery, ResaleValue
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table, Tables


class ChipPurchase(Offer):
    """An order of chips."""

    about: ClassVar[Table] = Table("chip_purchases", "one row per order", ("offer",))

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    vendor: Annotated[str, Field("who sells it", identifier=True)]
    sign_from: Annotated[date | None, Field("first day on which it may be ordered; blank: the case's start")] = None
    sign_by: Annotated[date | None, Field("last day on which it may be ordered; blank: the case's end")] = None
    min_gw: Annotated[
        float, Field("least that is ordered if anything is; above 0: all on one day, 0: spread at will", least=0)
    ] = 0.0
    max_gw: Annotated[float, Field("most that is ordered", least=0)]
    lot_gw: Annotated[float | None, Field("ordered in multiples of this; blank: any quantity", above=0)] = None
    price_usd_bn_per_gw: Annotated[float | None, Field("price; blank: the chip's capex at delivery", least=0)] = None
    deposit_share: Annotated[float, Field("part of the price paid on ordering", least=0, most=1)] = 0.0


class OwnedChip(Row):
    """Chips owned at the case's start."""

    about: ClassVar[Table] = Table("owned_chips", "one row per chip and date in service", ("chip", "in_service"))

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    in_service: Annotated[date, Field("day on which it was or will be put in service")]
    gw: Annotated[float, Field("quantity", least=0)]
    cost_usd_bn: Annotated[float, Field("what it cost, on which its resale value is reckoned", least=0)]


def check(tables: Tables) -> Iterator[Problem]:
    """What the columns of an order say together, its deliveries, and resale values of what is bought or owned."""
    shares = defaultdict[str, list[ChipDelivery]](list)
    for delivery in tables.rows(ChipDelivery):
        shares[delivery.offer].append(delivery)
    for order in tables.rows(ChipPurchase):
        yield from _quantity(order)
        yield from _signing(order)
        if tables.complete(ChipDelivery):
            yield from _deliveries(order, shares[order.offer])
    if tables.complete(ResaleValue):
        yield from _resale(tables)


def _quantity(order: ChipPurchase) -> Iterator[Problem]:
    if order.status is OfferStatus.REQUIRED and order.min_gw == 0:
        yield order.problem("min_gw", "a number above 0 where status is required")
    if order.max_gw < order.min_gw:
        yield order.problem("max_gw", f"a number not below min_gw {order.min_gw:g}")
    elif order.status is OfferStatus.SIGNED and order.min_gw < order.max_gw:
        yield order.problem("max_gw", f"the same as min_gw {order.min_gw:g} where status is signed")
    elif order.lot_gw and _lots(order.max_gw, order.lot_gw) < 1:
        yield order.problem("lot_gw", f"a number not above max_gw {order.max_gw:g}")
    elif order.lot_gw and _lots(order.max_gw, order.lot_gw) * order.lot_gw < order.min_gw - 1e-9:
        yield order.problem("lot_gw", f"a lot with a multiple from min_gw {order.min_gw:g} to max_gw {order.max_gw:g}")


def _lots(quantity: float, lot: float) -> int:
    """Whole lots within a quantity."""
    return int(quantity / lot + 1e-9)


def _signing(order: ChipPurchase) -> Iterator[Problem]:
    if order.sign_from and order.sign_by and order.sign_by < order.sign_from:
        yield order.problem("sign_by", f"a date not before sign_from {order.sign_from}")
    if order.status is OfferStatus.SIGNED and order.sign_from is None:
        yield order.problem("sign_from", "the date on which it was ordered, as its status is signed")


def _deliveries(order: ChipPurchase, deliveries: list[ChipDelivery]) -> Iterator[Problem]:
    total = sum(delivery.delivered_share for delivery in deliveries)
    if not deliveries:
        yield order.problem("offer", f"an order with at least one row in {ChipDelivery.about.file}")
    elif abs(total - 1) > 1e-6:
        first = min(deliveries, key=lambda delivery: delivery.line)
        yield first.problem("delivered_share", f"parts that add to 1 over all rows of {order.offer}", f"{total:.7g}")


def _resale(tables: Tables) -> Iterator[Problem]:
    """Chips bought or owned have resale values, from age 0 on."""
    youngest: dict[str, ResaleValue] = {}
    for row in tables.rows(ResaleValue):
        if row.chip not in youngest or row.age_years < youngest[row.chip].age_years:
            youngest[row.chip] = row
    for row in youngest.values():
        if row.age_years > 0:
            yield row.problem("age_years", f"0 as the first age of {row.chip}")
    held: list[ChipPurchase | OwnedChip] = [*tables.rows(ChipPurchase), *tables.rows(OwnedChip)]
    told: set[str] = set()
    for holding in held:
        if holding.chip not in {*youngest, *told}:
            told.add(holding.chip)
            yield holding.problem("chip", f"a chip with rows in {ResaleValue.about.file}")
