"""Term loan: money that is drawn at the start of a period, and paid back with interest.

The variables are

    draw[f, t]      USD bn drawn at the start of period t
    prepay[f, t]    USD bn repaid early at the start of period t; it exists where prepay_fee_rate is given

The loan is repaid at R, the time of repay_by in periods. It can be drawn in the periods that start within the
facility's dates and before R. A draw at s leaves outstanding, at the time t and after the draw and the instalment of
that day, the part

    left_s(t) = 1  for s ≤ t < R (all is repaid at R)      or (R − t) / (R − s)  (even instalments)

Interest and instalments fall due in arrears, at the end of each period or at R; u_t = min(t + 1, R). A repayment of the
whole is due on its day: on the first day of a period if that is R, so that money drawn then can pay for it. The day on
which the horizon ends belongs to its last period. Nothing is outstanding from R on. What is repaid cannot
be drawn again. Money outstanding at the case's start counts as a draw at s = 0 that brings no cash; if R lies before
the start, it is repaid at the start. Several draws together are repaid as one draw of their sum, in even instalments
too, as left_s(t) = left_s(k) · left_k(t). All draws so far include drawn_usd_bn and repaid_usd_bn. The facility may be
drawn for the part c_t of a period, to_date included.

Money is repaid early from prepay_from on, before R, and not on the day on which it is drawn. A sum repaid at k lowers
what is outstanding at t ≥ k by left_k(t): the instalments that are left stay even. So it is a draw below 0: what is
posted of draw_{fs} is posted of −prepay_{fk} too, but for the drawdown and the undrawn fee. The posts, by ledger and
line:

    debt             outstanding     left_s(t) · draw_{fs}
    fixed_charges    debt_service    interest of the next twelve months on the money drawn by t, and the instalments
                                     due within them after t; not a repayment of the whole
    dues             principal       each repayment, on its day, after the horizon too
    cash funding     drawdown        draw_{ft}
    cash funding     repayment       −(left_s(t) − left_s(u_t)) · draw_{fs}, at u_t; or −draw_{fs}, at R
    cash cost        interest        −((1 + rate)^((u_t − t) · h) − 1) · left_s(t) · draw_{fs}, at u_t
    cash cost        undrawn_fee     −fee_rate · h · c_t · (limit − all draws so far)
    dues             principal       prepay_{ft}, on the day
    cash funding     early_repayment    −prepay_{ft}
    cash cost        prepay_fee      −prepay_fee_rate · prepay_{ft}
    raised           raised          draw_{ft}, under a programme
    raised_before    raised_before    drawn_usd_bn + repaid_usd_bn, under a programme

A rate that floats is rate_k = min(rate_cap, max(rate_floor, level_k + rate)) while level_k of its index holds, for
length_k years of the time from t to u_t. Interest compounds over these pieces: Π_k (1 + rate_k)^length_k stands in
place of (1 + rate)^((u_t − t) · h). The levels of the table are what is expected. So at its own rate, what is paid is
worth what was drawn, at any length of period.
Principal is funding: it moves cash but not the objective. In the files of a plan a facility stands as an offer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from planner.basics.calendar import Calendar, Overlap
from planner.basics.units import MONTHS_PER_YEAR
from planner.common.programmes import RAISED, post_under
from planner.instruments.shared.levels import RateOverTime, rate_over_time
from planner.instruments.term_loan.prepayment import early_periods, post_early
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
    open: Overlap
    """periods in which a fee is paid on the money that is not drawn, and the part of each"""
    draws: range
    """periods in which money can be drawn"""
    repaid: float
    """time at which everything is repaid [periods]; it may lie after the horizon, but not before the start"""
    early: range
    """periods at whose start money can be repaid early"""
    rate: RateOverTime
    """the yearly effective rate in force"""

    @property
    def free_usd_bn(self) -> float:
        """The part of the limit that was not drawn before the case's start [USD bn]."""
        return max(0.0, self.row.limit_usd_bn - self.row.drawn_usd_bn - self.row.repaid_usd_bn)

    def left(self, drawn: int, t: float) -> float:
        """Share of a draw in period `drawn` that is outstanding at the time t [periods], after the repayment then."""
        if not drawn <= t < self.repaid:
            return 0.0
        return (self.repaid - t) / (self.repaid - drawn) if self.row.amortises else 1.0

    def periods(self, drawn: int) -> list[tuple[int, float]]:
        """Periods in which a draw is outstanding, after the horizon too, and when each ends, or the loan before it."""
        return [(t, min(t + 1.0, self.repaid)) for t in range(drawn, math.ceil(self.repaid))]

    def interest(self, drawn: int, t: int) -> float:
        """Interest of period t on a draw of 1."""
        due = min(t + 1.0, self.repaid)
        return self.rate.growth(t, due) * self.left(drawn, t) if due > t else 0.0


