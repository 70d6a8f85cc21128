"""The whole model in Pyomo, made on demand, to read it, to change it by hand, or for Pyomo's writers and solvers.

    from planner.model.pyomo import whole

    m, _ = whole(Portfolio.of(case))
    m.limit.debt_cap.pprint()

Import `pyomo.environ` to write it to a file or to solve it. `solve` does not use it: the same rows go to the solver as
arrays, in the same order and with the same names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyomo.core as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.model.model import Model, Peak, model
from planner.portfolio.portfolio import Portfolio
from planner.solver.array_rows import ArrayRows, ArrayVariables


def whole(
    portfolio: Portfolio, extra_limits: Sequence[Limit] = (), leeway: Leeway | None = None, peak: Peak | None = None
) -> tuple[pyo.ConcreteModel, list[Any]]:
    """The model of a portfolio, and Pyomo's variables of its decisions in the ledgers' order. Arguments as for `model`.

    Limits are in the block `limit`, one constraint for each rule, and states in the block `state`.
    """
    made = model(portfolio, extra_limits, leeway, peak)
    complete(made.pyomo, made)
    return made.pyomo, made.variables


def complete(m: pyo.Block, made: Model) -> None:
    """Add the arrays of a model to a block that holds its decisions."""
    m.limit, m.state = pyo.Block(), pyo.Block()
    numbered = list(made.variables)
    for variables in made.arrays.variables:
        numbered += _added(m, variables).values()
    for rows in made.arrays.rows:
        _add_rows(m, rows, numbered)
    if made.arrays.cost is not None:
        cost = made.arrays.cost
        objective = pyo.Objective(expr=_sum(cost.variable, cost.value, numbered, cost.constant), sense=pyo.minimize)
        m.add_component(cost.name, objective)


def _added(m: pyo.Block, variables: ArrayVariables) -> pyo.Var:
    bounds = (None if np.isinf(variables.lower) else variables.lower, None)
    scalar = variables.indices[0] is None
    made = pyo.Var(bounds=bounds) if scalar else pyo.Var(_index(variables.indices), bounds=bounds)
    _block(m, variables.path).add_component(variables.path[-1], made)
    return made


def _add_rows(m: pyo.Block, rows: ArrayRows, numbered: Sequence[Any]) -> None:
    lower, upper = rows.row_lower.tolist(), rows.row_upper.tolist()
    stated = {}
    for k, index in enumerate(rows.indices):
        entries = slice(int(rows.start[k]), int(rows.start[k + 1]))
        body = _sum(rows.variable[entries], rows.value[entries], numbered)
        if lower[k] == upper[k]:
            stated[index] = body == upper[k]
        else:
            stated[index] = lower[k] <= body if np.isinf(upper[k]) else body <= upper[k]
    scalar = rows.indices[:1] == [None]
    made = (
        pyo.Constraint(expr=stated[None])
        if scalar
        else pyo.Constraint(_index(rows.indices), rule=lambda _, *index: stated[index if len(index) > 1 else index[0]])
    )
    _block(m, rows.path).add_component(rows.path[-1], made)


def _sum(numbers: Any, values: Any, numbered: Sequence[Any], constant: float = 0.0) -> LinearExpression:
    variables = [numbered[j] for j in numbers.tolist()]
    return LinearExpression(constant=constant, linear_coefs=values.tolist(), linear_vars=variables)


def _index(indices: Sequence[Any]) -> pyo.Set:
    return pyo.Set(initialize=list(indices), ordered=True, dimen=len(indices[0]) if _several(indices) else 1)


def _several(indices: Sequence[Any]) -> bool:
    return bool(indices) and isinstance(indices[0], tuple)


def _block(m: pyo.Block, path: tuple[str, ...]) -> pyo.Block:
    return m if len(path) == 1 else m.component(path[0])
