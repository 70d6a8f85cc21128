"""The bridge from the old cost to the new, what it costs to wait, and time that passes: worked out with a pencil."""

import csv
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.api import Case, Plan
from planner.basics.errors import Stopped
from planner.cli import main
from planner.plan.replanned import BridgeStep, Replanned
from planner.reports import replanned
from planner.roll.replanning.groups import DataGroup, in_order, separable
from tests.plans import confirmed, cost, signed, solved
from tests.rules.deals import ALPHA, asking

FEES = {"alpha": 1.0, "beta": 1.1, "gamma": 1.2}


def demand(gw: float) -> str:
    return f"from_date,region,workload,demand_gw\n2026-01-01,here,training,{gw}\n"


def case(folder: Path, gw: float = 1.0, price: float = 10.0, strict: bool = False) -> Case:
    """Some GW for a year from alpha at a price, or from beta or gamma at 10; fees of 1, 1.1 and 1.2."""
    rows = [{**ALPHA, "offer": f"{name}_deal", "provider": name, "years": 1} for name in FEES]
    fees = [f"cloud_commitments[{name}_deal].signing_fee_usd_bn = {fee}" for name, fee in FEES.items()]
    made = asking(folder, "", *rows, demand=demand(gw)).change(
        *fees, f"cloud_tiers[alpha_deal,*].price_usd_bn_per_gw_year = {price}"
    )
    return made.change("case.shortage_cost_usd_bn_per_gw_year = blank") if strict else made


def told(plan: Plan) -> Replanned:
    assert plan.record.replan is not None
    return plan.record.replan


def steps(plan: Plan) -> list[tuple[str, str, float]]:
    return [(each.step, each.group, each.change_usd_bn) for each in told(plan).bridge]


def near(*expected: tuple[str, str, float]) -> list[tuple[str, str, object]]:
    return [(step, group, pytest.approx(change, abs=1e-9)) for step, group, change in expected]


