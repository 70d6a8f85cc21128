"""The price of a phase: its rent."""

from __future__ import annotations

from planner.instruments.site_lease.tables import CoverMeasure, SiteLease
from planner.interfaces.plan_data import PlanData
from planner.interfaces.pricing import MovablePrice


def price(plan: PlanData, offer: SiteLease) -> MovablePrice:
    """Its rent. A guarantor's fee is in proportion to it where the exposure is measured by the rent."""
    lines = frozenset({"rent", "deposit", "deposit_returned", "waived_rent"})
    if offer.cover_measure in (CoverMeasure.REMAINING_RENT, CoverMeasure.PV_RENT):
        lines |= {"guarantee_fee"}
    cell = f"site_leases[{offer.offer}].rent_usd_per_kw_month"
    return MovablePrice("rent", "USD per kW and month", offer.rent_usd_per_kw_month, lines, cell=cell)
