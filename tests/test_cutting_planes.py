"""Cutting planes cut off the relaxation's solution and no other; bounds that the rows imply hold for all solutions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basics.arrays import Vector
from planner.solver import Options, Program, solve
from planner.solver.branch_and_bound import BranchAndBoundResult, SearchEnd, branch_and_bound
from planner.solver.branch_and_bound.cutting_planes import Cut, Separator, gomory_cut
from planner.solver.branch_and_bound.implied_bounds import implied_bounds
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.nodes import Interrupted
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationStatus
from planner.solver.branch_and_bound.separation import separate
from tests.test_search import EXACT, best_of_all, knapsack, never, program, two_knapsacks

FIRST_CHECK = "planner.solver.branch_and_bound.patience.FIRST_CHECK"


def solutions(of: Program) -> list[Vector]:
    """All feasible choices of the binaries of two knapsacks, with the continuous variable as small as it can be."""
    n = len(of.cost) - 1
    choices = np.array(np.meshgrid(*[[0.0, 1.0]] * n)).reshape(n, -1).T
    excess = np.array([max(0.0, of.activity(np.append(each, 0.0))[0] - of.row_upper[0]) for each in choices])
    every = np.column_stack([choices, excess])
    return [x for x in every if of.fulfilled(x, 1e-9)]


def rounds_of_cuts(of: Program, relaxation: Relaxation, rounds: int) -> list[tuple[Vector, list[Cut]]]:
    """The relaxation's solution and the cuts that it violates, round after round; the cuts stay in the relaxation."""
    separator = Separator(of)
    first = relaxation.solve_root()
    assert first.basis is not None
    solved = relaxation.solve(relaxation.lower, relaxation.upper, first.basis, np.inf)
    found = []
    for _ in range(rounds):
        assert solved.x is not None
        cuts = separator.cuts(solved.x, relaxation.tableau_rows(solved.x), relaxation.cuts)
        if not cuts:
            break
        found.append((solved.x, cuts))
        relaxation.add_cuts(cuts)
        solved = relaxation.resolve()
    return found


def test_a_cut_by_hand() -> None:
    """max y, 2 y ≤ 3: the relaxation has y = 1.5. With s = 3 − 2 y, y + 0.5 s = 1.5 and f = 0.5: s ≥ 1, so y ≤ 1."""
    of = program([-1.0], [[2.0]], [3.0], [True], [9.0])
    relaxation = Relaxation(of, EXACT, never)
    ((x, (cut,)),) = rounds_of_cuts(of, relaxation, 1)
    assert x.tolist() == [1.5]
    assert (cut.index.tolist(), cut.value.tolist()) == ([0], [1.0])
    assert cut.upper == pytest.approx(1.0, abs=1e-9)
    assert cut.upper >= 1.0
    assert cut.beyond == pytest.approx(0.5)
    solved = relaxation.resolve()
    assert solved.value == pytest.approx(-1.0)


def test_a_variable_at_its_upper_bound_is_measured_from_there() -> None:
    """y + 0.5 s = 3.1, s whole from 0 to 2, in the relaxation at 2: y − 0.5 (2 − s) = 2.1.

    f = 0.1 and the coefficient −0.5 has the fraction 0.5: (1 − 0.5) / 0.9 · (2 − s) ≥ 1, so s ≤ 0.2 and y = 3.
    """
    made = gomory_cut(np.array([1.0, 0.5]), 3.1, np.array([True, True]), np.array([False, True]), np.array([0.0, 2.0]))
    assert made is not None
    c, upper = made
    assert (c + 0.0).tolist() == pytest.approx([0.0, 5 / 9])
    assert upper == pytest.approx(1 / 9)
    assert upper / c[1] == pytest.approx(0.2)


def test_there_is_no_cut_where_b_is_nearly_whole() -> None:
    for right in (2.0, 2.001, 2.995):
        assert gomory_cut(np.ones(1), right, np.ones(1, dtype=bool), np.zeros(1, dtype=bool), np.zeros(1)) is None


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_cuts_cut_off_no_solution_but_that_of_the_relaxation(seed: int) -> None:
    of = two_knapsacks(seed, n=9)
    relaxation = Relaxation(of, EXACT, never)
    every = solutions(of)
    values = []
    for x, cuts in rounds_of_cuts(of, relaxation, 4):
        values.append(float(of.cost @ x))
        for cut in cuts:
            assert cut.value @ x[cut.index] - cut.upper == pytest.approx(cut.beyond)
            assert cut.beyond > 0.0
            assert max(float(cut.value @ each[cut.index]) for each in every) <= cut.upper + 1e-9
    assert values == sorted(values)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_a_search_with_cuts_finds_the_same_optimum(seed: int) -> None:
    of = two_knapsacks(seed)
    best = best_of_all(of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FIRST_CHECK, 1)
        for threads in (1, 2):
            answer = solve(of, Options(gap=0.0, threads=threads))
            assert answer.proven
            assert answer.objective == pytest.approx(best, abs=1e-6)
            assert answer.bound is not None
            assert answer.bound <= best + 1e-6


