"""What a plan has decided before the day of an event, which a stressed plan keeps.

Each group of variables says when it is decided (`planner.ledgers.decision_times`). Before a day are decided

    with a signature       the signature's period starts before the day; what the plan has not signed by then cannot be
                           signed for then any more
    on a date              the date lies before the day
    at a period's start    the period starts before the day
    during a period        the period ends on or before the first day of the one in which the day lies
    at the outset          always

Everything else is free: later signatures, and day-to-day use from the period of the day on. What is settled at the end
of a contract year stays free, as the use that it settles is kept. What is the largest of other variables follows from
them. Where a change of the case moves a date by which decisions are named, such as a commencement, their instrument
says what they are called now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.ledgers.decision_times import Moment, OnDate, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Domain, Key, VariableGroup
from planner.plan.plan import Plan
from planner.portfolio.decision_days import first_periods
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio


@dataclass(frozen=True, eq=False)
class Held:
    """What a plan has decided before a day."""

    plan: Plan
    day: date

    def __call__(self, portfolio: Portfolio) -> Portfolio:
        """A portfolio of a changed case with the variables decided before the day bounded to the plan's values.

        Raises Infeasible where the changed case has no variable for something that the plan has decided by then.
        """
        values = self.values(portfolio.case)
        ledgers = portfolio.ledgers
        past = decided_before(ledgers, self.day)
        names = [group.names for group in ledgers.groups]
        there = {name for called in names for name in called}
        moved = moved_keys(self.plan.case, portfolio.case)
        lost = sorted(name for name in self._decided() if renamed(name, moved) not in there)
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
        moved = moved_keys(self.plan.case, case)
        return {renamed(name, moved): value for name, value in self.plan.values.items()}

    def _decided(self) -> Iterator[str]:
        """Names of the decisions that the plan has taken before the day and that are not zero."""
        ledgers = Portfolio.of(self.plan.case).ledgers
        past = decided_before(ledgers, self.day)
        for variable, name in enumerate(ledgers.names):
            if variable in past and self.plan.values.get(name, 0.0) != 0.0:
                yield name


def decided_before(ledgers: Ledgers, day: date) -> frozenset[int]:
    """The variables that are decided before a day."""
    times = _Times(ledgers)
    return frozenset(
        group.first + i
        for group in ledgers.groups
        for i, key in enumerate(group.keys)
        if times.before(group, key, day)
    )  # fmt: skip


@dataclass(frozen=True)
class _Times:
    """When the variables of some ledgers are decided."""

    ledgers: Ledgers

    @cached_property
    def signed(self) -> Mapping[int, int]:
        """Period from which each signature holds, by its variable."""
        return first_periods(self.ledgers, "signed")

    def before(self, group: VariableGroup, key: Key, day: date) -> bool:
        """Whether the variable of that key is decided before a day."""
        calendar = self.ledgers.calendar
        match group.decided:
            case WithSignature(head):
                signing = self.ledgers.find(group.block, head)
                t = self.signed.get(signing[key[: len(signing.dims)]])
                return t is not None and calendar.start_of(t) < day
            case OnDate(dim):
                return date.fromisoformat(str(key[group.dims.index(dim)])) < day
            case Moment.PERIOD_START:
                return calendar.start_of(int(key[-1])) < day
            case Moment.DURING_PERIOD | Moment.PERIOD_END:
                return int(key[-1]) < calendar.back(day)
            case Moment.OUTSET:
                return True
            case Moment.SETTLEMENT | Moment.FOLLOWS:
                return False
