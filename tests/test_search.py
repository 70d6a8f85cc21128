"""Branch and bound: against an enumeration of all solutions, and step by step against results worked out by hand."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.basics.arrays import Vector
from planner.basics.search_method import SearchMethod
from planner.case.shipped import path
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solver import Feasibility, Options, Program, Stop, solve
from planner.solver.branch_and_bound import SearchEnd, branch_and_bound, presolved
from planner.solver.branch_and_bound.dive import dive
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.nodes import Interrupted, StrongBranching
from planner.solver.branch_and_bound.presolved import presolve
from planner.solver.branch_and_bound.pseudo_costs import PseudoCosts
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationStatus
from planner.solver.branch_and_bound.tree import SearchTree
from planner.solver.search_state import SearchState

EXACT = Options(gap=0.0)


def never() -> bool:
    return False


def program(
    cost: list[float], rows: list[list[float]], most: list[float], integer: list[bool], upper: list[float]
) -> Program:
    """min cost · x with rows · x ≤ most, 0 ≤ x ≤ upper."""
    matrix = np.array(rows, dtype=float).reshape(len(most), len(cost))
    column, row = np.nonzero(matrix.T)
    return Program(
        cost=np.array(cost, dtype=float),
        constant=0.0,
        lower=np.zeros(len(cost)),
        upper=np.array(upper, dtype=float),
        integer=np.array(integer),
        row_lower=np.full(len(most), -np.inf),
        row_upper=np.array(most, dtype=float),
        start=np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(cost)))]).astype(np.int32),
        index=row.astype(np.int32),
        value=matrix[row, column],
    )


def knapsack(worth: list[float], weights: list[float], room: float) -> Program:
    """The most valuable set of things whose weights fit into some room, each taken once at most."""
    n = len(worth)
    return program([-w for w in worth], [weights], [room], [True] * n, [1.0] * n)


def two_knapsacks(seed: int, n: int = 12) -> Program:
    """Things with two kinds of weights; a continuous variable exceeds the first room at a price."""
    random = np.random.default_rng(seed)
    weights = random.integers(5, 60, (2, n)).astype(float)
    worth = weights.sum(axis=0) + random.integers(0, 12, n)
    rooms = np.floor(weights.sum(axis=1) / 2)
    rows = np.hstack([weights, [[-1.0], [0.0]]])
    return program([*(-worth), 3.0], rows.tolist(), rooms.tolist(), [True] * n + [False], [1.0] * n + [np.inf])


def best_of_all(found: Program) -> float:
    """The least cost over all choices of the binaries, with the continuous variable as small as it can be."""
    weights = np.zeros((2, len(found.cost)))
    weights[found.index, np.repeat(np.arange(len(found.cost)), np.diff(found.start))] = found.value
    n = int(found.integer.sum())
    choices = np.array(list(itertools.product([0.0, 1.0], repeat=n)))
    used = choices @ weights[:, :n].T
    excess = np.maximum(0.0, used[:, 0] - found.row_upper[0])
    fits = used[:, 1] <= found.row_upper[1]
    return float((choices @ found.cost[:n] + excess * found.cost[n])[fits].min())


def tree_of(
    of: Program, incumbent: Incumbent, branching: StrongBranching | None = None
) -> tuple[SearchTree, list[Vector]]:
    """A tree with its root, and the list to which its solutions are added."""
    relaxation = Relaxation(of, EXACT, never)
    solutions: list[Vector] = []

    def found(x: Vector) -> float:
        solutions.append(x)
        incumbent.improve(of.objective(x), x)
        return of.objective(x)

    tree = SearchTree([relaxation], incumbent, found, StrongBranching() if branching is None else branching)
    root = tree.node(relaxation.solve_root(), relaxation.lower, relaxation.upper)
    assert root is not None
    tree.push(root)
    return tree, solutions


# The whole search


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_it_finds_the_same_optimum_as_an_enumeration(seed: int) -> None:
    of = two_knapsacks(seed)
    incumbent = Incumbent(gap=0.0)
    found = branch_and_bound(of, EXACT, incumbent, never, lambda _bound, _nodes: None)
    best = best_of_all(of)
    assert found.end is SearchEnd.GAP_CLOSED
    assert incumbent.value == pytest.approx(best, abs=1e-6)
    assert found.bound == pytest.approx(best, abs=2e-6)
    assert incumbent.x is not None
    assert of.fulfilled(incumbent.x, 1e-6)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.05, 0.2]))
def test_it_ends_within_the_gap_and_its_bound_is_true(seed: int, gap: float) -> None:
    of = two_knapsacks(seed)
    answer = solve(of, Options(gap=gap))
    best = best_of_all(of)
    assert answer.proven
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound - 1e-6 <= best <= answer.objective + 1e-6
    assert answer.objective - answer.bound <= gap * abs(answer.objective) + 1e-6


@settings(max_examples=40)
@example(311, 0.03125)  # the bound once forgot what reduced cost tightening left out
@given(st.integers(0, 10_000), st.floats(-0.2, 0.2))
def test_a_target_is_met_or_proven_to_be_missed(seed: int, off: float) -> None:
    of = two_knapsacks(seed)
    best = best_of_all(of)
    target = best * (1.0 + off) + 1e-3  # not the optimum itself, where rounding would decide
    answer = solve(of, Options(gap=0.0, target=target))
    if best <= target:
        assert answer.stop is Stop.TARGET_MET
        assert answer.objective is not None
        assert answer.objective <= target + 1e-6
    else:
        assert answer.stop is Stop.TARGET_MISSED
        assert answer.bound is not None
        assert target < answer.bound <= best + 1e-6


@pytest.mark.parametrize("target", [None, -300.0])
def test_an_infeasible_program_is_infeasible_whatever_the_target(target: float | None) -> None:
    of = two_knapsacks(4)
    odd = replace(of, row_lower=np.array([-np.inf, 0.25]), row_upper=np.array([np.inf, 0.75]))  # weights are whole
    assert solve(odd, Options(gap=0.0, target=target)).stop is Stop.INFEASIBLE


def test_a_start_is_the_answer_where_nothing_is_better() -> None:
    of = two_knapsacks(3, 16)
    best = solve(of, EXACT)
    assert best.x is not None
    first = solve(of, Options(gap=0.01))
    again = solve(of, Options(gap=0.01), start=best.x)
    assert again.proven
    assert again.x is not None
    assert again.x.tolist() == best.x.tolist()
    assert again.nodes < first.nodes


def test_the_same_program_has_the_same_search() -> None:
    answers = [solve(two_knapsacks(7, 16), Options(gap=0.001)) for _ in range(2)]
    assert answers[0].nodes == answers[1].nodes
    assert answers[0].simplex_iterations == answers[1].simplex_iterations
    assert answers[0].bound == answers[1].bound
    assert np.array_equal(np.asarray(answers[0].x), np.asarray(answers[1].x))


def test_two_threads_take_the_same_path_each_time() -> None:
    for seed in range(5):
        of = two_knapsacks(seed)
        first, again = (solve(of, Options(gap=0.0, threads=2)) for _ in range(2))
        assert first.proven
        assert first.objective == pytest.approx(best_of_all(of), abs=1e-6)
        assert (first.nodes, first.bound, first.objective) == (again.nodes, again.bound, again.objective)
        assert np.array_equal(np.asarray(first.x), np.asarray(again.x))


def test_a_tree_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.branch_and_bound.search.MOST_MIB", 0.0)
    incumbent = Incumbent(gap=0.0)
    assert (
        branch_and_bound(two_knapsacks(11), EXACT, incumbent, never, lambda _bound, _nodes: None).end
        is SearchEnd.GIVEN_UP
    )


def test_an_interrupted_search_keeps_its_incumbent_and_a_true_bound() -> None:
    of = replace(two_knapsacks(11, 14))
    best = best_of_all(of)
    for after in (0, 1, 2, 5, 20, 50, 200, 100_000):
        asked = itertools.count()
        incumbent = Incumbent(gap=0.0)
        found = branch_and_bound(of, EXACT, incumbent, lambda: next(asked) >= after, lambda _bound, _nodes: None)  # noqa: B023
        assert found.bound <= best + 1e-6
        assert incumbent.value >= best - 1e-6
        if found.end is SearchEnd.GAP_CLOSED:
            assert incumbent.value == pytest.approx(best, abs=1e-6)
        else:
            assert found.end is SearchEnd.INTERRUPTED
    assert found.end is SearchEnd.GAP_CLOSED


def test_highs_takes_over_from_the_incumbent_of_a_search_that_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.branch_and_bound.patience.PATIENCE", 0.0)
    monkeypatch.setattr("planner.solver.branch_and_bound.patience.LEAST_ITERATIONS", 0)
    proposed: list[Vector] = []
    monkeypatch.setattr("planner.solver.highs_search.set_start", lambda _, x: proposed.append(x))
    of = two_knapsacks(11, 14)
    answer = solve(of, EXACT)
    assert answer.proven
    assert answer.objective == pytest.approx(best_of_all(of), abs=1e-6)
    (start,) = proposed
    assert of.fulfilled(start, 1e-6)


def test_implied_integers_are_whole_in_the_answer() -> None:
    """Presolve may remove a step and keep the choices of which it is the sum; the search then branches on those."""
    case = Case.read(path("frontier-lab")).change("case.period_months = 12")
    of = model(Portfolio.of(case)).program()
    assert of.implied is not None
    assert of.implied.any()
    answer = solve(of, Options(gap=0.005))
    assert answer.proven
    assert answer.feasibility is Feasibility.FEASIBLE
    assert answer.integrality == 0.0


# The parts of the search


@pytest.fixture
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small programs are presolved like large ones."""
    monkeypatch.setattr(presolved, "SMALL", 0)


