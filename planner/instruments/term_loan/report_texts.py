"""What `planner check` says of term loans."""

from __future__ import annotations

from collections.abc import Iterator

from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.interfaces.reporting import LoanFacility


def borrowing(case: CaseData) -> Iterator[str]:
    """Each facility: how much of whom at which rate, what is drawn or repaid already, and how it is repaid."""
    shown_in = case.settings.shown_in
    for loan in case.rows(TermLoan):
        how = "in instalments" if loan.amortises else "at once"
        drawn = f", {shown_in.number(loan.drawn_usd_bn, 'USD bn')} drawn" if loan.drawn_usd_bn else ""
        drawn += f", {shown_in.number(loan.repaid_usd_bn, 'USD bn')} repaid already" if loan.repaid_usd_bn else ""
        early = "" if loan.prepay_fee_rate is None else f", or early at a fee of {loan.prepay_fee_rate:.2%}"
        limit = shown_in.amount(loan.limit_usd_bn, "USD bn")
        yield (
            f"{loan.facility}: up to {limit} of {loan.lender} at {_rate(loan)}{drawn}"
            f", repaid {how} by {loan.repay_by}{early}"
        )


def _rate(loan: TermLoan) -> str:
    """The rate in words."""
    if loan.rate_index is None:
        return f"{loan.rate:.2%}"
    bounds = [
        f"{word} {bound:.2%}"
        for word, bound in (("at least", loan.rate_floor), ("at most", loan.rate_cap))
        if bound is not None
    ]
    return ", ".join([f"{loan.rate_index} + {loan.rate:.2%}", *bounds])


def facilities(case: CaseData) -> Iterator[LoanFacility]:
    """Every facility, as reports list it."""
    for loan in case.rows(TermLoan):
        until = case.calendar.end if loan.to_date is None else loan.to_date
        yield LoanFacility(loan.facility, loan.lender, loan.limit_usd_bn, until, loan.repay_by, "drawdown")
