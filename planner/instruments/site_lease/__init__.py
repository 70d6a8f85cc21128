"""Data-centre halls under letters of intent."""

from __future__ import annotations

from typing import Any

from planner.common.guarantors import Guarantor
from planner.common.regions import Region
from planner.instruments.site_lease import (
    advance,
    contract_checks,
    events,
    generate,
    loosening,
    postings,
    pricing,
    report_texts,
    tables,
)
from planner.interfaces.advance import Arrival
from planner.interfaces.case_data import CaseData
from planner.interfaces.debt import LeaseLiability
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import FEES, CashLine
from planner.tables.offer import Offer


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.site_lease.constraints import build

    build(block, case)


RENT = CashLine("rent")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="halls",
    tables=(tables.SiteLease, tables.SiteDelay, tables.LeaseBacker, tables.CoverRunoff),
    check=tables.check,
    reads=(Guarantor, Offer, Region, "lease_rate", "recognise_leases", "discount_rate"),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"halls", "sites"}),
    moved=events.moved,
    advance=advance.advance,
    arrivals=(Arrival(tables.SiteLease, "commences_on"),),
    settled=None,
    priced_by=pricing.price,
    steps=None,
    events=(events.SITE_LATE,),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosening.loosened_by,
    last_days=loosening.LAST_DAYS,
    generate=generate.RANDOM_OFFERS,
    cash_lines={
        "rent": RENT,
        "deposit": RENT,
        "deposit_returned": CashLine("rent", received=True),
        "guarantee_fee": FEES,
        "diligence": RENT,
        "signing_fee": FEES,
        "unused_part": FEES,
        "value_after_end": RENT,
    },
    debt={postings.LEASE: LeaseLiability(payments="rent")},
    goes_with_counterparty=frozenset({"halls"}),
    purchases=None,
    orders=None,
    terms=report_texts.terms,
    borrowing=None,
    unreachable=None,
)
