"""What differs between two portfolios before a day on which their futures part.

Compared are the decisions that are taken before the day, with their bounds; what they and the case itself post to each
ledger in periods that have ended by the day; and the constants of limits in those periods. Ledgers that look ahead are
left out, and fees on what they hold: what is still owed under a contract may well differ with what is known later.
Rules leave out variables and limits that cannot matter at any time, so of those only what both portfolios have is
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.text import number
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import AFTER_THE_END, CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Post
from planner.portfolio.decision_days import decision_days
from planner.portfolio.moved_names import MovedKeys, moved_keys, renamed
from planner.portfolio.portfolio import Portfolio

AHEAD = frozenset({"obligations", "fixed_charges", "dues", "debt", "guarantees", "backed", "locked", "missed"})
"""ledgers that count today what is due, owed or missed later"""
ON_AHEAD = frozenset({"guarantee_fee"})
"""lines of cash in proportion to what such a ledger holds"""
SAME = 1e-9
"""relative difference up to which two numbers are the same"""
SIGNED = "signed"
FOR_A_PERIOD = (Moment.PERIOD_START, Moment.DURING_PERIOD, Moment.SETTLEMENT)
"""times of decisions about a single period"""
Account = tuple[str, ...]
Amounts = dict[tuple[Account, int], float]
"""By account and period."""


def signature_days(ledgers: Ledgers) -> Mapping[str, tuple[date, date]]:
    """The first and the last day on which each offer can be signed; the start where it is signed already."""
    days = decision_days(ledgers)
    found: dict[str, tuple[date, date]] = {}
    for post in ledgers.select(SIGNED):
        for variable in np.unique(post.variables).tolist():
            if variable != CONSTANT:
                first, last = found.get(post.labels.offer, (date.max, date.min))
                found[post.labels.offer] = min(first, days[variable]), max(last, days[variable])
    return found


def first_difference(old: Portfolio, new: Portfolio, day: date) -> str | None:
    """The first difference before a day in words, decisions first; None where there is none."""
    moved = moved_keys(old.case, new.case)
    before, after = _Past(old, day, moved), _Past(new, day, {})
    return next(_differences(before, after), None)


@dataclass(frozen=True, eq=False)
class _Past:
    """The part of a portfolio that lies before a day; decisions are called as the other portfolio calls them."""

    portfolio: Portfolio
    day: date
    moved: MovedKeys

    @cached_property
    def names(self) -> list[str]:
        names = self.portfolio.ledgers.names
        return [renamed(name, self.moved) for name in names] if any(self.moved.values()) else names

    @cached_property
    def ended(self) -> int:
        """How many periods have ended by the day."""
        calendar = self.portfolio.case.calendar
        return int(np.clip(calendar.back(self.day), 0, calendar.T))

    @cached_property
    def decided(self) -> Mapping[str, tuple[str, float, float]]:
        """Domain and bounds of the decisions taken before the day, by name.

        Of what is decided for a single period, the period must have ended: what can be done in a period during which
        the news comes is another matter in each future.
        """
        ledgers, days = self.portfolio.ledgers, decision_days(self.portfolio.ledgers)
        ended = self.portfolio.case.calendar.start_of(self.ended)
        return {
            self.names[group.first + i]: (str(group.domain), float(group.lower[i]), float(group.upper[i]))
            for group in ledgers.groups
            if group.block in self.instruments and group.decided is not Moment.FOLLOWS
            for i in range(len(group.keys))
            if days[group.first + i] < (ended if group.decided in FOR_A_PERIOD else self.day)
        }

    @cached_property
    def instruments(self) -> frozenset[str]:
        return frozenset(each.name for each in self.portfolio.case.catalogue.instruments)

    @cached_property
    def of_rules(self) -> frozenset[str]:
        """Names of the variables of rules."""
        groups = self.portfolio.ledgers.groups
        return frozenset(name for group in groups if group.block not in self.instruments for name in group.names)

    @cached_property
    def amounts(self) -> Amounts:
        """What one unit of each decision posts to each account by period, in the periods that have ended."""
        found: Amounts = {}
        for post in self.portfolio.ledgers.posts:
            if post.ledger in AHEAD or post.line in ON_AHEAD or post.kind in AFTER_THE_END:
                continue
            for variable, t, value in _inside(post, self.ended):
                if variable == CONSTANT and post.kind is Kind.PENALTY:
                    continue  # of a policy for the whole time
                name = "" if variable == CONSTANT else self.names[variable]
                labels = post.labels
                account = (post.ledger, post.line, labels.offer, labels.counterparty, labels.account(), name)
                found[account, t] = found.get((account, t), 0.0) + value
        return found

    @cached_property
    def ahead(self) -> Mapping[tuple[str, int], float]:
        """What the case itself posts to ledgers that look ahead, by ledger and period, in the periods that have ended.

        A loan that is drawn already is charged later with rates that may be known by then.
        """
        found: dict[tuple[str, int], float] = {}
        for ledger in sorted(AHEAD):
            for post in self.portfolio.ledgers.select(ledger):
                for variable, t, value in _inside(post, self.ended):
                    if variable == CONSTANT:
                        found[ledger, t] = found.get((ledger, t), 0.0) + value
        return found

    @cached_property
    def limits(self) -> Mapping[tuple[str, str], tuple[Vector, Vector, Sequence[int]]]:
        """Constants of both sides of each limit, and its periods that have ended, but for those of the whole time."""
        return {
            (limit.rule, limit.subject): (limit.used.constant, limit.allowed.constant, ended)
            for limit in self.portfolio.limits
            if limit.periods != (0,) and (ended := [t for t in limit.periods if t < self.ended])
        }


def _inside(post: Post, ended: int) -> Iterator[tuple[int, int, float]]:
    """(variable, period, value) of a post in the first periods."""
    inside = post.periods < ended
    if not inside.any():
        return iter(())
    return zip(
        post.variables[inside].tolist(), post.periods[inside].tolist(), post.values[inside].tolist(), strict=True
    )


def _differences(old: _Past, new: _Past) -> Iterator[str]:
    """Everything that differs before the day, in words."""
    if old.decided != new.decided:
        yield from _decisions(old.decided, new.decided)
    start_of = old.portfolio.case.calendar.start_of
    alone = old.of_rules ^ new.of_rules
    one, other = old.amounts, new.amounts
    for account, t in sorted({*one, *other}, key=lambda each: (each[1], each[0])) if one != other else ():
        a, b = one.get((account, t), 0.0), other.get((account, t), 0.0)
        if account[-1] not in alone and _apart(a, b):
            ledger, line, offer, _, where, _ = account
            of = f" of {offer or where}" if offer or where else ""
            yield f"{line} ({ledger}){of} in the period from {start_of(t)}: {number(b)} instead of {number(a)}"
    for name in (name for name in old.limits if name in new.limits):
        yield from _limit(name, old, new)


def _limit(name: tuple[str, str], old: _Past, new: _Past) -> Iterator[str]:
    """Where the constants of a limit differ, but for periods in which what lies ahead does."""
    keys = {*old.ahead, *new.ahead}
    moved = {key[1] for key in keys if _apart(old.ahead.get(key, 0.0), new.ahead.get(key, 0.0))}
    for one, other in zip(old.limits[name][:2], new.limits[name][:2], strict=True):
        for t in sorted({*old.limits[name][2], *new.limits[name][2]} - moved):
            if _apart(float(one[t]), float(other[t])):
                since = old.portfolio.case.calendar.start_of(t)
                yield f"the limit {' '.join(name)} from {since}: {number(other[t])} instead of {number(one[t])}"


def _decisions(
    old: Mapping[str, tuple[str, float, float]], new: Mapping[str, tuple[str, float, float]]
) -> Iterator[str]:
    """Decisions taken before the day that only one portfolio has, or with other bounds."""
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            yield f"{name}, which is decided before, is gone"
        elif name not in old:
            yield f"{name}, which is decided before, is new"
        else:
            (domain, *low_high), (other, *its) = old[name], new[name]
            for what, a, b in zip(("at least", "at most"), low_high, its, strict=True):
                if domain != other or _apart(a, b):
                    yield f"{name}, which is decided before, is {what} {number(b)} instead of {number(a)}"


def _apart(one: float, other: float) -> bool:
    return one != other and not abs(one - other) <= SAME * max(abs(one), abs(other), SAME)
