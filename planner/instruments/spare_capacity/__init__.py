"""Another company's idle machines, taken month by month."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip
from planner.common.guarantors import Guarantor
from planner.common.indices import IndexLevel
from planner.instruments.spare_capacity import (
    advance,
    contract_checks,
    events,
    generate,
    plain_lines,
    postings,
    pricing,
    table_checks,
    tables,
)
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import FEES, CashLine
from planner.tables.offer import Offer


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.spare_capacity.constraints import build

    build(block, case)


SPEND = CashLine("spend")
HIRE = CashLine("spend", lease="short_term")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="spare",
    tables=(tables.SpareCapacity,),
    check=table_checks.check,
    reads=(Chip, Guarantor, IndexLevel, Offer, "discount_rate"),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"rights", "in_use", "compute"}),
    moved=None,
    advance=advance.advance,
    arrivals=(),
    settled=None,
    priced_by=pricing.price,
    steps=None,
    events=(events.SPARE_RECALLED,),
    provider_gone=events.PROVIDER_GONE,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=None,
    last_days=(),
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={"spare_fee": HIRE, "spare_use": HIRE, "signing_fee": FEES, "value_after_end": SPEND},
    debt={},
    goes_with_counterparty=frozenset({"rights"}),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
