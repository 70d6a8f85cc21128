"""What a step of a limit is worth by the duals of the plan's linear program.

The linear program is what is left of the model when all its whole variables keep their values, so that everything
signed stays signed. Its duals hold for a small step and for choices within the same signatures, so they may say less
than a solve finds. With y_i the dual of row i of a limit and Δ_i by how much the step widens its headroom at the plan,

    value of the step ≈ −Σ_i y_i · Δ_i
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.interfaces.pricing import LimitStep
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.solve.start import starting_values
from planner.solver.labels import Label


def by_duals(
    plan: Plan, steps: Sequence[LimitStep], on_phase: Callable[[str], None] = lambda _: None
) -> list[float | None]:
    """What each step is worth by the duals [USD bn].

    None where a step changes what can be decided, or where there are no duals.
    """
    on_phase("pricing limits by duals")
    portfolio = Portfolio.of(plan.case)
    x = starting_values(portfolio, plan)
    rows = _row_duals(portfolio, x)
    if rows is None:
        return [None] * len(steps)
    before = _headroom(portfolio, x)
    values: list[float | None] = []
    for step in steps:
        changed = Portfolio.of(plan.case.change(step.change), portfolio)
        if not _same_variables(portfolio, changed):
            values.append(None)
            continue
        after = _headroom(changed, x)
        values.append(-sum(y * (after[key] - before[key]) for key, y in rows.items() if key in after) + 0.0)
    return values


def _same_variables(one: Portfolio, other: Portfolio) -> bool:
    return [group.keys for group in one.ledgers.groups] == [group.keys for group in other.ledgers.groups]


def _headroom(portfolio: Portfolio, x: Vector) -> dict[tuple[str, str, int], float]:
    """allowed − used by rule, subject and period."""
    found = {}
    for limit in portfolio.limits:
        apart = limit.allowed.evaluate(x) - limit.used.evaluate(x)
        found.update({(limit.rule, limit.subject, t): float(apart[t]) for t in limit.periods})
    return found


def _row_duals(portfolio: Portfolio, x: Vector) -> dict[tuple[str, str, int], float] | None:
    """Change of cost per unit of headroom, by rule, subject and period, of the limits that are rows of the model.

    None where the linear program was not solved.
    """
    from planner.model.model import model

    program = model(portfolio).program()
    options = solver.Options(gap=0.0)
    decided = np.append(x, np.full(len(program.cost) - len(x), np.nan))  # the model's own integers are found anew
    whole = solver.solve(program.with_integers_fixed(decided), options).x
    duals = None if whole is None else solver.duals(program, whole, options)
    if duals is None:
        return None
    found = {}
    position = {label: i for i, label in enumerate(program.rows)}
    for limit in portfolio.limits:
        for t in limit.periods:
            i = position.get(Label(f"limit.{limit.rule}", (limit.subject, t)))
            if i is not None:
                upper = np.isfinite(program.row_upper[i])
                found[limit.rule, limit.subject, t] = float(duals[i]) * (1.0 if upper else -1.0)
    return found
