"""The price of a power purchase."""

from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice

from .tables import PowerPurchase


def price(plan: PlanData, offer: PowerPurchase) -> MovablePrice:
    """The price per GW-year."""
    cell = f"power_purchases[{offer.offer}].price_usd_bn_per_gw_year"
    return MovablePrice(
        "price", "USD bn per GW-year", offer.price_usd_bn_per_gw_year, frozenset({"power_fee"}), cell=cell
    )
