"""Lot sizing as durable capacity, against published optima.

The instances are those of the textbook by L. V. Snyder and Z.-J. M. Shen, Fundamentals of Supply Chain Theory, as the
tests of the package stockpyl have them: example 3.9, problems 3.27 and 3.29, and one with purchase costs that change
over time. An order costs a fixed sum and so much a unit; a unit carried from one period to the next costs the holding
cost.

As capacity: the demand d_t adds to what is asked for, D_t = d_1 + … + d_t, and chips once bought stay to the end. Chips
held in t less D_t are the stock that the instance carries into the next period. So with the holding cost as the upkeep
of every chip held, the optimum is the published one plus holding cost · Σ_t D_t.
"""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest

from planner.api import Case
from tests.plans import cost, solved
from tests.small import demand, small, values


@dataclass(frozen=True)
class Instance:
    holding: float
    fixed: float
    wanted: tuple[int, ...]
    unit: tuple[float, ...]
    published: float


INSTANCES = {
    "example_3_9": Instance(2, 500, (90, 120, 80, 70), (0, 0, 0, 0), 1380),
    "problem_3_27": Instance(0.8, 120, (150, 100, 80, 200), (0, 0, 0, 0), 424),
    "problem_3_29": Instance(0.1, 100, (730, 580, 445, 650, 880), (0, 0, 0, 0, 0), 423),
    "purchase_costs": Instance(0.1, 100, (400, 500, 500, 1100, 900), (3, 1, 4, 6, 6), 4940),
}


def as_case(folder: Path, given: Instance) -> Case:
    """One order a year, delivered at once; one free hall that holds everything."""
    total = sum(given.wanted)
    orders = ["offer,chip,vendor,status,sign_from,sign_by,max_gw,price_usd_bn_per_gw,signing_fee_usd_bn"]
    deliveries = ["offer,months,delivered_share"]
    for t, price in enumerate(given.unit):
        day = f"{2026 + t}-01-01"
        orders.append(f"order_{t},tpu_a,maker,open,{day},{day},{total},{price},{given.fixed}")
        deliveries.append(f"order_{t},0,1")
    return small(
        folder,
        end=2026 + len(given.wanted),
        shortage=None,
        demand=demand(*accumulate(given.wanted)),
        chips=f"""
            chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
            tpu_a,tpu,maker,2026-01-01,0,0,20,{given.holding}
            """,
        resale_values="""
            chip,age_years,value_share
            tpu_a,0,0
            """,
        site_leases=f"""
            offer,site,phase,region,developer,stage,status,lead_months,ready_date,capacity_mw,min_share,rent_usd_per_kw_month,escalator_rate,term_years,pue,power_usd_per_mwh,load_factor_share,families,needs_guarantee
            hall,Hall,1,here,landlord,existing,signed,0,2026-01-01,{1000 * total},1,0,0,20,1,0,1,tpu,false
            """,
        chip_purchases="\n".join(orders),
        chip_deliveries="\n".join(deliveries),
    )


@pytest.mark.parametrize("name", INSTANCES)
def test_published_optimum(tmp_path: Path, name: str) -> None:
    given = INSTANCES[name]
    carried = given.holding * sum(accumulate(given.wanted))
    assert cost(solved(as_case(tmp_path, given))) - carried == pytest.approx(given.published, rel=1e-6)


# Example 3.9 by hand: order 90 + 120 at once and 80 + 70 in the third period. Two orders are 1000; 120 and then 70
# are carried for a period each, 2 · 190 = 380.
def test_orders_of_example_3_9(tmp_path: Path) -> None:
    plan = solved(as_case(tmp_path, INSTANCES["example_3_9"]))
    assert values(plan, "order", "offer") == pytest.approx({"order_0": 210.0, "order_2": 150.0})
