"""What outlives the end of the horizon: unused parts of what is paid before it, and what is paid for after it.

    unused_part         part of the contract's time after the end · sum paid for the whole time, at the end
    value_after_end     f · what the capacity after the end is worth, where it is worth it
    f                   min(horizon_value_share, value of the payments after the end / worth of the capacity after it)

Both values are at the discount rate. As f never lets the worth exceed the payments, no contract earns money after the
end: at best what it still owes is not charged. A contract at the market's price neither gains nor loses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics import finance
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, month_position
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels

UNUSED = "unused_part"
VALUE = "value_after_end"


@dataclass(frozen=True, eq=False)
class Flows:
    """Sums of money and their days."""

    years: Vector
    """time from the start of the case [years]; shape (sums,)"""
    values: Vector
    """USD bn; shape (sums,)"""

    def worth(self, rate: float) -> float:
        """Present value at the start of the case at a yearly effective rate [USD bn]."""
        return finance.present_value(self.values, rate, self.years)


NOTHING = Flows(np.empty(0), np.empty(0))


def unused_share(calendar: Calendar, first: date, last: date) -> float:
    """The part of the time from `first` to `last` that lies after the end of the horizon.

    >>> unused_share(Calendar(date(2027, 1, 1), date(2029, 1, 1), 12), date(2028, 1, 1), date(2032, 1, 1))
    0.75
    """
    begins, ends, end = (month_position(day) for day in (first, last, calendar.end))
    return max(0.0, ends - max(end, begins)) / (ends - begins) if ends > begins else 0.0


def post_unused(
    case: CaseData, ledgers: Ledgers, labels: Labels, variable: int, paid: float, first: date, last: date
) -> None:
    """Credit, at the end, the unused part of a sum that was paid for the time from `first` to `last` [USD bn]."""
    calendar = case.calendar
    credit = paid * unused_share(calendar, first, last)
    ledgers.dated(Kind.HORIZON_VALUE, labels, UNUSED, variable, calendar.start_years(calendar.T), credit)


def post_value(
    case: CaseData, ledgers: Ledgers, labels: Labels, variable: int, share: float, paid: float, worth: Flows
) -> None:
    """Credit what the capacity after the end is worth.

    `paid` is the present value of the payments for it [USD bn]; `share` the contract's `horizon_value_share`.
    """
    value = worth.worth(case.settings.discount_rate)
    if paid > 0 and value > 0:
        part = min(share, paid / value)
        ledgers.dated(Kind.HORIZON_VALUE, labels, VALUE, variable, worth.years, part * worth.values)
