"""Policies in force: what the rows about a subject require in each period.

A row holds from its date until the next date of its kind and subject. Every row that holds at any time of a period
holds in the whole period, and the strictest of them counts:

    without a penalty    the strictest value of the rows that have none
    with a penalty       the strictest value of the rows that have one, at the highest of their penalties

Both are required where the value with a penalty is the stricter one. Elsewhere the one without leaves no miss to pay
for. The whole horizon is one period of a policy that holds for the whole horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.basics.words import OwnWord
from planner.common.policies import AT_LEAST, Basis, Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance

WHOLE_HORIZON = frozenset({PolicyKind.FUNDING_FROM_PROVIDER_MAX})
"""kinds that hold for the whole horizon, whatever their dates"""


class NoSubject(OwnWord):
    """Stands for a blank subject."""

    ALL = "(all)"
    """all halls, or all demand"""
    ANY = "(any)"
    """each provider in turn"""


@dataclass(frozen=True)
class PolicyInForce:
    """The policies of one kind about one subject."""

    kind: PolicyKind
    subject: str
    """empty where the subject is blank"""
    basis: Basis | None
    """what a share is taken of; None where the kind has no choice"""
    rows: tuple[Policy | None, ...]
    """the strictest row of each period; None where there is none yet"""
    penalties: tuple[float | None, ...]
    """price of a miss in each period; None where there may be no miss"""
    firm: tuple[Policy | None, ...]
    """the row of each period that may not be missed beside the stricter one that may; None where there is none"""
    beside: bool = False
    """whether these are such rows"""

    @property
    def about(self) -> str:
        """The subject as it is written in labels and in the files of a plan."""
        return self.subject or NoSubject.ALL

    @cached_property
    def periods(self) -> tuple[int, ...]:
        """Periods in which a row holds."""
        return tuple(t for t, row in enumerate(self.rows) if row is not None)

    @cached_property
    def value(self) -> Vector:
        """The value in each period, 0 where no row holds; shape (T,)."""
        return np.array([0.0 if row is None else row.value for row in self.rows])

    def penalty(self, t: int) -> float | None:
        """Price of a miss in a period; None where there may be no miss."""
        return self.penalties[t]

    @cached_property
    def parts(self) -> tuple[PolicyInForce, ...]:
        """What is required: the strictest rows, and beside them the rows that may not be missed at all, if any."""
        if not any(self.firm):
            return (self,)
        none = (None,) * len(self.rows)
        return (self, PolicyInForce(self.kind, self.subject, self.basis, self.firm, none, none, beside=True))

    def at(self, value: float) -> PolicyInForce:
        """The same with another value of every row."""
        rows = tuple(None if row is None else row.model_copy(update={"value": value}) for row in self.rows)
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Requirement:
    """A policy as a limit: used_t ≤ allowed_t in each of `periods`."""

    about: str
    """its subject, as written in the files of a plan"""
    unit: str
    used: Balance
    allowed: Balance
    periods: tuple[int, ...]
    once: bool = False
    """True: it is about the whole horizon, and its miss is charged once, at the start"""


def policies_in_force(case: CaseData, kind: PolicyKind) -> list[PolicyInForce]:
    """The policies of a kind by subject and basis, in the order of their first rows."""
    groups: dict[tuple[str, Basis | None], list[Policy]] = {}
    for row in case.rows(Policy):
        if row.kind is kind:
            groups.setdefault((row.subject or "", row.in_basis), []).append(row)
    in_force = []
    for (subject, basis), rows in groups.items():
        strictest = [_strictest(kind, held) for held in rows_by_period(case.calendar, kind, rows)]
        held, penalties, firm = zip(*strictest, strict=True)
        in_force.append(PolicyInForce(kind, subject, basis, held, penalties, firm))
    return in_force


def rows_by_period(calendar: Calendar, kind: PolicyKind, rows: Iterable[Policy]) -> list[list[Policy]]:
    """The rows of one kind and subject that hold at any time of each period; shape (T,)."""
    dated = sorted(rows, key=lambda row: row.from_date)
    if kind in WHOLE_HORIZON:
        return [dated] * calendar.T
    begins = [calendar.position(row.from_date) for row in dated]
    ends = [*begins[1:], np.inf]
    return [
        [row for row, begin, end in zip(dated, begins, ends, strict=True) if begin < t + 1 and end > t]
        for t in calendar.periods
    ]


def _strictest(kind: PolicyKind, held: Sequence[Policy]) -> tuple[Policy | None, float | None, Policy | None]:
    """Of the rows of a period: the strictest one, the price of missing it, and a row beside it without a price."""

    def stricter(row: Policy) -> float:
        return row.value if kind in AT_LEAST else -row.value

    firm = max((row for row in held if row.penalty is None), key=stricter, default=None)
    priced = max((row for row in held if row.penalty is not None), key=stricter, default=None)
    if priced is None or (firm is not None and stricter(firm) >= stricter(priced)):
        return firm, None, None
    return priced, max(row.penalty for row in held if row.penalty is not None), firm
