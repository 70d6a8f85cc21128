"""A hedge as the sections of its page read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.basics.risk import quantile
from planner.plan.hedges.audit import HedgeAudit
from planner.plan.hedges.hedge import Hedge
from planner.plan.hedges.record import QUANTILES
from planner.plan.plan import Plan
from planner.reports.hedged.policy import HedgePolicy

Paths = dict[str, dict[str, float]]
"""amounts by future, then by day"""


@dataclass(frozen=True, eq=False)
class HedgeView:
    """A hedge, what its audit found, and what it signs in which node."""

    hedge: Hedge
    audit: HedgeAudit

    @cached_property
    def policy(self) -> HedgePolicy:
        """What is signed in which node."""
        return HedgePolicy(self.hedge)

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Of each future, in the order of the tree."""
        return {future.name: future.probability for future in self.hedge.futures_tree.futures}

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each future in the table of futures, from 1 on."""
        return {name: i for i, name in enumerate(self.probabilities, start=1)}

    @property
    def likeliest(self) -> list[str]:
        """The names of the futures, the most probable first."""
        return sorted(self.probabilities, key=lambda name: -self.probabilities[name])

    @cached_property
    def ends(self) -> dict[str, str]:
        """The day on which each period of the horizon ends, by the day on which it starts."""
        calendar = self.hedge.case.calendar
        return {calendar.start_of(t).isoformat(): calendar.start_of(t + 1).isoformat() for t in calendar.periods}

    @property
    def news(self) -> list[str]:
        """The days on which futures part."""
        return [day.isoformat() for day in self.hedge.futures_tree.days]

    @cached_property
    def cost(self) -> Paths:
        """Present cost of all that falls due up to the end of each period; what comes after the end counts at it."""
        return self._paths(_cumulative_cost)

    @cached_property
    def cash(self) -> Paths:
        """Cash at the end of each period."""
        return self._paths(_closing_cash)

    @cached_property
    def held(self) -> Paths:
        """GW of machines that contracts give or that are owned, by period."""
        return self._paths(lambda plan: _capacity(plan, ("right", "chips")))

    @cached_property
    def used(self) -> Paths:
        """GW of machines in use, by period."""
        return self._paths(lambda plan: _capacity(plan, ("use", "run")))

    def _paths(self, of: Callable[[Plan], dict[str, float]]) -> Paths:
        return {name: of(self.hedge.plans[name]) for name in self.probabilities}

    def quantiles(self, paths: Paths) -> dict[str, dict[str, float]]:
        """By name of the quantile and day."""
        names, weights = list(self.probabilities), list(self.probabilities.values())
        days = dict.fromkeys(day for path in paths.values() for day in path)
        return {
            name: {day: quantile([paths[each].get(day, 0.0) for each in names], weights, level) for day in days}
            for name, level in QUANTILES.items()
        }


def _cumulative_cost(plan: Plan) -> dict[str, float]:
    calendar = plan.case.calendar
    ends = [calendar.start_of(t + 1).isoformat() for t in calendar.periods]
    starts = {calendar.start_of(t).isoformat(): t for t in calendar.periods}
    sums = np.zeros(len(ends))
    for row in plan.rows("ledger"):
        if row.present_value_usd_bn:
            sums[starts.get(str(row.period), -1)] += row.present_value_usd_bn
    return dict(zip(ends, np.cumsum(sums).tolist(), strict=True))


def _closing_cash(plan: Plan) -> dict[str, float]:
    calendar = plan.case.calendar
    ends = {calendar.start_of(t).isoformat(): calendar.start_of(t + 1).isoformat() for t in calendar.periods}
    return {ends[str(row.period)]: float(row.closing_usd_bn) for row in plan.rows("cash")}


def _capacity(plan: Plan, measures: tuple[str, ...]) -> dict[str, float]:
    calendar = plan.case.calendar
    found = {calendar.start_of(t).isoformat(): 0.0 for t in calendar.periods}
    for row in plan.rows("capacity"):
        if row.measure in measures and str(row.period) in found:
            found[str(row.period)] += float(row.gw)
    return found
