"""Decisions to start from, and those that a first search leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from planner.basics.arrays import Vector
from planner.plan.plan import Plan
from planner.portfolio.fewer_dates import left_out
from planner.portfolio.portfolio import Portfolio

if TYPE_CHECKING:
    from planner.solver import Program
    from planner.solver.program import Mask

Start: TypeAlias = "Plan | Mapping[str, float]"
"""A plan, or its decisions by name."""


def starting_values(portfolio: Portfolio, start: Start) -> Vector:
    """The decisions of a plan in the order of a portfolio's, 0 where the plan has none of that name; shape (n,)."""
    values = start.values if isinstance(start, Plan) else start
    x = np.zeros(portfolio.ledgers.size)
    for i, name in enumerate(portfolio.ledgers.names):
        x[i] = values.get(name, 0.0)
    return x


def warm_start(program: Program, portfolio: Portfolio, start: Start | None) -> Vector | None:
    """A start as a solution of a program, NaN for what follows from it: breaches, and what the model adds."""
    if start is None:
        return None
    x = np.full(len(program.cost), np.nan)
    x[: portfolio.ledgers.size] = starting_values(portfolio, start)
    for limit in portfolio.limits:
        if limit.waived is not None:
            x[limit.waived.variables] = np.nan
    return x


def to_fewer_dates(program: Program, portfolio: Portfolio) -> Mask:
    """The variables of a program that are fixed at 0 while a first plan is looked for."""
    restriction = np.zeros(len(program.cost), dtype=np.bool_)
    restriction[: portfolio.ledgers.size] = left_out(portfolio)
    return restriction
