"""From a plan to the case of a later day: what was signed by then is data, what is under way has its balance.

Each instrument says what its contracts leave (`Instrument.advance`). Here the rest is done: the start moves, cash and
the prices of chips are those of the day, and rows that are used up are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from planner.basics import finance
from planner.basics.calendar import Calendar
from planner.basics.errors import DataError, Problem
from planner.case import changes as case_changes
from planner.case.case import Case
from planner.common import settings
from planner.common.chips import Chip
from planner.interfaces.advance import Roll, RowChange, changed
from planner.ledgers.posts import IN_LIQUIDITY
from planner.plan.plan import Plan
from planner.portfolio.solution import Solution
from planner.roll.identity import Identity
from planner.roll.rows import applied
from planner.roll.used_up import past_rows, without_needed
from planner.tables import cells, csvtext

TO = "--to"


@dataclass(frozen=True, eq=False)
class Advanced:
    """The case of a later day, and how it came from a plan."""

    plan: Plan
    day: date
    case: Case
    changes: tuple[RowChange, ...]
    """the rows that are not as they were"""
    kept: Mapping[str, str]
    """offers that are over and that stand in the case all the same, with the reason"""

    @cached_property
    def identity(self) -> Identity:
        """The plan's remaining decisions in the case. It holds where nothing but time has passed."""
        return Identity.of(self.plan.case, self.plan.values, self.case)

    def json(self) -> dict[str, object]:
        """The identity and the changes, for programs."""
        identity = self.identity
        return {
            "day": self.day.isoformat(),
            "plan": {"title": self.plan.record.title, "sha256": self.plan.digest},
            "objective_usd_bn": identity.cost,
            "posted_before_usd_bn": identity.posted,
            "rest_usd_bn": identity.rest,
            "discount_factor": identity.discount,
            "relative_difference": identity.error,
            "opening_cash_usd_bn": self.case.settings.opening_cash_usd_bn,
            "changes": [
                {
                    "table": change.table.about.name,
                    "key": [cells.text_of(value) for value in change.key],
                    "act": str(change.act),
                    "cells": {name: cells.text_of(value) for name, value in change.cells.items()},
                    "why": change.why,
                }
                for change in self.changes
            ],
            "kept": dict(self.kept),
        }


def advance(plan: Plan, to: date) -> Advanced:
    """The case of a later day, which must be the first day of a period of the plan.

    Raises DataError where it is not.
    """
    case = plan.case
    day = checked(case.calendar, to)
    if day == case.calendar.start:
        return Advanced(plan, day, case, (), {})
    roll = Roll(plan, day)
    found = [*_of_the_lab(case, day), *_of_instruments_and_rules(case, roll), *past_rows(case, day)]
    kept_changes, kept = without_needed(case, found)
    files = dict(case.files)
    raw = applied(kept_changes, case.raw)
    for table in case.catalogue.tables:
        name = table.about.name
        if name in raw and raw[name] is not case.raw.get(name):
            files[table.about.file] = csvtext.render(raw[name])
    cash = opening_cash(Identity.of(case, plan.values, case).old, roll.period)
    asked = [f"case.start = {day}", f"case.opening_cash_usd_bn = {cash:.17g}"]
    files[settings.FILE] = case_changes.apply(asked, {}, files[settings.FILE], ())[1]
    later = type(case).made_of(files, case.catalogue)
    return Advanced(plan, day, later, tuple(kept_changes), kept)


def day_in(text: str) -> date:
    """The date in a text. Raises DataError where there is none."""
    try:
        return cells.day(text)
    except ValueError:
        raise DataError([Problem(TO, None, "", "a date such as 2027-01-31", cells.shown(text))]) from None


def checked(calendar: Calendar, day: date) -> date:
    """The day, where a period of the plan begins on it; raises DataError with the nearest two where none does."""
    position = calendar.position(day)
    if 0 <= position < calendar.T and position == int(position):
        return day
    if 0 < position < calendar.T:
        before = calendar.start_of(int(position))
        after = calendar.start_of(min(int(position) + 1, calendar.T - 1))
        expected = " or ".join(dict.fromkeys([f"{before}", f"{after}"]))
        raise DataError([Problem(TO, None, "", f"the first day of a period of the plan: {expected}", str(day))])
    last = calendar.start_of(calendar.T - 1)
    expected = f"the first day of a period of the plan, from {calendar.start} to {last}"
    raise DataError([Problem(TO, None, "", expected, str(day))])


def opening_cash(solution: Solution, period: int) -> float:
    """Cash at the start of a period, before the sums of its first day [USD bn]."""
    entries = solution.posts
    moves = entries.those(lambda post: post.kind in IN_LIQUIDITY) & (entries.period < period)
    return solution.portfolio.case.settings.opening_cash_usd_bn + float(entries.value[moves].sum())


def _of_the_lab(case: Case, day: date) -> Iterator[RowChange]:
    """The prices of chips on the day."""
    for chip in case.rows(Chip):
        years = case.calendar.years(day) - max(0.0, case.calendar.years(chip.available_from))
        price = finance.declined_price(chip.capex_usd_bn_per_gw, chip.capex_decline_rate, max(0.0, years))
        if price != chip.capex_usd_bn_per_gw:
            yield changed(chip, f"the price on {day}, by capex_decline_rate", capex_usd_bn_per_gw=price)


def _of_instruments_and_rules(case: Case, roll: Roll) -> Iterator[RowChange]:
    for instrument in case.catalogue.posting:
        if instrument.advance is not None:
            yield from instrument.advance(roll)
    for rule in case.catalogue.rules:
        if rule.advance is not None:
            yield from rule.advance(roll)
