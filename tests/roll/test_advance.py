import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import planner
from planner.case.shipped import path
from planner.cli import main
from planner.common.chips import Chip
from planner.roll import readme
from planner.roll.advance import advance
from planner.roll.readme import summary, text
from planner.studies.stress import Event, stress
from tests.plans import cost, solved
from tests.roll.holding import rolls, stays_optimal
from tests.small import cloud, demand, small
from tests.starter import starter
from tests.studies.event_kinds import EventKind

CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,2027-07-01,16,0.25,6,1
    """


def test_what_is_signed_before_the_day_is_data_and_the_rest_costs_what_it_did(tmp_path: Path) -> None:
    """Use of 1, 2 and 3 GW at 10 a year: 60, of which 10 in 2026, 20 in 2027."""
    case = small(tmp_path, end=2029, rate=0.1, demand=demand(1, 2, 3), **cloud(floors=(1.0, 2.0, 3.0)))
    plan = solved(case)
    made = rolls(plan)
    assert [each.identity.rest for each in made] == pytest.approx([20 / 1.1**0.5 + 30 / 1.1**1.5, 30 / 1.1**0.5])
    assert made[0].identity.posted == pytest.approx(10 / 1.1**0.5)
    assert all(row.status == "signed" for each in made for row in each.case.offers())
    for each in made:
        stays_optimal(each)


def test_rolling_twice_is_rolling_once(tmp_path: Path) -> None:
    case = small(tmp_path, end=2030, rate=0.1, demand=demand(1, 2, 3, 3), **cloud(floors=(4.0, 5.0, 6.0, 7.0)))
    first = advance(solved(case), date(2027, 1, 1))
    twice = advance(stays_optimal(first), date(2028, 1, 1))
    once = advance(solved(case), date(2028, 1, 1))
    assert twice.identity.rest == pytest.approx(once.identity.rest, rel=1e-12)
    assert twice.case.frame("cloud_commitments").equals(once.case.frame("cloud_commitments"))


def test_the_day_must_be_the_first_of_a_period(tmp_path: Path) -> None:
    plan = solved(small(tmp_path, end=2029, demand=demand(1, 1, 1)))
    for day, nearest in (
        (date(2027, 2, 1), "2027-01-01 or 2028-01-01"),
        (date(2025, 1, 1), "from 2026-01-01 to 2028-01-01"),
        (date(2029, 1, 1), "from 2026-01-01 to 2028-01-01"),
        (date(2028, 7, 1), "2028-01-01"),
    ):
        with pytest.raises(planner.DataError, match=nearest):
            advance(plan, day)


def test_cash_is_that_of_the_day(tmp_path: Path) -> None:
    """100 at first, 10 spent in 2026 and 20 in 2027; equity of 5 came in 2026."""
    tables = cloud(floors=(1.0, 1.0, 1.0))
    tables["cloud_commitments"] = tables["cloud_commitments"].replace("shortfall\n", "shortfall,equity_usd_bn\n")
    tables["cloud_commitments"] = tables["cloud_commitments"].replace("forfeit\n", "forfeit,5\n")
    case = small(tmp_path, end=2029, demand=demand(1, 2, 3), toml="opening_cash_usd_bn = 100\n", **tables)
    made = rolls(solved(case))
    assert [each.case.settings.opening_cash_usd_bn for each in made] == pytest.approx([95.0, 75.0])


def test_chips_cost_what_they_cost_on_the_day(tmp_path: Path) -> None:
    """16 at first, and a quarter less each year from mid-2027 on."""
    plan = solved(small(tmp_path, end=2030, demand=demand(1, 1, 1, 1), chips=CHIPS))
    prices = [advance(plan, date(year, 1, 1)).case.rows(Chip)[0].capex_usd_bn_per_gw for year in (2027, 2028, 2029)]
    assert prices == pytest.approx([16.0, 16 * 0.75**0.5, 16 * 0.75**1.5])


def test_rows_that_no_longer_hold_are_left_out(tmp_path: Path) -> None:
    plan = solved(small(tmp_path, end=2029, demand=demand(1, 2, 3)))
    made = advance(plan, date(2028, 1, 1)).case
    assert made.files["demand.csv"] == b"from_date,region,workload,demand_gw\n2028-01-01,here,training,3\n"


def test_a_wrong_case_is_noticed(tmp_path: Path) -> None:
    """The identity is no formality: a case in which something else is left to pay does not pass."""
    plan = solved(small(tmp_path, end=2028, demand=demand(1, 1), **cloud(floors=(1.0, 1.0))))
    made = advance(plan, date(2027, 1, 1))
    for change in (
        "cloud_tiers[deal,only].price_usd_bn_per_gw_year *= 1.0001",
        "cloud_terms[deal,2].floor_usd_bn += 0.1",
        "cloud_terms[deal,2].capacity_gw = 0.5",
    ):
        found = replace(made, planned=made.planned.change(change)).identity
        assert found.differences() or found.broken, change


def test_the_command_writes_a_case_that_checks_and_solves(tmp_path: Path) -> None:
    plan = solved(small(tmp_path / "in", end=2029, demand=demand(1, 2, 3), **cloud(floors=(1.0, 2.0, 3.0))))
    plan.write(tmp_path / "plan")
    words = ["advance", str(tmp_path / "plan"), "--to", "2027-01-01", "-o", str(tmp_path / "later")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "= 10.000000 posted before 2027-01-01" in result.output
    readme = (tmp_path / "later" / "README.md").read_text(encoding="utf-8")
    assert "### cloud_commitments.csv: 1 changed" in readme
    assert CliRunner().invoke(main, ["check", str(tmp_path / "later")]).exit_code == 0
    refused = CliRunner().invoke(main, words)
    assert (refused.exit_code, "exists; --force replaces it" in refused.output) == (2, True)
    told = json.loads(CliRunner().invoke(main, [*words, "--force", "--json"]).stdout)
    assert told["posted_before_usd_bn"] == pytest.approx(10.0)
    assert told["relative_difference"] <= 1e-12
    for strange in ("2027-02-01", "tomorrow"):
        wrong = CliRunner().invoke(
            main, ["advance", str(tmp_path / "plan"), "--to", strange, "-o", str(tmp_path / "x")]
        )
        assert (wrong.exit_code, (tmp_path / "x").exists()) == (3, False)


def test_nothing_but_a_case_is_replaced(tmp_path: Path) -> None:
    solved(small(tmp_path / "in", end=2028, demand=demand(1, 1))).write(tmp_path / "plan")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me", encoding="utf-8")
    words = ["advance", str(tmp_path / "plan"), "--to", "2027-01-01", "-o", str(tmp_path / "mine"), "--force"]
    assert CliRunner().invoke(main, words).exit_code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_the_plan_is_not_written_over(tmp_path: Path) -> None:
    plan = tmp_path / "plans" / "base"
    solved(small(tmp_path / "in", end=2028, demand=demand(1, 1))).write(plan)
    before = sorted(plan.rglob("*"))
    for place in (plan / "next", plan / "case", tmp_path / "plans"):
        words = ["advance", str(plan), "--to", "2027-01-01", "-o", str(place), "--force"]
        refused = CliRunner().invoke(main, words)
        assert (refused.exit_code, "which is read" in refused.output) == (2, True)
        words = ["replan", str(tmp_path / "in"), "--from", str(plan), "-o", str(place), "--force"]
        assert CliRunner().invoke(main, words).exit_code == 2
    assert sorted(plan.rglob("*")) == before


def test_the_readme_tells_names_from_words_and_leaves_out_what_is_blank(tmp_path: Path) -> None:
    made = advance(solved(planner.Case.read(path("starter"))), date(2028, 1, 1))
    said = readme.text(made)
    assert "## What became what" in said
    assert "`gpu_order` was ordered on 2027-01-01." in said
    assert "moved_out_gw" not in said
    assert "\n    = 20.375600 posted before 2028-01-01\n" in said
    assert "(both sides agree to 1e-12 of the cost)" in said
    assert "\n\n\n" not in said


# Half of the cap of Cirrus less 1.6 leaves 2.4. In the last year it stands behind 2.88 + 2.56 at Mesa, signed before.
def test_limits_that_a_stress_plan_breaks_are_named() -> None:
    down = Event(
        event="down", kind=EventKind.GUARANTOR_DOWNGRADED, subject="cirrus", from_date=date(2028, 6, 1), value=0.5
    )
    stressed = stress(solved(starter()), [down]).outcomes[-1].after
    assert stressed is not None
    made = advance(stressed, date(2030, 1, 1))
    said = "The plan's remaining decisions BREAK 1 limit: guarantor_cap cirrus/lease"
    assert said in summary(made).splitlines()
    assert f"{said}." in text(made).splitlines()
    assert "BREAK" not in summary(advance(solved(starter()), date(2030, 1, 1)))


def test_from_python(tmp_path: Path) -> None:
    case = small(tmp_path, end=2028, demand=demand(1, 1), **cloud(floors=(1.0, 1.0)))
    advanced = case.solve().advance(date(2027, 1, 1))
    assert advanced.case.calendar.start == date(2027, 1, 1)
    assert isinstance(advanced.case, planner.Case)


@pytest.mark.parametrize("months", [1, 3, 6])
def test_a_yearly_plan_goes_on_by_shorter_periods(tmp_path: Path, months: int) -> None:
    """20 in 2027 and 30 in 2028; by shorter periods the use is the same, and there is nothing to discount."""
    plan = solved(small(tmp_path, end=2029, demand=demand(1, 2, 3), **cloud(floors=(12.0, 22.0, 30.0))))
    made = advance(plan, date(2027, 1, 1), period_months=months)
    assert made.case.calendar.T == 24 // months
    assert made.identity.rest == pytest.approx(52.0)
    assert cost(solved(made.case)) == pytest.approx(52.0)


def test_the_rest_must_be_a_whole_number_of_periods(tmp_path: Path) -> None:
    plan = solved(small(tmp_path, end=2028, months=6, demand=demand(1, 2)))
    with pytest.raises(planner.DataError, match="a whole number of periods of 12 months"):
        advance(plan, date(2026, 7, 1), period_months=12)
