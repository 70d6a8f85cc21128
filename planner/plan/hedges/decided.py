"""What a plan of one future decides, and when, under the names of the hedge's case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planner.case.case import Case
from planner.ledgers.decision_times import Moment, OnDate, WithSignature
from planner.ledgers.variables import PlanFile, VariableGroup
from planner.plan.exports.signed import signed_already
from planner.portfolio.decision_days import NEVER, decision_days
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class DatedDecision:
    """A decision that is not zero, and the day on which it is taken."""

    name: str
    """as the hedge's case calls it"""
    offer: str
    """blank where it is about none"""
    what: str
    value: float
    unit: str
    day: date
    file: str
    """of a plan, in which it stands"""
    signing: bool
    """whether it is taken on signing something that was not signed before the start"""


def dated_decisions(case: Case, portfolio: Portfolio, values: Mapping[str, float]) -> list[DatedDecision]:
    """The decisions of a plan of one future, in the order of its variables; those that follow from others are left out.

    `case` is the hedge's, `portfolio` that of the future, `values` the plan's values by name.
    """
    moved = moved_keys(portfolio.case, case)
    days = decision_days(portfolio.ledgers)
    sunk = signed_already(portfolio.case)
    return [each for group in portfolio.ledgers.groups for each in _of_group(group, values, days, moved, sunk)]


def _of_group(
    group: VariableGroup,
    values: Mapping[str, float],
    days: list[date],
    moved: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]],
    sunk: frozenset[str],
) -> Iterator[DatedDecision]:
    at = group.dims.index("offer") if "offer" in group.dims else None
    signs = group.file is PlanFile.DECISIONS and (
        isinstance(group.decided, WithSignature | OnDate) or group.decided is Moment.OUTSET
    )
    for i, name in enumerate(group.names):
        value = values.get(name, 0.0)
        day = days[group.first + i]
        if value == 0.0 or day == NEVER:
            continue
        offer = "" if at is None else str(group.keys[i][at])
        free = bool(group.lower[i] < group.upper[i]) and day >= group.calendar.start and offer not in sunk
        yield DatedDecision(
            renamed(name, moved), offer, group.name, value, group.unit, day, f"{group.file}.csv", signs and free
        )
