"""Lower bounds from duals, right or wrong: min x + 2y with x + y ≥ 3, x ≤ 2, y ≥ 0 costs 2 + 2 = 4."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.solver import Program
from planner.solver.dual_bounds import DualBounds


def program(x_upper: float = 2.0) -> Program:
    return Program(
        cost=np.array([1.0, 2.0]),
        constant=0.0,
        lower=np.zeros(2),
        upper=np.array([x_upper, np.inf]),
        integer=np.zeros(2, dtype=bool),
        row_lower=np.array([3.0]),
        row_upper=np.array([np.inf]),
        start=np.array([0, 1, 2], dtype=np.int32),
        index=np.array([0, 0], dtype=np.int32),
        value=np.array([1.0, 1.0]),
    )


def bound(dual: float, of: Program | None = None) -> float:
    of = program() if of is None else of
    return DualBounds(of).of(np.array([dual]), of.lower, of.upper)


def test_the_right_dual_gives_the_least_cost() -> None:
    assert bound(2.0) == 4.0  # 2 · 3 from the row, and x costs 1 − 2 = −1, twice


@pytest.mark.parametrize(("dual", "least"), [(1.0, 3.0), (0.5, 1.5), (0.0, 0.0), (-7.0, 0.0)])
def test_another_dual_gives_less(dual: float, least: float) -> None:
    assert bound(dual) == least  # a dual below 0 would need an upper bound of the row, and counts as 0


def test_a_dual_that_is_not_feasible_gives_nothing() -> None:
    assert bound(2.5) == -np.inf  # y would cost 2 − 2.5 for ever
    assert bound(2.0 + 1e-9) == pytest.approx(4.0)


def test_bounds_of_variables_may_be_others() -> None:
    assert DualBounds(program()).of(np.array([2.0]), np.zeros(2), np.array([1.0, np.inf])) == 5.0
    assert DualBounds(program()).of(np.array([2.0]), np.zeros(2), np.array([1.0, np.inf]), []) == 5.0


def test_rows_that_come_later_count() -> None:
    # x ≤ 1 as a row with the dual −1: 2 · 3 − 1 · 1 = 5, and x costs 1 − 2 + 1 = 0.
    row = (np.array([0]), np.array([1.0]), 1.0)
    of = program()
    assert DualBounds(of).of(np.array([2.0, -1.0]), of.lower, of.upper, [row]) == 5.0


def test_a_proof_that_there_is_no_solution() -> None:
    of, upper = program(), np.array([2.0, 0.5])  # x + y is at most 2.5, less than 3
    proofs = DualBounds(of)
    assert proofs.no_solution(np.array([1.0]), of.lower, upper)
    assert not proofs.no_solution(np.array([-1.0]), of.lower, upper)
    assert not proofs.no_solution(np.array([1.0]), of.lower, np.array([2.0, 1.0]))  # x = 2, y = 1 is one
    assert not proofs.no_solution(np.array([1.0]), of.lower, of.upper)
    row = (np.array([0]), np.array([1.0]), 1.0)
    assert proofs.no_solution(np.array([1.0, -1.0]), of.lower, np.array([9.0, 1.5]), [row])


@given(st.floats(-3.0, 3.0), st.floats(3.0, 9.0), st.floats(0.0, 2.0))
def test_whatever_the_duals_no_solution_costs_less(dual: float, total: float, x: float) -> None:
    assert bound(dual) <= program().objective(np.array([x, total - x])) + 1e-9
