"""What can be loosened of term loans: their limits.

within_limit    Σ_t draw_{ft} ≤ free_f + slack
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.instruments.term_loan.postings import NAME
from planner.instruments.term_loan.tables import TermLoan
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import moved
from planner.interfaces.loosening import Item, Loosening, Slot, of_offer


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    """Larger limits. Each draw alone is bounded by the limit too; these bounds are removed."""
    for loan in case.rows(TermLoan):
        where = f"term_loans[{loan.facility}].limit_usd_bn"
        lines = moved("+=", where, f"{{by}} more limit of {loan.facility}", "USD bn")
        item = Item("loans", loan.facility, lines, (Slot(0, loan.limit_usd_bn or 1.0, float("inf")),))
        yield Loosening(item, NAME, "within_limit", of_offer(loan.facility), 0.0, endless="draw")
