"""The price of an order: per GW."""

from __future__ import annotations

from planner.common.chips import Chip
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared.chips_held import price_per_gw
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice


def price(plan: PlanData, offer: ChipPurchase) -> MovablePrice:
    """The order's own price.

    Where the price depends on the date, it is what the plan pays per GW on average; where the plan orders nothing, the
    price at the first date of the order's window.
    """
    case, now = plan.case, offer.price_usd_bn_per_gw
    if now is None:
        cash = plan.ledger[(plan.ledger["offer"] == offer.offer) & (plan.ledger["ledger"] == "cash")]
        paid = -float(cash.loc[cash["line"].isin(("deposit", "balance")), "value"].sum())
        mine = plan.decisions[(plan.decisions["offer"] == offer.offer) & (plan.decisions["what"] == "order")]
        ordered = float(mine["value"].sum())
        chips = {chip.chip: chip for chip in case.rows(Chip)}
        first = max(offer.sign_from or case.calendar.start, case.calendar.start)
        now = paid / ordered if paid > 0 and ordered > 0 else price_per_gw(case, chips[offer.chip], first)
    cell = f"chip_purchases[{offer.offer}].price_usd_bn_per_gw"
    return MovablePrice("price", "USD bn per GW", now, frozenset({"deposit", "balance", "resale"}), cell=cell)
