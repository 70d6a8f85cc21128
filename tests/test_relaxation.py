"""The linear relaxation: what becomes of one with which HiGHS comes to no end at first."""

from typing import Any

import numpy as np
import pytest

from planner.solver import Options, Program
from planner.solver.branch_and_bound.relaxation import Relaxation


def program() -> Program:
    """min −3x − 2y, 2x + y ≤ 5, x + 3y ≤ 7, x and y from 0 to 4 and whole: −8.4 at (1.6, 1.8) with fractions."""
    return Program(
        cost=np.array([-3.0, -2.0]),
        constant=0.0,
        lower=np.zeros(2),
        upper=np.full(2, 4.0),
        integer=np.ones(2, dtype=np.bool_),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([5.0, 7.0]),
        start=np.array([0, 2, 4], dtype=np.int32),
        index=np.array([0, 1, 0, 1], dtype=np.int32),
        value=np.array([2.0, 1.0, 1.0, 3.0]),
    )


class Stuck:
    """HiGHS, but it says that it cannot tell, from then on until its solver is cleared."""

    def __init__(self, highs: Any) -> None:
        self._highs = highs
        self.cleared = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def clearSolver(self) -> Any:
        self.cleared += 1
        return self._highs.clearSolver()

    def getModelStatus(self) -> Any:
        from highspy import HighsModelStatus

        return self._highs.getModelStatus() if self.cleared else HighsModelStatus.kUnknown


def test_one_that_fails_from_a_basis_is_solved_from_nothing() -> None:
    relaxation = Relaxation(program(), Options(), lambda: False)
    root = relaxation.solve_root()
    assert root.value == pytest.approx(-8.4)
    lower, upper = np.zeros(2), np.array([1.0, 4.0])
    sound = relaxation.solve(lower, upper, root.basis, np.inf)
    assert sound.value == pytest.approx(-7.0)
    stuck = relaxation._highs = Stuck(relaxation._highs)
    again = relaxation.solve(lower, upper, root.basis, np.inf)
    assert stuck.cleared == 1
    assert again.value == pytest.approx(-7.0)
    assert again.x == pytest.approx(sound.x)
    relaxation.close()
