"""Chips that a special-purpose vehicle buys with senior, junior and equity money and leases to the lab."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip, ChipDelivery, ResaleLevel, ResaleValue, SignedDelivery
from planner.common.guarantors import Guarantor
from planner.common.indices import IndexLevel
from planner.common.terminations import Termination
from planner.instruments.chip_lease import (
    advance,
    contract_checks,
    events,
    generate,
    lease_parts,
    loosening,
    plain_lines,
    postings,
    pricing,
    report_texts,
    table_checks,
    tables,
    vintages,
)
from planner.instruments.shared.chips_held import NOT_PAID
from planner.instruments.shared.deliveries import latest_signing
from planner.interfaces.case_data import CaseData
from planner.interfaces.debt import DebtOfOthers, LeaseLiability
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import FEES, UPKEEP, CashLine
from planner.tables.offer import Offer


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.chip_lease.constraints import build

    build(block, case)


LEASE = CashLine("chip_lease")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="chip lease",
    tables=(tables.ChipLease, tables.SpvTranche, tables.AssignedChips),
    check=table_checks.check,
    reads=(
        Chip,
        ChipDelivery,
        SignedDelivery,
        ResaleValue,
        ResaleLevel,
        Guarantor,
        IndexLevel,
        Offer,
        Termination,
        "lease_rate",
        "recognise_leases",
        "discount_rate",
        "consolidate_spv",
        "resale_haircut_share",
    ),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"chips"}),
    needs=frozenset({"assignable"}),
    moved=None,
    advance=advance.advance,
    arrivals=(),
    settled=None,
    priced_by=pricing.price,
    steps=None,
    events=(events.LESSEE_DEFAULT,),
    provider_gone=None,
    resale_down=None,
    not_paid=NOT_PAID,
    loosened_by=loosening.loosened_by,
    last_days=loosening.LAST_DAYS,
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "lease_payment": LEASE,
        "upkeep": UPKEEP,
        "guarantee_fee": FEES,
        "support_spread": FEES,
        "buyout": LEASE,
        "signing_fee": FEES,
        "assignment": CashLine("chip_lease", received=True),
        "reserve": LEASE,
        "reserve_returned": LEASE,
        "equity_paid_in": CashLine("owner's equity", role="investment"),
        "distribution": CashLine("owner's equity", for_goods=False),
        "resale": LEASE,
        "termination_fee": FEES,
        "unused_part": FEES,
        "value_after_end": LEASE,
    },
    debt={
        vintages.DEBT_CLASS: LeaseLiability(
            payments="lease_payment",
            fees="termination_fee",
            assets="chips",
            finance=True,
            direct_costs=frozenset({"signing_fee"}),
            parts=lease_parts.parts,
        ),
        vintages.SPV_DEBT_CLASS: DebtOfOthers(),
    },
    goes_with_counterparty=frozenset({"chips"}),
    purchases=report_texts.purchases,
    orders=None,
    terms=report_texts.terms,
    borrowing=report_texts.borrowing,
    latest_signing=latest_signing,
    title=report_texts.title,
    unreachable=None,
    commitments=None,
)
