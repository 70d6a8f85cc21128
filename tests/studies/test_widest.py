"""Plans widest apart in an attribute: the least and the most of it within the cost."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError, Stopped
from planner.cli import main
from planner.plan.plan import Plan
from planner.solve.least_values import Smallest
from planner.studies import alternatives as study
from planner.studies import runs
from planner.studies.alternatives import Alternatives, alternatives
from planner.studies.engine import InThisProcess
from planner.studies.measures import Measure
from planner.studies.runs import Run, RunResult
from tests.plans import confirmed, cost
from tests.rules.deals import ALPHA, BETA, asking
from tests.small import owned, sites

POLICY = "provider_share_max,alpha,2026-01-01,1,"


def case(folder: Path, **tables: str) -> Case:
    """1 GW for a year, from alpha at 10 or from beta at 20; unserved it costs 100."""
    return asking(folder, POLICY, ALPHA, BETA, **tables)


def found(case: Case, *widest: str, within: float = 0.2, count: int = 0, apart: int = 1) -> Alternatives:
    return alternatives(case, within=within, count=count, apart=apart, widest=widest, engine=InThisProcess)


def ends(answer: Alternatives) -> dict[str, tuple[float, float]]:
    """Value and cost of each extreme by its name; its plan has that value, and its audit agrees."""
    told = {}
    for extreme in answer.extremes:
        assert extreme.plan is not None
        assert extreme.value is not None
        plan = confirmed(extreme.plan)
        assert Measure(extreme.of.name).value(plan) == pytest.approx(extreme.value, abs=1e-4)
        told[extreme.name] = (extreme.value, cost(plan))
    return told


def near(value: float, cost: float) -> tuple[object, object]:
    return pytest.approx(value, abs=1e-4), pytest.approx(cost, abs=1e-4)


# Least cost 10, so up to 12. Each GW-year of beta's instead of alpha's costs 10 more, so 0.2 of it, which 12 pays for;
# each that goes unserved 90 more, so 2 / 90. Of the plans without beta, and of those that serve all, the cheapest is
# the cheapest of all.
def test_shares_of_providers(tmp_path: Path) -> None:
    answer = found(case(tmp_path), "use:beta", "unserved")
    assert ends(answer) == {
        "least use:beta": near(0, 10),
        "most use:beta": near(0.2, 12),
        "least unserved": near(0, 10),
        "most unserved": near(2 / 90, 12),
    }
    assert answer.proven
    assert answer.verdicts == {"alpha_deal": "must", "beta_deal": "may"}


# Halls of 0.5 GW at 1.2 a GW-year and 0.3 GW of chips for them; the other 0.7 GW are alpha's, for two years:
# 2 · (0.36 + 7) = 14.72, and 5 % more is 15.456. A GW-year less costs 8.8, as alpha's 10 take the place of 1.2, so
# there are 0.736 / 8.8 less than 0.6; more than 2 · 0.5 there are not, and they cost 2 · 0.2 · 1.2 more.
def test_own_halls_over_two_years(tmp_path: Path) -> None:
    mine = owned(0.3)
    mine["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
    two = case(tmp_path, end="2028-01-01", site_leases=sites({}), **mine)
    assert ends(found(two, "own_halls", within=0.05)) == {
        "least own_halls": near(0.6 - 0.736 / 8.8, 15.456),
        "most own_halls": near(1.0, 15.2),
    }


# Both sell at 10 and ask for signing, alpha 0.5 and beta 1: 10.5 with alpha, 11 with beta and none of alpha's, 11.5
# with both, and 11.55 is allowed. The plans at the ends say of both offers all there is to say.
def test_a_plan_of_an_extreme_counts_for_the_verdicts(tmp_path: Path) -> None:
    asked = case(tmp_path).change(
        "cloud_tiers[beta_deal,*].price_usd_bn_per_gw_year = 10",
        "cloud_commitments[alpha_deal].signing_fee_usd_bn = 0.5",
        "cloud_commitments[beta_deal].signing_fee_usd_bn = 1",
    )
    names: list[str] = []
    answer = alternatives(
        asked, within=0.1, count=0, widest=["use:alpha"], engine=InThisProcess,
        on_done=lambda outcome, *_: names.append(outcome.run.name),
    )  # fmt: skip
    assert ends(answer)["least use:alpha"] == near(0, 11)
    assert answer.verdicts == {"alpha_deal": "may", "beta_deal": "may"}
    assert [name for name in names if not name.startswith(("least", "most"))] == []


# Four that ask 1, 1.1, 1.2 or 9 for signing, up to 12.32.
def test_the_ends_enclose_every_alternative(tmp_path: Path) -> None:
    fees = {"alpha": 1.0, "beta": 1.1, "gamma": 1.2, "delta": 9.0}
    rows = [{"offer": f"{name}_deal", "provider": name} for name in fees]
    changes = [f"cloud_commitments[{name}_deal].signing_fee_usd_bn = {fee}" for name, fee in fees.items()]
    asked = asking(tmp_path, POLICY, *rows).change(*changes)
    answer = found(asked, "use:alpha", "use:beta", "unserved", "obligations", within=0.12, count=10)
    assert len(answer.plans) == 6
    told = ends(answer)
    for plan in (*answer.plans, *(extreme.plan for extreme in answer.extremes if extreme.plan is not None)):
        assert cost(plan) <= 12.32 + 1e-4
        for name in ("use:alpha", "use:beta", "unserved"):
            value = Measure(name).value(plan)
            assert told[f"least {name}"][0] - 1e-4 <= value <= told[f"most {name}"][0] + 1e-4
        assert told["least obligations"][0] <= Measure("obligations").value(plan) + 1e-4
    assert "most obligations" not in told


def test_runs_of_all_attributes_go_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[list[str]] = []
    carry_out = study.carry_out

    def told(base: runs.Base, asked: list[Run], *rest: object, **options: object) -> list[RunResult]:
        together.append([run.name for run in asked])
        return carry_out(base, asked, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(study, "carry_out", told)
    found(case(tmp_path), "use:alpha", "unserved", "use:alpha")
    names = ["least use:alpha", "most use:alpha", "least unserved", "most unserved"]
    assert together[:2] == [names, [f"least cost with {name}" for name in names]]


def test_what_is_no_attribute_is_said_before_anything_is_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "solve", lambda case: pytest.fail("solved"))
    with pytest.raises(DataError) as raised:
        found(case(tmp_path), "use:alfa", "unserved", "dept")
    assert [str(problem) for problem in raised.value.problems] == [
        "widest: expected use: followed by one of alpha, beta, found 'alfa'; did you mean 'alpha'?",
        "widest: expected one of debt, guarantees, obligations, use, own_halls, unserved, found 'dept'; did you mean"
        " 'debt'?",
    ]


def test_a_value_that_is_not_proven_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proving = runs.smallest_peak

    def stopped(case: Case, of: object, periods: object, **options: object) -> Smallest:
        value = proving(case, of, periods, **options).value  # type: ignore[arg-type]
        return Smallest(value, value - 0.5, proven=False, stopped_by="time limit")

    monkeypatch.setattr(runs, "smallest_peak", stopped)
    answer = found(case(tmp_path), "use:beta")
    assert [extreme.bound for extreme in answer.extremes] == pytest.approx([-0.5, 0.7], abs=1e-4)
    assert not answer.proven
    assert "most use:beta [GW-years]     0.2    0.7  NOT proven  12.000" in answer.text()


def test_an_end_without_a_plan_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(case: Case, of: object, periods: object, **options: object) -> Smallest:
        raise Stopped("stopped by time limit before any plan was found")

    monkeypatch.setattr(runs, "smallest_peak", stopped)
    answer = found(case(tmp_path), "debt")
    (extreme,) = answer.extremes
    assert (extreme.value, extreme.bound, extreme.plan, answer.proven) == (None, None, None, False)
    assert "\n  least debt: stopped\n" in answer.text()
    assert answer.table.columns.tolist() == ["offer", "verdict", "plan_1"]
    assert answer.json()["extremes"][0]["plan"] is None


@pytest.mark.parametrize("name", ["use:alpha", "own_halls", "unserved"])
def test_both_ends_are_runs_of_their_own(tmp_path: Path, name: str) -> None:
    base = runs.Base.of(case(tmp_path))
    asked = [Run("", smallest=end) for end in Measure(name).ends()]
    assert len({base.key(run) for run in asked}) == 2


def test_the_command(tmp_path: Path) -> None:
    case(tmp_path / "case").change("cloud_commitments[beta_deal].signing_fee_usd_bn = 0.5").write(tmp_path / "priced")
    words = ["alternatives", str(tmp_path / "priced"), "--within", "0.2", "--count", "0", "--workers", "1"]
    words += ["--widest", "use:beta", "--widest", "obligations"]
    result = CliRunner().invoke(main, [*words, "--csv", str(tmp_path / "table.csv")])
    assert result.exit_code == 0, result.output
    assert "most use:beta [GW-years]" in result.output
    assert "+20.00 %  +beta_deal" in result.output
    header = "offer,verdict,plan_1,least use:beta,most use:beta,least obligations\n"
    assert (tmp_path / "table.csv").read_text().startswith(header)
    told = json.loads(CliRunner().invoke(main, [*words, "--json"]).output)["extremes"]
    assert [(end["end"], end["of"], end["proven"]) for end in told] == [
        ("least", "use:beta", True), ("most", "use:beta", True), ("least", "obligations", True)
    ]  # fmt: skip
    assert told[1]["value"] == pytest.approx(told[1]["bound"], abs=1e-4)
    assert told[1]["plan"]["signed"] == ["alpha_deal", "beta_deal"]
    wrong = CliRunner().invoke(main, [*words, "--widest", "dept"])
    assert (wrong.exit_code, "did you mean 'debt'" in wrong.output) == (3, True)


def test_the_plan_starts_from_the_decisions_that_reach_the_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[dict[str, float]] = []
    solve = runs.solve

    def told(case: Case, *, start: dict[str, float], **options: object) -> Plan:
        starts.append(start)
        return solve(case, start=start, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "solve", told)
    answer = found(case(tmp_path), "use:beta")
    assert starts[:2] == [extreme.found.decisions for extreme in answer.extremes]
    assert all(starts[:2])
    assert starts[0] != starts[1]


# Kept with the outcome, so that a study that goes on asks for the same runs and solves nothing twice.
def test_a_study_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, kept = case(tmp_path / "case"), tmp_path / "runs"
    first = alternatives(asked, within=0.2, count=0, widest=["use:beta"], engine=InThisProcess, folder=kept)
    monkeypatch.setattr("planner.studies.engine.perform", lambda *_: pytest.fail("solved again"))
    start = first.plans[0]
    again = alternatives(
        asked, within=0.2, count=0, widest=["use:beta"], start=start, engine=InThisProcess, folder=kept
    )
    assert again.json() == first.json()
