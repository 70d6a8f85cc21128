"""Early repayment of a term loan: when it is possible, and what is paid on the day.

The periods at whose start money may be repaid early begin on or after prepay_from, before the day on which everything
is repaid, and after the first day on which it can be drawn, unless some is outstanding at the start. What it saves
later is posted as a draw below 0, in `postings`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from planner.basics.calendar import Calendar
from planner.instruments.term_loan.tables import TermLoan
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def early_periods(calendar: Calendar, row: TermLoan, draws: range, repaid: float) -> range:
    """Periods at whose start money can be repaid early; `repaid` is when everything is [periods]."""
    if row.prepay_fee_rate is None or not (row.drawn_usd_bn > 0 or draws):
        return range(0)
    first = 0 if row.drawn_usd_bn > 0 else draws.start + 1
    if row.prepay_from is not None:
        first = max(first, calendar.forward(row.prepay_from))
    return range(first, max(first, min(calendar.T, math.ceil(repaid))))


def post_early(ledgers: Ledgers, labels: Labels, row: TermLoan, t: int, variable: int) -> None:
    """Post the money repaid early at the start of a period, and the fee on it."""
    day = [ledgers.calendar.start_years(t)]
    ledgers.dated(Kind.FUNDING, labels, "early_repayment", variable, day, [-1.0])
    ledgers.dated(Kind.COST, labels, "prepay_fee", variable, day, [-(row.prepay_fee_rate or 0.0)])
    ledgers.due(replace(labels, debt_class=""), "principal", variable, [t], [1.0], day)
