"""Textbook problems written as the tables of a case: facility location, a knapsack, lot-sizing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import numpy as np

from planner.api import Case
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solver import Program

SETTINGS = 'discount_rate = 0.0\nlease_rate = 0.0\nhorizon = "cut"\n'
CHIP_COLUMNS = (
    "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year"
)


def program_of(case: Case) -> Program:
    """What the planner solves for a case."""
    return model(Portfolio.of(case)).program().without_names()


def _case(settings: str, tables: Mapping[str, Sequence[str]]) -> Case:
    files = {f"{name}.csv": "\n".join([*lines, ""]).encode() for name, lines in tables.items()}
    return Case.made_of({"case.toml": (settings + SETTINGS).encode(), **files})


def _cloud(fees: Sequence[float], capacity: Sequence[float], regions: Sequence[str]) -> dict[str, list[str]]:
    """Offers of a whole capacity for a fee, for one year, each in a region."""
    offers = range(len(fees))
    return {
        "chips": [CHIP_COLUMNS, "chip,gpu,maker,2030-01-01,0,0,99,0"],
        "chip_performance": ["chip,workload,gw_equivalent", "chip,work,1"],
        "workloads": ["workload,max_latency_ms,interruptible_share", "work,1,0"],
        "cloud_commitments": [
            "offer,provider,status,term_years,shortfall,signing_fee_usd_bn,equity_usd_bn,lead_months",
            *(f"offer_{i},cloud,open,1,forfeit,{fees[i]},0,0" for i in offers),
        ],
        "cloud_products": [
            "offer,chip,region,price_factor,from_date",
            *(f"offer_{i},chip,{regions[i]},1,2030-01-01" for i in offers),
        ],
        "cloud_terms": [
            "offer,contract_year,capacity_gw,floor_usd_bn",
            *(f"offer_{i},1,{capacity[i]},0" for i in offers),
        ],
        "cloud_tiers": [
            "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,upfront_usd_bn",
            *(f"offer_{i},only,0,1,1,0" for i in offers),
        ],
    }


def _demand(regions: Iterable[str], gw: Iterable[float]) -> list[str]:
    rows = [f"2030-01-01,{region},work,{value}" for region, value in zip(regions, gw, strict=True)]
    return ["from_date,region,workload,demand_gw", *rows]


ONE_YEAR = 'title = "textbook"\nstart = 2030-01-01\nend = 2031-01-01\nperiod_months = 12\n'


def warehouses(seed: int, sites: int = 30, customers: int = 30) -> Program:
    """Capacitated facility location: a site is a cloud contract, and egress is what it costs to serve a customer."""
    dice = np.random.default_rng(seed)
    at, of = dice.uniform(0, 1, (sites, 2)), dice.uniform(0, 1, (customers, 2))
    distance = np.linalg.norm(at[:, None] - of[None], axis=2)
    wanted = dice.integers(50, 700, customers).astype(float)
    fees = [float(fee) for fee in dice.integers(500, 1500, sites)]
    capacity = [float(np.ceil(5 * wanted.sum() / sites))] * sites
    here, there = [f"site_{i}" for i in range(sites)], [f"customer_{j}" for j in range(customers)]
    tables = _cloud(fees, capacity, here)
    tables["regions"] = ["region", *here, *there]
    tables["links"] = ["region_a,region_b,latency_ms,egress_usd_bn_per_gw_year"] + [
        f"{here[i]},{there[j]},1,{5 * distance[i, j]:.6f}" for j in range(customers) for i in range(sites)
    ]
    tables["demand"] = _demand(there, wanted)
    return program_of(_case(ONE_YEAR, tables))


def cash_knapsack(seed: int, items: int = 150) -> Program:
    """A knapsack: opening cash is the capacity, each contract covers a shortage that costs its profit."""
    dice = np.random.default_rng(seed)
    weight = dice.integers(100, 1000, items).astype(float)
    profit = weight + 100 + dice.integers(0, 20, items)
    regions = [f"r{i}" for i in range(items)]
    covered = profit + weight  # a shortage costs 1 per GW, the fee is lost
    tables = _cloud(weight.tolist(), covered.tolist(), regions)
    tables["regions"] = ["region", *regions]
    tables["demand"] = _demand(regions, covered)
    tables["finance"] = [
        "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,obligations_cap_usd_bn,debt_cap_usd_bn",
        "2030-01-01,0,0,0,,",
    ]
    cash = float(np.floor(weight.sum() / 3))
    more = f'shortage_cost_usd_bn_per_gw_year = 1.0\nopening_cash_usd_bn = {cash}\nrecognise_leases = "signing"\n'
    return program_of(_case(ONE_YEAR + more, tables))


def chip_orders(seed: int, periods: int = 40, regions: int = 4) -> Program:
    """Lot-sizing: chips once bought stay, so that those held beyond the demand so far are the stock.

    One order a quarter and region, with a fee; upkeep is what holding costs. A common hall has room for all.
    """
    dice = np.random.default_rng(seed)
    wanted = dice.integers(0, 10, (regions, periods)).astype(float)
    wanted[:, 0] += 1.0
    total = float(wanted.sum())
    here = [f"r{r}" for r in range(regions)]
    days = [f"{2030 + t // 4}-{1 + 3 * (t % 4):02d}-01" for t in range(periods)]
    orders = ["offer,chip,vendor,status,sign_from,sign_by,max_gw,price_usd_bn_per_gw,signing_fee_usd_bn"]
    deliveries, asked = ["offer,months,delivered_share"], ["from_date,region,workload,demand_gw"]
    chips, performs, halls = [CHIP_COLUMNS], ["chip,workload,gw_equivalent"], []
    for r in range(regions):
        fee, upkeep = dice.uniform(4, 12), dice.uniform(0.5, 2.0)
        chips.append(f"chip_{r},gpu{r},maker,2030-01-01,0,0,40,{upkeep:.4f}")
        performs.append(f"chip_{r},work_{r},1")
        halls.append(
            f"hall_{r},Hall {r},1,{here[r]},landlord,existing,signed,0,2030-01-01,{1000 * total},1,0,0,20,1,0,1,"
            f"gpu{r},false"
        )
        for t, gw in enumerate(accumulate(wanted[r])):
            price = dice.uniform(0, 2)
            orders.append(f"order_{r}_{t},chip_{r},maker,open,{days[t]},{days[t]},{total},{price:.4f},{fee:.4f}")
            deliveries.append(f"order_{r}_{t},0,1")
            asked.append(f"{days[t]},{here[r]},work_{r},{gw}")
    tables = {
        "chips": chips,
        "chip_performance": performs,
        "workloads": ["workload,max_latency_ms,interruptible_share", *(f"work_{r},1,0" for r in range(regions))],
        "regions": ["region", *here],
        "demand": asked,
        "resale_values": ["chip,age_years,value_share", *(f"chip_{r},0,0" for r in range(regions))],
        "site_leases": [
            "offer,site,phase,region,developer,stage,status,lead_months,ready_date,capacity_mw,min_share,"
            "rent_usd_per_kw_month,escalator_rate,term_years,pue,power_usd_per_mwh,load_factor_share,families,"
            "needs_guarantee",
            *halls,
        ],
        "chip_purchases": orders,
        "chip_deliveries": deliveries,
    }
    end = f"{2030 + periods // 4}-01-01"
    return program_of(_case(f'title = "lots"\nstart = 2030-01-01\nend = {end}\nperiod_months = 3\n', tables))
