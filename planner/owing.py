"""What a contract owes from signing on: when it falls due, what is still to come, and the next twelve months of it."""

from __future__ import annotations

from collections.abc import Mapping

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
    periods = range(signed, calendar.T)
    ledgers.post("obligations", labels, line, column, periods, [_between(owed, t, None) for t in periods])
    year = MONTHS_PER_YEAR // calendar.period_months
    ledgers.post("fixed_charges", labels, line, column, periods, [_between(owed, t, t + year) for t in periods])
    if case.settings.charge_beyond_horizon:
        later = [t for t in owed if t >= calendar.T]
        ledgers.flow(Kind.BEYOND_HORIZON, labels, line, column, later, [-owed[t] for t in later])


def _between(owed: Mapping[int, float], first: int, last: int | None) -> float:
    return sum(value for t, value in owed.items() if first <= t and (last is None or t < last))
