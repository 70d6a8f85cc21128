"""Present cost as something that a limit can be set for."""

from __future__ import annotations

import numpy as np

from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.ledgers.objective import in_objective
from planner.portfolio.portfolio import Portfolio


def cost_at_most(portfolio: Portfolio, value: float, rule: str) -> Limit:
    """Present cost is at most a value [USD bn]: one limit of a rule, in the first period."""
    T = portfolio.case.calendar.T
    settings = portfolio.case.settings
    cost, coefficients = portfolio.ledgers.present_value(
        settings.discount_rate, in_objective(settings.horizon_treatment)
    )
    columns = np.flatnonzero(coefficients)
    constant = np.zeros(T)
    constant[0] = cost
    used = Balance(np.zeros(len(columns), dtype=np.int64), columns, coefficients[columns], constant)
    return Limit(rule, "cost", "USD bn", used, Balance.of(np.full(T, value)), (0,))
