"""Chip purchase: what a plan leaves to the case of a later day.

What was ordered before the day stands in signed_deliveries, by date of the order and delivery: GW, the deposit that is
paid, and what the chips have cost or will cost. The cost stays blank where the order states no price and the delivery
is still to come, as it is then the chip's price on that day. An order of which a part may still be ordered stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from planner.common.chips import Chip, OwnedChip
from planner.instruments.chip_purchase.postings import NAME, OrderVintage, vintages
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.chips_held import life_ends
from planner.instruments.shared.deliveries import signed_deliveries
from planner.instruments.shared.signed_rows import NOTHING, recorded, still_waits
from planner.instruments.shared.signing_dates import signing_periods
from planner.interfaces.advance import Roll, RowChange, changed, left_out
from planner.ledgers.deliveries import Delivery
from planner.tables.offer import OfferStatus


def advance(roll: Roll) -> Iterator[RowChange]:
    """The orders that were placed before the day, and owned chips whose life is over by then."""
    of_offer: dict[str, list[tuple[OrderVintage, float]]] = defaultdict(list)
    for vintage in vintages(roll.case)[0]:
        gw = vintage.placed_gw
        if gw is None and vintage.signed < roll.period:
            gw = roll.value(NAME, ORDER, *vintage.key)
            if gw < NOTHING and roll.value(NAME, "sign", *vintage.key) < 0.5:
                gw = None
        if gw is not None:
            of_offer[vintage.row.offer].append((vintage, gw if gw >= NOTHING else 0.0))
    for placed in of_offer.values():
        yield from _order(roll, placed[0][0].row, placed)
    chips = {chip.chip: chip for chip in roll.case.rows(Chip)}
    for owned in roll.case.rows(OwnedChip):
        delivery = Delivery(owned.in_service, owned.gw, owned.cost_usd_bn)
        if life_ends(chips[owned.chip], delivery) <= roll.day:
            yield left_out(owned, "their life is over")


def _order(roll: Roll, row: ChipPurchase, placed: Sequence[tuple[OrderVintage, float]]) -> Iterator[RowChange]:
    """An order, with what was ordered on each day."""
    for vintage, gw in placed:
        yield from _deliveries(roll, vintage, gw)
    if _open(roll, row, sum(gw for _, gw in placed)):
        return
    if row.status is not OfferStatus.SIGNED:
        yield changed(row, f"ordered before {roll.day}", status=OfferStatus.SIGNED)
    chips = [delivery for vintage, gw in placed if gw > 0 for delivery in vintage.deliveries]
    if chips and all(life_ends(placed[0][0].chip, each) <= roll.day for each in chips):
        yield left_out(row, "the life of all its chips is over")


def _open(roll: Roll, row: ChipPurchase, ordered: float) -> bool:
    """Whether more of it may be ordered from the day on."""
    rest, least = row.max_gw - ordered, max(NOTHING, (row.lot_gw or 0.0) - NOTHING)
    if row.status is OfferStatus.SIGNED or row.min_gw > 0 or rest < least:
        return False
    window, _ = signing_periods(roll.case.calendar, row.status, row.sign_from, row.sign_by)
    return any(t >= roll.period for t in window)


def _deliveries(roll: Roll, vintage: OrderVintage, gw: float) -> Iterator[RowChange]:
    """The deliveries of what was ordered on a day."""
    row, ordered = vintage.row, vintage.ordered
    why, stated = f"{row.offer} was ordered on {ordered}", signed_deliveries(roll.case, row.offer).get(ordered, ())
    if gw == 0:
        if not stated:
            first = min(each.on for each in vintage.deliveries)
            yield from recorded(None, row.offer, ordered, first, why, gw=0.0)
        return
    known = {each.delivered_on: each for each in stated}
    for on, (delivery, deposit) in _by_day(vintage).items():
        before = known.get(on)
        fixed = on < roll.day or row.price_usd_bn_per_gw is not None
        cells: dict[str, float | date | None] = {
            "gw": delivery.gw * gw,
            "cost_usd_bn": delivery.price_usd_bn * gw if fixed else None,
            "deposit_paid_usd_bn": deposit * gw,
            "runs_from": still_waits(roll, vintage.chip, delivery),
        }
        yield from recorded(before, row.offer, ordered, on, why, **cells)


def _by_day(vintage: OrderVintage) -> dict[date, tuple[Delivery, float]]:
    """The deliveries of a vintage, those of one day together, and the deposit on them [USD bn], per GW ordered."""
    found: dict[date, tuple[Delivery, float]] = {}
    for delivery, share, _ in vintage.parts:
        before, deposit = found.get(delivery.on, (Delivery(delivery.on, 0.0, 0.0), 0.0))
        together = Delivery(
            delivery.on, before.gw + delivery.gw, before.price_usd_bn + delivery.price_usd_bn, delivery.runs_from
        )
        found[delivery.on] = together, deposit + share * delivery.price_usd_bn
    return {on: each for on, each in found.items() if each[0].gw > 0}
