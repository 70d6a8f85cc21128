"""What a contract owes from signing on: when it falls due, what is still to come, and the next twelve months of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.calendar import Calendar
from planner.basics.units import MONTHS_PER_YEAR
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


@dataclass(frozen=True, eq=False)
class FixedPayments:
    """Fixed payments per unit of a variable [USD bn].

    obligations_t = Σ_{t' ≥ t} owed_{t'}, fixed_charges_t = the same over twelve months, both from signing on.
    """

    due: Mapping[int, float]
    """by the period in whose middle it falls due, past the horizon too"""
    periods: Index
    """of the horizon, from signing on"""
    to_come: Vector
    """at the start of each of those"""
    twelve_months: Vector
    """due in the twelve months from there"""

    @staticmethod
    def of(calendar: Calendar, due: Mapping[int, float], signed: int) -> FixedPayments:
        """What is due by period, of a contract signed in a period."""
        periods = np.arange(signed, calendar.T)
        year = MONTHS_PER_YEAR // calendar.period_months
        by_period = np.zeros(max(calendar.T, 1 + max(due, default=0)) + year)
        by_period[list(due)] = list(due.values())
        to_come = np.cumsum(by_period[::-1])[::-1]
        twelve_months = np.sum([by_period[periods + month] for month in range(year)], axis=0)
        return FixedPayments(due, periods, to_come[periods], twelve_months)

    def post(self, case: CaseData, ledgers: Ledgers, labels: Labels, line: str, variable: int) -> None:
        """Post it; what falls due after the end is charged where the case says so."""
        ledgers.due(labels, line, variable, list(self.due), list(self.due.values()))
        ledgers.post("obligations", labels, line, variable, self.periods, self.to_come)
        ledgers.post("fixed_charges", labels, line, variable, self.periods, self.twelve_months)
        if case.settings.charge_beyond_horizon:
            later = [t for t in self.due if t >= case.calendar.T]
            ledgers.flow(Kind.BEYOND_HORIZON, labels, line, variable, later, [-self.due[t] for t in later])
