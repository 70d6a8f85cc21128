"""The price of spare capacity: its fee, or its price per GW-year."""

from __future__ import annotations

from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice


def price(plan: PlanData, offer: SpareCapacity) -> MovablePrice:
    """The fee where it is paid by a fee, else the price of what is used."""
    cell = f"spare_capacity[{offer.offer}]."
    if offer.fee_usd_bn_per_month is not None:
        name, now = "fee_usd_bn_per_month", offer.fee_usd_bn_per_month
        return MovablePrice("fee", "USD bn per month", now, frozenset({"spare_fee"}), cell=cell + name)
    name, now = "price_usd_bn_per_gw_year", offer.price_usd_bn_per_gw_year or 0.0
    return MovablePrice("price", "USD bn per GW-year", now, frozenset({"spare_use"}), cell=cell + name)
