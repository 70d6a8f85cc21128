"""Pyomo → arrays.

Rows and columns come in the order in which they are declared. What stands in them is read from expressions as they
are: an `affine` one gives its arrays, sums of variables and of coefficient · variable are gone through term by term,
and any other goes through Pyomo's own walk of linear expressions. Terms of fixed variables become constants. A
constraint that no variable enters is left out where it holds; where it does not, it becomes a row without entries, so
that an impossible model is found impossible by the solver like any other.

Numbers are rounded to 13 significant digits: the last digits of a sum depend on the order in which it is added up, and
a search may take another path for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.program import Index32, Program

if TYPE_CHECKING:
    import pyomo.core as pyo
    from pyomo.core.base.constraint import ConstraintData
    from pyomo.core.base.var import VarData

    from planner.solver.terms import Gathered

DIGITS = 13
IMPLIED = "implied"
"""suffix of a block that names integer variables which are whole by themselves once the others are"""


def compile(model: pyo.ConcreteModel, columns: Sequence[VarData]) -> Program:  # noqa: A001 - the word of the trade
    """A Pyomo model as arrays: first `columns` in their order, then all other variables that enter a row or the cost.

    A fixed variable becomes a column that its bounds hold at its value. A suffix `implied` of a block names integer
    variables that are whole by themselves once the others are. Raises RuntimeError where the model has not
    exactly one active objective, maximises, is not linear, or holds a number that is none; ValueError where it has
    active components other than variables, constraints, what they are made of and suffixes.
    """
    from pyomo.common.gc_manager import PauseGC

    objective = _objective(model)
    if len({id(variable) for variable in columns}) != len(columns):
        raise RuntimeError("a variable is given twice among the columns")
    with PauseGC():
        program = _program(model, objective, columns)
    faults = list(islice(program.faults(), 10))
    if faults:
        raise RuntimeError("the model cannot be solved: " + "; ".join(faults))
    return program


def _objective(model: pyo.ConcreteModel) -> Any:
    """The only one; raises where there are components that are none of a linear program's."""
    import pyomo.core as pyo
    from pyomo.repn.util import categorize_valid_components

    usual = {
        pyo.Block, pyo.Constraint, pyo.Var, pyo.Param, pyo.Expression, pyo.Objective, pyo.Set, pyo.RangeSet, pyo.Suffix,
    }  # fmt: skip
    _, unknown = categorize_valid_components(model, active=True, valid=usual)
    if unknown:
        names = ", ".join(component.name for found in unknown.values() for component in found)
        raise ValueError(f"not part of a linear program: {names}")
    objectives = list(model.component_data_objects(pyo.Objective, active=True, descend_into=True))
    if len(objectives) != 1:
        names = ", ".join(objective.name for objective in objectives) or "none"
        raise RuntimeError(f"a model has exactly one active objective, found {names}")
    if objectives[0].sense != pyo.minimize:
        raise RuntimeError(f"the objective {objectives[0].name} is maximised; only minimising is supported")
    return objectives[0]


