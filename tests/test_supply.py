"""`supply.csv`: what own capacity and each cloud cost, all in, for each reference GW-year served; by hand."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.case import shipped
from planner.plan.plan import Plan
from tests.plans import cost, solved
from tests.small import cloud, demand, sites, small

OWN = "(own capacity)"


def built(folder: Path, *changes: str, rate: float = 0.0, asked: float = 2.0, months: int = 12) -> Plan:
    """1 GW of halls and chips of its own and a cloud at 10, for two years.

    Rent is 1.2 a GW-year, power and upkeep 0.5 each; the chips cost 20 and are worth half of that at the end.
    """
    tables = {
        "demand": demand(asked),
        "site_leases": sites(
            {
                "capacity_mw": 1000, "status": "required", "min_share": 1, "term_years": 2,
                "power_usd_per_mwh": 0.5 / 8.76e-3,
            }
        ),
        "chip_purchases": (
            "offer,vendor,chip,status,sign_from,sign_by,min_gw,max_gw,deposit_share\n"
            "order,maker,tpu_a,required,2026-01-01,2026-01-01,1,1,0\n"
        ),
        "chip_deliveries": "offer,months,delivered_share\norder,0,1\n",
        "resale_values": "chip,age_years,value_share\ntpu_a,0,1\ntpu_a,2,0.5\ntpu_a,5,0\n",
        **cloud(),
    }  # fmt: skip
    tables["cloud_commitments"] = tables["cloud_commitments"].replace(",1,forfeit", ",2,forfeit")
    tables["cloud_terms"] = "offer,contract_year,capacity_gw,floor_usd_bn\ndeal,1,5,0\ndeal,2,5,0\n"
    return solved(small(folder, months=months, rate=rate, **tables).change(*changes))


def of(plan: Plan, supply: str, line: str = "") -> dict[str, float]:
    (row,) = (row for row in plan.rows("supply") if (row.supply, row.line) == (supply, line))
    return {name: float(getattr(row, name)) for name in plan.tables["supply"].columns[2:]}


# 2.4 of rent, 1 of power, 1 of upkeep and 20 for chips that fetch 10: 14.4 for 2 GW-years.
def test_own_capacity_beside_a_cloud(tmp_path: Path) -> None:
    plan = built(tmp_path)
    own, deal = of(plan, OWN), of(plan, "deal")
    assert own["present_cost_usd_bn"] == pytest.approx(14.4)
    assert (own["served_gw_years"], deal["served_gw_years"]) == pytest.approx((2.0, 2.0))
    assert own["present_cost_usd_bn_per_gw_year"] == pytest.approx(7.2)
    assert deal["present_cost_usd_bn_per_gw_year"] == pytest.approx(10.0)
    lines = {row.line: row.present_cost_usd_bn for row in plan.rows("supply") if row.supply == OWN and row.line}
    assert lines == pytest.approx({"rent": 2.4, "power": 1.0, "upkeep": 1.0, "balance": 20.0, "resale": -10.0})
    by_offer = {row.offer: row.all_in_usd_bn_per_gw_year for row in plan.rows("offers")}
    assert by_offer == pytest.approx({"deal": 10.0, "hall": 7.2, "order": 7.2})


# At 10 % what flows is worth 1.1^−0.5 + 1.1^−1.5 for each unit a year, and so are the GW-years. The chips come back at
# the end of two years.
@pytest.mark.parametrize("months", [12, 6])
def test_both_sides_are_discounted(tmp_path: Path, months: int) -> None:
    plan = built(tmp_path, rate=0.1, months=months)
    middles = [(t + 0.5) * months / 12 for t in range(24 // months)]
    gw_years = sum(months / 12 * 1.1**-each for each in middles)
    own = of(plan, OWN)
    assert own["present_served_gw_years"] == pytest.approx(gw_years)
    expected = 2.2 * gw_years + 20 - 10 / 1.21
    assert own["present_cost_usd_bn_per_gw_year"] == pytest.approx(expected / gw_years)
    assert of(plan, "deal")["present_cost_usd_bn_per_gw_year"] == pytest.approx(10.0)


# A GW of these chips does the work of half a GW: own capacity serves 1 GW-year, and the cloud, where it is used twice
# over, costs 20 for each.
def test_reference_gw(tmp_path: Path) -> None:
    plan = built(tmp_path, "chip_performance[tpu_a,training].gw_equivalent = 0.5", asked=1.0)
    assert of(plan, OWN)["served_gw_years"] == pytest.approx(1.0)
    assert of(plan, OWN)["present_cost_usd_bn_per_gw_year"] == pytest.approx(14.4)
    assert of(plan, "deal")["present_cost_usd_bn_per_gw_year"] == pytest.approx(20.0)


# Only half of the machines are needed: power is paid for what runs, and the rest is spread over what is served.
def test_what_stands_idle_is_paid_for(tmp_path: Path) -> None:
    plan = built(tmp_path, asked=0.5)
    own = of(plan, OWN)
    assert own["served_gw_years"] == pytest.approx(1.0)
    assert own["present_cost_usd_bn_per_gw_year"] <= 14.4 + 1e-9
    assert own["present_cost_usd_bn"] == pytest.approx(13.4 + of(plan, OWN, "power")["present_cost_usd_bn"])


# Rows with a line add up to the objective; GW-years served to demand less shortage.
@pytest.mark.parametrize("changes", [(), ('case.horizon = "cut"', "case.shortage_cost_usd_bn_per_gw_year = 3")])
def test_it_adds_up(changes: tuple[str, ...]) -> None:
    plan = solved(Case.read(shipped.path("starter")).change(*changes))
    rows = list(plan.rows("supply"))
    assert sum(row.present_cost_usd_bn for row in rows if row.line) == pytest.approx(cost(plan))
    for whole in (row for row in rows if not row.line):
        mine = sum(row.present_cost_usd_bn for row in rows if row.line and row.supply == whole.supply)
        assert whole.present_cost_usd_bn == pytest.approx(mine, abs=1e-9)
    service, h = plan.tables["service"], plan.case.calendar.h
    asked, short = (service.loc[service["measure"] == measure, "gw"].sum() * h for measure in ("demand", "shortage"))
    assert sum(row.served_gw_years for row in rows if not row.line) == pytest.approx(asked - short)
