"""Policies in force: which row about a subject holds in which period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.words import OwnWord
from planner.common.policies import Policy, PolicyKind
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
    rows: tuple[Policy | None, ...]
    """the row that holds in each period; None where there is none yet"""

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
        row = self.rows[t]
        return None if row is None else row.penalty


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
    """The policies of a kind by subject, in the order of their first rows.

    A policy holds from the whole period in which its date lies; of several the latest holds. A policy about the whole
    horizon holds in all periods.
    """
    calendar = case.calendar
    by_subject: dict[str, list[Policy]] = {}
    for row in case.rows(Policy):
        if row.kind is kind:
            by_subject.setdefault(row.subject or "", []).append(row)
    in_force = []
    for subject, rows in by_subject.items():
        rows.sort(key=lambda row: row.from_date)
        by_period: list[Policy | None] = [None] * calendar.T
        for row in rows:
            begins = 0 if kind in WHOLE_HORIZON else max(0, calendar.back(row.from_date))
            for t in range(begins, calendar.T):
                by_period[t] = row
        in_force.append(PolicyInForce(kind, subject, tuple(by_period)))
    return in_force
