"""A plan as the sections of the page read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.basics.frames import summed
from planner.plan.audit import Audit
from planner.plan.plan import Plan
from planner.reports.blank_text import worded
from planner.reports.counterparties.network import Network

if TYPE_CHECKING:
    import pandas as pd

Series = dict[str, dict[str, float]]
"""amounts by series, then by the day on which a period starts"""
SMALLEST = 1e-6
"""GW or USD bn below which an amount is not drawn"""


@dataclass(frozen=True, eq=False)
class View:
    """A plan, what its audit found, and its network."""

    plan: Plan
    audit: Audit

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", worded(self.plan))

    @cached_property
    def network(self) -> Network:
        """Its counterparties."""
        return Network(self.plan)

    @cached_property
    def ends(self) -> dict[str, str]:
        """The day on which each period of the horizon ends, by the day on which it starts."""
        calendar = self.plan.case.calendar
        return {calendar.start_of(t).isoformat(): calendar.start_of(t + 1).isoformat() for t in calendar.periods}

    @property
    def horizon(self) -> tuple[str, str]:
        """First day, and first day after the last."""
        return self.plan.case.calendar.start.isoformat(), self.plan.case.calendar.end.isoformat()

    @property
    def title(self) -> str:
        """The case's title."""
        return self.plan.record.title


def series(table: pd.DataFrame, by: str, value: str = "gw") -> Series:
    """A table's amounts by one of its columns and by period, without those below SMALLEST."""
    found: Series = {}
    sums = summed(table, [by, "period"], value)
    for name, period, amount in zip(sums[by], sums["period"], sums[value], strict=True):
        if abs(amount) > SMALLEST:
            found.setdefault(str(name), {})[str(period)] = float(amount)
    return found
