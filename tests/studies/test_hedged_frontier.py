"""Frontiers of plans for all futures, worked out by hand in `hedged_case`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.basics.errors import DataError
from planner.cli import main
from planner.plan.hedges.record import PRUDENCE
from planner.studies.engine import InThisProcess
from planner.studies.hedged.frontier import frontier_hedged
from planner.studies.hedged.prudence import prudence_frontier
from tests.hedges import confirmed
from tests.studies.hedged_case import uncertain


# (1 − w) · 27.5 + w · 33 is 30 at w = 5/11: up to there spot, from there on the deal. At a CVaR of 30 the bound of
# weight w is (30 − 30 w) / (1 − w) = 30 beyond, and (27.5 + 5.5 w − 30 w) / (1 − w) = 29.25 at w = 5/12.
def test_expected_cost_against_cvar(tmp_path: Path) -> None:
    found = prudence_frontier(uncertain(tmp_path), points=5, engine=InThisProcess)
    table = found.table
    assert table["weight"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert table["measured"].tolist() == pytest.approx([33, 33, 30, 30, 30])
    assert table["cost_usd_bn"].tolist() == pytest.approx([27.5, 27.5, 30, 30, 30])
    assert table["bound_usd_bn"].tolist() == pytest.approx([27.5, 27.5, 30, 30, 30], rel=1e-5)
    assert table["prudence_from_usd_bn"].tolist() == pytest.approx([0, 0, 2.5, 2.5, 2.5], abs=1e-5)
    assert table["prudence_to_usd_bn"].tolist() == pytest.approx([0, 0, 2.5, 2.5, 2.5], abs=1e-5)
    assert table["dominated"].tolist() == [False, True, False, True, True]
    assert found.proven
    for point in found.points:
        confirmed(point.outcome.hedge)
    assert "2.500 to 2.500" in found.text()


def test_price_of_prudence_is_that_of_the_hedge(tmp_path: Path) -> None:
    case = uncertain(tmp_path).change("case.risk.weight = 0.5")
    interval = case.hedge().values[PRUDENCE]
    last = prudence_frontier(case, points=3, engine=InThisProcess).points[1]
    assert last.prudence_usd_bn == pytest.approx(interval, abs=1e-5)


# The high future uses 1 + 2 GW-years of the market's machines; the deal needs none.
def test_measure_of_the_worst_future(tmp_path: Path) -> None:
    found = frontier_hedged(uncertain(tmp_path), "use:market", points=3, engine=InThisProcess)
    table = found.table
    assert table["measured"].tolist() == pytest.approx([3, 0, 0], abs=1e-6)
    assert table["asked"].tolist() == pytest.approx([3, 1.5, 0], abs=1e-6)
    assert table["cost_usd_bn"].tolist() == pytest.approx([27.5, 30, 30])
    assert table["cvar_usd_bn"].tolist() == pytest.approx([33, 30, 30])
    assert "worst" in found.text()
    assert found.proven
    for point in found.points:
        confirmed(point.outcome.hedge)


# In the high future 0.6 + 0.6 GW serve 1.2 of 2; in the low one nobody is short.
def test_least_unserved_in_every_future(tmp_path: Path) -> None:
    case = uncertain(tmp_path).change("cloud_terms[*,2].capacity_gw = 0.6", "cloud_terms[deal,2].floor_usd_bn = 6")
    found = frontier_hedged(case, "unserved", points=2, engine=InThisProcess)
    assert found.points[-1].measured == pytest.approx(0.8)


def test_unknown_measure(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="use"):
        frontier_hedged(uncertain(tmp_path), "use:nobody", engine=InThisProcess)


def test_case_without_events(tmp_path: Path) -> None:
    found = prudence_frontier(uncertain(tmp_path, events=None, outcomes=None), points=2, engine=InThisProcess)
    assert found.table["cost_usd_bn"].tolist() == pytest.approx([22, 22])
    assert found.table["dominated"].tolist() == [False, True]


def test_command(tmp_path: Path) -> None:
    uncertain(tmp_path / "case")
    arguments = ["frontier", str(tmp_path / "case"), "--of", "cvar", "--points", "2", "--workers", "1"]
    assert CliRunner().invoke(main, arguments).exit_code == 2
    ended = CliRunner().invoke(main, [*arguments, "--hedge", "--start", str(tmp_path)])
    assert (ended.exit_code, "--start cannot be given with --hedge" in ended.output) == (2, True)
    pytest.importorskip("altair")
    chart, table = tmp_path / "chart.html", tmp_path / "points.csv"
    ended = CliRunner().invoke(main, [*arguments, "--hedge", "--json", "--chart", str(chart), "--csv", str(table)])
    assert ended.exit_code == 0, ended.output
    assert [row["measured"] for row in json.loads(ended.stdout)] == pytest.approx([33, 30])
    assert "Expected cost against CVaR" in chart.read_text()
    assert table.read_text().startswith("asked,measured")


def test_python(tmp_path: Path) -> None:
    case = uncertain(tmp_path)
    assert len(case.frontier("cvar", points=2, hedge=True, workers=1).points) == 2
    assert len(case.frontier("use:market", points=2, hedge=True, workers=1).points) == 2
    with pytest.raises(TypeError):
        case.frontier("cvar", hedge=True, start=case.solve())
