"""What is kept of a plan under an event: what is signed before a day, and what is used before its period.

    signed before the day    cloud contracts, sites, chip orders and leases, draws on loans: as in the plan, and what
                             the plan has not signed by then cannot be signed for then any more
    used before              whatever is decided by period, in periods before the one in which the day lies

All else is free: later signatures, and day-to-day use from the period of the day on. What is the largest of other
variables follows from them. A site that is late keeps its signature, though its commencement, by which its decisions
are named, is another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.instruments.site_lease.profiles import NAME as SITE_LEASE
from planner.instruments.site_lease.profiles import vintages as phases
from planner.ledgers.variables import Domain, VariableGroup
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio

SIGNED = {
    "cloud_commitment": ("sign", ("sign", "scale")),
    SITE_LEASE: ("exercise", ("exercise", "share")),
    "chip_lease": ("sign", ("sign", "amount", "tranche")),
}
"""by instrument: the variables that are posted as signed, and all that are decided with them, whose keys begin alike"""
DATED = {("chip_purchase", "sign"): 1, ("chip_purchase", "order"): 1, ("chip_lease", "assign"): 3}
"""variables with the day on which they are decided in their key, and its position"""
DRAWN = ("term_loan", "draw")


@dataclass(frozen=True, eq=False)
class Held:
    """What a plan has decided before a day."""

    plan: Plan
    day: date

    def __call__(self, portfolio: Portfolio) -> Portfolio:
        """A portfolio of a changed case with the variables decided before the day bounded to the plan's values.

        Raises Infeasible where the changed case has no variable for something that the plan has decided by then.
        """
        moved = self._moved(portfolio.case)
        values = {_renamed(name, moved): value for name, value in self.plan.values.items()}
        ledgers = portfolio.ledgers
        past = decided_before(portfolio, self.day)
        names = [group.names for group in ledgers.groups]
        there = {name for called in names for name in called}
        lost = sorted(name for name in self._decided() if _renamed(name, moved) not in there)
        if lost:
            raise Infeasible(f"decided before {self.day}, but no decision of the changed case: {', '.join(lost)}", "")
        groups = []
        for group, called in zip(ledgers.groups, names, strict=True):
            mine = np.array([group.first + i in past for i in range(len(called))], dtype=bool)
            found = np.array([values.get(name, 0.0) for name in called], dtype=float)
            if group.domain is not Domain.NONNEGATIVE:
                found = np.round(found)
            low, high = np.where(mine, found, group.lower), np.where(mine, found, group.upper)
            groups.append(replace(group, lower=low, upper=high))
        return Portfolio(portfolio.case, replace(ledgers, groups=groups), portfolio.limits)

    def values(self, case: Case) -> Mapping[str, float]:
        """The plan's decisions that are not zero, by their names in a changed case."""
        moved = self._moved(case)
        return {_renamed(name, moved): value for name, value in self.plan.values.items()}

    def _moved(self, case: Case) -> dict[tuple[str, str], str]:
        """Commencement of each phase in a changed case, by offer and commencement in the plan's."""
        before, after = phases(self.plan.case)[0], phases(case)[0]
        return {old.key: new.key[1] for old, new in zip(before, after, strict=True)}

    def _decided(self) -> Iterator[str]:
        """What the plan has decided before the day and is not zero, by its names in the plan."""
        portfolio = Portfolio.of(self.plan.case)
        past = decided_before(portfolio, self.day)
        for variable, name in enumerate(portfolio.ledgers.names):
            if variable in past and self.plan.values.get(name, 0.0) != 0.0:
                yield name


def decided_before(portfolio: Portfolio, day: date) -> frozenset[int]:
    """The variables that are decided before a day."""
    calendar, ledgers = portfolio.case.calendar, portfolio.ledgers
    signed: dict[int, int] = {}
    for post in ledgers.select("signed"):
        for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
            signed[variable] = min(t, signed.get(variable, t))
    follows = {top.variable for top in ledgers.maxima}

    def early(group: VariableGroup, i: int) -> bool:
        key, where = group.keys[i], (group.block, group.name)
        if where in DATED:
            return date.fromisoformat(str(key[DATED[where]])) < day
        if where == DRAWN:
            return calendar.start_of(int(key[-1])) < day
        if group.block in SIGNED and group.name in SIGNED[group.block][1]:
            head = ledgers.find(group.block, SIGNED[group.block][0])
            t = signed.get(head[key[: len(head.dims)]])
            return t is not None and calendar.start_of(t) < day
        return group.dims[-1].endswith("period") and int(key[-1]) < calendar.back(day)

    return frozenset(
        group.first + i
        for group in ledgers.groups
        for i in range(len(group.keys))
        if group.first + i not in follows and early(group, i)
    )


def _renamed(name: str, moved: Mapping[tuple[str, str], str]) -> str:
    """A decision's name, of a site by another commencement."""
    if not name.startswith(f"{SITE_LEASE}."):
        return name
    group, _, key = name.partition("[")
    offer, starts, *rest = key.removesuffix("]").split(",")
    return f"{group}[{','.join([offer, moved.get((offer, starts), starts), *rest])}]"
