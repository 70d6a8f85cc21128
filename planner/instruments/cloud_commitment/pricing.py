"""The price of a commitment: per GW-year, of all its tiers in proportion."""

from __future__ import annotations

from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTier
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice


def price(plan: PlanData, offer: CloudCommitment) -> MovablePrice | None:
    """The price of the tier that is signed; of the cheapest where none is."""
    tiers = [tier for tier in plan.case.rows(CloudTier) if tier.offer == offer.offer]
    signed = plan.decisions[(plan.decisions["offer"] == offer.offer) & (plan.decisions["what"] == "sign")]
    chosen = set(signed["tier"])
    prices = [tier.price_usd_bn_per_gw_year for tier in tiers if tier.tier in chosen or not chosen]
    if not prices:
        return None
    cells = (f"cloud_tiers[{offer.offer},*].price_usd_bn_per_gw_year",)
    return MovablePrice("price", "USD bn per GW-year", min(prices), frozenset({"spend"}), cells)