def facilities(case: CaseData) -> tuple[list[Facility], list[tuple[str, str]]]:
    """Every facility, and remarks by facility."""
    calendar = case.calendar
    loans: list[Facility] = []
    notes: list[tuple[str, str]] = []
    for row in case.rows(TermLoan):
        repaid = calendar.position(row.repay_by)
        open_to = calendar.end if row.to_date is None else row.to_date + timedelta(days=1)
        window = calendar.window(row.from_date, row.to_date)
        draws = range(window.start, max(window.start, min(window.stop, math.ceil(repaid))))
        if not draws and row.limit_usd_bn > row.drawn_usd_bn + row.repaid_usd_bn:
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
        may_be_drawn = calendar.overlap(row.from_date or calendar.start, min(open_to, calendar.end))
        early = early_periods(calendar, row, draws, repaid)
        rate = rate_over_time(case, row.rate, row.rate_index, row.rate_floor, row.rate_cap)
        loans.append(Facility(row, may_be_drawn, draws, max(0.0, repaid), early, rate))
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
    early = [(facility.row.facility, t) for facility in loans for t in facility.early]
    if early:
        dims = ("offer", "period")
        prepay = ledgers.declare(NAME, "prepay", dims, early, unit="USD bn", decided=Moment.PERIOD_START)
    for facility in loans:
        row, h = facility.row, case.calendar.h
        labels = Labels(instrument=NAME, offer=row.facility, counterparty=row.lender, debt_class=LOAN)
        fee = row.fee_rate * h * facility.open.shares
        first = facility.open.periods.start
        ledgers.flow(Kind.COST, labels, "undrawn_fee", CONSTANT, facility.open.periods, -fee * facility.free_usd_bn)
        for t in facility.draws:
            variable = draw[(row.facility, t)]
            post_under(ledgers, labels, row.programme, RAISED, variable, t, 1.0)
            ledgers.dated(Kind.FUNDING, labels, "drawdown", variable, case.calendar.start_years(t), 1.0)
            ledgers.flow(
                Kind.COST, labels, "undrawn_fee", variable, range(t, facility.open.periods.stop), fee[t - first :]
            )  # fmt: skip
            _post_drawn(case, ledgers, labels, facility, t, variable, 1.0)
        _post_drawn(case, ledgers, labels, facility, 0, CONSTANT, row.drawn_usd_bn)
        post_under(ledgers, labels, row.programme, RAISED, CONSTANT, None, row.drawn_usd_bn + row.repaid_usd_bn)
        for t in facility.early:
            post_early(ledgers, labels, row, t, prepay[row.facility, t])
            _post_drawn(case, ledgers, labels, facility, t, prepay[row.facility, t], -1.0)


def _post_drawn(
    case: CaseData, ledgers: Ledgers, labels: Labels, facility: Facility, drawn: int, variable: int, amount: float
) -> None:
    """Post repayment, interest, debt and fixed charges of an amount drawn in a period; per unit of the variable."""
    calendar, h = case.calendar, case.calendar.h
    _post_repayment(calendar, ledgers, labels, facility, drawn, variable, amount)
    inside = [(t, due) for t, due in facility.periods(drawn) if t < calendar.T]
    periods, years = [t for t, _ in inside], [due * h for _, due in inside]
    paid = [-amount * facility.interest(drawn, t) for t in periods]
    ledgers.at_end(Kind.COST, labels, "interest", variable, periods, paid, years)
    ledgers.post("debt", labels, "outstanding", variable, periods, [amount * facility.left(drawn, t) for t in periods])
    n = MONTHS_PER_YEAR // calendar.period_months
    charges = [
        sum(facility.interest(drawn, later) for later in range(t, t + n))
        + (facility.left(drawn, t) - facility.left(drawn, t + n)) * facility.row.amortises
        for t in periods
    ]
    ledgers.post("fixed_charges", labels, "debt_service", variable, periods, amount * np.array(charges))


def _post_repayment(
    calendar: Calendar, ledgers: Ledgers, labels: Labels, facility: Facility, drawn: int, variable: int, amount: float
) -> None:
    """Post the repayments of an amount drawn in a period; per unit of the variable."""
    owed = replace(labels, debt_class="")
    if not facility.row.amortises or facility.repaid <= drawn:
        whole = [facility.repaid * calendar.h]
        ledgers.dated(Kind.FUNDING, labels, "repayment", variable, whole, [-amount])
        ledgers.due(owed, "principal", variable, [int(facility.repaid)], [amount], whole)
        return
    dates = facility.periods(drawn)
    periods, years = [t for t, _ in dates], [due * calendar.h for _, due in dates]
    sums = np.array([amount * (facility.left(drawn, t) - facility.left(drawn, due)) for t, due in dates])
    ledgers.due(owed, "principal", variable, periods, sums, years)
    ledgers.at_end(Kind.FUNDING, labels, "repayment", variable, periods, -sums, years)
