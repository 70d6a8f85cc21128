"""From a plan to the case of a later day: what was signed by then is data, what is under way has its balance.

Each instrument says what its contracts leave (`Instrument.advance`). Here the rest is done: the start moves, cash and
the prices of chips are those of the day, and rows that are used up are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from planner.basics import finance
from planner.basics.calendar import Calendar
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.chips import Chip
from planner.interfaces.advance import Roll, RowChange, changed, left_out
from planner.ledgers.posts import IN_LIQUIDITY
from planner.plan.plan import Plan
from planner.portfolio.outdated_waivers import outdated, without_outdated
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.roll.actuals.news import news
from planner.roll.actuals.news_item import News
from planner.roll.actuals.reading import NONE, Actuals, read
from planner.roll.actuals.usage import Usage, settled
from planner.roll.effects import Effect, effects
from planner.roll.identity import Identity, carried_out
from planner.roll.rows import changed_case
from planner.roll.turned_out import checked_outcomes, still_unknown, turned_out
from planner.roll.used_up import past_rows, without_needed
from planner.tables import cells
from planner.tables.offer import Offer

TO = "--to"
ROUNDING = 1e-12
"""cash that is smaller beside what moved it is rounding"""


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
    solution: Solution
    """the plan's decisions in its own case"""
    planned: Case
    """the case as it would be if everything had gone as planned"""
    news: tuple[tuple[News, Case], ...] = ()
    """each difference from the plan, in their order, with the case after it"""

    @cached_property
    def identity(self) -> Identity:
        """The plan's remaining decisions in the case as it was planned."""
        new = carried_out(Portfolio.of(self.planned), self.plan.values)
        return Identity(self.solution, new, self.plan.case.calendar.forward(self.day))

    @cached_property
    def effects(self) -> list[Effect]:
        """What each difference from the plan costs; solved when it is first asked for."""
        steps = [(each.what, case) for each, case in self.news]
        return effects(self.planned, self.plan.values, steps) if steps else []

    @cached_property
    def unknown(self) -> list[str]:
        """What is to be said of events that stay: those known by the day, and outcomes that do not fit any more."""
        return still_unknown(self.case)

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
            "unknown": self.unknown,
            "differences": [{**asdict(each), "text": each.text} for each in self.effects],
        }


@dataclass(frozen=True, eq=False)
class _WithValues:
    """A plan as instruments see it, with other values of decisions."""

    plan: Plan
    values: Mapping[str, float]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plan, name)


def advance(
    plan: Plan,
    to: date,
    actuals: Actuals | str | Path | None = None,
    period_months: int | None = None,
    outcomes: Sequence[str] = (),
) -> Advanced:
    """The case of a later day, which must be the first day of a period of the plan.

    `actuals` says what was not as planned: a folder, or what `planner.roll.actuals.reading.read` gives. The periods of
    the case are as long as those of the plan, or `period_months`. Raises DataError where the day is none of these,
    where the rest of the time is no whole number of periods, or with every actual that cannot be.
    """
    case, day = plan.case, checked(plan.case.calendar, to)
    if isinstance(actuals, (str, Path)):
        actuals = read(actuals)
    told, outcomes = actuals or NONE, checked_outcomes(case, day, outcomes)
    solution = carried_out(Portfolio.of(case), plan.values)
    problems = list(Usage(solution, day, told.usage).problems())
    planned, changes, kept = _as_of(plan, plan.values, solution, day)
    later, found = planned, list[tuple[News, Case]]()
    so_far: list[str] = []
    for offer in () if problems else dict.fromkeys(row.offer for row in told.usage):
        so_far.append(offer)
        used = Usage(solution, day, tuple(row for row in told.usage if row.offer in so_far))
        values = settled(case, used.used(), day)
        after = carried_out(solution.portfolio, values)
        if (what := used.difference(offer, after)) is not None:
            later, changes, kept = _as_of(plan, values, after, day)
            found.append((News(what), later))
    try:
        items = news(told, plan, later, day)
    except DataError as error:
        problems += error.problems
        items = []
    if problems:
        raise DataError(sorted(problems, key=lambda problem: (problem.file, problem.line or 0)))
    for item in items:
        later = without_outdated(item.of(later))
        found.append((item, later))
    for text in outcomes:
        item = turned_out(later, text)
        later = item.of(later)
        found.append((item, later))
    if period_months is not None:
        later = later.change(f"case.period_months = {period_months}")
    return Advanced(plan, day, later, changes, kept, solution, planned, tuple(found))


def _as_of(
    plan: Plan, values: Mapping[str, float], solution: Solution, day: date
) -> tuple[Case, tuple[RowChange, ...], Mapping[str, str]]:
    """The case of a day after decisions, the rows that are not as they were, and what is kept though it is over."""
    case = plan.case
    if day == case.calendar.start:
        return case, (), {}
    roll = Roll(_WithValues(plan, values), day)
    found = [*_of_the_lab(case, day), *_of_instruments_and_rules(case, roll), *past_rows(case, day)]
    changes, kept = without_needed(case, found)
    cash = opening_cash(solution, roll.period)
    asked = [f"case.start = {day}", f"case.opening_cash_usd_bn = {cash:.17g}"]
    later = changed_case(case, changes, asked)
    if over := outdated(later):
        changes += [left_out(row, "the limit that it names is not stated any more") for row in over]
        later = changed_case(case, changes, asked)
    return later, tuple(changes), kept


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
    """Cash at the start of a period, before the sums of its first day [USD bn]; what rounding alone leaves is 0."""
    entries = solution.posts
    moves = entries.value[entries.those(lambda post: post.kind in IN_LIQUIDITY) & (entries.period < period)]
    opening = solution.portfolio.case.settings.opening_cash_usd_bn
    cash = opening + float(moves.sum())
    return cash if abs(cash) > ROUNDING * (abs(opening) + float(np.abs(moves).sum())) else 0.0


def _of_the_lab(case: Case, day: date) -> Iterator[RowChange]:
    """The prices of chips on the day."""
    for chip in case.rows(Chip):
        years = case.calendar.years(day) - max(0.0, case.calendar.years(chip.falls_from))
        price = finance.declined_price(chip.capex_usd_bn_per_gw, chip.capex_decline_rate, max(0.0, years))
        if price != chip.capex_usd_bn_per_gw:
            yield changed(chip, f"the price on {day}, by capex_decline_rate", capex_usd_bn_per_gw=price)


def _of_instruments_and_rules(case: Case, roll: Roll) -> Iterator[RowChange]:
    for instrument in case.catalogue.posting:
        if instrument.advance is not None:
            yield from instrument.advance(roll)
        elif any(issubclass(table, Offer) and case.rows(table) for table in instrument.tables):
            expected = "a plan whose contracts say what they leave to a later day"
            raise DataError([Problem(TO, None, "", expected, f"offers of {instrument.name}, which does not say it")])
    for rule in case.catalogue.rules:
        if rule.advance is not None:
            yield from rule.advance(roll)
