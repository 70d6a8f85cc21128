"""Term loan: money that is drawn at the start of a period, and paid back with interest.

The variables are

    draw[f, t]      USD bn drawn at the start of period t

The loan is repaid by R, the last period that starts on or before repay_by. It can be drawn in the periods before R that
start within the facility's dates. A draw at s leaves outstanding, at the start of t and after the draw and the
repayment of that day, the part

    left_{st} = 1  for s ≤ t < R (all is repaid in R)      or (R − t) / (R − s)  (even instalments in s + 1, …, R)

Nothing is outstanding from R on. A draw is not repaid early, and what is repaid cannot be drawn again. Money drawn
before the case's start counts as a draw at s = 0 that brings no cash; if R lies before the start, it is repaid at the
start. The posts, by ledger and line:

    debt             outstanding     left_{st} · draw_{fs}
    fixed_charges    debt_service    interest of the next twelve months on the money drawn by t, and the instalments
                                     due within them after t; not a repayment of the whole
    dues             principal       each repayment, on its day, after the horizon too
    cash funding     drawdown        draw_{ft}
    cash funding     repayment       −repayments at the start of t
    cash cost        interest        −((1 + rate)^h − 1) · left_{st} · draw_{fs}
    cash cost        undrawn_fee     −fee_rate · h · (limit − all draws so far), in every period of the window

Principal is funding: it moves cash but not the objective. In the files of a plan a facility stands as an offer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.basics import finance
from planner.basics.units import MONTHS_PER_YEAR
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels

NAME = "term_loan"
LOAN = "loan"
"""class of debt"""


@dataclass(frozen=True)
class Facility:
    """A facility, with its dates as periods."""

    row: TermLoan
    window: range
    """periods in which a fee is paid on the money that is not drawn"""
    draws: range
    """those of them in which money can be drawn"""
    repaid: int
    """period at whose start everything is repaid; it may lie after the horizon, but not before the start"""

    @property
    def free_usd_bn(self) -> float:
        """The part of the limit that is not drawn at the case's start [USD bn]."""
        return self.row.limit_usd_bn - self.row.drawn_usd_bn

    def left(self, drawn: int, t: int) -> float:
        """Share of a draw in period `drawn` that is outstanding at the start of t, after the repayment of that day."""
        if not drawn <= t < self.repaid:
            return 0.0
        return (self.repaid - t) / (self.repaid - drawn) if self.row.amortises else 1.0

    def repayments(self, drawn: int) -> dict[int, float]:
        """Share of a draw that is repaid at the start of each period, after the horizon too."""
        if not self.row.amortises or self.repaid <= drawn:
            return {self.repaid: 1.0}
        return dict.fromkeys(range(drawn + 1, self.repaid + 1), 1.0 / (self.repaid - drawn))


def facilities(case: CaseData) -> tuple[list[Facility], list[tuple[str, str]]]:
    """Every facility, and remarks by facility."""
    calendar = case.calendar
    loans: list[Facility] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(TermLoan):
        repaid = calendar.back(row.repay_by)
        window = calendar.window(row.from_date, row.to_date)
        draws = range(window.start, max(window.start, min(window.stop, repaid)))
        if not draws and row.limit_usd_bn > row.drawn_usd_bn:
            notes.append(
                (row.facility, "it cannot be drawn: no period starts within its dates and before it is repaid")
            )
        if row.drawn_usd_bn > 0 and repaid < 0:
            notes.append(
                (
                    row.facility,
                    f"repay_by {row.repay_by} lies before the case's start: it is repaid on {calendar.start}",
                )
            )
        loans.append(Facility(row, window, draws, max(0, repaid)))
    return loans, notes


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the draws of every facility and post what they do; post the same for money drawn before the start."""
    loans, notes = facilities(case)
    ledgers.notes.extend(notes)
    drawing = [(facility, t) for facility in loans for t in facility.draws]
    draw = ledgers.declare(
        NAME, "draw", ("offer", "period"), [(facility.row.facility, t) for facility, t in drawing],
        unit="USD bn", decided=Moment.PERIOD_START, upper=np.array([facility.free_usd_bn for facility, _ in drawing]),
    )  # fmt: skip
    for facility in loans:
        row, h = facility.row, case.calendar.h
        labels = Labels(instrument=NAME, offer=row.facility, counterparty=row.lender, debt_class=LOAN)
        fee = row.fee_rate * h
        ledgers.flow(Kind.COST, labels, "undrawn_fee", CONSTANT, facility.window, -fee * facility.free_usd_bn)
        for t in facility.draws:
            variable = draw[(row.facility, t)]
            ledgers.dated(Kind.FUNDING, labels, "drawdown", variable, case.calendar.start_years(t), 1.0)
            ledgers.flow(Kind.COST, labels, "undrawn_fee", variable, range(t, facility.window.stop), fee)
            _post_drawn(case, ledgers, labels, facility, t, variable, 1.0)
        _post_drawn(case, ledgers, labels, facility, 0, CONSTANT, row.drawn_usd_bn)


def _post_drawn(
    case: CaseData, ledgers: Ledgers, labels: Labels, facility: Facility, drawn: int, variable: int, amount: float
) -> None:
    """Post repayment, interest, debt and fixed charges of an amount drawn in a period; per unit of the variable."""
    calendar = case.calendar
    due = facility.repayments(drawn)
    years = [calendar.start_years(t) for t in due]
    amounts = [amount * share for share in due.values()]
    ledgers.dated(Kind.FUNDING, labels, "repayment", variable, years, [-value for value in amounts])
    ledgers.due(replace(labels, debt_class=""), "principal", variable, list(due), amounts, years)
    periods = range(drawn, min(facility.repaid, calendar.T))
    left = amount * np.array([facility.left(drawn, t) for t in periods])
    interest = finance.rate_per_period(facility.row.rate, calendar.h)
    ledgers.flow(Kind.COST, labels, "interest", variable, periods, -interest * left)
    ledgers.post("debt", labels, "outstanding", variable, periods, left)
    n = MONTHS_PER_YEAR // calendar.period_months
    charges = [
        interest * sum(facility.left(drawn, later) for later in range(t, t + n))
        + (facility.left(drawn, t) - facility.left(drawn, t + n)) * facility.row.amortises
        for t in periods
    ]
    ledgers.post("fixed_charges", labels, "debt_service", variable, periods, amount * np.array(charges))
