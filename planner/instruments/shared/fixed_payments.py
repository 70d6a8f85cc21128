"""Fixed payments of a contract: when they fall due, and how much is still owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.calendar import Calendar
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.shared.horizon import Flows
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


@dataclass(frozen=True, eq=False)
class FixedPayments:
    """Fixed payments per unit of a variable [USD bn].

    obligations_t = Σ_{t' ≥ t} due_{t'}; fixed_charges_t is the same sum over twelve months. What is due at the end of a
    period is no longer owed at the start of the next.
    """

    due_in: Index
    """period of each payment, after the horizon too; shape (payments,), as the next two"""
    due: Vector
    """each payment"""
    years: Vector | None
    """when each is due [years after the start of the case]; None: evenly over its period"""
    periods: Index
    """periods of the horizon from signing on"""
    to_come: Vector
    """sum of the payments from the start of each of `periods` on"""
    twelve_months: Vector
    """sum of the payments in the twelve months from the start of each of `periods`"""

    @staticmethod
    def of(calendar: Calendar, due: Mapping[int, float], signed: int) -> FixedPayments:
        """Payments due evenly over periods, by period, under a contract that is signed in a period."""
        return FixedPayments._of(calendar, list(due), list(due.values()), None, signed)

    @staticmethod
    def dated(
        calendar: Calendar, periods: Sequence[int], sums: Sequence[float], years: Sequence[float], signed: int
    ) -> FixedPayments:
        """Payments that belong to periods and are due at the end of them, or before it, at `years`."""
        return FixedPayments._of(calendar, periods, sums, np.array(years, dtype=float), signed)

    @staticmethod
    def _of(
        calendar: Calendar, due_in: Sequence[int], due: Sequence[float], years: Vector | None, signed: int
    ) -> FixedPayments:
        periods = np.arange(signed, calendar.T)
        n = MONTHS_PER_YEAR // calendar.period_months
        by_period = np.zeros(max(calendar.T, 1 + max(due_in, default=0)) + n)
        when, sums = np.array(due_in, dtype=np.int64), np.array(due, dtype=float)
        np.add.at(by_period, when, sums)
        to_come = np.cumsum(by_period[::-1])[::-1]
        twelve_months = np.sum([by_period[periods + k] for k in range(n)], axis=0)
        return FixedPayments(when, sums, years, periods, to_come[periods], twelve_months)

    def post(self, case: CaseData, ledgers: Ledgers, labels: Labels, line: str, variable: int) -> None:
        """Post dues, obligations and fixed charges; and what is still to be paid after the end."""
        ledgers.due(labels, line, variable, self.due_in, self.due, self.years)
        ledgers.post("obligations", labels, line, variable, self.periods, self.to_come)
        ledgers.post("fixed_charges", labels, line, variable, self.periods, self.twelve_months)
        self.post_after_the_end(case, ledgers, labels, line, variable)

    def post_after_the_end(self, case: CaseData, ledgers: Ledgers, labels: Labels, line: str, variable: int) -> None:
        """Post what is still to be paid after the end."""
        later = self.due_in >= case.calendar.T
        years = self._when(case.calendar)[later]
        ledgers.at_end(Kind.BEYOND_HORIZON, labels, line, variable, self.due_in[later], -self.due[later], years)

    def after_the_end(self, calendar: Calendar) -> Flows:
        """The payments after the end of the horizon, on their days."""
        later = self.due_in >= calendar.T
        return Flows(self._when(calendar)[later], self.due[later])

    def _when(self, calendar: Calendar) -> Vector:
        """The time from which each payment is discounted [years after the start of the case]."""
        return (self.due_in.astype(float) + 0.5) * calendar.h if self.years is None else self.years
