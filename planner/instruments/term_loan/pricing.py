"""A step that loosens the limit of each facility."""

from __future__ import annotations

from collections.abc import Iterator

from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.interfaces.pricing import LimitOf, LimitStep


def steps(case: CaseData) -> Iterator[LimitStep]:
    """1 USD bn more of each facility."""
    for loan in case.rows(TermLoan):
        change = f"term_loans[{loan.facility}].limit_usd_bn += 1"
        yield LimitStep(LimitOf.LOANS, f"limit of {loan.facility}", "1 USD bn more", change)
