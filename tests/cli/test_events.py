"""`planner events`, and what `planner check` and `planner solve` say of a case with events."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.cli import main
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.tree import Tree
from tests.inputs import write_case
from tests.small import cloud, demand, small

LAW = "demand: demand[2028-01-01..,*,*].demand_gw *= uniform(0.4, 1.6)"
REVENUE = "price: demand[2029-01-01..,*,*].demand_gw *= lognormal(1, 0.3)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small(tmp_path / "case", end=2030, demand=demand(1), **cloud(floors=(0.0, 0.0, 0.0, 0.0)))
    return tmp_path / "case"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_law_is_written_into_the_case(folder: Path) -> None:
    told = run("events", folder, "--law", LAW)
    assert told.exit_code == 0, told.output
    assert "Not known yet: 1 event, 3 futures" in told.output
    assert f"Written to {folder}; next: planner hedge {folder} -o PLAN" in told.output
    assert (folder / "events.csv").read_text() == 'event,known_on,title\ndemand,2028-01-01,"uniform(0.4, 1.6)"\n'
    assert (folder / "outcomes.csv").read_text() == (
        "event,outcome,probability,changes\n"
        'demand,low,0.3333333333333333,"demand[2028-01-01..,*,*].demand_gw *= 0.6"\n'
        'demand,mid,0.3333333333333333,"demand[2028-01-01..,*,*].demand_gw *= 1"\n'
        'demand,high,0.3333333333333333,"demand[2028-01-01..,*,*].demand_gw *= 1.4"\n'
    )


def test_an_event_of_the_name_is_only_replaced_by_force(folder: Path) -> None:
    run("events", folder, "--law", LAW)
    before = (folder / "outcomes.csv").read_bytes()
    again = run("events", folder, "--law", LAW, "--outcomes", "2")
    assert again.exit_code == 2
    assert "the case has the event demand already; --force replaces it" in again.output
    assert (folder / "outcomes.csv").read_bytes() == before
    assert run("events", folder, "--law", LAW, "--outcomes", "2", "--force").exit_code == 0
    assert [row.outcome for row in Case.read(folder).rows(EventOutcome)] == ["low", "high"]


def test_another_event_comes_beside_it(folder: Path) -> None:
    (folder / "events.csv").write_text("known_on,event\n2028-01-01,demand\n")
    (folder / "outcomes.csv").write_text("event,outcome,probability,value\ndemand,only,1,\n")
    told = run("events", folder, "--law", REVENUE, "--points", "gauss", "--known-on", "price=2028-06-01")
    assert told.exit_code == 0, told.output
    case = Case.read(folder)
    assert [(row.event, str(row.known_on)) for row in case.rows(UnknownEvent)] == [
        ("demand", "2028-01-01"), ("price", "2028-06-01")
    ]  # fmt: skip
    assert sum(row.probability for row in case.rows(EventOutcome)) == pytest.approx(2.0, abs=1e-12)


def test_correlated_laws_and_a_few_of_their_futures(folder: Path, tmp_path: Path) -> None:
    words = ["events", folder, "--law", LAW, "--law", REVENUE, "--correlation", "demand:price=0.5"]
    assert run(*words, "-o", tmp_path / "all").exit_code == 0
    assert not (folder / "events.csv").exists()
    assert len(Tree.of(Case.read(tmp_path / "all"))) == 9
    few = run(*words, "--futures", "4", "-o", tmp_path / "few")
    assert few.exit_code == 0, few.output
    assert "Kept 4 futures; distance from all futures (Kantorovich)" in few.output
    assert len(Tree.of(Case.read(tmp_path / "few"))) == 4
    again = run(*words, "--futures", "4", "-o", tmp_path / "few")
    assert again.exit_code == 2
    assert "exists; --force replaces it" in again.output
    inside = run("events", tmp_path / "all", "--futures", "4")
    assert inside.exit_code == 2
    assert "--force replaces them all" in inside.output
    assert run("events", tmp_path / "all", "--futures", "4", "--force").exit_code == 0
    for name in ("events.csv", "outcomes.csv"):
        assert (tmp_path / "all" / name).read_bytes() == (tmp_path / "few" / name).read_bytes()


def test_for_programs(folder: Path) -> None:
    told = json.loads(run("events", folder, "--law", LAW, "--futures", "2", "--json").stdout)
    assert told["unknown"]["number_of_futures"] == 2
    assert told["kept"]["futures"] == 2
    assert told["kept"]["relative_distance"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((), 2, "give --law, --futures or both"),
        (("--futures", "2", "--known-on", "2028-01-01"), 2, "are about laws"),
        (("--law", LAW, "--law", "x"), 3, "expected a name of lower-case words, a colon and a change"),
        (("--law", LAW, "--law", LAW), 3, "expected one law of each name"),
        (("--law", LAW, "--correlation", "demand:price=0.5"), 3, "the name of a law (demand), found 'price'"),
        (("--law", LAW, "--known-on", "deman=2028-01-01"), 3, "found 'deman'; did you mean 'demand'?"),
        (("--law", LAW, "--known-on", "soon"), 3, "expected a date such as 2028-07-01, found 'soon'"),
        (("--law", LAW, "--known-on", "2029-01-01"), 3, "the news would come too late"),
        (
            ("--law", "demand: demand[2028-01-01..,*,*].demand_gw -= normal(3, 1)"),
            3,
            "outcomes.csv:2 changes: expected",
        ),
        (("--law", "demand: demand[2028-01-01..,*,*].nothing *= normal(3, 1)"), 3, "expected changes that can be made"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    told = run("events", folder, *words)
    assert (told.exit_code, message in told.output) == (status, True), told.output
    assert not (folder / "events.csv").exists()


def test_too_many_futures_point_to_the_option(folder: Path, tmp_path: Path) -> None:
    laws = [f"d{i}: demand[2028-01-01..,*,*].demand_gw *= uniform(0.9, 1.1)" for i in range(5)]
    words = ["events", folder, "--outcomes", "7", *(word for law in laws for word in ("--law", law))]
    told = run(*words)
    assert told.exit_code == 3
    assert "planner events CASE --futures N keeps the N that stand best for all" in told.output
    told = run(*words, "--outcomes", "6", "--futures", "5", "-o", tmp_path / "few")
    assert told.exit_code == 0, told.output


def with_events(folder: Path) -> None:
    (folder / "events.csv").write_text("event,known_on,title\ndemand,2028-03-01,how much\n")
    (folder / "outcomes.csv").write_text(
        "event,outcome,probability,changes\n"
        'demand,high,0.25,"demand[2029-01-01..,*,*].demand_gw *= 2"\ndemand,kept,0.75,\n'
    )


def test_check_prints_the_tree(folder: Path) -> None:
    with_events(folder)
    lines = run("check", folder).output.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Not known yet"))
    assert lines[first : first + 13] == [
        "Not known yet: 1 event, 2 futures; planner solve plans for the expected future, planner hedge CASE -o PLAN for"
        " all of them",
        "  demand, known on 2028-03-01 and heeded from 2029-01-01, the next start of a period: how much",
        "     25.0%  high  demand[2029-01-01..,*,*].demand_gw *= 2",
        "     75.0%  kept  as expected",
        "",
        "Tree",
        "  from          probability  known",
        "  2026-01-01         100.0%  nothing is known",
        "    2028-03-01        25.0%    demand:high",
        "    2028-03-01        75.0%    demand:kept",
        "",
        "Futures, as demand",
        "  75.0%  kept",
    ]
    told = json.loads(run("check", folder, "--json").stdout)["unknown"]
    assert [each["outcome"] for each in told["events"][0]["outcomes"]] == ["high", "kept"]
    assert told["futures"] == [{"name": "high", "probability": 0.25}, {"name": "kept", "probability": 0.75}]
    assert [node["before"] for node in told["nodes"]] == [None, 0, 0]


def test_check_sums_up_many_futures(folder: Path) -> None:
    run("events", folder, "--law", LAW, "--law", REVENUE, "--outcomes", "9")
    told = run("check", folder).output
    assert "81 futures" in told
    assert "Number of branches from each day\n  2028-01-01  9\n  2029-01-01  81\n" in told
    assert "the 10 likeliest" in told
    assert "… and 71 more" in told
    found = json.loads(run("check", folder, "--json").stdout)["unknown"]
    assert (found["all_futures_listed"], len(found["futures"]), found["nodes"]) == (False, 10, [])


def test_check_of_a_case_without_events_says_nothing(folder: Path) -> None:
    told = run("check", folder)
    assert "Not known yet" not in told.output
    assert "events" not in told.output
    assert "outcomes" not in told.output
    assert json.loads(run("check", folder, "--json").stdout)["unknown"] is None


def test_check_refuses_news_that_comes_too_late(folder: Path) -> None:
    with_events(folder)
    told = run("check", folder, "--set", "events[demand].known_on = 2029-06-01")
    assert told.exit_code == 3
    assert "the news would come too late" in told.output


def test_solve_says_that_it_plans_for_the_expected_future(folder: Path, tmp_path: Path) -> None:
    said = f"This plan is for the expected future; planner hedge {folder} -o PLAN plans for all of them"
    assert said not in run("solve", folder, "-o", tmp_path / "before").output
    with_events(folder)
    told = run("solve", folder, "-o", tmp_path / "plan")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == said
    told = run("solve", folder, "-o", tmp_path / "plan", "--force", "--json")
    assert json.loads(told.stdout)["status"] == "proven"
    assert said in told.stderr


def test_one_outcome_is_one_future(tmp_path: Path) -> None:
    """One outcome of probability 1: the tree is one future, and nothing is to be known."""
    write_case(
        tmp_path / "one",
        events="event,known_on\nnews,2027-01-01\n",
        outcomes="event,outcome,probability\nnews,only,1\n",
    )
    told = run("check", tmp_path / "one").output
    assert "1 event, 1 future;" in told
