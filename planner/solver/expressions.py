"""Linear expressions of Pyomo as arrays.

Sums of variables and of coefficient · variable are read term by term. Any other expression is read by Pyomo's own
visitor of linear expressions, which takes longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyomo.common.numeric_types import native_numeric_types
from pyomo.core.base.enums import SortComponents
from pyomo.core.base.var import ScalarVar, VarData
from pyomo.core.expr import value as value_of
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression, NegationExpression, SumExpression
from pyomo.core.expr.relational_expr import EqualityExpression, InequalityExpression
from pyomo.repn.linear import LinearRepnVisitor
from pyomo.repn.util import VarRecorder

from planner.basics.arrays import Vector

if TYPE_CHECKING:
    from pyomo.core.base.constraint import ConstraintData

    from planner.solver.program import Index32


SUMS = frozenset({LinearExpression, SumExpression})
VARIABLES = frozenset({VarData, ScalarVar})


class LinearFunctions(NamedTuple):
    """Linear functions, one on each line: constant + Σ value · variable. A variable may occur more than once."""

    start: Index32
    """the entries start[i] to start[i + 1] are those of line i"""
    place: Index32
    """of the variable of each entry"""
    value: Vector
    constant: Vector
    """of each line"""


def sides(constraint: ConstraintData) -> tuple[float, Any, Any, float]:
    """A constraint as (least, left, right, most), which says least ≤ left − right ≤ most; right may be None."""
    expression = constraint.expr
    kind = expression.__class__
    if kind is InequalityExpression or kind is EqualityExpression:
        left, right = expression.args
        least = 0.0 if kind is EqualityExpression else -math.inf
        if right.__class__ in native_numeric_types:
            return least + right, left, None, right
        if left.__class__ not in native_numeric_types and all(side.is_potentially_variable() for side in (left, right)):
            return least, left, right, 0.0
    low, body, high = constraint.to_bounded_expression()
    return -math.inf if low is None else value_of(low), body, None, math.inf if high is None else value_of(high)


class ExpressionReader:
    """Reads expressions line by line, and gives a place to each variable that it meets."""

    def __init__(self, variables: Sequence[VarData], reserved: int = 0) -> None:
        """Known variables have the places 0, 1, …, and the places after them are reserved, as many as given.

        A variable that is not known gets the next free place when it is first met, together with all others of its
        component.
        """
        self.variables = list(variables)
        self._reserved = reserved
        self._places = {id(variable): j for j, variable in enumerate(self.variables)}
        self._constants: list[float] = []
        self._ends: list[int] = []
        self._constant = 0.0
        self._line: list[int] = []
        self._values: list[float] = []
        self._walk = LinearRepnVisitor({}, var_recorder=VarRecorder({}, SortComponents.ORDERED_INDICES))

    def add(self, of: Any, expression: Any, factor: float = 1.0) -> None:
        """Add an expression times a factor to the line. Raises RuntimeError, which names `of`, if it is not linear."""
        places, line, values = self._places, self._line, self._values
        for argument in expression.args if expression.__class__ in SUMS else (expression,):
            kind = argument.__class__
            if kind is MonomialTermExpression:
                coefficient, variable = argument.args
                if coefficient.__class__ not in native_numeric_types:
                    coefficient = value_of(coefficient)
                place = places.get(id(variable))
                line.append(self._placed(variable) if place is None else place)
                values.append(factor * coefficient)
            elif kind in VARIABLES:
                place = places.get(id(argument))
                line.append(self._placed(argument) if place is None else place)
                values.append(factor)
            elif kind in native_numeric_types:
                self._constant += factor * argument
            elif kind in SUMS:
                self.add(of, argument, factor)
            elif kind is NegationExpression:
                self.add(of, argument.arg(0), -factor)
            else:
                self._add_any(of, argument, factor)

    def close(self) -> None:
        """End the line."""
        self._constants.append(self._constant)
        self._constant = 0.0
        self._ends.append(len(self._line))

    def take(self) -> LinearFunctions:
        """The lines read since the last time."""
        taken = LinearFunctions(
            np.array([0, *self._ends], dtype=np.int32),
            np.array(self._line, dtype=np.int32),
            np.array(self._values, dtype=np.float64),
            np.array(self._constants, dtype=np.float64),
        )
        self._ends.clear()
        self._line.clear()
        self._values.clear()
        self._constants.clear()
        return taken

    def _add_any(self, of: Any, expression: Any, factor: float) -> None:
        found = self._walk.walk_expression(expression)
        if found.nonlinear is not None:
            raise RuntimeError(f"{of.name} is not linear")
        self._constant += factor * found.constant
        for key, coefficient in found.linear.items():
            self._line.append(self._placed(self._walk.var_map[key]))
            self._values.append(factor * coefficient)

    def _placed(self, variable: VarData) -> int:
        """The place of a variable, which gets one now if it has none."""
        if id(variable) not in self._places:
            for each in variable.parent_component().values(SortComponents.ORDERED_INDICES):
                if id(each) not in self._places:
                    self._places[id(each)] = self._reserved + len(self.variables)
                    self.variables.append(each)
        return self._places[id(variable)]
