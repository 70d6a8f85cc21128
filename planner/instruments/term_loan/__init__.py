"""Money that is drawn, and paid back with interest."""

from __future__ import annotations

from typing import Any

from planner.common.indices import IndexLevel
from planner.instruments.term_loan import (
    advance,
    contract_checks,
    generate,
    loosening,
    plain_lines,
    postings,
    pricing,
    report_texts,
    tables,
)
from planner.interfaces.case_data import CaseData
from planner.interfaces.debt import LoanBalance
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import FEES, CashLine


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.term_loan.constraints import build

    build(block, case)


INSTRUMENT = Instrument(
    name=postings.NAME,
    word="loan",
    tables=(tables.TermLoan,),
    check=tables.check,
    reads=(IndexLevel,),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    moved=None,
    advance=advance.advance,
    arrivals=(),
    settled=None,
    priced_by=None,
    steps=pricing.steps,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosening.loosened_by,
    last_days=(),
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "drawdown": CashLine("loan", received=True, role="lender"),
        "repayment": CashLine("repayment", role="lender"),
        "interest": CashLine("interest", for_goods=False, role="lender"),
        "early_repayment": CashLine("repayment", role="lender"),
        "prepay_fee": FEES,
        "undrawn_fee": FEES,
    },
    debt={
        postings.LOAN: LoanBalance(
            drawdown="drawdown", interest="interest", repayment="repayment", early_repayment="early_repayment"
        )
    },
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=report_texts.borrowing,
    facilities=report_texts.facilities,
    unreachable=None,
    commitments=None,
)
