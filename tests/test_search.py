"""Branch and bound: against every solution there is, and step by step where a hand can follow."""

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
from planner.case.shipped import path
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solver import Options, Program, Solution, Stop, compile, solve  # noqa: A004 - the word of the trade
from planner.solver.branch_and_bound import End, search
from planner.solver.branch_and_bound.branching import PseudoCosts
from planner.solver.branch_and_bound.dive import dive
from planner.solver.branch_and_bound.reduced import reduced
from planner.solver.branch_and_bound.relaxation import Relaxation, State
from planner.solver.branch_and_bound.standing import Standing
from planner.solver.branch_and_bound.tree import Halted, Tree, Trials
from planner.solver.running import Board

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
    """What is worth most of things of some weights, each once, within some room."""
    n = len(worth)
    return program([-w for w in worth], [weights], [room], [True] * n, [1.0] * n)


def two_knapsacks(seed: int, n: int = 12) -> Program:
    """Things with two kinds of weights, and a continuous one by which the first room may be exceeded at a price."""
    random = np.random.default_rng(seed)
    weights = random.integers(5, 60, (2, n)).astype(float)
    worth = weights.sum(axis=0) + random.integers(0, 12, n)
    rooms = np.floor(weights.sum(axis=1) / 2)
    rows = np.hstack([weights, [[-1.0], [0.0]]])
    return program([*(-worth), 3.0], rows.tolist(), rooms.tolist(), [True] * n + [False], [1.0] * n + [np.inf])


def best_of_all(found: Program) -> float:
    """The least cost over every choice of the binaries; of the continuous column as little as is needed."""
    weights = np.zeros((2, len(found.cost)))
    weights[found.index, np.repeat(np.arange(len(found.cost)), np.diff(found.start))] = found.value
    n = int(found.integer.sum())
    choices = np.array(list(itertools.product([0.0, 1.0], repeat=n)))
    used = choices @ weights[:, :n].T
    excess = np.maximum(0.0, used[:, 0] - found.row_upper[0])
    fits = used[:, 1] <= found.row_upper[1]
    return float((choices @ found.cost[:n] + excess * found.cost[n])[fits].min())


def tree_of(of: Program, standing: Standing, trials: Trials | None = None) -> tuple[Tree, list[Vector]]:
    """A tree with its root, and the list in which its solutions are put."""
    relaxation = Relaxation(of, EXACT, never)
    solutions: list[Vector] = []

    def found(x: Vector) -> float:
        solutions.append(x)
        standing.improve(of.objective(x), x)
        return of.objective(x)

    tree = Tree([relaxation], standing, found, Trials() if trials is None else trials)
    root = tree.part(relaxation.first(), relaxation.lower, relaxation.upper)
    assert root is not None
    tree.push(root)
    return tree, solutions


# The whole


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_it_finds_what_looking_at_everything_finds(seed: int) -> None:
    of = two_knapsacks(seed)
    standing = Standing(gap=0.0)
    found = search(of, EXACT, standing, never, lambda _bound, _parts: None)
    best = best_of_all(of)
    assert found.end is End.CLOSED
    assert standing.value == pytest.approx(best, abs=1e-6)
    assert found.bound == pytest.approx(best, abs=2e-6)
    assert standing.x is not None
    assert of.fulfilled(standing.x, 1e-6)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.05, 0.2]))
def test_it_ends_within_the_gap_and_what_it_proves_is_true(seed: int, gap: float) -> None:
    of = two_knapsacks(seed)
    answer = solve(of, Options(gap=gap))
    best = best_of_all(of)
    assert answer.proven
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound - 1e-6 <= best <= answer.objective + 1e-6
    assert answer.objective - answer.bound <= gap * abs(answer.objective) + 1e-6


