"""What-if over plans for all futures, worked out by hand in `hedged_case`."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case import shipped
from planner.cli import main
from planner.plan.hedges.audit import audit
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.hedged.sweep import HedgedSweep, sweep_hedged
from tests.studies.hedged_case import uncertain

SPOTS = "spot: cloud_tiers[spot,*].price_usd_bn_per_gw_year *= "


def swept(case: Case, *grid: str, folder: Path | None = None) -> HedgedSweep:
    return sweep_hedged(case, design({"grid": list(grid)}, "study"), engine=InThisProcess, folder=folder)


def test_every_run_plans_for_all_futures(tmp_path: Path) -> None:
    found = swept(uncertain(tmp_path), f"{SPOTS}1 | 2")
    table = found.table.set_index("run")
    assert table["status"].tolist() == ["proven"] * 3
    assert table["objective_usd_bn"].tolist() == pytest.approx([27.5, 27.5, 30])
    assert table["expected_cost_usd_bn"].tolist() == pytest.approx([27.5, 27.5, 30])
    assert table["cvar_usd_bn"].tolist() == pytest.approx([33, 33, 30])
    assert table["difference_from_usd_bn"].tolist() == pytest.approx([0, 0, 2.5], abs=1e-5)
    assert table["signed"].tolist() == ["spot", "spot", "deal"]
    assert found.text().splitlines()[-1].endswith("+deal -spot")


# With weight 1 it is the dearest future that counts, so the deal is signed.
def test_objective_is_weighted(tmp_path: Path) -> None:
    found = swept(uncertain(tmp_path), "prudence: case.risk.weight = 0 | 1")
    assert found.table["objective_usd_bn"].tolist() == pytest.approx([27.5, 27.5, 30], rel=1e-5)
    assert found.table["signed"].tolist() == ["spot", "spot", "deal"]


def test_runs_are_kept_as_hedges_that_audits_confirm(tmp_path: Path) -> None:
    case, kept = uncertain(tmp_path / "case"), tmp_path / "runs"
    first = swept(case, f"{SPOTS}2", folder=kept)
    folders = sorted(path / "plan" for path in kept.iterdir())
    assert len(folders) == 2
    assert all(audit(folder).agrees for folder in folders)
    told: list[str] = []
    again = sweep_hedged(
        case, design({"grid": [f"{SPOTS}2"]}, "study"), engine=None, folder=kept,
        on_done=lambda result, done, total: told.append(str(result.replaced)),
    )  # fmt: skip
    assert told == ["None", "None"]
    assert again.table.equals(first.table)
    (folders[0] / "risk.csv").write_text("")
    assert swept(case, f"{SPOTS}2", folder=kept).table["objective_usd_bn"].tolist() == pytest.approx([27.5, 30])


# Runs of a plan for the expected future and of one for all futures are not mistaken for one another.
def test_not_the_runs_of_a_sweep_of_the_expected_future(tmp_path: Path) -> None:
    case, kept = uncertain(tmp_path / "case"), tmp_path / "runs"
    case.sweep(f"{SPOTS}2", workers=1, folder=kept)
    found = case.sweep(f"{SPOTS}2", hedge=True, workers=1, folder=kept)
    assert found.table["objective_usd_bn"].tolist() == pytest.approx([27.5, 30])
    assert len(list(kept.iterdir())) == 4


# Both offers together serve 1.2 GW in 2027 at the most: enough for the low future, not for the high one.
def test_runs_without_a_plan_are_rows(tmp_path: Path) -> None:
    late, small = "late: events[demand].known_on = 2027-07-01", "small: cloud_terms[*,2].capacity_gw = 0.6"
    case = uncertain(tmp_path).change("case.shortage_cost_usd_bn_per_gw_year = blank")
    found = sweep_hedged(case, design({"one_at_a_time": [late, small]}, "study"), engine=InThisProcess)
    assert found.table["status"].tolist() == ["proven", "invalid", "infeasible"]
    assert "too late" in found.table["message"].iloc[1]
    assert "no plan in the future high" in found.table["message"].iloc[2]
    with pytest.raises(Infeasible, match="the study's base: no plan in the future high"):
        swept(case.change("cloud_terms[*,2].capacity_gw = 0.6"), f"{SPOTS}2")


def test_case_without_events(tmp_path: Path) -> None:
    found = swept(uncertain(tmp_path, events=None, outcomes=None), f"{SPOTS}2")
    assert found.table["objective_usd_bn"].tolist() == pytest.approx([22, 30])
    assert found.table["cvar_usd_bn"].tolist() == pytest.approx([22, 30])


# Used GW-years are expected: spot serves 1 GW in 2026 and 1.5 on average in 2027; the highest of any future is 2 GW.
def test_tables(tmp_path: Path) -> None:
    found = swept(uncertain(tmp_path), f"{SPOTS}2")
    offers = found.offers.set_index(["run", "offer"])
    spot = offers.loc[("base", "spot")]
    assert (spot["signed"], spot["probability"]) == ("yes", 1.0)
    assert (spot["used_gw_years"], spot["present_cost_usd_bn"]) == pytest.approx((2.5, 27.5))
    assert offers.loc[("base", "deal"), "signed"] == "no"
    assert set(found.limits["future"]) <= {"low", "high"}


def test_command_and_report(tmp_path: Path) -> None:
    uncertain(tmp_path / "case")
    out = tmp_path / "out"
    arguments = ["sweep", str(tmp_path / "case"), "--hedge", "--vary", f"{SPOTS}2", "-o", str(out), "--workers", "1"]
    ended = CliRunner().invoke(main, [*arguments, "--start", str(tmp_path)])
    assert (ended.exit_code, "--start cannot be given with --hedge" in ended.output) == (2, True)
    ended = CliRunner().invoke(main, [*arguments, "--json"])
    assert ended.exit_code == 0, ended.output
    assert [row["signed"] for row in json.loads(ended.stdout)] == ["spot", "deal"]
    assert json.loads((out / "study.json").read_text())["case"] == "small"
    pytest.importorskip("altair")
    ended = CliRunner().invoke(main, ["report", str(out), "-o", str(tmp_path / "page.html")])
    assert ended.exit_code == 0, ended.output
    assert "Every run is a plan for all futures." in (tmp_path / "page.html").read_text()


def test_python_refuses_a_start(tmp_path: Path) -> None:
    case = uncertain(tmp_path)
    with pytest.raises(TypeError, match="starts from a plan"):
        case.sweep(f"{SPOTS}2", hedge=True, start=case.solve())


# In the starter, lake is signed for next to nothing in rent, and not for ten times its rent.
def test_starter(tmp_path: Path) -> None:
    place = tmp_path / "starter"
    shutil.copytree(shipped.path("starter"), place)
    (place / "events.csv").write_text("event,known_on\ndemand,2027-07-01\n")
    (place / "outcomes.csv").write_text(
        "event,outcome,given,probability,changes\n"
        'demand,low,,0.5,\ndemand,high,,0.5,"demand[2027-07-01..,*,*].demand_gw *= 1.5"\n'
    )
    case = Case.read(place).change("case.solver.gap = 0.01")
    found = swept(case, "rent: site_leases[lake].rent_usd_per_kw_month *= 0.1 | 10")
    assert found.table["status"].tolist() == ["proven"] * 3
    base, cheap, dear = found.table["objective_usd_bn"].tolist()
    assert cheap < base <= dear * 1.01
    signed = found.offers.set_index(["run", "offer"])["signed"]
    assert signed[("rent 0.1", "lake")] in ("yes", "later")
    assert signed[("rent 10", "lake")] == "no"