@pytest.mark.usefixtures("small_ones_too")
def test_a_solution_of_the_presolved_program_is_one_of_the_original() -> None:
    of = two_knapsacks(5)
    of = replace(of, lower=np.where(np.arange(len(of.cost)) == 2, 1.0, 0.0))  # one thing has to be taken
    made = presolve(of, EXACT)
    assert made is not None
    assert len(made.program.cost) < len(of.cost)
    inner = solve(made.program, EXACT)
    assert inner.x is not None
    back = made.postsolve(inner.x)
    assert back is not None
    assert of.fulfilled(back, 1e-6)
    assert of.objective(back) == pytest.approx(made.program.objective(inner.x))
    assert back[2] == 1.0


def test_a_program_that_presolve_cannot_reduce_stays_as_it_is() -> None:
    of = two_knapsacks(5)
    made = presolve(of, EXACT)
    assert made is not None
    assert made.program is of
    x = np.zeros(len(of.cost))
    assert made.postsolve(x) is x


@pytest.mark.usefixtures("small_ones_too")
def test_presolve_may_solve_the_program() -> None:
    assert presolve(knapsack([1.0, 1.0], [1.0, 1.0], 5.0), EXACT) is None


def test_a_small_program_is_searched_without_presolve() -> None:
    of = knapsack([1.0, 1.0], [1.0, 1.0], 5.0)
    made = presolve(of, EXACT)
    assert made is not None
    assert made.highs is None


