"""A case with events goes on to a later day: what stays unknown stays, and what is known by then is told.

Years from 2026 to 2029. 1 GW is asked for, which a commitment serves at 10 USD bn a year.
"""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case, Plan
from planner.basics.errors import DataError
from planner.cli import main
from planner.common.demand import Demand
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.roll.folder import confirmed, write
from planner.roll.readme import summary, text
from tests.plans import cost, solved
from tests.small import cloud, demand, small

EVENTS = "event,known_on,title\ndemand,2027-01-01,how much\nprice,2028-01-01,\nsites,2028-01-01,\n"
OUTCOMES = """\
event,outcome,given,probability,changes
demand,high,,0.5,"demand[2027-01-01..,*,*].demand_gw *= 2"
demand,kept,,0.5,
price,more,demand:high,0.75,"demand[2028-01-01..,*,*].demand_gw += 0.5"
price,same,demand:high,0.25,
price,more,,0.1,"demand[2028-01-01..,*,*].demand_gw += 0.5"
price,same,,0.9,
sites,late,demand:high,1,"demand[2028-07-01..,*,*].demand_gw += 0.25"
"""


def case(folder: Path) -> Case:
    return small(
        folder / "case", end=2030, demand=demand(1), events=EVENTS, outcomes=OUTCOMES,
        **cloud(floors=(0.0, 0.0, 0.0, 0.0)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return Plan.like(solved(case(tmp_path_factory.mktemp("plan"))))


def test_the_plan_is_for_the_expected_future(plan: Plan) -> None:
    assert cost(plan) == pytest.approx(40.0)


def test_events_stay_and_the_identity_holds(plan: Plan) -> None:
    later = plan.advance(date(2027, 1, 1))
    confirmed(later)
    for file in ("events.csv", "outcomes.csv"):
        assert later.case.files[file] == plan.case.files[file]
    assert later.identity.rest == pytest.approx(30.0)
    assert later.unknown == [
        "demand was to be known on 2027-01-01: --outcome demand:… says how it turned out (high, kept)"
    ]
    for said in (summary(later), text(later)):
        assert "--outcome demand:… says how it turned out" in said
    assert later.json()["unknown"] == later.unknown
    assert "known already when the case begins" in later.case.check().text()


def rows(case: Case) -> list[tuple[str, str, str | None, float]]:
    return [(row.event, row.outcome, row.given, row.probability) for row in case.rows(EventOutcome)]


def test_what_turned_out_is_no_event_any_more(plan: Plan) -> None:
    """Demand doubles, and what is given it is what may still come: 0.75 and 0.25, and sites are late."""
    later = plan.advance(date(2027, 1, 1), outcomes=["demand:high"])
    confirmed(later)
    assert [(str(row.from_date), row.demand_gw) for row in later.case.rows(Demand)] == [
        ("2026-01-01", 1.0), ("2027-01-01", 2.0)
    ]  # fmt: skip
    assert [row.event for row in later.case.rows(UnknownEvent)] == ["price", "sites"]
    assert rows(later.case) == [
        ("price", "more", None, 0.75), ("price", "same", None, 0.25), ("sites", "late", None, 1.0)
    ]  # fmt: skip
    assert later.unknown == []
    assert later.case.check()
    assert [item.what for item, _ in later.news] == ["demand turned out high"]


def test_what_turned_out_as_expected_leaves_the_other_branches(plan: Plan) -> None:
    """Nothing comes of the sites then."""
    later = plan.advance(date(2027, 1, 1), outcomes=["demand:kept"])
    assert [row.event for row in later.case.rows(UnknownEvent)] == ["price"]
    assert rows(later.case) == [("price", "more", None, 0.1), ("price", "same", None, 0.9)]
    assert [row.demand_gw for row in later.case.rows(Demand)] == [1.0]


def test_two_events_are_told_in_the_order_in_which_they_became_known(plan: Plan) -> None:
    later = plan.advance(date(2028, 1, 1), outcomes=["price:more", "sites:late", "demand:high"])
    assert "events" not in later.case.raw or not later.case.rows(UnknownEvent)
    assert [(str(row.from_date), row.demand_gw) for row in later.case.rows(Demand)][-2:] == [
        ("2028-01-01", 2.5), ("2028-07-01", 2.75)
    ]  # fmt: skip
    assert later.case.check()


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        (["demnad:high"], "an event of the case and its outcome, as in demand:high, found 'demnad'; did you mean"),
        (["demand:hihg"], "an outcome of demand: high, kept, found 'hihg'; did you mean 'high'?"),
        (["price:more"], "an event that is known by 2027-01-01, found price, which becomes known on 2028-01-01"),
        (["demand:high", "demand:kept"], "one outcome of each event, found another of demand"),
    ],
)
def test_outcomes_that_cannot_be(plan: Plan, outcomes: list[str], message: str) -> None:
    with pytest.raises(DataError) as error:
        plan.advance(date(2027, 1, 1), outcomes=outcomes)
    assert message in str(error.value)


def test_an_outcome_of_another_branch(plan: Plan) -> None:
    with pytest.raises(DataError, match="possible after what is told of other events"):
        plan.advance(date(2028, 1, 1), outcomes=["demand:kept", "sites:late"])
    with pytest.raises(DataError, match="demand among them"):
        plan.advance(date(2028, 1, 1), outcomes=["sites:late"])


def test_an_outcome_that_does_not_fit_any_more_is_told(plan: Plan, tmp_path: Path) -> None:
    """What changes the demand of 2026 only cannot be applied once that year is over."""
    changed = plan.case.change("outcomes[demand,high,*].changes = 'chips[tpu_b].life_years *= 2'")
    later = Plan.like(solved(changed)).advance(date(2027, 1, 1))
    assert any("outcomes.csv:2 changes: expected changes that can be made" in each for each in later.unknown)
    write(later, tmp_path / "later")


def test_the_command_tells_it(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan")
    words = ["advance", str(tmp_path / "plan"), "--to", "2027-01-01", "-o", str(tmp_path / "later")]
    told = CliRunner().invoke(main, [*words, "--outcome", "demand:high"])
    assert told.exit_code == 0, told.output
    assert "demand turned out high" in told.output
    assert [row.event for row in Case.read(tmp_path / "later").rows(UnknownEvent)] == ["price", "sites"]
    again = CliRunner().invoke(main, [*words, "--force", "--outcome", "demand:low"])
    assert again.exit_code == 3


def test_what_is_given_an_event_that_does_not_take_place_is_gone_too(tmp_path: Path) -> None:
    """Sites are given that demand is high, staff is given that sites are late, and phones are given staff."""
    chained = (
        f'{OUTCOMES}staff,short,sites:late,1,"demand[2029-01-01..,*,*].demand_gw += 0.25"\n'
        'phones,out,staff:short,1,"demand[2029-01-01..,*,*].demand_gw += 0.25"\n'
    )
    made = small(
        tmp_path / "case", end=2030, demand=demand(1), outcomes=chained,
        events=f"{EVENTS}staff,2028-01-01,\nphones,2028-01-01,\n", **cloud(floors=(0.0, 0.0, 0.0, 0.0)),
    )  # fmt: skip
    plan = Plan.like(solved(made))
    kept = plan.advance(date(2027, 1, 1), outcomes=["demand:kept"])
    assert [row.event for row in kept.case.rows(UnknownEvent)] == ["price"]
    high = plan.advance(date(2027, 1, 1), outcomes=["demand:high"])
    assert [row.event for row in high.case.rows(UnknownEvent)] == ["price", "sites", "staff", "phones"]
