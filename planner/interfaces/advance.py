"""What a plan leaves to the case of a later day: rows of tables that are changed, added or left out.

An instrument keeps the terms of a contract as they were offered. It adds what was chosen, and what happened before the
day, in columns of their own: opening balances. So the case of the later day says the same of the time to come as the
plan did, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from planner.interfaces.case_data import CaseData
from planner.interfaces.plan_data import PlanData
from planner.ledgers.variables import decision_name
from planner.tables.table import Row


class Act(StrEnum):
    """What happens to a row."""

    CHANGE = "changed"
    ADD = "added"
    LEAVE_OUT = "left out"


@dataclass(frozen=True)
class RowChange:
    """A row of a table in the case of the later day."""

    act: Act
    table: type[Row]
    key: tuple[object, ...]
    """values of the columns of its key, as `Row.key_values` gives them"""
    cells: Mapping[str, object]
    """new values by column, None for a blank; of a row that is added, those of its key too"""
    why: str
    """a sentence for the reader of the new case, without a full stop"""


def changed(row: Row, why: str, **cells: object) -> RowChange:
    """A row with new values in some columns."""
    return RowChange(Act.CHANGE, type(row), row.key_values(), cells, why)


def added(table: type[Row], why: str, **cells: object) -> RowChange:
    """A new row with these values; columns that are not named are blank."""
    return RowChange(Act.ADD, table, tuple(cells[name] for name in table.about.key), cells, why)


def left_out(row: Row, why: str) -> RowChange:
    """A row that is used up. An offer that another row still names is kept all the same, as it is."""
    return RowChange(Act.LEAVE_OUT, type(row), row.key_values(), {}, why)


@dataclass(frozen=True)
class Roll:
    """A plan and the later day, which is the first day of one of its periods."""

    plan: PlanData
    day: date

    @property
    def case(self) -> CaseData:
        """The case of the plan."""
        return self.plan.case

    @property
    def period(self) -> int:
        """The number of the period that begins on the day; those before it have passed."""
        return self.case.calendar.forward(self.day)

    def value(self, block: str, name: str, *key: str | int) -> float:
        """The value of a decision; 0 where the plan has none. A number in the key is that of a period.

        For a key that holds another number, such as a contract year, give it as text.
        """
        start_of = self.case.calendar.start_of
        parts = [start_of(part).isoformat() if isinstance(part, int) else part for part in key]
        return self.plan.values.get(decision_name(block, name, parts), 0.0)


Advance: TypeAlias = Callable[[Roll], Iterator[RowChange]]
"""The rows that an instrument or a rule changes, adds or leaves out in the case of the later day."""


@dataclass(frozen=True)
class Arrival:
    """The column of a table that holds the day on which something of an offer arrives, commences or starts."""

    table: type[Row]
    """a table with the column `offer`; a row without a day in the column is of no signed offer"""
    column: str
    gw: str | None = None
    """the column with the quantity that arrives [GW]; None: the quantity is in the contract"""
    cost: str | None = None
    """the column with what that quantity costs, in proportion to it; a blank cell: by a price"""
    paid: str | None = None
    """the column with the part of the cost that is paid already"""


Settled: TypeAlias = Callable[[CaseData, Mapping[str, float], date], Mapping[str, float]]
"""From a case, decisions by name and a day: the same decisions, of which those that settle the use before the day, such
as shortfalls, follow from that use by the terms of the contracts."""
