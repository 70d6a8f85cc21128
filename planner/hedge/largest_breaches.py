"""The largest breach that a future can have at all, where a waiver with a probability_max says none.

A breach is worth no more than used − allowed. So it is at most the largest value of that over the linear program of the
future in which the breach itself is free. What is the largest of other variables may be any number above them in the
linear program. So where the value has no end, each of those is bounded first, by the largest that the others can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import highspy
import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.errors import DataError, Problem
from planner.common.waivers import Waiver
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import LimitName, Rationed
from planner.solver.highs import load
from planner.solver.program import Program

ROOM = 1e-6
"""by how much a bound is wider than the linear program says, relative and absolute"""


def with_largest(
    portfolio: Portfolio, program: Program, rationed: Mapping[LimitName, Rationed]
) -> dict[LimitName, Rationed]:
    """The limits of a future with a finite largest breach in each period; `program` is that of the future alone.

    Raises DataError with every waiver that has to say how much at most, as nothing else does.
    """
    if all(np.isfinite(each.most).all() for each in rationed.values()):
        return dict(rationed)
    largest = _Largest(program)
    found = {name: largest.of(each) for name, each in rationed.items()}
    if not all(np.isfinite(each.most).all() for each in found.values()):
        largest = _Largest(_with_bounded_maxima(portfolio, program, largest))
        found = {name: largest.of(each) for name, each in rationed.items()}
    problems = {
        each.line: Problem(
            Waiver.about.file, each.line, "most", f"the largest breach of {' '.join(name)}, as no decision bounds it"
            " and probability_max is given", "a blank",
        )
        for name, each in found.items()
        if not np.isfinite(each.most).all()
    }  # fmt: skip
    if problems:
        raise DataError(problems.values())
    return found


class _Largest:
    """The largest values of linear functions over the linear program of a future."""

    def __init__(self, program: Program) -> None:
        n = len(program.cost)
        none = np.zeros(n, dtype=bool)
        self.program = replace(program, cost=np.zeros(n), constant=0.0, integer=none, implied=None)
        self._highs = load(self.program)

    def of(self, each: Rationed) -> Rationed:
        """A limit with the largest breach of each period."""
        pairs = zip(each.variables.tolist(), each.most.tolist(), strict=True)
        return replace(each, most=np.array([self._breach(j, most) for j, most in pairs]))

    def _breach(self, breach: int, most: float) -> float:
        if np.isfinite(most):
            return most
        program = self.program
        (entry,) = range(program.start[breach], program.start[breach + 1])
        row, worth = int(program.index[entry]), float(program.value[entry])
        inside = np.flatnonzero(program.index == row)
        variables = np.searchsorted(program.start, inside, side="right") - 1
        others = variables != breach
        side = program.row_upper[row] if worth < 0.0 else program.row_lower[row]
        value = self.value(variables[others], program.value[inside][others] / -worth)
        return max(0.0, value - float(side) / -worth)

    def value(self, variables: Index, values: Vector) -> float:
        """The largest value of Σ value · x, and a little more; infinite where there is none."""
        n = len(self.program.cost)
        cost = np.bincount(variables, weights=-values, minlength=n).astype(float)
        self._highs.changeColsCost(n, np.arange(n, dtype=np.int32), cost)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.inf
        best = -float(self._highs.getInfo().objective_function_value)
        return best + ROOM * max(1.0, abs(best))


def _with_bounded_maxima(portfolio: Portfolio, program: Program, largest: _Largest) -> Program:
    """The program in which what is the largest of other variables is bounded by the largest that those can be."""
    upper = program.upper.copy()
    for top in portfolio.ledgers.maxima:
        values = [largest.value(variables, values) + constant for variables, values, constant in top.forms]
        upper[top.variable] = min(upper[top.variable], max(0.0, *values))
    return replace(program, upper=upper)
