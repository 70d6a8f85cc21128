"""What is wrong with the tables of events and outcomes, exactly, and what is not."""

import csv
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.futures.tree import Tree
from tests.small import demand, small

EVENTS = "event,known_on\ndemand,2027-01-01\nchips,2027-01-01\n"
UP = '"demand[2027-01-01..,*,*].demand_gw *= 2"'


def case(folder: Path, outcomes: str, events: str = EVENTS) -> Case:
    return small(folder / "case", end=2030, demand=demand(1), events=events, outcomes=outcomes)


def outcomes(*rows: str) -> str:
    """The table of outcomes; cells at the end of a row may be left out."""
    header = "event,outcome,given,probability,changes,kind,subject,value"
    whole = [row + "," * (7 - len(next(csv.reader([row]))) + 1) for row in rows]
    return "\n".join([header, *whole, ""])


def problems(folder: Path, outcomes: str, events: str = EVENTS) -> list[str]:
    with pytest.raises(DataError) as error:
        case(folder, outcomes, events)
    return str(error.value).splitlines()


def chips(*, given: str = "") -> str:
    return f"chips,on_time,{given},1,"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [f"demand,high,,0.4,{UP}", "demand,kept,,0.5,", chips()],
            "outcomes.csv:2 probability: expected probabilities of demand that add up to 1, found a sum of 0.9",
        ),
        (
            ["demand,kept,,0.5,", f"demand,up,,0.5,{UP}", "chips,late,,1,", "chips,late,demand:kept,0.5,",
             f"chips,odd,demand:kept,0.6,{UP}"],
            "outcomes.csv:5 probability: expected probabilities of chips given demand:kept that add up to 1,"
            " found a sum of 1.1",
        ),
        (
            ["demand,high,,1,", "chips,late,demand,1,"],
            "outcomes.csv:3 given: expected an event and its outcome, as in demand:high, found 'demand'",
        ),
        (
            ["demand,high,,1,", "chips,late,demnad:high,1,"],
            "outcomes.csv:3 given: expected an event of events.csv before the :, found 'demnad:high'; did you mean"
            " 'demand'?",
        ),
        (
            ["demand,high,,1,", "chips,late,demand:hihg,1,"],
            "outcomes.csv:3 given: expected an outcome of demand after the :, found 'demand:hihg'; did you mean"
            " 'high'?",
        ),
        (
            ["demand,high,,1,", "chips,late,chips:late,1,"],
            "outcomes.csv:3 given: expected an outcome of another event, found 'chips:late'",
        ),
        (
            ["demand,high,chips:late,1,", "chips,late,demand:high,1,"],
            "outcomes.csv:3 given: expected an event that is not itself given this one, found a circle: chips is given"
            " demand is given chips",
        ),
        (
            ["demand,high,,1,"],
            "events.csv:3 event: expected an event with outcomes in outcomes.csv, found 'chips'",
        ),
        (
            ["demand,high,,0.5,", "demand,low,,0.5,", chips()],
            "events.csv:2 event: expected an event whose outcomes change different things, or one that others are"
            " given, found 'demand', which nothing distinguishes",
        ),
        (
            [f"demand,high,,0.5,{UP}", "demand,low,,0.5,\" demand[2027-01-01..,*,*].demand_gw   *= 2\"", chips()],
            "events.csv:2 event: expected an event whose outcomes change different things, or one that others are"
            " given, found 'demand', which nothing distinguishes",
        ),
        (
            [f"demand,high,,1,{UP},site_late,hall,3", chips()],
            "outcomes.csv:2 changes: expected a blank where a kind is given: an outcome is told in one of the two ways,"
            " found 'demand[2027-01-01..,*,*].demand_gw *= 2'",
        ),
        (
            ["demand,high,,1,,,hall,", chips()],
            "outcomes.csv:2 subject: expected a blank where no kind is given, found 'hall'",
        ),
        (["demand,high,,1,,,,3", chips()], "outcomes.csv:2 value: expected a blank where no kind is given, found '3'"),
        (
            [f"demand,as_expected,,1,{UP}", chips()],
            "outcomes.csv:2 outcome: expected another name, as this is the planner's word for what changes nothing,"
            " found 'as_expected'",
        ),
        (
            [f"demand,expected,,1,{UP}", chips()],
            "outcomes.csv:2 outcome: expected another name, as this is the planner's word for what changes nothing,"
            " found 'expected'",
        ),
        (
            ["demand,high,,1,", chips(given="demand:high"), f"chips,late,,1,{UP}"],
            "outcomes.csv:4 given: expected an outcome of demand, as every one of them has rows of its own, found a"
            " blank",
        ),
        (["demand,high,,1,", "demnad,low,,1,", chips()], "outcomes.csv:3 event: expected an event of events.csv, found"
         " 'demnad'; did you mean 'demand'?"),
        (["demand,high,,0.5,", "demand,high,,0.5,", chips()], "outcomes.csv:3 event, outcome, given: expected"),
    ],
)  # fmt: skip
def test_each_problem_by_itself(tmp_path: Path, rows: list[str], message: str) -> None:
    found = problems(tmp_path, outcomes(*rows))
    assert len(found) == 1
    assert found[0].startswith(message), found[0]


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, outcomes("demand,high,,0.4,,,,1", "chips,late,demand:low,0.1,"))
    assert [line.partition(":")[2].partition(":")[0] for line in found] == [
        "2 value", "2 probability", "3 given", "3 probability"
    ]  # fmt: skip


