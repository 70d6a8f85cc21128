"""The headline of a plan: what it costs in money and in penalties, as its ledger says.

    present cost = cost in money + penalties

Penalties are the prices of demand that is not served and of policies that are missed. Nobody pays them. Every other
line that the objective counts is money. Whatever shows the cost of a plan takes it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.text import number
from planner.ledgers.posts import IN_OBJECTIVE, Entries, Kind
from planner.rules.shared.revenue import revenue_lost

if TYPE_CHECKING:
    from planner.plan.plan import Plan

LOST = "revenue_lost"
"""the line of revenue that is lost where demand is not served"""
MONEY, PENALTIES = "in money", "penalties"
"""the two parts of the cost, in words"""


@dataclass(frozen=True)
class Headline:
    """Both parts of the present cost at the discount rate of the case [USD bn]."""

    cost_in_money_usd_bn: float
    penalties_usd_bn: float

    @staticmethod
    def of(posts: Entries) -> Headline:
        """The headline of a solution's posts."""
        penalty = np.array([post.kind is Kind.PENALTY for post in posts.posts], dtype=bool)[posts.post]
        return Headline(float(posts.worth[~penalty].sum()), float(posts.worth[penalty].sum()))

    @property
    def present_cost(self) -> float:
        """Both together."""
        return self.cost_in_money_usd_bn + self.penalties_usd_bn

    def minus(self, other: Headline) -> Headline:
        """By how much both parts differ from another plan's."""
        return Headline(
            self.cost_in_money_usd_bn - other.cost_in_money_usd_bn, self.penalties_usd_bn - other.penalties_usd_bn
        )

    def text(self) -> str:
        """Both parts in words.

        >>> Headline(685.9, 53.7).text(), Headline(3.0, 0.0).text()
        ('685.900 in money, 53.700 in penalties', '3.000 in money, no penalties')
        """
        penalties = f"{self.penalties_usd_bn:,.3f} in penalties" if self.penalties_usd_bn else "no penalties"
        return f"{self.cost_in_money_usd_bn:,.3f} in money, {penalties}"


def cost_by_line(plan: Plan) -> dict[tuple[str, str], float]:
    """Present cost by part (MONEY or PENALTIES) and line of the ledger, the largest first [USD bn].

    All of them add up to the present cost.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for post in plan.rows("ledger"):
        if post.kind in IN_OBJECTIVE:
            part = PENALTIES if post.kind == Kind.PENALTY else MONEY
            found.setdefault((part, str(post.line)), []).append(float(post.present_value_usd_bn))
    sums = {key: float(np.sum(worth)) for key, worth in found.items()}
    return dict(sorted(sorted(sums.items()), key=lambda item: (item[0][0], -abs(item[1]))))


def said_of_revenue(plan: Plan) -> str:
    """What demand that is not served does to revenue, as the ledger says."""
    if not revenue_lost(plan.case):
        return "Revenue is given: demand that is not served does not lower it"
    lost = -sum(float(post.value) for post in plan.rows("ledger") if post.line == LOST)
    return f"Demand that is not served takes {number(lost)} USD bn from revenue"