@settings(max_examples=40)
@example(311, 0.03125)  # what reduced costs left out was forgotten in the bound
@given(st.integers(0, 10_000), st.floats(-0.2, 0.2))
def test_a_target_is_met_or_proven_out_of_reach(seed: int, off: float) -> None:
    of = two_knapsacks(seed)
    best = best_of_all(of)
    target = best * (1.0 + off) + 1e-3  # not the optimum itself, on which roundings would decide
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
def test_that_there_is_no_solution_is_said_whatever_the_target(target: float | None) -> None:
    of = two_knapsacks(4)
    odd = replace(of, row_lower=np.array([-np.inf, 0.25]), row_upper=np.array([np.inf, 0.75]))  # weights are whole
    assert solve(odd, Options(gap=0.0, target=target)).stop is Stop.INFEASIBLE


def test_a_start_counts_and_is_the_answer_where_nothing_is_better() -> None:
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


def test_two_threads_search_the_same_way_each_time() -> None:
    for seed in range(5):
        of = two_knapsacks(seed)
        first, again = (solve(of, Options(gap=0.0, threads=2)) for _ in range(2))
        assert first.proven
        assert first.objective == pytest.approx(best_of_all(of), abs=1e-6)
        assert (first.nodes, first.bound, first.objective) == (again.nodes, again.bound, again.objective)
        assert np.array_equal(np.asarray(first.x), np.asarray(again.x))


def test_a_tree_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.branch_and_bound.course.MOST_MIB", 0.0)
    standing = Standing(gap=0.0)
    assert search(two_knapsacks(11), EXACT, standing, never, lambda _bound, _parts: None).end is End.GIVEN_UP


def test_a_search_that_is_stopped_keeps_what_it_has_and_a_bound_that_is_true() -> None:
    of = replace(two_knapsacks(11, 14))
    best = best_of_all(of)
    for after in (0, 1, 2, 5, 20, 50, 200, 100_000):
        asked = itertools.count()
        standing = Standing(gap=0.0)
        found = search(of, EXACT, standing, lambda: next(asked) >= after, lambda _bound, _parts: None)  # noqa: B023
        assert found.bound <= best + 1e-6
        assert standing.value >= best - 1e-6
        if found.end is End.CLOSED:
            assert standing.value == pytest.approx(best, abs=1e-6)
        else:
            assert found.end is End.HALTED
    assert found.end is End.CLOSED


def test_what_it_gives_up_is_handed_to_highs_with_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.branch_and_bound.course.PATIENCE", 0.0)
    monkeypatch.setattr("planner.solver.branch_and_bound.course.LEAST_ITERATIONS", 0)
    proposed: list[Vector] = []
    monkeypatch.setattr("planner.solver.solving.propose", lambda _, x: proposed.append(x))
    of = two_knapsacks(11, 14)
    answer = solve(of, EXACT)
    assert answer.proven
    assert answer.objective == pytest.approx(best_of_all(of), abs=1e-6)
    (start,) = proposed
    assert of.fulfilled(start, 1e-6)


def test_integers_that_others_imply_are_whole_in_the_answer() -> None:
    """Presolve may put a step away in favour of the choices of which it is the sum; then these must be seen to."""
    case = Case.read(path("frontier-lab")).change("case.period_months = 12")
    built, columns = model(Portfolio.of(case))
    of = compile(built, columns)
    assert of.implied is not None
    assert of.implied.any()
    answer = solve(of, Options(gap=0.005))
    assert answer.proven
    assert answer.solution is Solution.FEASIBLE
    assert answer.integrality == 0.0


# Its parts


def test_a_presolved_program_knows_the_way_back() -> None:
    of = two_knapsacks(5)
    of = replace(of, lower=np.where(np.arange(len(of.cost)) == 2, 1.0, 0.0))  # one thing is taken
    made = reduced(of, EXACT)
    assert made is not None
    assert len(made.program.cost) < len(of.cost)
    inner = solve(made.program, EXACT)
    assert inner.x is not None
    back = made.back(inner.x)
    assert back is not None
    assert of.fulfilled(back, 1e-6)
    assert of.objective(back) == pytest.approx(made.program.objective(inner.x))
    assert back[2] == 1.0


