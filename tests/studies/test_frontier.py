"""Cost against a measure: exact ends, points between, the knee."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.portfolio.portfolio import Portfolio
from planner.solve.least_values import Smallest
from planner.studies import runs
from planner.studies.engine import InThisProcess
from planner.studies.frontier import Frontier, frontier
from planner.studies.measures import Measure, measure
from tests.plans import solved
from tests.rules.deals import ALPHA, BETA, asking
from tests.small import demand, owned, sites

POLICY = "provider_share_max,alpha,2026-01-01,1,"


def case(folder: Path, **tables: str) -> Case:
    """1 GW for a year, from alpha at 10 or from beta at 20; unserved it costs 100."""
    return asking(folder, POLICY, ALPHA, BETA, **tables)


def traced(case: Case, name: str, points: int = 5) -> Frontier:
    return frontier(case, name, points=points, engine=InThisProcess)


# Each GW-year less of alpha's costs 10 more.
def test_use_of_a_provider(tmp_path: Path) -> None:
    found = traced(case(tmp_path), "use:alpha")
    assert [point.measured for point in found.points] == pytest.approx([1, 0.75, 0.5, 0.25, 0], abs=1e-5)
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([10, 12.5, 15, 17.5, 20], abs=1e-4)
    assert not found.table["dominated"].any()
    assert not found.table["knee"].any()  # a straight line has none


# Beta has 0.5 GW only: the second half of alpha's can only go unserved, at 100. The bend is the knee.
def test_knee(tmp_path: Path) -> None:
    few = case(tmp_path).change("cloud_terms[beta_deal,*].capacity_gw = 0.5")
    found = traced(few, "use:alpha")
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([10, 12.5, 15, 37.5, 60], abs=1e-3)
    assert found.table["knee"].tolist() == [False, False, True, False, False]


# Halls of 0.5 GW at 1.2 a GW-year, for chips of 0.3 GW: the rest of them would stand idle. More of them is better.
def test_own_halls(tmp_path: Path) -> None:
    mine = owned(0.3)
    mine["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
    found = traced(case(tmp_path, site_leases=sites({}), **mine), "own_halls", points=3)
    assert [point.measured for point in found.points] == pytest.approx([0.3, 0.4, 0.5], abs=1e-5)
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([7.36, 7.48, 7.6], abs=1e-4)


# Two such years: what counts is the total over both.
def test_own_halls_over_several_periods(tmp_path: Path) -> None:
    mine = owned(0.3)
    mine["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
    found = traced(case(tmp_path, end="2028-01-01", site_leases=sites({}), **mine), "own_halls", points=3)
    assert [point.measured for point in found.points] == pytest.approx([0.6, 0.8, 1.0], abs=1e-4)
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([14.72, 14.96, 15.2], abs=1e-4)


def test_unserved(tmp_path: Path) -> None:
    none = case(tmp_path).change(
        "cloud_commitments[beta_deal].status = closed",
        "cloud_commitments[alpha_deal].signing_fee_usd_bn = 95",
    )
    found = traced(none, "unserved", points=3)
    # Unserved it costs 100, with alpha 95 + 10: all or nothing, so nothing between the ends is of use.
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([100, 105, 105], abs=1e-4)
    assert found.table["dominated"].tolist() == [False, False, True]


def test_no_plan_costs_as_little_with_less(tmp_path: Path) -> None:
    """The cheapest end is the least of the measure at that cost, not what a plan happens to have of it."""
    same = case(tmp_path).change("cloud_tiers[beta_deal,only].price_usd_bn_per_gw_year = 10")
    found = traced(same, "use:alpha")
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([10])
    assert found.points[0].measured == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dept", "did you mean 'debt'"),
        ("use", "use: followed by one of alpha, beta"),
        ("use:alfa", "did you mean 'alpha'"),
        ("debt:alpha", "nothing after debt"),
    ],
)
def test_unknown_measures(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        measure(name, Portfolio.of(case(tmp_path)))


def test_measures_of_a_plan(tmp_path: Path) -> None:
    plan = solved(case(tmp_path, demand=demand(1)))
    assert Measure("use:alpha").value(plan) == pytest.approx(1)
    assert Measure("unserved").value(plan) == pytest.approx(0)
    assert Measure("obligations").value(plan) == pytest.approx(0)


def test_an_end_that_is_not_proven_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proving = runs.smallest_peak

    def stopped(case: Case, of: object, periods: object, **options: object) -> Smallest:
        found = proving(case, of, periods, **options)  # type: ignore[arg-type]
        return Smallest(found.value, 0.0, proven=False, stopped_by="time limit")

    monkeypatch.setattr(runs, "smallest_peak", stopped)
    found = traced(case(tmp_path), "use:alpha", points=2)
    assert [end.status for end in found.unproven] == ["unproven", "unproven"]
    assert "smallest use:alpha: NOT proven, stopped by time limit" in found.text()
    assert not found.proven


def test_the_command(tmp_path: Path) -> None:
    case(tmp_path / "case")
    words = ["frontier", str(tmp_path / "case"), "--of", "use:alpha", "--points", "3", "--workers", "1"]
    result = CliRunner().invoke(main, [*words, "--csv", str(tmp_path / "points.csv")])
    assert result.exit_code == 0, result.output
    assert "use:alpha [GW-years]" in result.output
    assert (tmp_path / "points.csv").read_text().startswith("asked,measured,unit,cost_usd_bn")
    told = CliRunner().invoke(main, [*words, "--json"])
    assert [round(row["cost_usd_bn"], 3) for row in json.loads(told.output)] == [10, 15, 20]
    wrong = CliRunner().invoke(main, [*words[:3], "dept"])
    assert (wrong.exit_code, "did you mean 'debt'" in wrong.output) == (3, True)
