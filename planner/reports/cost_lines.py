"""The cost of a plan by line of its ledger and by meaning, money and penalties apart, and what is said of revenue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from planner.interfaces.plain_lines import Meaning
from planner.ledgers.objective import in_objective
from planner.ledgers.posts import Kind
from planner.plan.headline import MONEY, PENALTIES
from planner.plan.plan import Plan
from planner.reports.cash_flow import CashPost, cash_posts
from planner.reports.plain_names import PlainNames
from planner.rules.liquidity import LINES
from planner.rules.shared.revenue import loses_revenue

T = TypeVar("T")

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


def cost_by_meaning(plan: Plan) -> dict[Meaning, float]:
    """Present cost by what it is for, in the order of reports [USD bn]; all of them add up to the present cost.

    Meaning.PENALTIES is what nobody pays; the others are money.
    """
    found = _cost_by(plan, lambda post: post.meaning)
    return {meaning: found[meaning] for meaning in Meaning if meaning in found}


def cost_by_name(plan: Plan) -> dict[tuple[str, str], float]:
    """As `cost_by_line`, with the plain names of lines."""
    sums = _cost_by(plan, lambda post: (PENALTIES if post.kind == Kind.PENALTY else MONEY, post.line.name))
    return dict(sorted(sorted(sums.items()), key=lambda item: (item[0][0], -abs(item[1]))))


def _cost_by(plan: Plan, key: Callable[[CashPost], T]) -> dict[T, float]:
    kinds = in_objective(plan.case.settings.horizon_treatment)
    found: dict[T, list[float]] = {}
    for post in cash_posts(plan):
        if post.kind in kinds:
            found.setdefault(key(post), []).append(post.worth)
    return {of: float(np.sum(worth)) for of, worth in found.items()}


def said_of_revenue(plan: Plan) -> str:
    """What demand that is not served does to revenue, as the ledger says."""
    if not loses_revenue(plan.case):
        return "Revenue is given: demand that is not served does not lower it"
    lost = -sum(float(post.value) for post in plan.rows("ledger") if post.line == LOST)
    return f"Demand that is not served takes {plan.case.settings.shown_in.amount(lost, 'USD bn')} from revenue"


def said_of_other_cash(plan: Plan) -> str:
    """What else moves cash within the horizon, by line, undiscounted; empty where nothing does."""
    found, named = dict[str, float](), PlainNames(plan.case.catalogue)
    for post in plan.rows("ledger"):
        if post.line in OTHER_CASH:
            name = named("", str(post.line)).name
            found[name] = found.get(name, 0.0) + float(post.value)
    shown_in = plan.case.settings.shown_in
    sums = ", ".join(f"{line} {shown_in.number(value, 'USD bn')}" for line, value in sorted(found.items()))
    return f"Other cash that is given, and not part of the cost [{shown_in.money}]: {sums}" if sums else ""
