"""The headline of a plan: what it costs in money and in penalties, as its ledger says.

    present cost = cost in money + penalties

Penalties are the prices of demand that is not served, of policies that are missed and of limits that are broken under
a waiver. Nobody pays them. Every other line that the objective counts is money. Whatever shows the cost of a plan takes
it from here, from `Record.headline`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basics.display import AS_IT_IS, Display
from planner.ledgers.posts import Entries, Kind

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

    def text(self, display: Display = AS_IT_IS) -> str:
        """Both parts in words, in the units that are printed.

        >>> Headline(685.9, 53.7).text(), Headline(3.0, 0.0).text()
        ('685.900 in money, 53.700 in penalties', '3.000 in money, no penalties')
        """
        money, missed = (display.fixed(x, "USD bn") for x in (self.cost_in_money_usd_bn, self.penalties_usd_bn))
        return f"{money} in money, {f'{missed} in penalties' if self.penalties_usd_bn else 'no penalties'}"
