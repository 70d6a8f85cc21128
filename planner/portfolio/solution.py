"""A solution: the values of a portfolio's variables. Every post becomes an amount, and all tables of a plan follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.ledgers.ledgers import CONSTANT
from planner.ledgers.limits import Limit, sizes
from planner.ledgers.objective import Horizon, in_objective
from planner.ledgers.posts import Entries, Kind
from planner.ledgers.variables import VariableGroup
from planner.portfolio.portfolio import Portfolio


@dataclass(frozen=True)
class Solution:
    """The values x of a portfolio's variables; x has the shape (variables,)."""

    portfolio: Portfolio
    x: Vector

    @cached_property
    def names(self) -> list[str]:
        """The names of the variables, in their order."""
        return self.portfolio.ledgers.names

    @cached_property
    def objective(self) -> float:
        """Present cost at the discount rate of the case [USD bn]."""
        return self.cost_with(self.portfolio.case.settings.horizon_treatment)

    def cost_with(self, horizon: Horizon) -> float:
        """Present cost at the discount rate, under a treatment of what outlives the horizon [USD bn]."""
        return self._present_cost(self.portfolio.case.settings.discount_rate, in_objective(horizon))

    @cached_property
    def present_cost_at_lease_rate(self) -> float:
        """Present cost at the lease rate, without what outlives the horizon [USD bn]."""
        return self._present_cost(self.portfolio.case.settings.lease_rate, in_objective(Horizon.CUT))

    @cached_property
    def owed_after_end(self) -> float:
        """What is still to be paid after the end of the horizon, less what is prepaid, undiscounted [USD bn]."""
        return -sum(
            float(post.values @ np.append(self.x, 1.0)[post.variables])
            for post in self.portfolio.ledgers.posts.of("cash")
            if post.kind is Kind.BEYOND_HORIZON
        )

    def _present_cost(self, rate: float, kinds: frozenset[Kind]) -> float:
        constant, coefficients = self.portfolio.ledgers.present_value(rate, kinds)
        return constant + float(coefficients @ self.x)

    def breaches(self) -> list[tuple[Limit, int]]:
        """The limits that are exceeded, each with the period."""
        of_unit = sizes(self.portfolio.limits, self.x)
        return [(limit, t) for limit in self.portfolio.limits for t in limit.over(self.x, of_unit[limit.unit])]

    def of(self, group: VariableGroup) -> Vector:
        """The values of a group of variables."""
        return self.x[group.first : group.first + len(group.keys)]

    @cached_property
    def posts(self) -> Entries:
        """All posts that are not zero, with one entry per variable and period. Their worths add up to the objective."""
        posts = self.portfolio.ledgers.posts
        sizes = [len(post.variables) for post in posts]
        number = np.repeat(np.arange(len(posts), dtype=np.int64), sizes)
        variable = _joined([post.variables for post in posts])
        taken = np.append(self.x, 1.0)[variable]  # CONSTANT = −1 selects the last, which is 1
        value = _joined([post.values for post in posts]).astype(float) * taken
        unknown = np.full(max(sizes, default=0), np.nan)
        years = _joined([unknown[: len(p.values)] if p.years is None else p.years for p in posts]).astype(float)
        settings = self.portfolio.case.settings
        counted, rate = in_objective(settings.horizon_treatment), settings.discount_rate
        counts = np.array([post.kind in counted for post in posts], dtype=bool)[number]
        worth = np.where(counts, -value * (1.0 + rate) ** -np.where(np.isnan(years), 0.0, years), 0.0)
        periods = _joined([post.periods for post in posts])
        return Entries(posts, number, variable, periods, value, years, worth).where(value != 0.0)

    def ledger(self, *names: str) -> Entries:
        """The entries of some ledgers."""
        return self.posts.where(self.posts.of(*names))

    def decision_names(self, variables: Index) -> list[str]:
        """The names of variables; empty for CONSTANT."""
        return ["" if variable == CONSTANT else self.names[variable] for variable in variables.tolist()]

    def dates(self, periods: Index) -> list[str]:
        """The first days of periods, as the files have them."""
        start_of, numbers = self.portfolio.case.calendar.start_of, periods.tolist()
        known = {t: start_of(t).isoformat() for t in set(numbers)}
        return [known[t] for t in numbers]


def _joined(parts: list[Index] | list[Vector]) -> Index:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
