"""What was really used before the day, in place of what the plan said: decisions by name.

The use of a period is the mean of its months. A month without a row is as planned. What follows from the use, such as
the shortfall of a contract year that is over, is settled anew by the terms of the contracts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isclose
from typing import TypeAlias

import numpy as np

from planner.basics.arrays import Index
from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.case.case import Case
from planner.ledgers.posts import Kind
from planner.ledgers.variables import parts_of
from planner.portfolio.solution import Solution
from planner.roll.actuals.tables import ActualUse
from planner.tables.cells import shown
from planner.tables.references import suggestion

Place: TypeAlias = tuple[str, str, str, int]
"""offer, chip, region and period"""
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Usage:
    """The use before a day by a plan and as it was."""

    solution: Solution
    day: date
    rows: tuple[ActualUse, ...]

    def problems(self) -> Iterator[Problem]:
        """Rows that cannot be: of an offer or a month that the plan does not have, or beyond what was signed."""
        calendar = self.solution.portfolio.case.calendar
        places = self._variables
        offers = {offer for offer, *_ in places}
        good = True
        for row in self.rows:
            if row.month.day != 1 or not calendar.start <= row.month < self.day:
                good = False
                expected = f"the first day of a month from {calendar.start} to the day before {self.day}"
                yield row.problem("month", expected)
            elif row.offer not in offers:
                good = False
                found = shown(row.offer) + suggestion(row.offer, offers)
                yield row.problem("offer", "an offer whose machines the plan may use by then", found)
            elif (row.offer, row.chip, row.region, calendar.back(row.month)) not in places:
                good = False
                expected = f"a chip and a region in which {row.offer} may be used in that month"
                yield row.problem("chip, region", expected, f"{shown(row.chip)}, {shown(row.region)}")
        if good:
            yield from self._beyond()

    def used(self) -> dict[str, float]:
        """The decisions of the plan by name, with the use as it was; nothing is settled anew."""
        names, x = self.solution.names, self.solution.x
        values = {name: float(value) for name, value in zip(names, x.tolist(), strict=True) if value != 0.0}
        for place, gw in self.means().items():
            values[names[self._variables[place]]] = gw
        return values

    def difference(self, offer: str, after: Solution) -> str | None:
        """What was used of an offer and paid for it otherwise than planned, in words; None where nothing was.

        `after` holds the decisions as they were settled.
        """
        portfolio, cost = self.solution.portfolio, frozenset({Kind.COST})
        passed, h = portfolio.case.calendar.forward(self.day), portfolio.case.calendar.h
        use = portfolio.ledgers.balance("in_use", offer=offer)
        cash = portfolio.ledgers.balance("cash", cost, offer=offer)
        planned, real = (float(use.evaluate(x)[:passed].sum()) * h for x in (self.solution.x, after.x))
        due, paid = (0.0 - float(cash.evaluate(x)[:passed].sum()) for x in (self.solution.x, after.x))
        if isclose(planned, real, rel_tol=ROUNDING) and isclose(due, paid, rel_tol=ROUNDING):
            return None
        used = f"{real:,.4g} GW-years of {offer} were used, not {planned:,.4g}"
        return f"{used}; {paid:,.3f} USD bn were paid, not {due:,.3f}"

    def means(self) -> dict[Place, float]:
        """The mean use of each period that has rows [GW]."""
        calendar = self.solution.portfolio.case.calendar
        months: dict[Place, dict[date, float]] = {}
        for row in self.rows:
            place = (row.offer, row.chip, row.region, calendar.back(row.month))
            months.setdefault(place, {})[row.month] = row.gw
        n, found = calendar.period_months, {}
        for place, given in months.items():
            planned = float(self.solution.x[self._variables[place]])
            every = [add_months(calendar.start_of(place[3]), k) for k in range(n)]
            found[place] = sum(given.get(month, planned) for month in every) / n
        return found

    @cached_property
    def _variables(self) -> Mapping[Place, int]:
        """The variable of each use that the plan may have before the day: of the vintage that it has signed."""
        portfolio, found = self.solution.portfolio, dict[Place, int]()
        passed, names, rights = portfolio.case.calendar.forward(self.day), self.solution.names, self._with_rights
        for post in portfolio.ledgers.select("in_use"):
            labels = post.labels
            for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
                if (
                    labels.offer
                    and t < passed
                    and any(_begins(names[variable], key) for key in rights[labels.offer, t])
                ):
                    found[labels.offer, labels.chip, labels.region, t] = variable
        return found

    @cached_property
    def _with_rights(self) -> Mapping[tuple[str, int], set[tuple[str, ...]]]:
        """By offer and period, block and key of the decisions that give rights to machines."""
        found = defaultdict[tuple[str, int], set[tuple[str, ...]]](set)
        for post in self.solution.portfolio.ledgers.select("rights"):
            by_use = self._by_use(post.variables)
            for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
                if by_use or self.solution.x[variable] > 0.0:
                    found[post.labels.offer, t].add(_parts(self.solution.names[variable]))
        return found

    def _by_use(self, variables: Index) -> bool:
        """Whether rights are had for what is used: no signature is needed."""
        return bool(len(variables)) and int(variables[0]) in self._used_at_all

    @cached_property
    def _used_at_all(self) -> set[int]:
        return {v for post in self.solution.portfolio.ledgers.select("in_use") for v in post.variables.tolist()}

    def _beyond(self) -> Iterator[Problem]:
        """Use beyond the rights of an offer in a period, or beyond those to one of its products."""
        portfolio, x = self.solution.portfolio, self.solution.x.copy()
        ledgers, calendar = portfolio.ledgers, portfolio.case.calendar
        for place, gw in self.means().items():
            x[self._variables[place]] = gw
        first: dict[tuple[str, int], ActualUse] = {}
        for row in self.rows:
            first.setdefault((row.offer, calendar.back(row.month)), row)
        for (offer, t), row in first.items():
            used, rights = float(ledgers.balance("in_use", offer=offer).evaluate(x)[t]), self._rights(offer, t)
            if used > rights + ROUNDING * max(1.0, rights):
                expected = f"at most {rights:g} GW of {offer} on average from {calendar.start_of(t)} on"
                yield row.problem("gw", expected, f"{used:g} GW in all")
        for (offer, chip, region, t), gw in self.means().items():
            if ledgers.posts.select("product_rights", offer=offer, chip=chip, region=region):
                most = float(ledgers.balance("product_rights", offer=offer, chip=chip, region=region).evaluate(x)[t])
                if gw > most + ROUNDING * max(1.0, most):
                    expected = f"at most {most:g} GW of {chip} in {region} from {calendar.start_of(t)} on"
                    yield first[offer, t].problem("gw", expected, f"{gw:g}")

    def _rights(self, offer: str, t: int) -> float:
        """GW that may be used of an offer in a period: what is signed; the most that there is where use is paid for."""
        ledgers, total = self.solution.portfolio.ledgers, 0.0
        upper = np.concatenate([group.upper for group in ledgers.groups])
        for post in ledgers.select("rights", offer=offer):
            size = upper if self._by_use(post.variables) else self.solution.x
            at = post.periods == t
            total += float(post.values[at] @ size[post.variables[at]])
        return total


def _begins(name: str, key: tuple[str, ...]) -> bool:
    """Whether the key of a decision begins with that of another."""
    return _parts(name)[: len(key)] == key


def _parts(name: str) -> tuple[str, ...]:
    """Block and key of a decision."""
    block, _, key = parts_of(name)
    return (block, *key)


def settled(case: Case, values: Mapping[str, float], day: date) -> Mapping[str, float]:
    """The decisions, with what follows from the use before the day settled anew."""
    for instrument in case.catalogue.instruments:
        if instrument.settled is not None:
            values = instrument.settled(case, values, day)
    return values
