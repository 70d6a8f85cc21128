"""Limits that bind in a market, and which instruments truly relieve each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.adversary.market import HALL_RENT, PRICE, ROOM, Market, Tables, cloud


@dataclass(frozen=True)
class Binding:
    """A market with a limit that makes its best plan dearer."""

    tables: Tables = field(default_factory=dict)
    finance: Mapping[str, object] = field(default_factory=lambda: dict(ROOM))
    cash: float = 1000.0
    grid: float | str = ""
    relieved_by: frozenset[str] = frozenset()
    """instruments that may truly relieve it, even where they serve nothing"""

    def market(self, months: int, rate: float, horizon: str) -> Market:
        """The market with this treasury."""
        return Market(months, rate, horizon, self.cash, self.finance, self.grid)


def policy(kind: str, subject: str, value: float, penalty: float | str = "") -> Tables:
    """One policy."""
    row = {"policy": "rule", "kind": kind, "subject": subject, "from_date": "2027-01-01", "value": value}
    return {"policies": [{**row, "penalty": penalty}]}


def cheap(**cells: Any) -> dict[str, list[dict[str, object]]]:
    """Half the market's price, from a provider of its own, with a floor for all of it."""
    price = PRICE / 2
    return cloud("cheap", "cheap_provider", capacity=1.0, price=price, floor=price, scales=(0.1, 1.0), **cells)


def own(**cells: Any) -> dict[str, list[dict[str, object]]]:
    """Halls at a quarter of the market's price, and chips that are owned already."""
    row: dict[str, object] = {
        "offer": "own", "site": "own", "phase": 1, "region": "west", "developer": "landlord", "stage": "loi",
        "status": "open", "lead_months": 0, "ready_date": "2027-01-01", "capacity_mw": 1000, "min_share": 0.1,
        "rent_usd_per_kw_month": HALL_RENT / 4, "escalator_rate": 0, "term_years": 6, "pue": 1,
        "power_usd_per_mwh": 0, "load_factor_share": 1, "families": "tpu", "needs_guarantee": "false",
    }  # fmt: skip
    return {
        "site_leases": [{**row, **cells}],
        "owned_chips": [{"chip": "good", "gw": 1, "in_service": "2027-01-01", "cost_usd_bn": 16}],
    }


BINDING: dict[str, Binding] = {
    "liquidity": Binding(
        finance={"revenue_usd_bn_per_year": 5, "other_cost_share": 0, "min_cash_usd_bn": 1}, cash=1.0,
        relieved_by=frozenset({"term_loan", "assigned", "chip_purchase"}),
    ),
    "debt_cap": Binding(own(), {**ROOM, "debt_cap_usd_bn": 4}),
    "debt_multiple": Binding(own(), {"revenue_usd_bn_per_year": 20, "other_cost_share": 0, "debt_multiple_max": 0.2}),
    "cover": Binding(cheap(), {"revenue_usd_bn_per_year": 20, "other_cost_share": 0, "cover_min": 8}),
    "obligations": Binding(cheap(), {**ROOM, "obligations_cap_usd_bn": 8}),
    "grid_limit": Binding(own(), grid=0.4),
    "provider_share": Binding({**cheap(), **policy("provider_share_max", "cheap_provider", 0.5)}),
    "family_share": Binding({**cheap(), **policy("family_share_max", "tpu", 0.9, 3)}),
    "provider_loss": Binding({**cheap(), **policy("survive_loss_of_provider", "cheap_provider", 0.9, 5)}),
    "reserve_margin": Binding({**policy("reserve_margin_min", "", 1.0, 5)}),
    "in_region": Binding({**cheap(region="east"), **policy("served_in_region_min", "west", 1.0, 2)}),
    "circular_funding": Binding(
        {**cheap(equity_usd_bn=10), **policy("funding_from_provider_max", "cheap_provider", 0.3)},
    ),
    "guarantor": Binding(
        {
            **own(needs_guarantee="true", cover_measure="termination", cover_usd_bn_per_gw=8),
            "cover_runoff": [{"age_years": 0, "cover_share": 1}],
            "guarantors": [{"guarantor": "backer", "kind": "lease", "families": "tpu", "fee_rate": 0}],
            "guarantor_caps": [
                {"guarantor": "backer", "kind": "lease", "from_date": "2027-01-01", "cap_usd_bn": 4, "used_usd_bn": 0}
            ],
        }
    ),
}  # fmt: skip
"""every limit that somebody sets, in a market where it binds"""
