"""The price of an order: per GW."""

from __future__ import annotations

from planner.common.chips import Chip
from planner.instruments.chip_purchase.postings import NAME, vintages
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared.assignable_orders import ORDER
from planner.instruments.shared.chips_held import price_per_gw
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice
from planner.ledgers.variables import decision_name


def price(plan: PlanData, offer: ChipPurchase) -> MovablePrice:
    """The order's own price.

    Where the price depends on the date, it is what the plan pays per GW on average for what it orders itself; where it
    orders nothing, the price at the first date of the order's window.
    """
    case, now = plan.case, offer.price_usd_bn_per_gw
    if now is None:
        decided = [each for each in vintages(case)[0] if each.row.offer == offer.offer and not each.sunk]
        gw = {each.key: plan.values.get(decision_name(NAME, ORDER, each.key), 0.0) for each in decided}
        paid = sum(gw[each.key] * sum(part.price_usd_bn for part in each.deliveries) for each in decided)
        ordered = sum(gw.values())
        chips = {chip.chip: chip for chip in case.rows(Chip)}
        first = max(offer.sign_from or case.calendar.start, case.calendar.start)
        now = paid / ordered if paid > 0 and ordered > 0 else price_per_gw(case, chips[offer.chip], first)
    cell = f"chip_purchases[{offer.offer}].price_usd_bn_per_gw"
    return MovablePrice("price", "USD bn per GW", now, frozenset({"deposit", "balance", "resale"}), cell=cell)