def test_a_search_that_is_interrupted_between_cuts_keeps_a_true_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FIRST_CHECK, 1)
    of = two_knapsacks(7)
    best = best_of_all(of)

    def stopped(after: float) -> tuple[BranchAndBoundResult, int]:
        asked = 0

        def interrupted() -> bool:
            nonlocal asked
            asked += 1
            return asked > after

        return branch_and_bound(of, EXACT, Incumbent(gap=0.0), interrupted, lambda _bound, _nodes: None), asked

    whole, asked = stopped(np.inf)
    assert whole.end is SearchEnd.GAP_CLOSED
    for after in np.linspace(0, asked - 1, 60).tolist():
        found, _ = stopped(after)
        assert found.end is SearchEnd.INTERRUPTED
        assert found.bound <= best + 1e-6


def test_separation_raises_the_relaxation_but_not_above_the_optimum() -> None:
    of = two_knapsacks(3)
    best = best_of_all(of)
    relaxation = Relaxation(of, EXACT, never)
    first = relaxation.solve_root()
    tighter = separate(relaxation, of, first, best)
    assert relaxation.cuts
    assert first.value < tighter.value <= best + 1e-6
    assert tighter.basis is not None
    again = relaxation.solve(relaxation.lower, relaxation.upper, tighter.basis, np.inf)
    assert again.value == pytest.approx(tighter.value)


def test_cuts_that_gain_too_little_are_dropped() -> None:
    of = two_knapsacks(3)
    relaxation = Relaxation(of, EXACT, never)
    first = relaxation.solve_root()
    far = first.value + 1e6
    assert separate(relaxation, of, first, far) is first
    assert relaxation.cuts == []
    assert first.basis is not None
    again = relaxation.solve(relaxation.lower, relaxation.upper, first.basis, np.inf)
    assert (again.status, again.value) == (RelaxationStatus.OPTIMAL, pytest.approx(first.value))


def test_separation_can_be_interrupted() -> None:
    of = two_knapsacks(3)
    stopped = False
    relaxation = Relaxation(of, EXACT, lambda: stopped)
    first = relaxation.solve_root()
    stopped = True
    with pytest.raises(Interrupted):
        separate(relaxation, of, first, np.inf)


def test_slack_cuts_are_dropped_and_the_others_kept() -> None:
    of = knapsack([8.0, 7.0, 6.0], [5.0, 4.0, 3.0], 8.0)
    relaxation = Relaxation(of, EXACT, never)
    first = relaxation.solve_root()
    assert first.basis is not None
    relaxation.solve(relaxation.lower, relaxation.upper, first.basis, np.inf)
    tight, slack = (Cut(np.arange(3), np.ones(3), upper, 0.1) for upper in (1.5, 2.5))
    relaxation.add_cuts([slack, tight])
    solved = relaxation.resolve()
    assert solved.basis is not None
    assert relaxation.drop_slack_cuts(solved.basis)
    assert relaxation.cuts == [tight]
    again = relaxation.resolve()
    assert again.value == pytest.approx(solved.value)
    assert again.basis is not None
    assert not relaxation.drop_slack_cuts(again.basis)


# Bounds that rows imply


def test_a_row_bounds_a_variable_by_what_the_others_leave() -> None:
    """2 x + y ≤ 9 with y ≥ 0: x ≤ 4.5, so 4 as it is whole; −x ≤ −3 gives x ≥ 3, and that y ≤ 3."""
    of = program([1.0, 1.0], [[2.0, 1.0], [-1.0, 0.0]], [9.0, -3.0], [True, False], [np.inf, np.inf])
    lower, upper = implied_bounds(of)
    assert (lower[0], upper[0]) == (3.0, 4.0)
    assert lower[1] == 0.0
    assert upper[1] == pytest.approx(3.0, abs=1e-5)
    assert upper[1] >= 3.0


def test_a_row_with_two_unbounded_variables_implies_nothing() -> None:
    of = program([1.0, 1.0], [[1.0, -1.0]], [0.0], [False, False], [np.inf, np.inf])
    lower, upper = implied_bounds(of)
    assert lower.tolist() == [0.0, 0.0]
    assert upper.tolist() == [np.inf, np.inf]
    one = replace(of, upper=np.array([np.inf, 7.0]))
    assert implied_bounds(one)[1][0] == pytest.approx(7.0, abs=1e-5)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_every_solution_is_within_the_implied_bounds(seed: int) -> None:
    of = two_knapsacks(seed, n=8)
    lower, upper = implied_bounds(replace(of, upper=np.where(of.integer, np.inf, of.upper)))
    for x in solutions(of):
        assert (lower <= x).all()
        assert (x <= upper).all()
