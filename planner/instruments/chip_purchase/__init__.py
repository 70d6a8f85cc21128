"""Chips that are ordered outright, and chips that are owned already."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip, ChipDelivery, OwnedChip, ResaleLevel, ResaleValue, SignedDelivery
from planner.common.guarantors import Guarantor
from planner.instruments.chip_purchase import (
    advance,
    contract_checks,
    generate,
    loosening,
    plain_lines,
    postings,
    pricing,
    tables,
)
from planner.instruments.shared.chips_held import NOT_PAID
from planner.instruments.shared.deliveries import latest_signing
from planner.interfaces.advance import Arrival
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import FEES, UPKEEP, CashLine
from planner.tables.offer import Offer


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.chip_purchase.constraints import build

    build(block, case)


CHIPS = CashLine("chips")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="chip order",
    tables=(tables.ChipPurchase,),
    check=tables.check,
    reads=(Chip, ChipDelivery, OwnedChip, SignedDelivery, ResaleValue, ResaleLevel, Guarantor, Offer, "discount_rate"),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"chips", "assignable"}),
    moved=None,
    advance=advance.advance,
    arrivals=(Arrival(SignedDelivery, "delivered_on", "gw", "cost_usd_bn", "deposit_paid_usd_bn"),),
    settled=None,
    priced_by=pricing.price,
    steps=None,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=NOT_PAID,
    loosened_by=loosening.loosened_by,
    last_days=loosening.LAST_DAYS,
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "deposit": CHIPS,
        "balance": CHIPS,
        "upkeep": UPKEEP,
        "signing_fee": FEES,
        "resale": CHIPS,
        "unused_part": CHIPS,
        "value_after_end": CHIPS,
    },
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders="order",
    terms=None,
    borrowing=None,
    latest_signing=latest_signing,
    unreachable=None,
    commitments=None,
)
