"""From a model to a program: Pyomo's constraints and rows that are arrays, side by side.

Rows and variables come in the order in which they are declared. Terms of fixed variables become constants. A row that
no variable enters is left out if it holds. If it does not hold, it stays as a row without entries, so that the solver
finds the model infeasible.

Numbers are rounded to 13 significant digits, because the last digits of a sum depend on the order in which it is added
up, and because a search may take another path for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.array_rows import NO_ARRAYS, Arrays
from planner.solver.assembly import all_rows, all_variables
from planner.solver.program import Index32, Program

if TYPE_CHECKING:
    import pyomo.core as pyo
    from pyomo.core.base.var import VarData

DIGITS = 13


def compile(  # noqa: A001 - the word of the trade
    model: pyo.ConcreteModel, variables: Sequence[VarData], arrays: Arrays = NO_ARRAYS
) -> Program:
    """A model as a program: first `variables` in their order, then all others that enter a row or the cost.

    `arrays` are variables and rows that Pyomo does not hold; in them the number of a Pyomo variable is its position in
    `variables`. The bounds of a fixed variable are its value. A suffix `implied` of a block names integer variables
    that are whole by themselves once the others are. Raises RuntimeError where the model does not have exactly one
    active objective, maximises, is not linear or holds NaN; ValueError where it has active components that are not part
    of a linear program.
    """
    from pyomo.common.gc_manager import PauseGC

    objective = _objective(model, arrays)
    if len({id(variable) for variable in variables}) != len(variables):
        raise RuntimeError("a variable is given twice")
    with PauseGC():
        program = _program(model, objective, variables, arrays)
    faults = list(islice(program.faults(), 10))
    if faults:
        raise RuntimeError("the model cannot be solved: " + "; ".join(faults))
    return program


def _objective(model: pyo.ConcreteModel, arrays: Arrays) -> Any:
    """Pyomo's objective, None where arrays hold it; raises where components are not part of a linear program."""
    import pyomo.core as pyo
    from pyomo.repn.util import categorize_valid_components

    usual = {
        pyo.Block, pyo.Constraint, pyo.Var, pyo.Param, pyo.Expression, pyo.Objective, pyo.Set, pyo.RangeSet, pyo.Suffix,
    }  # fmt: skip
    _, unknown = categorize_valid_components(model, active=True, valid=usual)
    if unknown:
        others = ", ".join(component.name for found in unknown.values() for component in found)
        raise ValueError(f"not part of a linear program: {others}")
    objectives = list(model.component_data_objects(pyo.Objective, active=True, descend_into=True))
    names = [objective.name for objective in objectives] + ([] if arrays.cost is None else [arrays.cost.name])
    if len(names) != 1:
        raise RuntimeError(f"a model has exactly one active objective, found {', '.join(names) or 'none'}")
    if arrays.cost is not None:
        return None
    if objectives[0].sense != pyo.minimize:
        raise RuntimeError(f"the objective {objectives[0].name} is maximised; only minimising is supported")
    return objectives[0]


def _program(model: pyo.ConcreteModel, objective: Any, known: Sequence[VarData], arrays: Arrays) -> Program:
    from planner.solver.expressions import ExpressionReader

    reader = ExpressionReader(known, sum(len(each) for each in arrays.variables if each.first))
    rows = all_rows(model, objective, reader, arrays)
    variables = all_variables(model, reader.variables, len(known), arrays)
    line, place, value = _summed(rows.line, rows.place, rows.value)
    constant = rows.constant
    if variables.fixed.any():
        given = variables.fixed[place]
        at = variables.lower[place[given]]
        constant = constant + np.bincount(line[given], weights=value[given] * at, minlength=len(constant))
        line, place, value = line[~given], place[~given], value[~given]

    in_use = np.zeros(len(variables.lower), dtype=np.bool_)
    in_use[: len(known)] = True
    in_use[place] = True
    column = (np.cumsum(in_use, dtype=np.int32) - 1)[place]
    kept = np.flatnonzero(in_use)
    cost = np.zeros(len(kept))
    of_cost = line == 0
    cost[column[of_cost]] = value[of_cost]
    line, column, value = line[~of_cost] - 1, column[~of_cost], value[~of_cost]

    low, high = rows.lower - constant[1:], rows.upper - constant[1:]
    filled = np.bincount(line, minlength=len(low)) > 0
    order = np.concatenate([np.flatnonzero(filled), np.flatnonzero(~filled & ~_holds(low, high))])
    position = np.zeros(len(low), dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    return Program(
        cost=canonical(cost),
        constant=float(constant[0]),
        lower=canonical(variables.lower[kept]),
        upper=canonical(variables.upper[kept]),
        integer=variables.integer[kept],
        row_lower=canonical(low[order]),
        row_upper=canonical(high[order]),
        start=_starts(column, len(kept)),
        index=position[line],
        value=canonical(value),
        implied=variables.implied[kept] if variables.implied.any() else None,
        variables=variables.labels.only(kept),
        rows=rows.labels.only(order),
    )


def _holds(low: Vector, high: Vector) -> npt.NDArray[np.bool_]:
    """Whether 0 lies between the bounds, within the tolerance."""
    return np.asarray(np.maximum(low, -high) <= TOLERANCE)


def canonical(values: Vector) -> Vector:
    """Numbers rounded to 13 significant digits.

    >>> canonical(np.array([0.1 + 0.2, 0.3, 0.0, -np.inf]))
    array([ 0.3,  0.3,  0. , -inf])
    """
    usual = np.isfinite(values) & (values != 0.0)
    found = values.copy()
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(values[usual]))))
    found[usual] = np.round(values[usual] * scale) / scale
    return found


def _summed(line: Index32, column: Index32, value: Vector) -> tuple[Index32, Index32, Vector]:
    """Entries sorted by columns, in each by lines, with duplicates added up and zeros left out; they come by lines."""
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
