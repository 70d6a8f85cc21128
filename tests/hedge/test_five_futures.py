"""Five futures of the reference: their tree, and news that would come too late."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.futures.causality import problems_of_tree
from planner.futures.tree import Tree
from tests.benchmarks.trees import five_futures

PROBABILITIES = {
    "in_time/as_expected": 0.4,
    "in_time/demand_up": 0.15,
    "in_time/demand_down": 0.15,
    "in_time/cap_halved": 0.15,
    "late": 0.15,
}


def test_the_five_futures_part_on_two_days(tmp_path: Path) -> None:
    case = Case.read(five_futures(tmp_path / "case"))
    tree = Tree.of(case)
    assert {future.name: future.probability for future in tree.futures} == pytest.approx(PROBABILITIES)
    assert [str(day) for day in tree.days] == ["2027-07-01", "2028-07-01"]
    assert not problems_of_tree(case, tree)


def test_trainium_4_cannot_be_late_a_year_after_it_was_to_come(tmp_path: Path) -> None:
    case = Case.read(five_futures(tmp_path / "case")).change("events[trainium4].known_on = 2028-07-01")
    (problem,) = problems_of_tree(case, Tree.of(case))
    assert (problem.file, problem.line, problem.column) == ("outcomes.csv", 3, "changes")
    assert problem.found.startswith("available_from of trainium4 in chips.csv from 2027-07-01 to 2028-07-01")
