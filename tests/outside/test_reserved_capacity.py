"""Reserved against on-demand capacity, against published optima.

The instances are the test cases of github.com/caio-galvao/aws-model, an optimiser of cloud reservations. A reservation
of whole units lasts a fixed number of periods and costs a sum up front and a price for each period of its term, used or
not, also for those after the end; on-demand costs a price per unit and period used.

In our tables a period is a year; one commitment per start, of which a whole number may be signed (scale 1 to 10 in
steps of 1), with the price as the yearly floor; on-demand is a commitment without a floor.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.api import Case
from tests.plans import cost, solved
from tests.small import demand, small


@dataclass(frozen=True)
class Instance:
    periods: int
    on_demand: float
    reserved: float
    upfront: float
    term: int
    published: float


# Each asks for 10 units in every period. By hand:
#   on demand    5 a unit against 100 and another 100: 5 · 10 · 5 = 250
#   odd term     a unit reserved costs 2 + 2 · 1 = 4 for two periods, on demand 100: five periods take three
#                reservations, the last of which runs a period past the end: 3 · 10 · 4 = 120
#   no upfront   2 reserved against 100: 4 · 10 · 2 = 80
INSTANCES = {
    "testOnDemand": Instance(5, 5, 100, 100, 2, 250),
    "testReservedImpar": Instance(5, 100, 1, 2, 2, 120),
    "testReservedNoUp": Instance(4, 100, 2, 0, 2, 80),
}


def as_case(folder: Path, given: Instance, *, charge_beyond: bool = True) -> Case:
    """A commitment to reserve from each year on, and one on demand for all years."""
    offers = ["offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall"]
    tiers = ["offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step,upfront_usd_bn"]
    terms = ["offer,contract_year,capacity_gw,floor_usd_bn"]
    products = ["offer,chip,region,price_factor,from_date"]
    for t in range(given.periods):
        day, name = f"{2026 + t}-01-01", f"reserved_{t}"
        offers.append(f"{name},cloud,open,{day},{day},0,{given.term},forfeit")
        tiers.append(f"{name},only,{given.reserved},1,10,1,{given.upfront}")
        terms += [f"{name},{year},1,{given.reserved}" for year in range(1, given.term + 1)]
        products.append(f"{name},tpu_a,here,1,2026-01-01")
    offers.append(f"on_demand,cloud,open,2026-01-01,2026-01-01,0,{given.periods},forfeit")
    tiers.append(f"on_demand,only,{given.on_demand},1,1,,0")
    terms += [f"on_demand,{year},10,0" for year in range(1, given.periods + 1)]
    products.append("on_demand,tpu_a,here,1,2026-01-01")
    return small(
        folder,
        end=2026 + given.periods,
        shortage=None,
        toml=f'horizon = "{"charge" if charge_beyond else "cut"}"\n',
        demand=demand(10),
        cloud_commitments="\n".join(offers),
        cloud_tiers="\n".join(tiers),
        cloud_terms="\n".join(terms),
        cloud_products="\n".join(products),
    )


@pytest.mark.parametrize("name", INSTANCES)
def test_published_optimum(tmp_path: Path, name: str) -> None:
    given = INSTANCES[name]
    assert cost(solved(as_case(tmp_path, given))) == pytest.approx(given.published, rel=1e-6)


# The last of the three reservations owes its second period, 10 · 1, after the end; not charged, 110 are left.
def test_what_is_owed_after_the_end(tmp_path: Path) -> None:
    given = INSTANCES["testReservedImpar"]
    assert cost(solved(as_case(tmp_path / "without", given, charge_beyond=False))) == pytest.approx(110.0)
    assert cost(solved(as_case(tmp_path / "charged", given))) == pytest.approx(120.0)
