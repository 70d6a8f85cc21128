"""Years of take-or-pay spend for a right to capacity."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip
from planner.common.guarantors import Guarantor
from planner.common.indices import IndexLevel
from planner.common.policies import Policy
from planner.common.terminations import Termination
from planner.instruments.cloud_commitment import (
    advance,
    committed,
    contract_checks,
    events,
    generate,
    loosening,
    moved,
    plain_lines,
    postings,
    pricing,
    report_texts,
    settlement,
    table_checks,
    tables,
)
from planner.interfaces.advance import Arrival
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import EQUITY, FEES, CashLine
from planner.tables.offer import Offer


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.cloud_commitment.constraints import build

    build(block, case)


SPEND = CashLine("spend")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="cloud",
    tables=(tables.CloudCommitment, tables.CloudTier, tables.CloudTerm, tables.CloudProduct),
    check=table_checks.check,
    reads=(Chip, Guarantor, IndexLevel, Offer, Policy, Termination, "discount_rate"),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"rights", "in_use", "compute"}),
    moved=moved.moved,
    advance=advance.advance,
    arrivals=(Arrival(tables.CloudCommitment, "start_date"),),
    settled=settlement.settled,
    priced_by=pricing.price,
    steps=None,
    events=(),
    provider_gone=events.PROVIDER_GONE,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosening.loosened_by,
    last_days=loosening.LAST_DAYS,
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "spend": SPEND,
        "shortfall": SPEND,
        "shortfall_credit": SPEND,
        "signing_fee": FEES,
        "termination_fee": FEES,
        "upfront": SPEND,
        "prepayment": SPEND,
        "prepayment_drawn": SPEND,
        "floor": SPEND,
        "equity": EQUITY,
        "unused_part": FEES,
        "value_after_end": SPEND,
    },
    debt={},
    goes_with_counterparty=frozenset({"rights"}),
    purchases=None,
    orders=None,
    terms=report_texts.terms,
    borrowing=None,
    latest_signing=report_texts.latest_signing,
    unreachable=report_texts.floors_out_of_reach,
    commitments=committed.COMMITMENTS,
)
