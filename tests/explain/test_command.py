"""`planner explain` as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.cli import main
from planner.interfaces.groups import GROUPS
from tests.inputs import TOML, write_case

IMPOSSIBLE = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,5\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Nothing is earned and 5 are to be held."""
    priced = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")
    return write_case(tmp_path / "case", priced, finance=IMPOSSIBLE)


def test_it_prints_what_to_set(case: Path, tmp_path: Path) -> None:
    result = run("explain", case)
    assert result.exit_code == 0
    assert "USD 5 bn less minimum cash throughout\n     --set 'finance[*].min_cash_usd_bn -= 5'" in result.output
    assert "USD 5 bn more cash at the start\n     --set 'case.opening_cash_usd_bn += 5'" in result.output
    assert "\n1. USD 5 bn" in result.output
    assert "\n2. or USD 5 bn" in result.output
    assert "Without any one line, or with half of the amounts, there is no plan." in result.output
    assert run("solve", case, "-o", tmp_path / "plan", "--set", "case.opening_cash_usd_bn += 5").exit_code == 0


def test_for_programs(case: Path) -> None:
    told = json.loads(run("explain", case, "--json", "--include", "opening_cash").stdout)
    assert told["feasible"] is False
    (repair,) = told["repairs"]
    assert repair["set"] == ["case.opening_cash_usd_bn += 5"]
    assert repair["words"] == ["USD 5 bn more cash at the start"]
    assert (repair["groups"], repair["cheapest"], repair["minimal"]) == (["opening_cash"], True, True)


def test_a_case_that_has_a_plan(case: Path) -> None:
    result = run("explain", case, "--set", "finance[*].min_cash_usd_bn = 0")
    assert (result.exit_code, "There is a plan" in result.output) == (0, True)


def test_nothing_that_may_be_touched_helps(case: Path) -> None:
    result = run("explain", case, "--exclude", "cash", "--exclude", "opening_cash")
    assert result.exit_code == 4
    assert "nothing that may be touched mends that" in result.stderr
    assert "planner explain" not in result.stderr


def test_every_end_without_a_plan_points_to_it(case: Path, tmp_path: Path) -> None:
    result = run("solve", case, "-o", tmp_path / "plan")
    assert result.exit_code == 4
    assert "`planner explain CASE`, with the same options, says what would make one possible." in result.stderr


def test_help_names_the_groups() -> None:
    told = " ".join(run("explain", "--help").output.split())
    for name, group in GROUPS.items():
        assert f"{name} ({group.what})" in told
    assert run("explain", ".", "--include", "nothing").exit_code == 2
