"""A fair market as tables, and the cost of the best plan in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.solve.solve import solve
from tests.inputs import write_case
from tests.plans import confirmed

Row = dict[str, object]
Tables = Mapping[str, Iterable[Row]]

PRICE = 10.0
"""what a GW-year costs in the market [USD bn]"""
CAPEX = 16.0
"""what a GW of chips costs [USD bn]"""
HALL_RENT = PRICE / 0.012
"""rent at which halls alone cost as much as the market [USD per kW and month]"""
MONTHLY = PRICE / 12.0
SHORTAGE = 40.0
VALUES = {0: 1.0, 1: 0.7, 2: 0.45, 3: 0.3, 4: 0.2, 5: 0.1}
"""resale value of chips by age"""

ROOM = {"revenue_usd_bn_per_year": 1000.0, "other_cost_share": 0.0}
"""a treasury that never runs short"""


@dataclass(frozen=True)
class Market:
    """The frame of a market: four years from 2027 on, one region, demand of 1 reference GW."""

    months: int = 12
    rate: float = 0.0
    horizon: str = "fair"
    cash: float = 1000.0
    finance: Mapping[str, object] = field(default_factory=lambda: dict(ROOM))
    grid: float | str = ""
    """IT power of own halls that the grid carries [GW]"""

    def tables(self) -> dict[str, list[Row]]:
        """The lab's own tables, and the market: a cloud commitment without a floor at the market's price."""
        return {
            "regions": [{"region": "west", "grid_limit_gw": self.grid}, {"region": "east"}],
            "links": [{"region_a": "west", "region_b": "east", "latency_ms": 1, "egress_usd_bn_per_gw_year": 0}],
            "workloads": [{"workload": "train", "max_latency_ms": 10, "interruptible_share": 1}],
            "demand": [{"from_date": "2027-01-01", "region": "west", "workload": "train", "demand_gw": 1}],
            "chips": [chip("good"), chip("poor", "trainium"), chip("useless", "gpu")],
            "chip_performance": [
                {"chip": "good", "workload": "train", "gw_equivalent": 1},
                {"chip": "poor", "workload": "train", "gw_equivalent": 0.001},
            ],
            "resale_values": [
                {"chip": name, "age_years": age, "value_share": value}
                for name in ("good", "poor", "useless")
                for age, value in VALUES.items()
            ],
            "finance": [{"from_date": "2027-01-01", **self.finance}],
            **cloud("market", "market", capacity=1.5, price=PRICE),
        }

    def toml(self) -> str:
        """The settings."""
        return (
            f'title = "market"\nstart = 2027-01-01\nend = 2031-01-01\nperiod_months = {self.months}\n'
            f"discount_rate = {self.rate}\nlease_rate = {self.rate}\nopening_cash_usd_bn = {self.cash}\n"
            f'shortage_cost_usd_bn_per_gw_year = {SHORTAGE}\nhorizon = "{self.horizon}"\n'
            "[solver]\ngap = 1e-9\n"
        )

    def cost(self, *more: Tables) -> float:
        """Present cost of the best plan of the market with more tables; infinite where there is none."""
        with tempfile.TemporaryDirectory() as folder:
            case = Case.read(write_case(Path(folder) / "case", self.toml(), **written(joined(self.tables(), *more))))
            try:
                return confirmed(solve(case)).record.objective_usd_bn
            except Infeasible:
                return float("inf")


def chip(name: str, family: str = "tpu") -> Row:
    """A chip at its value."""
    return {
        "chip": name, "family": family, "vendor": "maker", "available_from": "2020-01-01",
        "capex_usd_bn_per_gw": CAPEX, "capex_decline_rate": 0, "life_years": 5, "opex_usd_bn_per_gw_year": 0,
        "reference_price_usd_bn_per_gw_year": PRICE,
    }  # fmt: skip


def cloud(
    offer: str,
    provider: str,
    *,
    capacity: float,
    price: float,
    floor: float = 0.0,
    years: float = 4,
    of: str = "good",
    region: str = "west",
    scales: tuple[float, float] = (1.0, 1.0),
    tier: Mapping[str, object] | None = None,
    **cells: object,
) -> dict[str, list[Row]]:
    """A commitment; its floor is the same in each contract year."""
    signing: Row = {"sign_by": "2027-01-01", "lead_months": 0, **cells}
    return {
        "cloud_commitments": [
            {"offer": offer, "provider": provider, "status": "open", "term_years": years,
             "shortfall": "forfeit", **signing}
        ],
        "cloud_tiers": [
            {"offer": offer, "tier": "only", "price_usd_bn_per_gw_year": price, "scale_min": scales[0],
             "scale_max": scales[1], **(tier or {})}
        ],
        "cloud_terms": [
            {"offer": offer, "contract_year": year + 1, "capacity_gw": capacity, "floor_usd_bn": floor}
            for year in range(int(-(-years // 1)))
        ],
        "cloud_products": [
            {"offer": offer, "chip": of, "region": region, "price_factor": 1, "from_date": "2020-01-01"}
        ],
    }  # fmt: skip


def joined(*several: Tables) -> dict[str, list[Row]]:
    """The rows of several tables of the same name, one after the other."""
    found: dict[str, list[Row]] = {}
    for tables in several:
        for name, rows in tables.items():
            found.setdefault(name, []).extend(rows)
    return found


def written(tables: Tables) -> dict[str, str]:
    """Tables as CSV text."""
    found = {}
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
        found[name] = "\n".join([",".join(columns), *lines, ""])
    return found
