"""Cases with events of which no plan serves all futures, with what mends them worked out by hand."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case import shipped
from planner.cli import main
from planner.explain.trees.explanation import TreeExplanation, explain_futures
from planner.explain.trees.feasibility import all_futures_have_a_plan
from planner.explain.trees.repairs import FUTURES, NEWS, WAIVERS
from tests.hedges import confirmed
from tests.studies.hedged_case import uncertain

FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,11,0,0\n"
TURN = (
    "event,outcome,given,probability,changes\n"
    "demand,lean,,0.6,\n"
    'demand,rich,,0.4,"demand[2027-01-01..,*,*].demand_gw *= 2;'
    ' finance[2027-01-01..].revenue_usd_bn_per_year = 100"\n'
)
NO_SHORTAGE = "case.shortage_cost_usd_bn_per_gw_year = blank"


def explained(case: Case, *groups: str) -> TreeExplanation:
    """The explanation; a hedge of the case with each repair agrees with its audit."""
    found = explain_futures(case, groups) if groups else explain_futures(case)
    for repair in found.repairs:
        confirmed(case.change(*repair.changes).hedge(values=False))
    return found


def too_small(folder: Path) -> Case:
    """In 2027 spot and deal serve 1.2 GW together: enough for the low future, not for the 2 GW of the high one."""
    return uncertain(folder).change(
        NO_SHORTAGE, "cloud_terms[*,2].capacity_gw = 0.6", "cloud_terms[deal,2].floor_usd_bn = 6"
    )


def torn(folder: Path) -> Case:
    """In 2027 spot serves 1 GW, so the rich future needs the deal, which must be signed in 2026.

    The lean future earns 11 a year and has 1 at the start. With the deal it holds 2 after 2026, and 2 + 11 − 20 = −7
    after 2027.
    """
    case = uncertain(folder, outcomes=TURN, finance=FINANCE, toml="opening_cash_usd_bn = 1\n")
    return case.change(NO_SHORTAGE, "cloud_terms[spot,*].capacity_gw = 1")


# The low future asks for 1 and the high one for twice that: 1.2 is twice 0.6, so 0.4 less has to be asked for.
def test_impossible_future(tmp_path: Path) -> None:
    found = explained(too_small(tmp_path), "demand")
    assert found.futures == {"low": (0.5, True), "high": (0.5, False)}
    assert found.expected.feasible
    assert not found.feasible
    repair = found.repairs[0]
    assert repair.kind == FUTURES
    assert repair.changes == ("demand[2027-01-01..,here,training].demand_gw -= 0.4",)
    assert "high (probability 0.5) has no plan by itself" in found.text()
    assert "--set 'demand[2027-01-01..,here,training].demand_gw -= 0.4'" in found.text()


# Twice 1.2 is needed where the outcome halves what the change of the case adds.
def test_outcome_that_makes_a_change_smaller(tmp_path: Path) -> None:
    outcomes = (
        "event,outcome,given,probability,changes\nearnings,usual,,0.5,\n"
        "earnings,half,,0.5,finance[2027-01-01..].revenue_usd_bn_per_year *= 0.5\n"
    )
    case = uncertain(
        tmp_path, events="event,known_on\nearnings,2027-01-01\n", outcomes=outcomes, finance=FINANCE,
        toml="opening_cash_usd_bn = 1\n",
    ).change(NO_SHORTAGE)  # fmt: skip
    found = explained(case)
    assert found.futures["half"] == (0.5, False)
    assert {repair.kind for repair in found.repairs} == {FUTURES, WAIVERS}
    # spot costs 11 in 2027 and 1 + 5.5 are there: 4.5 more at the start, or cash of −4.5
    assert ("case.opening_cash_usd_bn += 4.5",) in [repair.changes for repair in found.repairs]


def test_waiver_for_the_probability_of_the_futures(tmp_path: Path) -> None:
    found = explained(torn(tmp_path))
    (waiver,) = [repair for repair in found.repairs if repair.kind == WAIVERS]
    (change,) = waiver.changes
    assert change.startswith("+waivers{rule=liquidity, ")
    assert change.endswith("price_usd_bn_per_unit_year=1, probability_max=0.6}")
    assert "futures of probability 0.6, at a price that you set" in waiver.words[0]


def test_futures_that_clash(tmp_path: Path) -> None:
    case = torn(tmp_path)
    found = explained(case)
    assert found.futures == {"lean": (0.6, True), "rich": (0.4, True)}
    assert found.together is False
    (conflict,) = found.conflicts
    assert (conflict.futures, str(conflict.until), conflict.offers) == (("lean", "rich"), "2027-01-01", ("deal",))
    assert "No plan serves lean and rich until 2027-01-01, when news tells them apart." in found.text()
    assert "decided after the news: deal." in found.text()
    news = [repair.changes for repair in found.repairs if repair.kind == NEWS]
    assert news == [("events[demand].known_on = 2026-01-01",)]


# Of half-years, the deal is signed in January 2026, or in July 2026: news in July is early enough then.
def test_latest_news_that_is_early_enough(tmp_path: Path) -> None:
    case = torn(tmp_path).change(
        "case.period_months = 6", "cloud_commitments[deal].sign_by = 2026-07-01",
        "cloud_terms[deal,*].floor_usd_bn = 20",
    )  # fmt: skip
    found = explained(case)
    news = [repair.changes for repair in found.repairs if repair.kind == NEWS]
    assert news == [("events[demand].known_on = 2026-07-01",)]


def test_there_is_a_plan(tmp_path: Path) -> None:
    found = explained(uncertain(tmp_path))
    assert found.feasible
    assert found.text().endswith("There is a plan for all futures: nothing has to be changed.")
    assert all_futures_have_a_plan(uncertain(tmp_path / "other"))


# Even the expected future lacks 0.8 GW, and the explanation is that of the case without events.
def test_expected_future_without_a_plan(tmp_path: Path) -> None:
    case = too_small(tmp_path).change("cloud_terms[*,2].capacity_gw = 0.1")
    found = explain_futures(case, ["demand"])
    assert not found.expected.feasible
    assert found.repairs == []
    assert "This is about the expected future." in found.text()
    assert found.json()["repairs"] == [repair.json() for repair in found.expected.repairs]


def test_nothing_mends_it(tmp_path: Path) -> None:
    with pytest.raises(Infeasible, match="high has no plan by itself"):
        explain_futures(too_small(tmp_path), ["cash"])


def test_command(tmp_path: Path) -> None:
    torn(tmp_path / "case").write(tmp_path / "torn")
    ended = CliRunner().invoke(main, ["explain", str(tmp_path / "torn"), "--json"])
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert told["feasible"] is False
    assert told["futures"] == [
        {"name": "lean", "probability": 0.6, "possible": True}, {"name": "rich", "probability": 0.4, "possible": True},
    ]  # fmt: skip
    assert told["conflicts"][0]["offers"] == ["deal"]
    hedged = ["hedge", str(tmp_path / "torn"), "-o", str(tmp_path / "plan"), "--no-values"]
    ended = CliRunner().invoke(main, hedged)
    assert (ended.exit_code, "planner explain CASE" in ended.output) == (4, True)
    for change in told["repairs"][0]["set"]:
        hedged += ["--set", change]
    assert CliRunner().invoke(main, hedged).exit_code == 0
    too_small(tmp_path / "other").write(tmp_path / "small")
    assert CliRunner().invoke(main, ["explain", str(tmp_path / "small"), "--include", "opening_cash"]).exit_code == 4


# Twice the demand from July 2027 on is more than all halls and clouds of the starter serve.
def test_starter(tmp_path: Path) -> None:
    place = tmp_path / "starter"
    shutil.copytree(shipped.path("starter"), place)
    (place / "events.csv").write_text("event,known_on\ndemand,2027-07-01\n")
    (place / "outcomes.csv").write_text(
        "event,outcome,given,probability,changes\n"
        'demand,low,,0.5,\ndemand,high,,0.5,"demand[2027-07-01..,*,*].demand_gw *= 2"\n'
    )
    case = Case.read(place).change(NO_SHORTAGE, "case.solver.gap = 0.01")
    found = explained(case, "demand")
    assert found.futures == {"low": (0.5, True), "high": (0.5, False)}
    assert found.repairs[0].kind == FUTURES
    assert all(change.startswith("demand[") for change in found.repairs[0].changes)
