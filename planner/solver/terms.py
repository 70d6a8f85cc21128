"""The terms of linear expressions of Pyomo, gathered into arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
from planner.model.affine import Places, Terms

if TYPE_CHECKING:
    from pyomo.core.base.constraint import ConstraintData

    from planner.solver.program import Index32


SUMS = frozenset({LinearExpression, SumExpression})
VARIABLES = frozenset({VarData, ScalarVar})


def sides(constraint: ConstraintData) -> tuple[float, Any, Any, float]:
    """What a constraint says as least ≤ left − right ≤ most, where right may be None."""
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


class Gathered:
    """Linear expressions line by line: constant + Σ value · variable, a variable perhaps more than once."""

    def __init__(self, variables: Sequence[VarData]) -> None:
        """Variables that are known have their place; others get theirs, with all of their family, when first met."""
        self.variables = list(variables)
        self._places = {id(variable): j for j, variable in enumerate(self.variables)}
        self._shared: dict[int, Places] = {}
        self._lists: list[Sequence[VarData]] = []  # kept, so that no other takes its place in memory
        self._constants: list[float] = []
        self._ends: list[int] = []
        self._n = 0
        self._constant = 0.0
        self._columns: list[int] = []
        self._values: list[float] = []
        self._parts: list[tuple[Places, Vector]] = []
        self._walk = LinearRepnVisitor({}, var_recorder=VarRecorder({}, SortComponents.ORDERED_INDICES))

    def add(self, of: Any, expression: Any, factor: float = 1.0) -> None:
        """Add so many times an expression to the line; raises RuntimeError, with the name of `of`, if not linear."""
        arguments = (expression,)
        if expression.__class__ in SUMS:
            if expression._args_.__class__ is Terms:
                self._add_arrays(expression._args_, factor)
                return
            arguments = expression.args
        places, columns, values = self._places, self._columns, self._values
        for argument in arguments:
            kind = argument.__class__
            if kind is MonomialTermExpression:
                coefficient, variable = argument._args_
                if coefficient.__class__ not in native_numeric_types:
                    coefficient = value_of(coefficient)
                place = places.get(id(variable))
                columns.append(self._placed(variable) if place is None else place)
                values.append(factor * coefficient)
            elif kind in VARIABLES:
                place = places.get(id(argument))
                columns.append(self._placed(argument) if place is None else place)
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
        self._ends.append(self._n + len(self._columns))

    def entries(self) -> tuple[Index32, Places, Vector, Vector]:
        """(line, place of the variable, value) of every term, by lines, and the constant of each line."""
        self._put_away()
        none = (np.empty(0, dtype=np.int32), np.empty(0))
        columns, values = zip(none, *self._parts, strict=True)
        counts = np.diff(self._ends, prepend=0)
        line = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        self._parts = [(np.concatenate(columns), np.concatenate(values))]
        return line, *self._parts[0], np.array(self._constants)

    def _add_arrays(self, terms: Terms, factor: float) -> None:
        self._put_away()
        places = self._shared.get(id(terms.variables))
        if places is None:
            places = np.array([self._placed(variable) for variable in terms.variables], dtype=np.int32)
            self._shared[id(terms.variables)] = places
            self._lists.append(terms.variables)
        self._constant += factor * terms.constant
        self._parts.append((places[terms.columns], terms.values if factor == 1.0 else factor * terms.values))
        self._n += len(terms.columns)

    def _add_any(self, of: Any, expression: Any, factor: float) -> None:
        found = self._walk.walk_expression(expression)
        if found.nonlinear is not None:
            raise RuntimeError(f"{of.name} is not linear")
        self._constant += factor * found.constant
        for key, coefficient in found.linear.items():
            self._columns.append(self._placed(self._walk.var_map[key]))
            self._values.append(factor * coefficient)

    def _put_away(self) -> None:
        """What was gathered term by term as arrays."""
        if self._columns:
            self._parts.append((np.array(self._columns, dtype=np.int32), np.array(self._values, dtype=np.float64)))
            self._n += len(self._columns)
            self._columns.clear()
            self._values.clear()

    def _placed(self, variable: VarData) -> int:
        """The place that a variable gets, or has got."""
        if id(variable) not in self._places:
            for each in variable.parent_component().values(SortComponents.ORDERED_INDICES):
                if id(each) not in self._places:
                    self._places[id(each)] = len(self.variables)
                    self.variables.append(each)
        return self._places[id(variable)]
