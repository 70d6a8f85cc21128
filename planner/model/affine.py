"""Affine functions of many variables as Pyomo expressions that take next to no room.

Pyomo holds Σ_k values_k · x_k as one object per term, millions of them in a large model, and takes each apart again
when the model is solved. `affine` gives the same expression, Pyomo's own `LinearExpression`, whose terms are arrays
over one list of variables that all of them share: whoever asks for the terms gets Pyomo's objects, made when asked
for, so that everything in Pyomo works; `planner.solver` takes the arrays as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression

from planner.basics.arrays import Vector

Places: TypeAlias = npt.NDArray[np.int32]
"""Where variables stand in a list."""


class Terms(Sequence[Any]):
    """The arguments of a `LinearExpression`: its constant unless that is 0, then coefficient · variable.

    Pyomo makes a longer expression by appending to the arguments of a shorter one; what was appended comes last.
    """

    __slots__ = ("_more", "columns", "constant", "values", "variables")

    def __init__(self, columns: Places, values: Vector, variables: Sequence[Any], constant: float) -> None:
        """constant + Σ_k values[k] · variables[columns[k]]; the arrays are kept, not copied."""
        self.columns = columns
        self.values = values
        self.variables = variables
        self.constant = constant
        self._more: tuple[Any, ...] = ()

    def _made(self) -> list[Any]:
        found = [self.variables[j] for j in self.columns.tolist()]
        terms = map(MonomialTermExpression, zip(self.values.tolist(), found, strict=True))
        return [*([self.constant] if self.constant else []), *terms, *self._more]

    def __len__(self) -> int:
        return bool(self.constant) + len(self.columns) + len(self._more)

    def __getitem__(self, which: Any) -> Any:
        return self._made()[which]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._made())

    def append(self, argument: Any) -> None:
        """Add an argument, for an expression that is longer than the first."""
        self._more = (*self._more, argument)

    def extend(self, arguments: Sequence[Any]) -> None:
        """Add arguments, for an expression that is longer than the first."""
        self._more = (*self._more, *arguments)


def affine(columns: Places, values: Vector, variables: Sequence[Any], constant: float = 0.0) -> Any:
    """constant + Σ_k values[k] · variables[columns[k]] as a Pyomo expression; the arrays are kept, not copied."""
    expression = LinearExpression.__new__(LinearExpression)
    expression._args_ = terms = Terms(columns, values, variables, constant)
    expression._nargs = len(terms)
    return expression
