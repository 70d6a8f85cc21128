"""Grid limit: own halls of a region stay within what its grid carries, used or not."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from tests.plans import cost, solved
from tests.small import cloud, demand, owned, sites, small, used


def limited(folder: Path, here: float | str, *phases: dict[str, str | float], **tables: str) -> Case:
    """One year, 1 GW asked for here and owned; a region there within reach, free of egress."""
    given = {
        "regions": f"region,grid_limit_gw\nhere,{here}\nthere,\n",
        "links": "region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,10,0\n",
        "demand": demand(1),
        "site_leases": sites(*phases),
        **owned(1),
        **tables,
    }
    return small(folder, end=2027, **given)


TWO = ({}, {"offer": "second", "phase": 2})


# Two phases of 0.5 GW at 1.2 a GW-year under a limit of 0.6: rent 0.72, 0.4 GW short. Without: 1.2.
def test_halls_of_a_region(tmp_path: Path) -> None:
    plan = solved(limited(tmp_path / "limited", 0.6, *TWO))
    assert cost(plan) == pytest.approx(0.72 + 40)
    assert used(plan, "grid_limit", "here") == {"2026-01-01": pytest.approx((0.6, 0.6))}
    plan = solved(limited(tmp_path / "blank", "", *TWO))
    assert cost(plan) == pytest.approx(1.2)
    assert not used(plan, "grid_limit", "here")


# The rest is leased elsewhere, at twice the rent: 0.72 + 0.4 · 2.4.
def test_other_regions_have_their_own(tmp_path: Path) -> None:
    far = {"offer": "far", "region": "there", "rent_usd_per_kw_month": 200}
    assert cost(solved(limited(tmp_path, 0.6, *TWO, far))) == pytest.approx(0.72 + 0.96)


# A provider's machines do not count: 0.4 GW at 10 rather than at 100.
def test_own_halls_only(tmp_path: Path) -> None:
    case = limited(tmp_path, 0.6, *TWO, **cloud())
    assert cost(solved(case)) == pytest.approx(0.72 + 4)


# Idle halls count: signed ones above the limit leave no plan, and of 0.6 at least an open phase of 0.5 GW with a least
# share of 1 does not fit beside 0.2 that are signed.
def test_idle_halls_count(tmp_path: Path) -> None:
    signed = {"offer": "old", "capacity_mw": 200, "status": "signed", "stage": "existing"}
    case = limited(tmp_path, 0.6, signed, {"min_share": 1}, demand=demand(0.5))
    assert cost(solved(case)) == pytest.approx(0.24 + 30)
    with pytest.raises(Infeasible):
        solved(case.change("regions[here].grid_limit_gw = 0.1"))
