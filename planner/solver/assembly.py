"""Pyomo's variables and rows and those that are arrays, put together in one order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.array_rows import Arrays, ArrayVariables
from planner.solver.labels import Label, LabelSequence, Part
from planner.solver.program import Index32, Mask

if TYPE_CHECKING:
    import pyomo.core as pyo
    from pyomo.core.base.constraint import ConstraintData
    from pyomo.core.base.var import VarData

    from planner.solver.expressions import ExpressionReader, LinearFunctions

IMPLIED = "implied"
"""suffix of a block that names integer variables which are whole by themselves once the others are"""


class AllRows(NamedTuple):
    """The cost and all rows of a model: entries by lines, of which the cost is line 0 and row i is line i + 1."""

    line: Index32
    place: Index32
    """of the variable; shape (entries,)"""
    value: Vector
    constant: Vector
    """shape (m + 1,)"""
    lower: Vector
    upper: Vector
    """of entries and constant together; shape (m,)"""
    labels: LabelSequence


class AllVariables(NamedTuple):
    """All variables of a model in the order of their places; shape (places,) each."""

    lower: Vector
    upper: Vector
    integer: Mask
    implied: Mask
    fixed: Mask
    """whether their bounds hold them at one value"""
    labels: LabelSequence


def all_rows(model: pyo.ConcreteModel, objective: Any, reader: ExpressionReader, arrays: Arrays) -> AllRows:
    """The cost, then arrays that come first, Pyomo's rows and the other arrays. The objective is None for an array."""
    from planner.solver.expressions import LinearFunctions

    known = len(reader.variables)
    if objective is not None:
        reader.add(objective, objective.expr)
        reader.close()
    cost = reader.take()
    constraints, least, most = _constraints(model, reader)
    pyomo = reader.take()
    places = _places(known, len(reader.variables) - known, arrays)
    if arrays.cost is not None:
        entries = np.array([0, len(arrays.cost.value)], dtype=np.int32)
        cost = LinearFunctions(
            entries, places[arrays.cost.variable], arrays.cost.value, np.array([arrays.cost.constant])
        )

    lines: list[LinearFunctions] = [cost]
    lower, upper, labels = list[Vector](), list[Vector](), list[Part]()
    for rows in (
        *(each for each in arrays.rows if each.first),
        None,
        *(each for each in arrays.rows if not each.first),
    ):
        if rows is None:
            lines.append(pyomo)
            lower.append(np.array(least, dtype=np.float64))
            upper.append(np.array(most, dtype=np.float64))
            labels.append((len(constraints), PyomoLabels(model, constraints)))
        else:
            lines.append(LinearFunctions(rows.start, places[rows.variable], rows.value, np.zeros(len(rows))))
            lower.append(rows.row_lower)
            upper.append(rows.row_upper)
            labels.append((len(rows), rows.label))
    counts = np.concatenate([np.diff(each.start) for each in lines])
    return AllRows(
        np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        np.concatenate([each.place for each in lines]),
        np.concatenate([each.value for each in lines]),
        np.concatenate([each.constant for each in lines]),
        np.concatenate(lower),
        np.concatenate(upper),
        LabelSequence(labels),
    )


def _constraints(
    model: pyo.ConcreteModel, reader: ExpressionReader
) -> tuple[list[ConstraintData], list[float], list[float]]:
    """The constraints that have a bound, and the bounds of their left side less their right side."""
    import pyomo.core as pyo
    from pyomo.core.base.enums import SortComponents

    from planner.solver.expressions import sides

    rows: list[ConstraintData] = []
    lower: list[float] = []
    upper: list[float] = []
    for constraint in model.component_data_objects(pyo.Constraint, active=True, sort=SortComponents.ORDERED_INDICES):
        least, left, right, most = sides(constraint)
        if least == -math.inf and most == math.inf:
            continue
        reader.add(constraint, left)
        if right is not None:
            reader.add(constraint, right, -1.0)
        reader.close()
        rows.append(constraint)
        lower.append(least)
        upper.append(most)
    return rows, lower, upper


def _places(known: int, met: int, arrays: Arrays) -> Index32:
    """The place of each numbered variable: known ones, arrays that come first, others met in Pyomo, other arrays."""
    places = [np.arange(known, dtype=np.int32)]
    first, last = known, known + sum(len(each) for each in arrays.variables if each.first) + met
    for each in arrays.variables:
        begin = first if each.first else last
        places.append(np.arange(begin, begin + len(each), dtype=np.int32))
        if each.first:
            first += len(each)
        else:
            last += len(each)
    return np.concatenate(places)


def all_variables(model: pyo.ConcreteModel, met: Sequence[VarData], known: int, arrays: Arrays) -> AllVariables:
    """All variables in the order of their places. Pyomo's are `met`, of which the first `known` are the decisions."""
    implied = _implied(model)
    bounds = np.array([_bounds(variable) for variable in met], dtype=np.float64).reshape(-1, 2)
    integer = np.array([not variable.is_continuous() for variable in met], dtype=np.bool_)
    whole = np.array([id(variable) in implied for variable in met], dtype=np.bool_)
    fixed = np.array([variable.fixed for variable in met], dtype=np.bool_)
    first = [each for each in arrays.variables if each.first]
    last = [each for each in arrays.variables if not each.first]

    def around(pyomo: npt.NDArray[Any], of: Callable[[ArrayVariables], Any]) -> npt.NDArray[Any]:
        """Pyomo's values with those of the arrays in their places."""
        before, after = ([np.full(len(each), of(each), dtype=pyomo.dtype) for each in some] for some in (first, last))
        return np.concatenate([pyomo[:known], *before, pyomo[known:], *after])

    labels: list[Part] = [(known, PyomoLabels(model, met))]
    labels += [(len(each), each.label) for each in first]
    labels.append((len(met) - known, PyomoLabels(model, met[known:])))
    labels += [(len(each), each.label) for each in last]
    return AllVariables(
        around(bounds[:, 0], lambda each: each.lower),
        around(bounds[:, 1], lambda _: math.inf),
        around(integer, lambda _: False),
        around(whole, lambda _: False),
        around(fixed, lambda _: False),
        LabelSequence(labels),
    )


def _implied(model: pyo.ConcreteModel) -> set[int]:
    """The variables, by id, whose integrality is implied: blocks name them in a suffix `implied`."""
    import pyomo.core as pyo

    suffixes = model.component_objects(pyo.Suffix, active=True)
    return {id(variable) for suffix in suffixes if suffix.local_name == IMPLIED for variable in suffix}


def _bounds(variable: VarData) -> tuple[float, float]:
    if variable.fixed:
        if variable.value is None:
            raise RuntimeError(f"the variable {variable.name} is fixed, but has no value")
        return variable.value, variable.value
    lower, upper = variable.bounds
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


class PyomoLabels:
    """LabelSequence of Pyomo's variables or constraints. It keeps the model alive, without which they have no names."""

    def __init__(self, model: pyo.ConcreteModel, data: Sequence[Any]) -> None:
        self._model = model
        self._data = data

    def __call__(self, k: int) -> Label:
        """Of the k-th of them."""
        data = self._data[k]
        return Label(data.parent_component().name, data.index())