# Worth 8, 11, 6, 4 at weights 5, 7, 4, 3 within 14. By worth per weight: 8/5, 11/7, 6/4, 4/3. The relaxation takes the
# first two, 12 of 14, and half of the third: 8 + 11 + 3 = 22. Without the third: the fourth at 2/3: 21.667. With it:
# the first and 5/7 of the second: 8 + 6 + 55/7 = 21.857.
def test_a_relaxation_is_solved_again_as_bounds_change() -> None:
    relaxation = Relaxation(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), EXACT, never)
    first = relaxation.solve_root()
    assert (first.status, first.value) == (RelaxationStatus.OPTIMAL, pytest.approx(-22.0))
    assert first.x is not None
    assert first.basis is not None
    assert first.x == pytest.approx([1.0, 1.0, 0.5, 0.0])
    zero, one = np.zeros(4), np.ones(4)
    without = relaxation.solve(zero, np.array([1.0, 1.0, 0.0, 1.0]), first.basis, np.inf)
    assert without.value == pytest.approx(-(19.0 + 8.0 / 3.0))
    having = relaxation.solve(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, np.inf)
    assert having.value == pytest.approx(-(14.0 + 55.0 / 7.0))
    cut_off = relaxation.solve(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, -21.9)
    assert cut_off.status is RelaxationStatus.CUT_OFF
    assert cut_off.value >= -21.9
    impossible = relaxation.solve(one, one, first.basis, np.inf)
    assert (impossible.status, impossible.value) == (RelaxationStatus.CUT_OFF, np.inf)
    brief = relaxation.solve_briefly(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, np.inf, 0)
    assert brief.status is RelaxationStatus.ITERATION_LIMIT
    assert brief.value <= -(14.0 + 55.0 / 7.0) + 1e-6  # a first estimate, from below
    assert relaxation.solve(zero, one, first.basis, np.inf).value == pytest.approx(-22.0)


def test_a_tree_plunges_to_a_solution_and_keeps_the_other_nodes_open() -> None:
    incumbent = Incumbent(gap=0.0)
    tree, solutions = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), incumbent)
    assert tree.bound == pytest.approx(-22.0)
    assert tree.plunge(never)
    assert solutions
    assert all(np.array_equal(x, np.round(x)) for x in solutions)
    while tree.plunge(never):
        assert tree.bound <= -21.0 + 1e-6
    assert incumbent.value == -21.0
    assert tree.bound == pytest.approx(-21.0, abs=2e-6)


def test_an_interrupted_tree_loses_no_node() -> None:
    tree, _ = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), Incumbent(gap=0.0))
    with pytest.raises(Interrupted):
        tree.plunge(lambda: True)
    assert tree.size > 0.0
    assert tree.bound == pytest.approx(-22.0)
    assert tree.next is not None