def test_where_presolve_finds_nothing_to_do_the_program_is_itself() -> None:
    of = two_knapsacks(5)
    made = reduced(of, EXACT)
    assert made is not None
    assert made.program is of
    x = np.zeros(len(of.cost))
    assert made.back(x) is x


def test_presolve_may_leave_nothing_to_search() -> None:
    assert reduced(knapsack([1.0, 1.0], [1.0, 1.0], 5.0), EXACT) is None


# Worth 8, 11, 6, 4 at weights 5, 7, 4, 3 within 14. By worth per weight: 8/5, 11/7, 6/4, 4/3. The relaxation takes the
# first two, 12 of 14, and half of the third: 8 + 11 + 3 = 22. Without the third: the fourth at 2/3: 21.667. With it:
# the first and 5/7 of the second: 8 + 6 + 55/7 = 21.857.
def test_a_relaxation_is_solved_again_as_bounds_change() -> None:
    relaxation = Relaxation(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), EXACT, never)
    first = relaxation.first()
    assert (first.state, first.value) == (State.SOLVED, pytest.approx(-22.0))
    assert first.x is not None
    assert first.basis is not None
    assert first.x == pytest.approx([1.0, 1.0, 0.5, 0.0])
    zero, one = np.zeros(4), np.ones(4)
    without = relaxation.solve(zero, np.array([1.0, 1.0, 0.0, 1.0]), first.basis, np.inf)
    assert without.value == pytest.approx(-(19.0 + 8.0 / 3.0))
    having = relaxation.solve(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, np.inf)
    assert having.value == pytest.approx(-(14.0 + 55.0 / 7.0))
    pruned = relaxation.solve(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, -21.9)
    assert pruned.state is State.PRUNED
    assert pruned.value >= -21.9
    impossible = relaxation.solve(one, one, first.basis, np.inf)
    assert (impossible.state, impossible.value) == (State.PRUNED, np.inf)
    tried = relaxation.tried(np.array([0.0, 0.0, 1.0, 0.0]), one, first.basis, np.inf, 0)
    assert tried.state is State.CUT_SHORT
    assert tried.value <= -(14.0 + 55.0 / 7.0) + 1e-6  # a first idea, from below
    assert relaxation.solve(zero, one, first.basis, np.inf).value == pytest.approx(-22.0)


def test_a_tree_goes_down_to_a_solution_and_leaves_the_rest_for_later() -> None:
    standing = Standing(gap=0.0)
    tree, solutions = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), standing)
    assert tree.bound == pytest.approx(-22.0)
    assert tree.descend(never)
    assert solutions
    assert all(np.array_equal(x, np.round(x)) for x in solutions)
    while tree.descend(never):
        assert tree.bound <= -21.0 + 1e-6
    assert standing.value == -21.0
    assert tree.bound == pytest.approx(-21.0, abs=2e-6)


def test_a_tree_that_is_halted_loses_no_part() -> None:
    tree, _ = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), Standing(gap=0.0))
    with pytest.raises(Halted):
        tree.descend(lambda: True)
    assert tree.size > 0.0
    assert tree.bound == pytest.approx(-22.0)
    assert tree.cheapest is not None


def test_a_dive_rounds_its_way_to_a_solution() -> None:
    standing = Standing(gap=0.0)
    tree, solutions = tree_of(knapsack([8, 11, 6, 4], [5, 7, 4, 3], 14), standing)
    assert tree.cheapest is not None
    dive(tree, tree.cheapest)
    # The third, a half, is rounded down, the fourth, then two thirds, up; the second, then 6/7, up; the first, then
    # 4/5, does not fit and is rounded down instead.
    (x,) = solutions
    assert x == pytest.approx([0.0, 1.0, 0.0, 1.0])


