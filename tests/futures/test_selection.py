"""Few futures for many: against every choice on small sets, by hand, and as rows of tables."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.api import Case
from planner.futures import selection
from planner.futures.kept_tree import kept_rows
from planner.futures.selection import Selection, coordinates, fast_forward
from planner.futures.tree import Tree
from planner.futures.written import with_unknown
from tests.small import demand, small


def mean_distance(points: np.ndarray, chances: np.ndarray, kept: tuple[int, ...]) -> float:
    return float(chances @ np.linalg.norm(points[:, None] - points[list(kept)][None], axis=2).min(axis=1))


def step_by_step(points: np.ndarray, chances: np.ndarray, count: int) -> list[int]:
    """Fast forward selection as it is defined, looking at every candidate in each step."""
    chosen: list[int] = []
    while len(chosen) < count:
        left = [i for i in range(len(points)) if i not in chosen]
        chosen.append(min(left, key=lambda i: mean_distance(points, chances, (*chosen, i))))
    return chosen


def test_by_hand() -> None:
    """On a line at 0, 1, 2 and 10, a quarter each. 1 is nearest on average: (1 + 0 + 1 + 9) / 4; 2 would cost 11 / 4
    too but comes later. Then 10 saves most, and the others go to 1: D = 2 / 4."""
    kept = fast_forward(np.array([[0.0], [1.0], [2.0], [10.0]]), np.full(4, 0.25), 2)
    assert kept.positions == (1, 3)
    assert list(kept.probabilities) == [0.75, 0.25]
    assert kept.distance == pytest.approx(0.5)
    assert kept.relative == pytest.approx(0.5 / 2.75)


def test_one_is_the_best_of_all_choices_and_all_are_no_distance_away() -> None:
    dice = np.random.default_rng(1)
    points, chances = dice.normal(size=(9, 2)), dice.dirichlet(np.ones(9))
    best = min(combinations(range(9), 1), key=lambda kept: mean_distance(points, chances, kept))
    assert fast_forward(points, chances, 1).positions == best
    assert fast_forward(points, chances, 9).distance == 0.0
    assert fast_forward(points, chances, 9).relative == 0.0


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_it_chooses_what_the_definition_chooses(seed: int, size: int, dims: int) -> None:
    dice = np.random.default_rng(seed)
    points, chances = dice.normal(size=(size, dims)), dice.dirichlet(np.ones(size))
    for count in range(1, size + 1):
        kept = fast_forward(points, chances, count)
        assert list(kept.positions) == step_by_step(points, chances, count)
        assert kept.distance == pytest.approx(mean_distance(points, chances, kept.positions))
        assert kept.probabilities.sum() == pytest.approx(1.0)
        least = (
            min(mean_distance(points, chances, each) for each in combinations(range(size), count)) if size < 8 else 0
        )
        assert kept.distance >= least - 1e-12


def test_one_of_each_cluster_is_kept() -> None:
    """Three clusters far apart: every choice of one from each is better than any other choice."""
    dice = np.random.default_rng(2)
    points = np.concatenate([centre + 0.01 * dice.normal(size=(3, 2)) for centre in ([0, 0], [5, 0], [0, 7])])
    chances = np.full(9, 1 / 9)
    kept = fast_forward(points, chances, 3)
    best = min(combinations(range(9), 3), key=lambda each: mean_distance(points, chances, each))
    assert sorted(i // 3 for i in kept.positions) == sorted(i // 3 for i in best) == [0, 1, 2]
    assert kept.probabilities == pytest.approx([1 / 3] * 3)


def test_no_more_are_kept_than_differ() -> None:
    kept = fast_forward(np.array([[0.0], [0.0], [1.0], [1.0]]), np.full(4, 0.25), 4)
    assert kept.positions == (0, 2)
    assert list(kept.probabilities) == [0.5, 0.5]
    assert kept.distance == 0.0


def test_the_distance_is_kantorovichs() -> None:
    """Against the cheapest way to move the probabilities of all futures to those of the kept, by linear programming."""
    dice = np.random.default_rng(3)
    points, chances = dice.normal(size=(8, 2)), dice.dirichlet(np.ones(8))
    kept = fast_forward(points, chances, 3)
    costs = np.linalg.norm(points[:, None] - points[list(kept.positions)][None], axis=2)
    rows = [np.repeat(np.eye(8), 3, axis=1), np.tile(np.eye(3), 8)]
    cheapest = linprog(costs.ravel(), A_eq=np.vstack(rows), b_eq=np.concatenate([chances, kept.probabilities]))
    assert kept.distance == pytest.approx(cheapest.fun, abs=1e-9)


# Coordinates and rows

EVENTS = "event,known_on\ndemand,2027-01-01\nsurvey,2027-01-01\nsite,2028-01-01\n"
OUTCOMES = """\
event,outcome,given,probability,changes
demand,low,,0.25,"demand[2027-01-01..,*,*].demand_gw *= 0.8"
demand,kept,,0.5,
demand,high,,0.25,"demand[2027-01-01..,*,*].demand_gw *= 1.2"
survey,good,,0.5,
survey,bad,,0.5,
site,late,survey:bad,0.75,"chips[tpu_a].available_from = 2028-07-01"
site,on_time,survey:bad,0.25,
site,late,,0.25,"chips[tpu_a].available_from = 2028-07-01"
site,on_time,,0.75,
"""
CHIPS = (
    "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year\n"
    "tpu_a,tpu,maker,2028-01-01,20,0,5,0.5\n"
)


def case(folder: Path) -> Case:
    return small(folder / "case", end=2030, demand=demand(1), chips=CHIPS, events=EVENTS, outcomes=OUTCOMES)


def test_coordinates_are_numbers_in_deviations_or_names(tmp_path: Path) -> None:
    """demand: 0.8, 1, 1.2 with 1/4, 1/2, 1/4: deviation 0.2 / √2; survey changes nothing; site: late or not."""
    tree = Tree.of(case(tmp_path))
    points = {future.name: row for future, row in zip(tree.futures, coordinates(tree), strict=True)}
    assert np.abs(points["low/good/late"] - points["kept/good/late"]).sum() == pytest.approx(np.sqrt(2))
    assert np.abs(points["low/good/late"] - points["low/bad/late"]).sum() == 0.0
    apart = points["low/good/late"] - points["low/good/on_time"]
    assert np.linalg.norm(apart) == pytest.approx(np.sqrt(2))


def futures(case: Case) -> dict[tuple[tuple[object, ...], ...], float]:
    """What the outcomes of each future change, without those that change nothing, and the probability of that."""
    found: dict[tuple[tuple[object, ...], ...], float] = {}
    for each in Tree.of(case).futures:
        effect = tuple(text for row in each.outcomes if row is not None for text in row.effect)
        found[effect] = found.get(effect, 0.0) + each.probability
    return found


def test_all_futures_kept_are_the_same_futures(tmp_path: Path) -> None:
    whole = case(tmp_path)
    tree = Tree.of(whole)
    made = with_unknown(
        whole, *kept_rows(whole, tree, {i: each.probability for i, each in enumerate(tree.futures)}), instead=True
    )
    assert futures(made) == pytest.approx(futures(whole))
    assert [str(day) for day in Tree.of(made).days] == ["2027-01-01", "2028-01-01"]


@pytest.mark.parametrize("count", range(1, 12))
def test_kept_futures_are_those_of_the_rows(tmp_path: Path, count: int) -> None:
    whole = case(tmp_path)
    tree = Tree.of(whole)
    chances = np.array([each.probability for each in tree.futures])
    kept: Selection = fast_forward(coordinates(tree), chances, count)
    weights = dict(sorted(zip(kept.positions, kept.probabilities.tolist(), strict=True)))
    made = with_unknown(whole, *kept_rows(whole, tree, weights), instead=True)
    expected: dict[tuple[tuple[object, ...], ...], float] = {}
    for i, weight in weights.items():
        effect = tuple(text for row in tree.futures[i].outcomes if row is not None for text in row.effect)
        expected[effect] = expected.get(effect, 0.0) + weight
    assert futures(made) == pytest.approx({effect: weight for effect, weight in expected.items() if weight > 0})
    assert made.check()


def test_names_say_everything_that_was_known(tmp_path: Path) -> None:
    whole = case(tmp_path)
    tree = Tree.of(whole)
    places = {each.name: i for i, each in enumerate(tree.futures)}
    weights = {places[name]: 0.25 for name in ("low/good/late", "low/bad/late", "low/bad/on_time", "high/good/late")}
    events, outcomes = kept_rows(whole, tree, weights)
    assert [(row.event, str(row.known_on)) for row in events] == [
        ("demand_and_survey", "2027-01-01"), ("site", "2028-01-01")
    ]  # fmt: skip
    assert [(row.outcome, row.given, row.probability) for row in outcomes] == [
        ("low_good", None, 0.25),
        ("low_bad", None, 0.5),
        ("high_good", None, 0.25),
        ("late", "demand_and_survey:low_good", 1.0),
        ("late", "demand_and_survey:low_bad", 0.5),
        ("on_time", "demand_and_survey:low_bad", 0.5),
        ("late", "demand_and_survey:high_good", 1.0),
    ]


def test_lazy_choice_is_quick_enough_for_many() -> None:
    dice = np.random.default_rng(4)
    points, chances = dice.normal(size=(2000, 3)), np.full(2000, 1 / 2000)
    kept = fast_forward(points, chances, 20)
    assert len(set(kept.positions)) == 20
    assert kept.relative < 0.5
    assert selection.MOST >= 10_000