def test_a_dive_rounds_its_way_to_a_solution() -> None:
    incumbent = Incumbent(gap=0.0)
    tree, solutions = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), incumbent)
    assert tree.next is not None
    dive(tree, tree.next)
    # The third, a half, is rounded down, the fourth, then two thirds, up; the second, then 6/7, up; the first, then
    # 4/5, does not fit and is rounded down instead.
    (x,) = solutions
    assert x == pytest.approx([0.0, 1.0, 0.0, 1.0])


def test_pseudo_costs_are_mean_gains_per_distance() -> None:
    costs = PseudoCosts(3)
    for gain, distance in ((2.0, 0.5), (1.0, 0.25)):  # 4 per unit, both times
        costs.update(0, False, gain, distance)
    costs.update(0, True, 3.0, 0.5)  # 6
    costs.update(1, True, 1.0, 0.5)  # 2
    assert not costs.reliable(0)
    costs.update(0, True, 1.0, 0.5)  # 2, the mean is 4
    assert costs.reliable(0)
    # Integer 0 at 0.25: 4 · 0.25 down, 4 · 0.75 up. Integer 1 was never rounded down: the mean of those known, 4.
    # Integer 2 was never rounded at all: 4 down, (4 + 2) / 2 up.
    fraction = np.array([0.25, 0.5, 0.5])
    expected = [(4 * 0.25) * (4 * 0.75), (4 * 0.5) * (2 * 0.5), (4 * 0.5) * (3 * 0.5)]
    assert costs.scores(np.arange(3), fraction).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("incumbent", "cutoff"),
    [
        (Incumbent(0.01), np.inf),
        (Incumbent(0.01, value=200.0), 198.0),
        (Incumbent(0.0, value=200.0), 200.0 - 1e-6),
        (Incumbent(0.01, target=150.0, value=200.0), 150.0),
        (Incumbent(0.01, target=250.0, value=200.0), 200.0),
    ],
)
def test_the_cutoff_follows_from_incumbent_gap_and_target(incumbent: Incumbent, cutoff: float) -> None:
    assert incumbent.cutoff == pytest.approx(cutoff, rel=1e-8)
    assert incumbent.upper_bound == min(incumbent.value, np.inf if incumbent.target is None else incumbent.cutoff)
    if incumbent.target == 150.0:
        assert incumbent.cutoff > 150.0  # a solution that meets the target exactly is still looked for


def test_only_a_better_solution_becomes_the_incumbent() -> None:
    incumbent = Incumbent(0.01)
    x: list[Any] = [np.array([float(i)]) for i in range(3)]
    improved: Callable[[float, Vector], bool] = incumbent.improve
    assert [improved(value, x[i]) for i, value in enumerate((5.0, 5.0, 4.0))] == [True, False, True]
    assert (incumbent.value, incumbent.x) == (4.0, x[2])


# A race with HiGHS


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_race_proves_the_optimum(seed: int) -> None:
    of = two_knapsacks(seed)
    answer = solve(of, Options(gap=0.0, search=SearchMethod.RACE))
    assert answer.proven
    assert answer.objective == pytest.approx(best_of_all(of), abs=1e-6)
    assert answer.bound == pytest.approx(best_of_all(of), abs=3e-6)


def test_the_incumbent_of_one_search_and_the_bound_of_another_close_the_gap() -> None:
    state = SearchState(threading.Event(), shared_gap=0.01)
    assert not state.gap_closed
    state.proved(99.0, 1)
    assert not state.gap_closed
    state.found(101.0, np.zeros(1))
    assert not state.must_stop
    state.found(99.9, np.ones(1))
    state.found(100.0, np.zeros(1))
    assert state.must_stop
    assert state.x is not None
    assert state.x.tolist() == [1.0]


def test_a_race_goes_on_with_highs_where_our_search_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.racing.own_search", lambda *_: None)
    of = two_knapsacks(4)
    assert solve(of, Options(gap=0.0, search=SearchMethod.RACE)).objective == pytest.approx(best_of_all(of), abs=1e-6)
    impossible = replace(of, row_upper=np.array([-1.0, -1.0]))
    assert solve(impossible, Options(gap=0.0, search=SearchMethod.RACE)).stop is Stop.INFEASIBLE


def test_a_race_stops_at_a_time_limit_and_when_asked_to() -> None:
    of = two_knapsacks(4)
    assert solve(of, Options(gap=0.0, search=SearchMethod.RACE, time_limit_s=0.0)).stop is Stop.TIME_LIMIT
    stop = threading.Event()
    stop.set()
    assert solve(of, Options(gap=0.0, search=SearchMethod.RACE), stop=stop).stop is Stop.INTERRUPTED


def test_an_error_in_one_search_of_a_race_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LookupError("on purpose")

    monkeypatch.setattr("planner.solver.racing.own_search", fail)
    with pytest.raises(LookupError, match="on purpose"):
        solve(two_knapsacks(4), Options(gap=0.0, search=SearchMethod.RACE))
