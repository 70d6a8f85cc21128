"""The books of a plan's leases under a standard: each contract's liability and asset, and the years that are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np

from planner.accounts.leases import LeaseContract
from planner.accounts.liability import Liability, roll_forward
from planner.accounts.reading import contracts
from planner.accounts.right_of_use import RightOfUse, right_of_use
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.basics.units import MONTHS_PER_YEAR
from planner.plan.plan import Plan


class Standard(StrEnum):
    """Standards of accounting for leases."""

    IFRS16 = "ifrs16"
    ASC842 = "asc842"


@dataclass(frozen=True)
class BookYear:
    """Periods that are shown together: a year of the case, or one period where its length does not divide a year."""

    first: int
    stop: int
    begins: date
    last_day: date

    def sum(self, values: Vector) -> float:
        """What a vector of shape (T,) adds up to in the year."""
        return float(values[self.first : self.stop].sum())


@dataclass(frozen=True, eq=False)
class BookedContract:
    """A contract in the books."""

    contract: LeaseContract
    liability: Liability
    asset: RightOfUse
    finance: bool
    """whether its cost is interest and amortisation; else one straight-line cost"""


@dataclass(frozen=True, eq=False)
class Books:
    """The leases of a plan under a standard."""

    plan: Plan
    standard: Standard

    @property
    def calendar(self) -> Calendar:
        """The periods of the case."""
        return self.plan.case.calendar

    @property
    def rate(self) -> float:
        """The incremental borrowing rate: the case's `lease_rate`, per year."""
        return self.plan.case.settings.lease_rate

    @cached_property
    def entries(self) -> list[BookedContract]:
        """Every contract that holds leases."""
        found = []
        for contract in contracts(self.plan):
            finance = self.standard is Standard.IFRS16 or contract.says.finance
            liability = roll_forward(contract, self.calendar, self.rate)
            asset = right_of_use(contract, liability, self.calendar, self.rate, straight=finance)
            found.append(BookedContract(contract, liability, asset, finance))
        return found

    @property
    def classes(self) -> list[str]:
        """The classes of leased assets, in the order of their first contracts."""
        return list(dict.fromkeys(each.contract.assets for each in self.entries))

    def of(self, assets: str) -> list[BookedContract]:
        """The contracts on a class of assets."""
        return [each for each in self.entries if each.contract.assets == assets]

    def sum(self, entries: Sequence[BookedContract], what: Callable[[BookedContract], Vector]) -> Vector:
        """The sum of a vector of shape (T,) over contracts."""
        return np.sum([what(each) for each in entries], axis=0) if entries else np.zeros(self.calendar.T)

    @cached_property
    def years(self) -> list[BookYear]:
        """The years of the horizon; the last may be short."""
        calendar, months = self.calendar, self.calendar.period_months
        together = MONTHS_PER_YEAR // months if MONTHS_PER_YEAR % months == 0 else 1
        found = []
        for first in range(0, calendar.T, together):
            stop = min(first + together, calendar.T)
            found.append(BookYear(first, stop, calendar.start_of(first), calendar.start_of(stop) - timedelta(days=1)))
        return found
