"""Term loan: money drawn at the start of a period, and paid back with interest.

The variables are

    draw[f, t]      USD bn drawn at the start of period t

in the periods whose start lies in the facility's window and before its last period start until repay_by, R. Of a draw
at s there is outstanding, at the start of t after what is drawn and repaid then,

    left_{st} = 1  for s ≤ t < R (all is repaid in R)      or (R − t) / (R − s)  (even instalments in s + 1, …, R)

and nothing from R on. It is not repaid early, and what is repaid cannot be drawn again. The posts, by ledger and line,
what was drawn before the start being a draw at s = 0 that brings no money (repaid at once if R lies before the start):

    debt             outstanding     left_{st} · draw_{fs}
    fixed_charges    debt_service    interest of the next twelve months on what is drawn by t, and the instalments due
                                     after t within them; not what is repaid all at once
    dues             principal       what is repaid, on the day it is, beyond the end too
    cash funding     drawdown        draw_{ft}
    cash funding     repayment       −what is repaid at the start of t
    cash cost        interest        −((1 + rate)^h − 1) · left_{st} · draw_{fs}
    cash cost        undrawn_fee     −fee_rate · h · (limit − all draws so far), in every period of the window

Principal is funding, so it moves cash and not the objective. In the files a facility stands where an offer does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.basics import finance
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.ledgers.decided import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels

NAME = "term_loan"
LOAN = "loan"
"""class of debt"""


@dataclass(frozen=True)
class Facility:
    """A facility, read in periods."""

    row: TermLoan
    window: range
    """periods in which the fee on what is not drawn is paid"""
    draws: range
    """those of them in which it can be drawn"""
    repaid: int
    """period at whose start the last of it is repaid; beyond the horizon too, not before the start"""

    @property
    def free_usd_bn(self) -> float:
        """What may still be drawn at the case's start [USD bn]."""
        return self.row.limit_usd_bn - self.row.drawn_usd_bn

    def left(self, drawn: int, t: int) -> float:
        """Of a draw at the start of period `drawn`, the share outstanding at the start of t after that day's moves."""
        if not drawn <= t < self.repaid:
            return 0.0
        return (self.repaid - t) / (self.repaid - drawn) if self.row.amortises else 1.0

    def repayments(self, drawn: int) -> dict[int, float]:
        """Share of a draw repaid at the start of each period, beyond the horizon too."""
        if not self.row.amortises or self.repaid <= drawn:
            return {self.repaid: 1.0}
        return dict.fromkeys(range(drawn + 1, self.repaid + 1), 1.0 / (self.repaid - drawn))


def facilities(case: CaseData) -> tuple[list[Facility], list[tuple[str, str]]]:
    """Every facility, and remarks on those that cannot be drawn or were to be repaid before the start."""
    calendar = case.calendar
    found: list[Facility] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(TermLoan):
        repaid = calendar.back(row.repay_by)
        window = calendar.window(row.from_date, row.to_date)
        draws = range(window.start, max(window.start, min(window.stop, repaid)))
        if not draws and row.limit_usd_bn > row.drawn_usd_bn:
            notes.append((row.facility, "no period in which it may be drawn starts before it is repaid"))
        if row.drawn_usd_bn > 0 and repaid < 0:
            notes.append((row.facility, f"was to be repaid by {row.repay_by}: repaid on {calendar.start}"))
        found.append(Facility(row, window, draws, max(0, repaid)))
    return found, notes


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the draws of every facility and post what they do, and what was drawn before does."""
    found, notes = facilities(case)
    ledgers.notes.extend(notes)
    drawing = [(facility, t) for facility in found for t in facility.draws]
    draw = ledgers.declare(
        NAME, "draw", ("offer", "period"), [(facility.row.facility, t) for facility, t in drawing],
        unit="USD bn", decided=Moment.PERIOD_START, upper=np.array([facility.free_usd_bn for facility, _ in drawing]),
    )  # fmt: skip
    for facility in found:
        row, h = facility.row, case.calendar.h
        labels = Labels(instrument=NAME, offer=row.facility, counterparty=row.lender, debt_class=LOAN)
        fee = row.fee_rate * h
        ledgers.flow(Kind.COST, labels, "undrawn_fee", CONSTANT, facility.window, -fee * facility.free_usd_bn)
        for t in facility.draws:
            variable = draw[(row.facility, t)]
            ledgers.dated(Kind.FUNDING, labels, "drawdown", variable, case.calendar.start_years(t), 1.0)
            after = range(t, facility.window.stop)
            ledgers.flow(Kind.COST, labels, "undrawn_fee", variable, after, fee)
            _post_drawn(case, ledgers, labels, facility, t, variable, 1.0)
        _post_drawn(case, ledgers, labels, facility, 0, CONSTANT, row.drawn_usd_bn)


def _post_drawn(
    case: CaseData, ledgers: Ledgers, labels: Labels, facility: Facility, drawn: int, variable: int, amount: float
) -> None:
    """Repayment, interest, debt and fixed charges of so much drawn at the start of a period, per unit drawn."""
    calendar = case.calendar
    due = facility.repayments(drawn)
    when = [calendar.start_years(t) for t in due]
    amounts = [amount * share for share in due.values()]
    ledgers.dated(Kind.FUNDING, labels, "repayment", variable, when, [-value for value in amounts])
    ledgers.due(replace(labels, debt_class=""), "principal", variable, list(due), amounts, when)
    periods = range(drawn, min(facility.repaid, calendar.T))
    left = amount * np.array([facility.left(drawn, t) for t in periods])
    interest = finance.rate_per_period(facility.row.rate, calendar.h)
    ledgers.flow(Kind.COST, labels, "interest", variable, periods, -interest * left)
    ledgers.post("debt", labels, "outstanding", variable, periods, left)
    year = MONTHS_PER_YEAR // calendar.period_months
    charges = [
        interest * sum(facility.left(drawn, later) for later in range(t, t + year))
        + (facility.left(drawn, t) - facility.left(drawn, t + year)) * facility.row.amortises
        for t in periods
    ]
    ledgers.post("fixed_charges", labels, "debt_service", variable, periods, amount * np.array(charges))
