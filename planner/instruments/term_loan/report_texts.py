"""What `planner check` says of term loans."""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.text import number
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData


def borrowing(case: CaseData) -> Iterator[str]:
    """Each facility: how much of whom at which rate, what is drawn or repaid already, and how it is repaid."""
    for loan in case.rows(TermLoan):
        how = "in instalments" if loan.amortises else "at once"
        drawn = f", {number(loan.drawn_usd_bn)} drawn" if loan.drawn_usd_bn else ""
        drawn += f", {number(loan.repaid_usd_bn)} repaid already" if loan.repaid_usd_bn else ""
        yield (
            f"{loan.facility}: up to {number(loan.limit_usd_bn)} USD bn of {loan.lender} at {loan.rate:.2%}{drawn}"
            f", repaid {how} by {loan.repay_by}"
        )