def test_given_must_be_known_no_later(tmp_path: Path) -> None:
    events = "event,known_on\ndemand,2028-01-01\nchips,2027-01-01\n"
    assert problems(tmp_path, outcomes("demand,high,,1,", chips(given="demand:high")), events) == [
        "outcomes.csv:3 given: expected an outcome of an event known no later than 2027-01-01, found 'demand:high',"
        " which becomes known on 2028-01-01"
    ]


def test_given_rows_of_an_event_are_all_of_one_other(tmp_path: Path) -> None:
    events = f"{EVENTS}sites,2027-01-01\n"
    rows = ["demand,high,,1,", "sites,late,,1,", chips(given="demand:high"), chips(given="sites:late")]
    assert problems(tmp_path, outcomes(*rows), events) == [
        "outcomes.csv:5 given: expected an outcome of demand, as in another row of this event, found 'sites:late'"
    ]


def test_two_events_of_one_name(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, outcomes("demand,high,,1,"), "event,known_on\ndemand,2027-01-01\ndemand,2028-01-01\n")
    assert found.startswith("events.csv:3 event: expected")


def test_thirds_add_up_and_a_billionth_does_not_count(tmp_path: Path) -> None:
    rows = [f"demand,a,,0.3333333333,{UP}", "demand,b,,0.3333333333,", "demand,c,,0.3333333334,"]
    assert len(Tree.of(case(tmp_path, outcomes(*rows, chips())))) == 3
    assert problems(tmp_path / "two", outcomes(f"demand,a,,0.33333333,{UP}", "demand,b,,0.66666666,", chips()))


def test_one_outcome_of_probability_one_is_an_event(tmp_path: Path) -> None:
    tree = Tree.of(case(tmp_path, outcomes("demand,kept,,1,", chips())))
    assert [(each.name, each.probability) for each in tree.futures] == [("kept/on_time", 1.0)]


def test_news_that_only_tells_of_other_news_is_worth_having(tmp_path: Path) -> None:
    """A survey changes nothing, but what is likely afterwards."""
    rows = [
        "demand,good,,0.5,", "demand,bad,,0.5,",
        f"chips,up,demand:good,0.9,{UP}", "chips,flat,demand:good,0.1,",
        f"chips,up,demand:bad,0.2,{UP}", "chips,flat,demand:bad,0.8,",
    ]  # fmt: skip
    tree = Tree.of(case(tmp_path, outcomes(*rows)))
    assert {each.name: round(each.probability, 12) for each in tree.futures} == {
        "good/up": 0.45, "good/flat": 0.05, "bad/up": 0.1, "bad/flat": 0.4
    }  # fmt: skip


def test_an_event_that_takes_place_on_one_branch_only(tmp_path: Path) -> None:
    """Elsewhere it is as expected, and so may an outcome that changes nothing be called: no name means two things."""
    rows = [f"demand,high,,0.5,{UP}", "demand,kept,,0.5,", f"chips,late,demand:high,0.5,{UP}",
            "chips,as_expected,demand:high,0.5,"]  # fmt: skip
    tree = Tree.of(case(tmp_path, outcomes(*rows)))
    assert [each.name for each in tree.futures] == ["high/late", "high/as_expected", "kept"]


def test_ten_thousand_futures_and_no_more(tmp_path: Path) -> None:
    ten = "abcdefghij"
    events = "event,known_on\n" + "".join(f"e{i},2027-01-01\n" for i in range(5))
    rows = [
        f"e{i},{letter},,0.1,\"demand[2027-01-01..,*,*].demand_gw *= 1.0{j}\"" for i in range(5)
        for j, letter in enumerate(ten)
    ]  # fmt: skip
    many = case(tmp_path, outcomes(*rows), events)
    with pytest.raises(DataError) as error:
        Tree.of(many)
    assert str(error.value) == (
        "events.csv: expected at most 10,000 futures; planner events CASE --futures N keeps the N that stand best for"
        " all, found 100,000 or more"
    )
    fewer = case(tmp_path / "fewer", outcomes(*rows[:40]), "\n".join(events.splitlines()[:5]) + "\n")
    assert len(Tree.of(fewer)) == 10_000


def test_a_separator_within_quotes_belongs_to_the_text(tmp_path: Path) -> None:
    text = "\"demand[2027-01-01..,*,*].source = 'a; b'; demand[2027-01-01..,*,*].demand_gw *= 2\""
    from planner.common.unknown import EventOutcome

    row = EventOutcome(event="a", outcome="b", probability=1, changes=text[1:-1])
    assert row.texts == [
        "demand[2027-01-01..,*,*].source = 'a; b'", "demand[2027-01-01..,*,*].demand_gw *= 2"
    ]  # fmt: skip
    assert EventOutcome(event="a", outcome="b", probability=1, changes=" ; it's; ").texts == ["it's"]
