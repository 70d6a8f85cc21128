"""`offers.csv` and `decisions.csv`: what an offer costs by what is used of it, and on which day it is signed."""

from pathlib import Path

import pytest

from planner.plan.plan import Plan
from tests.plans import solved
from tests.small import cloud, demand, small


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A cloud of 5 GW for two years with a floor of 30 in each, of which 3 and 4 GW are used at 10 a GW-year."""
    return solved(small(tmp_path, demand=demand(3, 4), **cloud(floors=(30.0, 30.0))))


def test_what_a_gw_year_of_use_costs(plan: Plan) -> None:
    (offer,) = plan.offers.to_dict("records")
    assert offer["held_gw_years"] == pytest.approx(10)
    assert offer["used_gw_years"] == pytest.approx(7)
    assert offer["utilisation_share"] == pytest.approx(0.7)
    assert offer["cost_usd_bn"] == pytest.approx(30 + 40)
    assert offer["cost_usd_bn_per_gw_year"] == pytest.approx(10)


def test_the_day_of_signing(plan: Plan) -> None:
    signing = plan.decisions[plan.decisions["what"] == "sign"]
    assert signing["signed_on"].tolist() == ["2026-01-01"]
    assert plan.offers["signed_on"].tolist() == ["2026-01-01"]
