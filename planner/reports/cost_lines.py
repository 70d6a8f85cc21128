"""The cost of a plan by line of its ledger, in money and in penalties, and what the ledger says of revenue."""

from __future__ import annotations

import numpy as np

from planner.ledgers.objective import in_objective
from planner.ledgers.posts import Kind
from planner.plan.headline import MONEY, PENALTIES
from planner.plan.plan import Plan
from planner.rules.liquidity import LINES
from planner.rules.shared.revenue import loses_revenue

LOST = "revenue_lost"
"""the line of revenue that is lost where demand is not served"""
OTHER_CASH = frozenset({"fixed_costs", *(line for _, line in LINES.values())})
"""lines of cash that no contract brings or takes, besides revenue and what follows it"""


def cost_by_line(plan: Plan) -> dict[tuple[str, str], float]:
    """Present cost by part (MONEY or PENALTIES) and line of the ledger, the largest first [USD bn].

    All of them add up to the present cost.
    """
    found: dict[tuple[str, str], list[float]] = {}
    kinds = in_objective(plan.case.settings.horizon_treatment)
    for post in plan.rows("ledger"):
        if post.kind in kinds:
            part = PENALTIES if post.kind == Kind.PENALTY else MONEY
            found.setdefault((part, str(post.line)), []).append(float(post.present_value_usd_bn))
    sums = {key: float(np.sum(worth)) for key, worth in found.items()}
    return dict(sorted(sorted(sums.items()), key=lambda item: (item[0][0], -abs(item[1]))))


def said_of_revenue(plan: Plan) -> str:
    """What demand that is not served does to revenue, as the ledger says."""
    if not loses_revenue(plan.case):
        return "Revenue is given: demand that is not served does not lower it"
    lost = -sum(float(post.value) for post in plan.rows("ledger") if post.line == LOST)
    return f"Demand that is not served takes {plan.case.settings.shown_in.amount(lost, 'USD bn')} from revenue"


def said_of_other_cash(plan: Plan) -> str:
    """What else moves cash within the horizon, by line, undiscounted; empty where nothing does."""
    found: dict[str, float] = {}
    for post in plan.rows("ledger"):
        if post.line in OTHER_CASH:
            found[str(post.line)] = found.get(str(post.line), 0.0) + float(post.value)
    shown_in = plan.case.settings.shown_in
    sums = ", ".join(f"{line} {shown_in.number(value, 'USD bn')}" for line, value in sorted(found.items()))
    return f"Other cash that is given, and not part of the cost [{shown_in.money}]: {sums}" if sums else ""
