"""The day on which each decision is taken.

    with a signature    the first day of the period from which the signature is posted as signed
    on a date           that date
    at a period's start, or during a period    the first day of the period
    at a period's end   the first day of the period after it
    on settlement       the first day of the period in which it is posted
    at the outset       the first day of the case
    follows             never: it is the largest of some functions of other variables

News of a day comes before its decisions. What is used in a period is decided at its start, on what is known then. What
was signed before the case has its day before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

import numpy as np

from planner.basics.arrays import Index
from planner.ledgers.decision_times import Moment, OnDate, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import VariableGroup

NEVER = date.max
"""in place of the day of a variable that follows from others"""
UNPOSTED = np.iinfo(np.int64).max
"""in place of the first period of a variable that is not posted"""


def decision_days(ledgers: Ledgers) -> list[date]:
    """The day of each variable, in their order."""
    signed, posted = _first_posted(ledgers, "signed"), _first_posted(ledgers)
    start_of = cache(ledgers.calendar.start_of)
    return [day for group in ledgers.groups for day in _days(ledgers, group, signed, posted, start_of)]


def first_periods(ledgers: Ledgers, *names: str) -> Mapping[int, int]:
    """The first period in which each variable is posted, to some ledgers or to any; those that are not are left out."""
    first = _first_posted(ledgers, *names)
    there = np.flatnonzero(first != UNPOSTED)
    return dict(zip(there.tolist(), first[there].tolist(), strict=True))


def _first_posted(ledgers: Ledgers, *names: str) -> Index:
    """The first period in which each variable is posted, or UNPOSTED; shape (variables,)."""
    posts = [post for name in names for post in ledgers.select(name)] if names else list(ledgers.posts)
    first = np.full(ledgers.size, UNPOSTED, dtype=np.int64)
    if posts:
        variables = np.concatenate([post.variables for post in posts])
        periods = np.concatenate([post.periods for post in posts])
        free = variables >= 0  # CONSTANT is −1
        np.minimum.at(first, variables[free], periods[free])
    return first


def _days(
    ledgers: Ledgers, group: VariableGroup, signed: Index, posted: Index, start_of: Callable[[int], date]
) -> list[date]:
    """The day of each variable of a group."""
    match group.decided:
        case WithSignature(head):
            signing = ledgers.find(group.block, head)
            at, numbers = len(signing.dims), signing.numbers
            since = signed[[numbers[key[:at]] for key in group.keys]] if group.keys else signed[:0]
            return [start_of(t) for t in np.where(since == UNPOSTED, 0, since).tolist()]
        case OnDate(dim):
            at, read = group.dims.index(dim), cache(date.fromisoformat)
            return [read(str(key[at])) for key in group.keys]
        case Moment.PERIOD_START | Moment.DURING_PERIOD:
            return [start_of(int(key[-1])) for key in group.keys]
        case Moment.PERIOD_END:
            return [start_of(int(key[-1]) + 1) for key in group.keys]
        case Moment.SETTLEMENT:
            mine, last = posted[group.first : group.first + len(group.keys)], ledgers.calendar.T - 1
            return [NEVER if t == UNPOSTED else start_of(min(t, last)) for t in mine.tolist()]
        case Moment.OUTSET:
            return [ledgers.calendar.start] * len(group.keys)
        case Moment.FOLLOWS:
            return [NEVER] * len(group.keys)