# Old: 10 + 1. Alpha held: 15 + 1 for 1.5 GW, then 18 + 1 at 12. Beta costs 15 + 1.1. Demand stands before the tiers.
def test_each_group_of_data_has_a_step(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new = confirmed(case(tmp_path, 1.5, 12.0).replan(old))
    assert signed(new) == {"beta_deal"}
    assert steps(new) == near(
        ("start", "", 11.0), ("time", "", 0.0), ("data", "demand", 5.0), ("data", "cloud_tiers", 3.0),
        ("decisions", "", -2.9), ("gap", "", 0.0),
    )  # fmt: skip
    assert [each.cumulative_usd_bn for each in told(new).bridge] == pytest.approx([11, 11, 16, 19, 16.1, 16.1])
    assert sum(each.change_usd_bn for each in told(new).bridge) == pytest.approx(cost(new), rel=1e-12)


# Demand: 5 before the price, 19 − 13 = 6 after it. The price: 2 before demand, 3 after it.
def test_shapley_values_do_not_depend_on_an_order(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new = confirmed(case(tmp_path, 1.5, 12.0).replan(old, fair=True))
    assert told(new).fair
    assert steps(new)[2:4] == near(("data", "demand", 5.5), ("data", "cloud_tiers", 2.5))
    assert sum(change for _, _, change in steps(new)) == pytest.approx(16.1, rel=1e-12)


def test_the_true_step_lies_in_its_interval(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new = confirmed(case(tmp_path, 1.5, 12.0).replan(old))
    for each in told(new).bridge[1:]:
        assert each.low_usd_bn is not None
        assert each.high_usd_bn is not None
        assert each.low_usd_bn - 1e-9 <= each.change_usd_bn <= each.high_usd_bn + 1e-9


# Held signatures of 5 GW cannot meet 6 GW, which must be met. So held they miss it by 1 GW, and cost 50 + 1.
def test_limits_that_held_signatures_break_are_named(tmp_path: Path) -> None:
    old = solved(case(tmp_path, strict=True))
    new = confirmed(case(tmp_path, 6.0, strict=True).replan(old))
    assert signed(new) == {"alpha_deal", "beta_deal"}
    assert [change for _, _, change in steps(new)[2:4]] == pytest.approx([40.0, 11.1], abs=1e-6)
    assert told(new).bridge[2].says == "breaks: meet_demand demand/here/training on 2026-01-01"


def test_signatures_that_are_no_longer_there_are_named(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new = confirmed(case(tmp_path).change("cloud_commitments[alpha_deal].status = closed").replan(old))
    data = told(new).bridge[2]
    assert data.says == "no longer there: cloud_commitment[alpha_deal,2026-01-01,only]"
    assert steps(new)[2:4] == near(("data", "cloud_commitments", 89.0), ("decisions", "", -88.9))  # shortage at 100


# A new offer makes a valid case only with its tier, terms and products.
def test_tables_that_need_one_another_are_one_group(tmp_path: Path) -> None:
    whole = case(tmp_path)
    less = whole.change(
        "-cloud_products[gamma_deal,*,*]", "-cloud_terms[gamma_deal,*]", "-cloud_tiers[gamma_deal,*]",
        "-cloud_commitments[gamma_deal]",
    )  # fmt: skip
    new = confirmed(whole.change("demand[*,*,*].demand_gw = 2").replan(solved(less), fair=True))
    (one, other) = (each.group for each in told(new).bridge if each.step == "data")
    assert one == "demand"
    assert set(other.split(" + ")) == {"cloud_commitments", "cloud_tiers", "cloud_terms", "cloud_products"}
    assert steps(new)[2:4] == near(("data", "demand", 10.0), ("data", other, 0.0))


def test_groups_are_joined_as_little_as_must_be() -> None:
    a, b, c = (DataGroup((f"{name}.csv",)) for name in "abc")

    def possible(some: object) -> bool:
        files = {file for group in some for file in group.files}  # type: ignore[attr-defined]
        return "b.csv" not in files or "a.csv" in files  # b needs a

    assert [each.name for each in in_order([a, b, c], possible)] == ["a", "b", "c"]
    assert [each.name for each in in_order([b, a, c], possible)] == ["b + a", "c"]
    assert [each.name for each in separable([b, c, a], possible)] == ["b + a", "c"]


# Without alpha, gamma is next: 1.2 instead of 1 for signing. Beta and gamma lapse, and the plan does without them.
def test_what_it_costs_to_wait(tmp_path: Path) -> None:
    old = solved(case(tmp_path))
    new = confirmed(old.case.change("cloud_commitments[beta_deal].status = closed").replan(old))  # type: ignore[attr-defined]
    due, lapses = told(new).due
    assert (due.offer, due.last_day, due.signed) == ("alpha_deal", "2026-01-01", True)
    assert [due.low_usd_bn, due.cost_usd_bn, due.high_usd_bn] == pytest.approx([0.2, 0.2, 0.2])
    assert (lapses.offer, lapses.signed, lapses.cost_usd_bn) == ("gamma_deal", False, 0.0)
    assert told(new).next_plan == "2026-02-01"


def test_what_is_due_is_due_by_its_last_day(tmp_path: Path) -> None:
    """Where the offer stays open beyond the next plan, the plan's own day is told."""
    for last, told_as in (("2026-01-20", "2026-01-20"), ("2026-02-10", "2026-01-01")):
        long = case(tmp_path / last).change(f"cloud_commitments[alpha_deal].sign_by = {last}")
        due, *_ = told(confirmed(long.replan(solved(long), waiting=False))).due
        assert (due.offer, due.last_day) == ("alpha_deal", told_as)


def test_what_cannot_wait(tmp_path: Path) -> None:
    only = case(tmp_path, strict=True).change(
        "cloud_commitments[beta_deal].status = closed", "cloud_commitments[gamma_deal].status = closed"
    )
    (due,) = told(confirmed(only.replan(solved(only)))).due
    assert (due.cost_usd_bn, due.says) == (None, "cannot wait: without it there is no plan")


def test_what_it_costs_to_wait_need_not_be_asked(tmp_path: Path) -> None:
    old = case(tmp_path).solve()
    due, *_ = told(confirmed(old.case.replan(old, waiting=False))).due  # type: ignore[attr-defined]
    assert (due.offer, due.cost_usd_bn, due.says) == ("alpha_deal", None, "what it costs to wait was not asked for")


# Beta would be cheaper by 2, but a freeze keeps alpha, and keeps beta and gamma unsigned. Without alpha 100 are lost.
def test_waiting_keeps_what_else_is_frozen(tmp_path: Path) -> None:
    old = case(tmp_path).solve()
    dearer = old.case.change("cloud_commitments[alpha_deal].signing_fee_usd_bn = 3.1")
    new = confirmed(dearer.replan(old, freeze=1))  # type: ignore[attr-defined]
    assert cost(new) == pytest.approx(13.1)
    (due, *_) = told(new).due
    assert (due.offer, due.cost_usd_bn) == ("alpha_deal", pytest.approx(86.9))  # beta stays unsigned: a shortage of 100


def test_a_bridge_whose_search_is_stopped_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise Stopped("stopped by time limit", "")

    old = solved(case(tmp_path))
    monkeypatch.setattr("planner.roll.replanning.bridge.held_cost", stopped)
    new = confirmed(case(tmp_path, 1.5, 12.0).replan(old))
    assert steps(new) == near(("start", "", 11.0), ("time", "", 0.0), ("decisions", "", 5.1), ("gap", "", 0.0))
    assert "is not told apart" in told(new).bridge[0].says


# Alpha may also be signed a year later for the same: then nothing is served in the first year, at 100 instead of 10.
def test_waiting_may_be_possible(tmp_path: Path) -> None:
    rows = [{**ALPHA, "years": 3}]
    later = asking(tmp_path, "", *rows, end=2028).change("cloud_commitments[alpha_deal].sign_by = 2027-01-01")  # type: ignore[arg-type]
    (due,) = told(confirmed(later.replan(solved(later)))).due
    assert due.cost_usd_bn == pytest.approx(90.0)
    long = told(confirmed(later.replan(solved(later), next_plan=date(2027, 2, 1)))).due
    assert [each.cost_usd_bn for each in long] == pytest.approx([180.0])


# Nothing is on offer in 2026, 100 are lost in its middle. On the first day of 2027 beta is signed: 10 + 1.
def passing(folder: Path, rate: float) -> Case:
    beta = {**ALPHA, "years": 1}
    made = asking(folder, "", beta, end=2028)  # type: ignore[arg-type]
    return made.change(
        "cloud_commitments[alpha_deal].sign_from = 2027-01-01", "cloud_commitments[alpha_deal].sign_by = 2027-01-01",
        "cloud_commitments[alpha_deal].signing_fee_usd_bn = 1", f"case.discount_rate = {rate}",
    )  # fmt: skip


def test_time_that_passes_is_a_step_of_its_own(tmp_path: Path) -> None:
    old = confirmed(passing(tmp_path, 0.1).solve())
    rest = 10.0 / 1.1**0.5 + 1.0
    assert cost(old) == pytest.approx(100.0 / 1.1**0.5 + rest / 1.1)
    later = old.advance(date(2027, 1, 1)).case.change("cloud_commitments[*].signing_fee_usd_bn = 3")
    new = confirmed(later.replan(old, freeze=1))
    assert told(new).frozen == ("cloud_commitment[alpha_deal,2027-01-01,only]",)
    assert cost(new) == pytest.approx(rest + 2.0)
    assert told(new).plan_start == "2026-01-01"
    assert steps(new) == near(
        ("start", "", cost(old)), ("time", "", rest - cost(old)), ("data", "cloud_commitments", 2.0),
        ("decisions", "", 0.0), ("gap", "", 0.0),
    )  # fmt: skip
    assert told(new).index == 0.0
    # 100 / 1.1^0.5 = 95.346 were posted, and the rest of 10.535 was worth 9.577 a year before.
    (time,) = (each for each in told(new).bridge if each.step == "time")
    assert time.says == ("-95.346 for what was posted before 2027-01-01, +0.958 as the rest is discounted to that day")


# --- what is printed and written


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """An old plan, the case that follows on it, and the folder of the new plan."""
    solved(case(tmp_path / "a")).write(tmp_path / "old")
    case(tmp_path / "b", 1.5, 12.0).write(tmp_path / "case")
    return tmp_path / "old", tmp_path / "case", tmp_path / "new"


def test_the_command_prints_what_is_due_first(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, later, new = folders
    result = run(
        "replan", later, "--from", old, "-o", new, "--bridge", tmp_path / "b.csv", "--chart", tmp_path / "b.svg"
    )
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "To be signed before the next plan on 2026-02-01: 1 offer"
    assert lines[2].split() == ["beta_deal", "2026-01-01", "+0.100"]
    assert any(line.split()[:3] == ["demand", "+5.000", "16.000"] for line in lines)
    assert any(line.split()[:2] == ["this", "plan"] and "16.100" in line for line in lines)
    assert "Index of change 1.000" in result.output
    assert f"planner audit {new}" in lines[-1]
    with (tmp_path / "b.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert [row["step"] for row in written] == ["start", "time", "data", "data", "decisions", "gap"]
    assert float(written[-1]["cumulative_usd_bn"]) == pytest.approx(16.1)
    assert "cloud_tiers" in (tmp_path / "b.svg").read_text(encoding="utf-8")
    audited = run("audit", new)
    assert audited.exit_code == 0
    assert "This is a re-planned plan, from 'small' of 2026-01-01 (11.000 USD bn" in audited.output


def test_a_report_has_a_section_on_what_changed(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, later, new = folders
    assert run("replan", later, "--from", old, "-o", new, "--json").exit_code == 0
    assert run("report", new, "-o", tmp_path / "new.html").exit_code == 0
    assert "What changed since the last plan" in (tmp_path / "new.html").read_text(encoding="utf-8")
    assert run("report", old, "-o", tmp_path / "old.html").exit_code == 0
    assert "What changed since the last plan" not in (tmp_path / "old.html").read_text(encoding="utf-8")
    both = run("report", old, new, "-o", tmp_path / "both.html")
    assert both.exit_code == 0, both.output


def test_wrong_usage(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, later, new = folders
    both = run("replan", later, "--from", old, "-o", new, "--within", "0.1", "--change-cost", "0.1")
    assert (both.exit_code, "not both" in both.output) == (2, True)
    day = run("replan", later, "--from", old, "-o", new, "--next-plan", "soon")
    assert (day.exit_code, "--next-plan: expected a date" in day.output) == (3, True)
    assert run("replan", later, "--from", later, "-o", new).exit_code == 3
    assert not new.exists()
    assert run("replan", later, "--from", old, "-o", old).exit_code == 2


def test_a_bar_for_each_step() -> None:
    def step(name: str, change: float, reached: float) -> BridgeStep:
        return BridgeStep(name, "", change, change, change, reached, "")

    bridge = (step("start", 10.0, 10.0), step("time", -5.0, 5.0), step("decisions", 0.0, 5.0), step("gap", 0.0, 5.0))
    falls = replanned.falls(_replan(bridge), 4.5)
    assert [(each.label, each.before, each.after, each.whole) for each in falls] == [
        ("the plan of 2026-01-01", 10.0, 10.0, True), ("time passed", 10.0, 5.0, False),
        ("signatures decided anew", 5.0, 5.0, False), ("this plan", 5.0, 5.0, True),
    ]  # fmt: skip
    lines = list(replanned.bridge(_replan(bridge)))
    assert lines[-1] == "  The bars begin at 3.75 USD bn, not at 0"
    shown = [line[-32:].strip() for line in lines[2:-1]]
    assert [set(line.rpartition("  ")[2]) for line in shown] == [{"#"}, {"-"}, {"|"}, {"#"}]


def _replan(bridge: tuple[BridgeStep, ...]) -> Replanned:
    return Replanned(
        "t", 10.0, "0" * 64, "2026-01-01", 0, 0.001, None, "2026-02-01", 5.0, 4.5, 0.0, 0.0, True, False, (), (), (),
        (), (), bridge,
    )  # fmt: skip
