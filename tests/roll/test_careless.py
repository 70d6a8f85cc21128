"""What a case says of the time before its start may not earn money."""

from pathlib import Path

import pytest

from planner.basics.errors import DataError
from tests.plans import cost, solved
from tests.small import PHASE, demand, sites, small


def fleet(folder: Path, placements: str = "") -> float:
    """The cost of a year in which 0.5 GW are asked for, with halls only there and chips owned here."""
    signed: dict[str, str | float] = {**PHASE, "status": "signed"}
    tables = {
        "owned_chips": "chip,in_service,gw,cost_usd_bn,region\ntpu_a,2025-01-01,0.5,8,here\n",
        "resale_values": "chip,age_years,value_share\ntpu_a,0,1\n",
        "site_leases": sites(signed, {**signed, "offer": "far", "region": "there"}),
        "demand": demand(0.5).replace(",here,", ",there,"),
    }
    if placements:
        tables["chip_placements"] = f"chip,region,gw,moved_out_gw\n{placements}\n"
    return cost(solved(small(folder, end=2027, **tables)))


def test_chips_that_were_moved_away_stand_somewhere(tmp_path: Path) -> None:
    """No chip may be moved: those owned here cannot serve there, whatever is said to have left here."""
    stuck = fleet(tmp_path / "a")
    for i, row in enumerate(("tpu_a,here,0,0.5", "tpu_a,here,0,1000", "tpu_a,here,0.1,0.4")):
        assert fleet(tmp_path / str(i), row) == pytest.approx(stuck)
    assert fleet(tmp_path / "b", "tpu_a,here,0,0.5\ntpu_a,there,0.5,") < stuck


def test_a_miss_that_was_charged_is_not_above_all_equity(tmp_path: Path) -> None:
    policies = (
        "policy,kind,subject,from_date,value,penalty,missed_usd_bn,charged_on\n"
        "less,funding_from_provider_max,cloud,2026-01-01,0.1,2,{},2025-01-01\n"
    )
    tables = {
        "cloud_commitments": "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall,equity_usd_bn\n"
        "deal,cloud,open,2026-01-01,2026-01-01,0,1,forfeit,10\n",
        "cloud_tiers": "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,1,1\n",
        "cloud_terms": "offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,1,0\n",
        "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-01-01\n",
    }
    small(tmp_path / "a", end=2027, policies=policies.format(10), **tables)
    with pytest.raises(
        DataError, match="missed_usd_bn: expected a number not above all equity of cloud, 10, found '11'"
    ):
        small(tmp_path / "b", end=2027, policies=policies.format(11), **tables)
