"""Pyomo → arrays, through Pyomo's own compiler of the standard form.

The compiler leaves out variables that are fixed or that no row and no cost mentions, writes a two-sided constraint as
two rows, and refuses a constraint that no variable enters and that does not hold. Here the left-out columns are put
back in their place, the two rows become one again, and the refused constraint becomes a row without entries, so that
an impossible model is found impossible by the solver like any other.

The order of the columns is made here too: given to Pyomo 6.10 as its `column_order`, a list with a fixed variable in it
has the compiler take another variable in that one's place.

Numbers are rounded to 13 significant digits: the last digits of a sum depend on the order in which it is added up, and
a search may take another path for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.program import Index32, Program

if TYPE_CHECKING:
    import pyomo.environ as pyo
    from pyomo.core.base.constraint import ConstraintData
    from pyomo.core.base.var import VarData

DIGITS = 13
Impossible = list[tuple["ConstraintData", float, float]]
"""Constraints without a variable that do not hold, and the bounds within which 0 would have to lie."""


def compile(model: pyo.ConcreteModel, columns: Sequence[VarData]) -> Program:  # noqa: A001 - the word of the trade
    """A Pyomo model as arrays: first `columns` in their order, then all other variables that enter a row or the cost.

    A fixed variable becomes a column that its bounds hold at its value. Raises RuntimeError where the model has not
    exactly one active objective, maximises, or holds a number that is none.
    """
    from pyomo.common.gc_manager import PauseGC

    _check_objective(model)
    if len({id(variable) for variable in columns}) != len(columns):
        raise RuntimeError("a variable is given twice among the columns")
    with PauseGC():
        program = _program(*_standard_form(model), columns)
    faults = list(islice(program.faults(), 10))
    if faults:
        raise RuntimeError("the model cannot be solved: " + "; ".join(faults))
    return program


def _check_objective(model: pyo.ConcreteModel) -> None:
    import pyomo.environ as pyo

    objectives = list(model.component_data_objects(pyo.Objective, active=True, descend_into=True))
    if len(objectives) != 1:
        names = ", ".join(objective.name for objective in objectives) or "none"
        raise RuntimeError(f"a model has exactly one active objective, found {names}")
    if objectives[0].sense != pyo.minimize:
        raise RuntimeError(f"the objective {objectives[0].name} is maximised; only minimising is supported")


def _standard_form(model: pyo.ConcreteModel) -> tuple[Any, Impossible]:
    """The compiler's answer without the constraints that it refuses, and these."""
    from pyomo.common.errors import InfeasibleConstraintException

    _only_sparse()
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    def write() -> Any:
        return LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)

    try:
        return write(), []
    except InfeasibleConstraintException:
        impossible, rounding = _broken_constants(model)
    refused = [constraint for constraint, _, _ in impossible] + rounding
    for constraint in refused:
        constraint.deactivate()
    try:
        return write(), impossible
    finally:
        for constraint in refused:
            constraint.activate()


def _only_sparse() -> None:
    """Give Pyomo's compiler `scipy.sparse`, which is all that it uses.

    Left to itself it waits until SciPy is first asked for, and then imports `scipy.stats` and others with it, which
    takes longer than a small case.
    """
    from pyomo.common import dependencies
    from pyomo.repn.plugins import standard_form

    waiting = getattr(dependencies, "DeferredImportCallbackFinder", None)
    getattr(waiting, "_callbacks", {}).pop("scipy", None)
    import scipy.sparse

    standard_form.scipy = scipy


def _broken_constants(model: pyo.ConcreteModel) -> tuple[Impossible, list[ConstraintData]]:
    """Constraints without a variable that do not hold: those broken in earnest, and those broken by rounding only."""
    import pyomo.environ as pyo
    from pyomo.repn import generate_standard_repn

    impossible: Impossible = []
    rounding: list[ConstraintData] = []
    for constraint in model.component_data_objects(pyo.Constraint, active=True, descend_into=True):
        body = generate_standard_repn(constraint.body, compute_values=True)
        if body.is_constant():
            lower, upper = pyo.value(constraint.lower), pyo.value(constraint.upper)
            low = -math.inf if lower is None else lower - body.constant
            high = math.inf if upper is None else upper - body.constant
            if max(low, -high) > TOLERANCE:
                impossible.append((constraint, low, high))
            elif max(low, -high) > 0.0:
                rounding.append(constraint)
    return impossible, rounding


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


def _program(form: Any, impossible: Impossible, columns: Sequence[VarData]) -> Program:
    known = {id(variable) for variable in columns}
    variables = [*columns, *(variable for variable in form.columns if id(variable) not in known)]
    places = {id(variable): j for j, variable in enumerate(variables)}
    place = np.array([places[id(variable)] for variable in form.columns], dtype=np.int64)
    cost = np.zeros(len(variables))
    cost[place] = form.c.toarray()[0]
    lower, upper = np.array([_bounds(variable) for variable in variables], dtype=np.float64).reshape(-1, 2).T

    row_of, first = _merged(form.rows)
    kind = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    rhs = np.asarray(form.rhs, dtype=np.float64)
    row_lower = np.full(len(first), -np.inf)
    row_upper = np.full(len(first), np.inf)
    row_lower[row_of[kind <= 0]] = rhs[kind <= 0]
    row_upper[row_of[kind >= 0]] = rhs[kind >= 0]

    matrix = form.A
    column = np.repeat(place, np.diff(matrix.indptr))
    entries = np.argsort(column, kind="stable")
    entries = entries[np.isin(matrix.indices[entries], first)]
    return Program(
        cost=canonical(cost),
        constant=float(form.c_offset[0]),
        lower=canonical(lower),
        upper=canonical(upper),
        integer=np.array([not variable.is_continuous() for variable in variables], dtype=np.bool_),
        row_lower=canonical(np.append(row_lower, [low for _, low, _ in impossible])),
        row_upper=canonical(np.append(row_upper, [high for _, _, high in impossible])),
        start=_starts(column[entries], len(variables)),
        index=row_of[matrix.indices[entries]],
        value=canonical(matrix.data[entries]),
        columns=tuple(variables),
        rows=(*(form.rows[i].constraint for i in first), *(constraint for constraint, _, _ in impossible)),
    )


def _bounds(variable: VarData) -> tuple[float, float]:
    if variable.fixed:
        if variable.value is None:
            raise RuntimeError(f"the variable {variable.name} is fixed, but has no value")
        return variable.value, variable.value
    lower, upper = variable.bounds
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


def _merged(rows: Iterable[Any]) -> tuple[Index32, Index32]:
    """For each row of the compiler the row it becomes, and for each of these the first it is made of.

    A two-sided constraint comes as two neighbours.
    """
    becomes: list[int] = []
    first: list[int] = []
    previous = None
    for i, row in enumerate(rows):
        if row.constraint is not previous:
            first.append(i)
            previous = row.constraint
        becomes.append(len(first) - 1)
    return np.array(becomes, dtype=np.int32), np.array(first, dtype=np.int32)


def _starts(column: np.ndarray[Any, np.dtype[np.int64]], n: int) -> Index32:
    return np.concatenate([[0], np.cumsum(np.bincount(column, minlength=n))]).astype(np.int32)