def test_pseudo_costs_are_mean_gains_per_distance() -> None:
    costs = PseudoCosts(3)
    for gain, distance in ((2.0, 0.5), (1.0, 0.25)):  # 4 per unit, both times
        costs.learn(0, False, gain, distance)
    costs.learn(0, True, 3.0, 0.5)  # 6
    costs.learn(1, True, 1.0, 0.5)  # 2
    assert not costs.reliable(0)
    costs.learn(0, True, 1.0, 0.5)  # 2, the mean is 4
    assert costs.reliable(0)
    # Integer 0 at 0.25: 4 · 0.25 down, 4 · 0.75 up. Integer 1 was never rounded down: the mean of those known, 4.
    # Integer 2 was never rounded at all: 4 down, (4 + 2) / 2 up.
    fraction = np.array([0.25, 0.5, 0.5])
    expected = [(4 * 0.25) * (4 * 0.75), (4 * 0.5) * (2 * 0.5), (4 * 0.5) * (3 * 0.5)]
    assert costs.scores(np.arange(3), fraction).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("standing", "cutoff"),
    [
        (Standing(0.01), np.inf),
        (Standing(0.01, value=200.0), 198.0),
        (Standing(0.0, value=200.0), 200.0 - 1e-6),
        (Standing(0.01, target=150.0, value=200.0), 150.0),
        (Standing(0.01, target=250.0, value=200.0), 200.0),
    ],
)
def test_what_is_not_worth_looking_into(standing: Standing, cutoff: float) -> None:
    assert standing.cutoff == pytest.approx(cutoff, rel=1e-8)
    assert standing.ceiling == min(standing.value, np.inf if standing.target is None else standing.cutoff)
    if standing.target == 150.0:
        assert standing.cutoff > 150.0  # a solution of the target itself is still looked for


def test_only_a_better_solution_is_kept() -> None:
    standing = Standing(0.01)
    x: list[Any] = [np.array([float(i)]) for i in range(3)]
    improved: Callable[[float, Vector], bool] = standing.improve
    assert [improved(value, x[i]) for i, value in enumerate((5.0, 5.0, 4.0))] == [True, False, True]
    assert (standing.value, standing.x) == (4.0, x[2])


# Side by side with HiGHS


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_two_searches_side_by_side_prove_the_same(seed: int) -> None:
    of = two_knapsacks(seed)
    answer = solve(of, Options(gap=0.0, race=True))
    assert answer.proven
    assert answer.objective == pytest.approx(best_of_all(of), abs=1e-6)
    assert answer.bound == pytest.approx(best_of_all(of), abs=3e-6)


def test_what_one_finds_and_the_other_proves_is_enough() -> None:
    board = Board(threading.Event(), gap=0.01)
    assert not board.closed
    board.told(99.0, 1)
    assert not board.closed
    board.found(101.0, np.zeros(1))
    assert not board.halted
    board.found(99.9, np.ones(1))
    board.found(100.0, np.zeros(1))
    assert board.halted
    assert board.x is not None
    assert board.x.tolist() == [1.0]


def test_a_race_ends_when_highs_is_done_though_our_search_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.solver.racing.searched", lambda *_: None)
    of = two_knapsacks(4)
    assert solve(of, Options(gap=0.0, race=True)).objective == pytest.approx(best_of_all(of), abs=1e-6)
    impossible = replace(of, row_upper=np.array([-1.0, -1.0]))
    assert solve(impossible, Options(gap=0.0, race=True)).stop is Stop.INFEASIBLE


def test_a_race_that_is_stopped_or_has_no_time_says_so() -> None:
    of = two_knapsacks(4)
    assert solve(of, Options(gap=0.0, race=True, time_limit_s=0.0)).stop is Stop.TIME_LIMIT
    stop = threading.Event()
    stop.set()
    assert solve(of, Options(gap=0.0, race=True), stop=stop).stop is Stop.INTERRUPTED


def test_what_fails_in_one_of_them_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LookupError("on purpose")

    monkeypatch.setattr("planner.solver.racing.searched", fail)
    with pytest.raises(LookupError, match="on purpose"):
        solve(two_knapsacks(4), Options(gap=0.0, race=True))
