"""Fixed payments of a contract: when they fall due, and how much is still owed."""

from __future__ import annotations

from collections.abc import Mapping
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

    obligations_t = Σ_{t' ≥ t} due_{t'}; fixed_charges_t is the same sum over twelve months.
    """

    due: Mapping[int, float]
    """payments by period, after the horizon too; each falls due in the middle of its period"""
    periods: Index
    """periods of the horizon from signing on"""
    to_come: Vector
    """sum of the payments from the start of each of `periods` on"""
    twelve_months: Vector
    """sum of the payments in the twelve months from the start of each of `periods`"""

    @staticmethod
    def of(calendar: Calendar, due: Mapping[int, float], signed: int) -> FixedPayments:
        """The payments due by period under a contract that is signed in a period."""
        periods = np.arange(signed, calendar.T)
        n = MONTHS_PER_YEAR // calendar.period_months
        by_period = np.zeros(max(calendar.T, 1 + max(due, default=0)) + n)
        by_period[list(due)] = list(due.values())
        to_come = np.cumsum(by_period[::-1])[::-1]
        twelve_months = np.sum([by_period[periods + k] for k in range(n)], axis=0)
        return FixedPayments(due, periods, to_come[periods], twelve_months)

    def post(self, case: CaseData, ledgers: Ledgers, labels: Labels, line: str, variable: int) -> None:
        """Post dues, obligations and fixed charges; and what is still to be paid after the end."""
        ledgers.due(labels, line, variable, list(self.due), list(self.due.values()))
        ledgers.post("obligations", labels, line, variable, self.periods, self.to_come)
        ledgers.post("fixed_charges", labels, line, variable, self.periods, self.twelve_months)
        later = [t for t in self.due if t >= case.calendar.T]
        ledgers.flow(Kind.BEYOND_HORIZON, labels, line, variable, later, [-self.due[t] for t in later])

    def after_the_end(self, calendar: Calendar) -> Flows:
        """The payments after the end of the horizon, on their days."""
        later = [t for t in self.due if t >= calendar.T]
        years = np.array([calendar.mid_years(t) for t in later])
        return Flows(years, np.array([self.due[t] for t in later], dtype=float))
