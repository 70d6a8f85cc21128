"""What is left of a solution when some of its variables are dropped, with all other integers as they are.

The linear program of the fixed integers is loaded and solved once. Each question afterwards changes some bounds, starts
from the last basis, and ends as soon as the cost is known to exceed what is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.answer import TOLERANCE, Stop, why_stopped
from planner.solver.highs import Options, load, row_duals
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs

ITERATIONS = 2_000
"""largest number of simplex iterations for one question"""


class PlansWithout:
    """A solution of a program, of which variables can be dropped for good, some at a time."""

    def __init__(self, program: Program, x: Vector, options: Options) -> None:
        """Solve the linear program with the integers of x; `reduced` stays None where it has no optimum."""
        self.x = x
        self._program = program
        self._linear = program.with_integers_fixed(x)
        self._highs: Highs = load(self._linear, options)
        self._highs.run()
        self.reduced: Vector | None = None
        """reduced cost of each variable, integers included; shape (n,)"""
        if why_stopped(self._highs.getModelStatus()) is Stop.PROVEN:
            column = np.repeat(np.arange(len(program.cost)), np.diff(program.start))
            weights = program.value * np.asarray(row_duals(self._highs))[program.index]
            self.reduced = program.cost - np.bincount(column, weights=weights, minlength=len(program.cost))
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_iteration_limit", ITERATIONS)

    def drop(self, found: Index, at_most: float) -> bool:
        """Set variables to 0 for good if there is such a solution that costs at most so much; it is then in `x`."""
        if (self._program.lower[found] > 0.0).any():
            return False
        zeros = np.zeros(len(found))
        self._bounds(found, zeros, zeros)
        self._highs.setOptionValue("objective_bound", at_most + TOLERANCE)
        self._highs.run()
        if why_stopped(self._highs.getModelStatus()) is Stop.PROVEN:
            solution = np.array(self._highs.getSolution().col_value, dtype=np.float64)
            solution = np.where(self._program.integer, np.round(solution), solution)
            solution = np.where(np.abs(solution) < TOLERANCE**2, 0.0, solution)
            if self._program.objective(solution) <= at_most and self._program.violation(solution) <= TOLERANCE:
                self.x = solution
                return True
        self._bounds(found, self._linear.lower[found], self._linear.upper[found])
        return False

    def _bounds(self, found: Index, lower: Vector, upper: Vector) -> None:
        self._highs.changeColsBounds(len(found), found.astype(np.int32), lower, upper)