def _program(model: pyo.ConcreteModel, objective: Any, columns: Sequence[VarData]) -> Program:
    from planner.solver.terms import Gathered

    gathered = Gathered(columns)
    gathered.add(objective, objective.expr)
    gathered.close()
    rows, lower, upper = _constraints(model, gathered)
    line, column, value, constant = gathered.entries()  # line 0 is the cost, line i + 1 the row i

    variables = gathered.variables
    bounds = np.array([_bounds(variable) for variable in variables], dtype=np.float64).reshape(-1, 2)
    line, column, value = _summed(line, column, value)
    held = np.array([variable.fixed for variable in variables], dtype=np.bool_)
    if held.any():
        given = held[column]
        at = np.where(held, bounds[:, 0], 0.0)[column[given]]
        constant += np.bincount(line[given], weights=value[given] * at, minlength=len(constant))
        line, column, value = line[~given], column[~given], value[~given]

    implied = _implied(model)
    in_use = np.zeros(len(variables), dtype=np.bool_)
    in_use[: len(columns)] = True
    in_use[column] = True
    column = (np.cumsum(in_use, dtype=np.int32) - 1)[column]
    kept = np.flatnonzero(in_use)
    cost = np.zeros(len(kept))
    of_cost = line == 0
    cost[column[of_cost]] = value[of_cost]
    line, column, value = line[~of_cost] - 1, column[~of_cost], value[~of_cost]

    low, high = np.array(lower, dtype=np.float64) - constant[1:], np.array(upper, dtype=np.float64) - constant[1:]
    filled = np.bincount(line, minlength=len(rows)) > 0
    order = np.concatenate([np.flatnonzero(filled), np.flatnonzero(~filled & ~_holds(low, high))])
    place = np.zeros(len(rows), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return Program(
        cost=canonical(cost),
        constant=float(constant[0]),
        lower=canonical(bounds[kept, 0]),
        upper=canonical(bounds[kept, 1]),
        integer=np.array([not variables[j].is_continuous() for j in kept], dtype=np.bool_),
        row_lower=canonical(low[order]),
        row_upper=canonical(high[order]),
        start=_starts(column, len(kept)),
        index=place[line],
        value=canonical(value),
        implied=np.array([id(variables[j]) in implied for j in kept], dtype=np.bool_) if implied else None,
        columns=tuple(variables[j] for j in kept),
        rows=tuple(rows[i] for i in order),
    )


def _implied(model: pyo.ConcreteModel) -> set[int]:
    """The variables, by id, whose integrality is implied: blocks name them in a suffix `implied`."""
    import pyomo.core as pyo

    suffixes = model.component_objects(pyo.Suffix, active=True)
    return {id(variable) for suffix in suffixes if suffix.local_name == IMPLIED for variable in suffix}


def _constraints(model: pyo.ConcreteModel, gathered: Gathered) -> tuple[list[ConstraintData], list[float], list[float]]:
    """The constraints that ask for something, and between what they hold their left side less their right side."""
    import pyomo.core as pyo
    from pyomo.core.base.enums import SortComponents

    from planner.solver.terms import sides

    rows: list[ConstraintData] = []
    lower: list[float] = []
    upper: list[float] = []
    for constraint in model.component_data_objects(pyo.Constraint, active=True, sort=SortComponents.ORDERED_INDICES):
        least, left, right, most = sides(constraint)
        if least == -math.inf and most == math.inf:
            continue
        gathered.add(constraint, left)
        if right is not None:
            gathered.add(constraint, right, -1.0)
        gathered.close()
        rows.append(constraint)
        lower.append(least)
        upper.append(most)
    return rows, lower, upper


def _holds(low: Vector, high: Vector) -> npt.NDArray[np.bool_]:
    """Whether 0 lies between, but for rounding."""
    return np.asarray(np.maximum(low, -high) <= TOLERANCE)


def canonical(values: Vector) -> Vector:
    """Numbers in 13 significant digits.

    >>> canonical(np.array([0.1 + 0.2, 0.3, 0.0, -np.inf]))
    array([ 0.3,  0.3,  0. , -inf])
    """
    usual = np.isfinite(values) & (values != 0.0)
    found = values.copy()
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(values[usual]))))
    found[usual] = np.round(values[usual] * scale) / scale
    return found


def _bounds(variable: VarData) -> tuple[float, float]:
    if variable.fixed:
        if variable.value is None:
            raise RuntimeError(f"the variable {variable.name} is fixed, but has no value")
        return variable.value, variable.value
    lower, upper = variable.bounds
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


def _summed(line: Index32, column: Index32, value: Vector) -> tuple[Index32, Index32, Vector]:
    """Entries by columns and in each by lines, each place once, without zeros; they come by lines."""
    order = np.argsort(column, kind="stable")
    line, column, value = line[order], column[order], value[order]
    first = np.ones(len(line), dtype=np.bool_)
    first[1:] = (line[1:] != line[:-1]) | (column[1:] != column[:-1])
    if not first.all():
        value = np.add.reduceat(value, np.flatnonzero(first))
        line, column = line[first], column[first]
    there = value != 0.0
    return (line, column, value) if there.all() else (line[there], column[there], value[there])


def _starts(column: Index32, n: int) -> Index32:
    return np.concatenate([[0], np.cumsum(np.bincount(column, minlength=n))]).astype(np.int32)
