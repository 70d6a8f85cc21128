"""What a contract owes from signing on: when it falls due, what is still to come, and the next twelve months of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.case import Case
from planner.ledgers import Kind, Labels, Ledgers
from planner.units import MONTHS_PER_YEAR


def post_owed(
    case: Case, ledgers: Ledgers, labels: Labels, line: str, column: int, owed: Mapping[int, float], signed: int
) -> None:
    """Post fixed payments per unit of a column [USD bn], by the period in whose middle they fall due.

    obligations_t = Σ_{t' ≥ t} owed_{t'}, fixed_charges_t = the same over twelve months, both from `signed` on; what
    falls due after the end is charged where the case says so.
    """
    calendar = case.calendar
    ledgers.due(labels, line, column, list(owed), list(owed.values()))
    periods = np.arange(signed, calendar.T)
    year = MONTHS_PER_YEAR // calendar.period_months
    by_period = np.zeros(max(calendar.T, 1 + max(owed, default=0)) + year)
    by_period[list(owed)] = list(owed.values())
    to_come = np.cumsum(by_period[::-1])[::-1]
    twelve_months = np.sum([by_period[periods + month] for month in range(year)], axis=0)
    ledgers.post("obligations", labels, line, column, periods, to_come[periods])
    ledgers.post("fixed_charges", labels, line, column, periods, twelve_months)
    if case.settings.charge_beyond_horizon:
        later = [t for t in owed if t >= calendar.T]
        ledgers.flow(Kind.BEYOND_HORIZON, labels, line, column, later, [-owed[t] for t in later])
