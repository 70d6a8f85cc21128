"""What-if: results against the base, the same whatever the order and however often it is stopped."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.cli import main
from planner.plan.audit import audit
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.sweep import Sweep, sweep
from tests.rules.deals import ALPHA, BETA, asking

ALPHAS = "alpha: cloud_tiers[alpha_deal,*].price_usd_bn_per_gw_year *= "
DEMAND = "demand: demand[*,*,*].demand_gw *= "


def case(folder: Path) -> Case:
    """1 GW for a year, from alpha at 10 or from beta at 20, which asks 1 for signing."""
    asking(folder, "provider_share_max,alpha,2026-01-01,1,", ALPHA, BETA)
    return Case.read(folder).change("cloud_commitments[beta_deal].signing_fee_usd_bn = 1")


def swept(folder: Path, *grid: str, **more: object) -> Sweep:
    return sweep(case(folder), design({"grid": list(grid), **more}, "study"), engine=InThisProcess)


# Alpha at 10, or at 30 and so not signed: 20 + 1 by beta; demand of 1 or 2.
def test_combinations(tmp_path: Path) -> None:
    table = swept(tmp_path, f"{ALPHAS}1 | 3", f"{DEMAND}1 | 2").table
    assert table["run"].tolist() == [
        "base", "alpha 1, demand 1", "alpha 1, demand 2", "alpha 3, demand 1", "alpha 3, demand 2",
    ]  # fmt: skip
    assert table["objective_usd_bn"].tolist() == pytest.approx([10, 10, 20, 21, 41])
    assert table["difference_from_usd_bn"].tolist() == pytest.approx([0, 0, 10, 11, 31], abs=1e-6)
    assert table["difference_to_usd_bn"].tolist() == pytest.approx([0, 0, 10, 11, 31], abs=1e-6)
    assert table["alpha"].tolist() == ["", "1", "1", "3", "3"]
    assert ["beta_deal" in signed.split() for signed in table["signed"]] == [False, False, False, True, True]


def test_tables_and_text(tmp_path: Path) -> None:
    found = swept(tmp_path / "case", f"{ALPHAS}3")
    found.write(tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"results.csv", "offers.csv", "limits.csv", "study.json"}
    told = json.loads((tmp_path / "out" / "study.json").read_text())
    assert [run["run"] for run in told["runs"]] == found.table["run"].tolist()
    assert told["case"] == found.base.plan.record.title
    offers = found.offers.set_index(["run", "offer"])
    assert offers.loc[("base", "alpha_deal"), "used_gw_years"] == pytest.approx(1)
    assert offers.loc[("alpha 3", "beta_deal"), "present_cost_usd_bn"] == pytest.approx(21)
    limits = found.limits
    share = limits[(limits["limit"] == "policies") & (limits["run"] == "base")]
    assert share["headroom"].tolist() == pytest.approx([0.0])
    lines = found.text().splitlines()
    assert "+11.000 to +11.000" in lines[-1]
    assert "+beta_deal -alpha_deal" in lines[-1] or "+beta_deal" in lines[-1]


# Without a price of shortage and with nobody to serve there is no plan; the others are there all the same.
def test_runs_without_a_plan(tmp_path: Path) -> None:
    found = swept(
        tmp_path,
        named=[
            {
                "name": "nobody",
                "changes": [
                    "case.shortage_cost_usd_bn_per_gw_year = blank",
                    "cloud_commitments[alpha_deal].status = closed",
                    "cloud_commitments[beta_deal].status = closed",
                ],
            },
            {"name": "dear", "changes": [ALPHAS.removeprefix("alpha: ") + "1.5"]},
        ],
    )
    assert found.table["status"].tolist() == ["proven", "infeasible", "proven"]
    assert found.table["objective_usd_bn"].tolist()[2] == pytest.approx(15)
    assert "nobody" in found.text()


def test_changes_are_checked_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.studies import sweep as module

    monkeypatch.setattr(module, "carry_out", lambda *_, **__: pytest.fail("something ran"))
    with pytest.raises(DataError) as error:
        swept(tmp_path, "x: cloud_tears[*,*].price *= 1 | 2", f"{DEMAND}-1", changes=["case.gap = 3"])
    said = str(error.value)
    assert "cloud_tears" in said
    assert "demand_gw: expected a number of at least 0" in said
    assert "did you mean 'case.solver.gap'" in said


def test_a_base_without_a_plan(tmp_path: Path) -> None:
    impossible = [
        "case.shortage_cost_usd_bn_per_gw_year = blank",
        "cloud_commitments[alpha_deal].status = closed",
        "cloud_commitments[beta_deal].status = closed",
    ]
    with pytest.raises(Infeasible, match="the study's base"):
        swept(tmp_path, f"{DEMAND}1", changes=impossible)


def test_every_run_starts_from_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.studies import runs

    starts = []
    solving = runs.solve

    def solve(case: Case, **options: object) -> object:
        starts.append(options["start"])
        return solving(case, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "solve", solve)
    swept(tmp_path, f"{DEMAND}2 | 3")
    assert starts[0] is None
    assert starts[1] == starts[2]
    assert starts[1]["cloud_commitment.scale[alpha_deal,2026-01-01,only]"] == 1.0


def test_what_changes_nothing_is_the_base(tmp_path: Path) -> None:
    study = sweep(
        case(tmp_path),
        design({"grid": [f"{ALPHAS}as is | 3", f"{DEMAND}as is | 2"]}, "study"),
        engine=InThisProcess,
        folder=tmp_path / "runs",
    )
    assert study.table["objective_usd_bn"].tolist() == pytest.approx([10, 10, 20, 21, 41])
    assert study.table["run"][1] == "alpha as is, demand as is"
    assert len(list((tmp_path / "runs").iterdir())) == 4


def test_a_plan_to_start_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.studies import runs

    starts = []
    solving = runs.solve

    def solve(case: Case, **options: object) -> object:
        starts.append(options["start"])
        return solving(case, **options)  # type: ignore[arg-type]

    chosen = case(tmp_path)
    plan = chosen.solve()
    monkeypatch.setattr(runs, "solve", solve)
    found = sweep(chosen, design({"grid": [f"{ALPHAS}as is | 3"]}, "study"), start=plan, engine=InThisProcess)
    assert found.table["objective_usd_bn"].tolist() == pytest.approx([10, 10, 21])
    assert starts == [plan.values, plan.values]


def test_three_lines_of_python(tmp_path: Path) -> None:
    study = case(tmp_path).sweep(f"{ALPHAS}1 | 3", workers=1, folder=tmp_path / "runs")
    assert study.table["objective_usd_bn"].tolist() == pytest.approx([10, 10, 21])
    assert len(list((tmp_path / "runs").iterdir())) == 3


class TestCommand:
    def words(self, folder: Path) -> list[str]:
        case(folder / "case").write(folder / "study_case")
        return ["sweep", str(folder / "study_case"), "-o", str(folder / "out"), "--workers", "1"]

    def test_vary(self, tmp_path: Path) -> None:
        words = [*self.words(tmp_path), "--vary", f"{ALPHAS}1 | 3"]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        assert "+11.000 to +11.000" in result.output
        for place in (tmp_path / "out" / "runs").iterdir():
            assert audit(place / "plan").agrees
        before = (tmp_path / "out" / "results.csv").read_bytes()
        again = CliRunner().invoke(main, [*words, "--json"])
        assert [row["run"] for row in json.loads(again.output)] == ["base", "alpha 1", "alpha 3"]
        assert (tmp_path / "out" / "results.csv").read_bytes() == before  # seconds too: nothing was solved again

    def test_a_study_or_variations(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, self.words(tmp_path))
        assert (result.exit_code, "give a STUDY or --vary" in result.output) == (2, True)
        study = tmp_path / "study.toml"
        study.write_text("grids = []")
        result = CliRunner().invoke(main, [*self.words(tmp_path), str(study)])
        assert (result.exit_code, "did you mean 'grid'" in result.output) == (3, True)
        assert not (tmp_path / "out").exists()


def test_a_design_is_given_alone(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="either a design or variations"):
        case(tmp_path).sweep(f"{DEMAND}2", design={"grid": [f"{ALPHAS}3"]})
