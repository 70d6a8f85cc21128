"""What a generated case stands on: its calendar, its places, its work and its chips; and what makers of offers give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Protocol

from planner.basics.calendar import Calendar, add_months
from planner.common.chips import Chip, ChipFamily
from planner.common.demand import Workload
from planner.common.regions import Region
from planner.tables.table import Row

SOURCE = "generated"
"""key of the one source of every row"""


@dataclass(frozen=True)
class Window:
    """When something may happen: from `first` to `last`, which hold the starts of periods `begin` to `end`."""

    first: date
    last: date
    begin: int
    end: int


@dataclass(frozen=True)
class Frame:
    """What every maker of offers can rely on."""

    calendar: Calendar
    regions: tuple[Region, ...]
    workloads: tuple[Workload, ...]
    chips: tuple[Chip, ...]

    @property
    def horizon_months(self) -> int:
        """Length of the horizon [months]."""
        return self.calendar.T * self.calendar.period_months

    @property
    def homes(self) -> list[str]:
        """Regions where halls can be leased: every other one, the first among them."""
        return [row.region for row in self.regions[::2]]

    def day(self, months: int) -> date:
        """The date so many months after the start."""
        return add_months(self.calendar.start, months)

    def of_family(self, family: ChipFamily) -> list[Chip]:
        """Chips of a family, by date, the first of them available at the start."""
        return sorted((chip for chip in self.chips if chip.family is family), key=lambda chip: chip.available_from)

    def on_sale(self, family: ChipFamily, t: int) -> list[Chip]:
        """Chips of a family that can be had at the start of period t, by date."""
        day = self.calendar.start_of(t)
        return [chip for chip in self.of_family(family) if chip.available_from <= day]

    def lead(self, months: int) -> int:
        """A lead time, cut to what the horizon holds [months]."""
        return min(months, (self.calendar.T - 1) * self.calendar.period_months)

    def window(self, rng: Random, early: float, late: float, length_months: int, lead: int = 0) -> Window:
        """A window that opens between two shares of the horizon and holds a period's start `lead` before its end.

        Half of the windows open and close on month starts inside a period, the others with periods.
        """
        months = self.calendar.period_months
        latest = self.calendar.T - 1 + (-lead) // months
        begin = min(latest, int(self.calendar.T * (early + (late - early) * rng.random())))
        end = min(latest, begin + max(1, length_months // months))
        before = rng.randrange(months) if rng.random() < 0.5 else 0
        after = rng.randrange(months) if rng.random() < 0.5 else 0
        first = self.day(max(0, begin * months - before))
        return Window(first, self.day(end * months + after), begin, end)


@dataclass(frozen=True)
class Due:
    """Money that what stands already will take: contracts that are signed, and facilities."""

    months: int
    """after the start; before it, at once"""
    usd_bn: float


@dataclass
class Made:
    """What a maker of offers gives."""

    rows: list[Row] = field(default_factory=list)
    """of all its tables"""
    dues: list[Due] = field(default_factory=list)
    """at least what its signed offers take, no later than they take it"""


class Make(Protocol):
    """A maker of one instrument's offers."""

    def __call__(self, frame: Frame, rng: Random, count: int, size: float) -> Made:
        """`count` offers whose GW are multiplied by `size`; the same draws whatever the size."""


def rows_of(made: Sequence[Made]) -> list[Row]:
    """All rows, maker after maker."""
    return [row for each in made for row in each.rows]
