"""The units in which a program is solved."""

from dataclasses import replace

import numpy as np
import pytest

from planner.basics.arrays import Vector
from planner.solver import Options, Program, Scaled, solve


def program(size: float = 1.0, row: float = 1.0) -> Program:
    """min Σ x_j with row · (x0 + x1) ≥ 3 · row · size, 0 ≤ x_j ≤ 2 · size, and y ≥ x0 / (2 · size) binary for 0.1."""
    return Program(
        cost=np.array([1.0, 1.5, 0.1]),
        constant=0.0,
        lower=np.zeros(3),
        upper=np.array([2.0 * size, 2.0 * size, 1.0]),
        integer=np.array([False, False, True]),
        row_lower=np.array([3.0 * row * size, -np.inf]),
        row_upper=np.array([np.inf, 0.0]),
        start=np.array([0, 2, 3, 4], dtype=np.int32),
        index=np.array([0, 1, 0, 1], dtype=np.int32),
        value=np.array([row, 1.0, row, -2.0 * size]),
    )


def outside(scaled: Scaled) -> Vector:
    """The cheapest solution in the units of the case."""
    answer = solve(scaled.program, Options(gap=0.0))
    assert answer.x is not None
    return scaled.outside(answer.x)


def test_numbers_of_usual_size_stay_as_they_are() -> None:
    scaled = Scaled.of(program())
    assert (scaled.column.tolist(), scaled.row.tolist(), scaled.cost) == ([1.0] * 3, [1.0] * 2, 1.0)


def test_a_row_of_other_size_leaves_the_units_of_columns() -> None:
    """HiGHS finds better cutting planes in the units in which a case is written."""
    scaled = Scaled.of(program(row=2.0**20))
    assert scaled.column.tolist() == [1.0] * 3
    assert scaled.row[0] == pytest.approx(2.0**-20, rel=3.0)


@pytest.mark.parametrize("size", [2.0**30, 2.0**-30])
def test_columns_of_other_size_come_near_to_usual_and_no_further(size: float) -> None:
    scaled = Scaled.of(replace(program(size, 1 / size), cost=np.array([1.0 / size, 1.5 / size, 0.1])))
    of_continuous = np.log2(scaled.column[:2] / size)
    assert (np.abs(of_continuous) <= 10.0).all()
    assert (np.abs(of_continuous) >= 6.0).all()
    assert scaled.column[2] == 1.0
    assert np.allclose(np.log2(scaled.column) % 1.0, 0.0)


@pytest.mark.parametrize("size", [1e-9, 1e-4, 1.0, 1e4, 1e9])
def test_a_solution_comes_back_in_the_units_of_the_case(size: float) -> None:
    """All of x0 for 2 + 0.1, and 1 of x1 for 1.5; without x0 there are only 2 of the 3."""
    of_case = replace(program(size), cost=np.array([1.0, 1.5, 0.1 * size]))
    assert outside(Scaled.of(of_case)) == pytest.approx([2.0 * size, size, 1.0], rel=1e-9)
    answer = solve(of_case, Options(gap=0.0))
    assert answer.objective == pytest.approx(3.6 * size, rel=1e-9)


@pytest.mark.parametrize(("side", "factor"), [(0.1, 1.0), (2.0**-8, 1.0), (2.0**-11, 8.0)])
def test_only_rows_of_small_right_hand_sides_are_enlarged(side: float, factor: float) -> None:
    scaled = Scaled.of(replace(program(), row_lower=np.array([side, -np.inf])))
    assert scaled.column.tolist() == [1.0] * 3
    assert scaled.row.tolist() == [factor, 1.0]
