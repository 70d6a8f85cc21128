"""Hosting: own compute takes chips and halls that admit them."""

from pathlib import Path

import pytest

from tests.plans import cost, solved
from tests.small import demand, owned, sites, small, used

FREE = {"rent_usd_per_kw_month": 0, "status": "signed", "stage": "existing"}


# The smaller of the two: 1 GW asked for, 0.5 GW of halls and 0.8 of chips, or 0.3; the rest is short at 100.
@pytest.mark.parametrize(("chips", "expected"), [(0.8, 50.0), (0.3, 70.0)])
def test_chips_and_halls(tmp_path: Path, chips: float, expected: float) -> None:
    plan = solved(small(tmp_path, end=2027, demand=demand(1), site_leases=sites(FREE), **owned(chips)))
    assert cost(plan) == pytest.approx(expected)
    runs = min(chips, 0.5)
    assert used(plan, "hosting", "chips/tpu_a") == {"2026-01-01": pytest.approx((runs, chips))}
    assert used(plan, "hosting", "halls/here/tpu/0.0") == {"2026-01-01": pytest.approx((runs, 0.5))}


# Chips are one pool over regions and halls: 0.8 GW of them fill 0.5 GW here and 0.3 there, never more in total.
def test_chips_are_one_pool(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        end=2027,
        demand="""
            from_date,region,workload,demand_gw
            2026-01-01,here,training,0.5
            2026-01-01,there,training,0.5
            """,
        site_leases=sites(FREE, {**FREE, "offer": "far", "region": "there"}),
        **owned(0.8),
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(20.0)
    assert used(plan, "hosting", "chips/tpu_a") == {"2026-01-01": pytest.approx((0.8, 0.8))}


# Halls of 0.5 GW admit TPUs only, of which there are 0.3: the 0.5 GW of GPUs beside them run nowhere.
def test_chips_of_another_kind_do_not_run_instead(tmp_path: Path) -> None:
    tables = {
        **owned(0.3),
        "owned_chips": "chip,in_service,gw,cost_usd_bn\ntpu_a,2026-01-01,0.3,0\ngpu_a,2026-01-01,0.5,0\n",
        "resale_values": "chip,age_years,value_share\ntpu_a,0,1\ngpu_a,0,1\n",
        "chips": f"{owned(0.3)['chips']}gpu_a,gpu,maker,2026-01-01,20,0,20,0\n",
        "chip_performance": "chip,workload,gw_equivalent\ntpu_a,training,1\ngpu_a,training,1\n",
    }
    plan = solved(small(tmp_path, end=2027, demand=demand(1), site_leases=sites(FREE), **tables))
    assert cost(plan) == pytest.approx(70.0)
    assert used(plan, "hosting", "chips/tpu_a") == {"2026-01-01": pytest.approx((0.3, 0.3))}


# Each class of power is a limit of its own, named after its cost per GW-year.
def test_halls_by_cost_of_power(tmp_path: Path) -> None:
    dear = {**FREE, "offer": "dear", "power_usd_per_mwh": 100}
    plan = solved(small(tmp_path, end=2027, demand=demand(0.75), site_leases=sites(FREE, dear), **owned(1)))
    assert cost(plan) == pytest.approx(0.25 * 0.876)
    assert used(plan, "hosting", "halls/here/tpu/0.0") == {"2026-01-01": pytest.approx((0.5, 0.5))}
    assert used(plan, "hosting", "halls/here/tpu/0.876") == {"2026-01-01": pytest.approx((0.25, 0.5))}


# Power at 60 and at 60.001 USD/MWh: 0.5256 and 0.52560876 a GW-year, two classes with a hall of 0.5 GW each, so that of
# 2 GW of chips 1 GW runs. The same power, told as 60 · 1.2 · 0.9 and as 60 · 1.08 · 1, is one class of 1 GW.
@pytest.mark.parametrize(
    ("other", "classes"),
    [({"power_usd_per_mwh": 60.001}, 2), ({"pue": 1.08, "load_factor_share": 1}, 1)],
)
def test_classes_that_hardly_differ(tmp_path: Path, other: dict[str, float], classes: int) -> None:
    one = {**FREE, "power_usd_per_mwh": 60, "pue": 1.2, "load_factor_share": 0.9}
    two = {**one, "offer": "other", **other}
    plan = solved(small(tmp_path, end=2027, demand=demand(1.5), site_leases=sites(one, two), **owned(2)))
    halls = plan.limits[plan.limits["subject"].str.startswith("halls/")]
    assert len(halls) == classes
    assert halls["used"].sum() == pytest.approx(1.0)
    assert cost(plan) == pytest.approx(50 + 0.567648, rel=1e-5)
