"""Clean power bought in a region, under contracts."""

from typing import Any

from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import RandomOffers
from planner.interfaces.instrument import Instrument
from planner.interfaces.loosening import last_signing
from planner.interfaces.plain_lines import Meaning, PlainLine
from planner.interfaces.reporting import FEES, CashLine

from . import advance, contract_checks, generate, loosening, postings, pricing, tables


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from .constraints import build

    build(block, case)


INSTRUMENT = Instrument(
    name=postings.NAME,
    word="power",
    tables=(tables.PowerPurchase,),
    check=tables.check,
    reads=("discount_rate",),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    moved=None,
    advance=advance.advance,
    arrivals=(),
    settled=None,
    priced_by=pricing.price,
    steps=None,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosening.loosened_by,
    last_days=(last_signing("sign_by", dimension="starts_on"),),
    generate=RandomOffers(make=generate.make, supplies=None, guaranteed=None, share=0.1),
    plain_lines={
        "power_fee": PlainLine("Clean power", "Paid for clean power, used or not.", Meaning.POWER),
        "signing_fee": PlainLine("Signing fees for clean power", "Paid when clean power is bought.", Meaning.POWER),
    },
    cash_lines={"power_fee": CashLine("clean power", role="power"), "signing_fee": FEES},
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
