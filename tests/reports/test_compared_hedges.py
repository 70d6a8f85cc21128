"""Two hedges compared, and a hedge with a plan; the case is that of `tests.plan.hedges.test_hedge`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli import main
from planner.reports.compared_hedges import HedgeComparison
from planner.solve.solve import solve
from tests.hedges import led
from tests.plan.hedges.test_hedge import case


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_two_hedges(tmp_path: Path) -> None:
    """One signs early: 10 whatever comes. The other waits and signs late if demand is high: 14 and 0."""
    chosen = case(tmp_path / "case")
    early, late = led(chosen, "high", bound=10.0), led(chosen, "low")
    found = HedgeComparison(early, late)
    assert found.difference == pytest.approx(0.7 * 20 - 10)
    rows = found.table
    now = rows[rows["section"] == "now"].set_index("measure")
    assert now.loc["cloud_commitment.sign[early,2027-01-01,only]", ["first", "second"]].tolist() == [1.0, 0.0]
    later = rows[rows["section"] == "later"].set_index("measure")
    assert later.loc["demand:high: cloud_commitment.sign[late,2027-01-01,only]", "difference"] == 1.0
    costs = rows[rows["section"] == "futures"].set_index("item")
    assert costs["difference"].to_dict() == pytest.approx({"high": 10.0, "low": -10.0})
    plan = rows[rows["section"] == "plan"].set_index("measure")
    assert plan.loc[["expected_cost", "cvar", "p50"], "second"].tolist() == pytest.approx([14.0, 20.0, 20.0])
    text = found.text()
    assert "Signed differently now, before any news of 2027-01-01: 2 decisions" in text
    assert "Signed differently later: 2 decisions" in text
    assert "Difference of expected cost: +4 USD bn" in text
    assert "Proven: nothing has an objective below 10.000, a gap of 0.000%" in text


def test_a_hedge_with_itself(tmp_path: Path) -> None:
    hedge = led(case(tmp_path / "case"), "high")
    text = HedgeComparison(hedge, hedge).text()
    assert "The same is signed now, before any news of 2027-01-01" in text
    assert "The same is signed later" in text
    assert "Difference of expected cost: 0 USD bn" in text


def test_a_hedge_with_a_plan(tmp_path: Path) -> None:
    """The expected future has the high demand, so its plan signs early, and the hedge that waits does not."""
    chosen = case(tmp_path / "case", 0.3)
    led(chosen, "low").write(tmp_path / "hedge")
    solve(chosen).write(tmp_path / "plan")
    status, said = run("compare", tmp_path / "hedge", tmp_path / "plan")
    assert status == 0
    assert "a plan for 2 futures, expected 6.000 USD bn, CVaR 20.000" in said
    assert "second  small: a plan, 10.000 USD bn" in said
    assert "Second: a plan for one future, which is certain, so that its cost is no expected cost" in said
    assert "Signed differently now, before any news of 2027-01-01: 2 decisions" in said
    assert "Signed later: 0 decisions of the plan, whatever comes, and 2 decisions by what is known then" in said
    status, said = run("compare", tmp_path / "plan", tmp_path / "hedge", "--json", "--csv", tmp_path / "table.csv")
    told = json.loads(said)
    assert (status, told["difference_usd_bn"], told["first_news"]) == (0, pytest.approx(-4.0), "2027-01-01")
    assert told["signed_differently_now"] == [
        "cloud_commitment.sign[early,2027-01-01,only]", "cloud_commitment.scale[early,2027-01-01,only]",
    ]  # fmt: skip
    assert (tmp_path / "table.csv").read_text().startswith("section,item,measure,first,second,difference,unit\n")


def test_a_spoilt_hedge_is_not_compared(tmp_path: Path) -> None:
    led(case(tmp_path / "case"), "high").write(tmp_path / "hedge")
    path = tmp_path / "hedge" / "plan.json"
    path.write_text(path.read_text().replace('"cvar_usd_bn": 1', '"cvar_usd_bn": 2', 1))
    status, said = run("compare", tmp_path / "hedge", tmp_path / "hedge")
    assert status == 7
    assert "plan.json cvar_usd_bn" in said
