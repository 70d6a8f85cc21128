"""Data-centre halls under letters of intent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.basics.errors import Problem
from planner.common.fitted_halls import FittedHalls
from planner.common.guarantors import Guarantor
from planner.common.indices import IndexLevel
from planner.common.regions import Region
from planner.common.terminations import Termination
from planner.instruments.site_lease import (
    advance,
    contract_checks,
    cover_tables,
    delay_damages,
    delay_tables,
    endings,
    events,
    fittings,
    generate,
    lease_ends,
    loosening,
    plain_lines,
    postings,
    pricing,
    profiles,
    renewals,
    rent_default,
    report_texts,
    table_checks,
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


def _check(found: Any) -> Iterator[Problem]:
    """Problems of all its tables."""
    yield from tables.check(found)
    yield from table_checks.check(found)
    yield from profiles.check(found)
    yield from fittings.check(found)
    yield from renewals.check(found)
    yield from endings.check(found)
    yield from delay_damages.check(found)


RENT = CashLine("rent")

INSTRUMENT = Instrument(
    name=postings.NAME,
    word="halls",
    tables=(
        tables.SiteLease,
        delay_tables.SiteDelay,
        tables.LeaseBacker,
        tables.CoverRunoff,
        cover_tables.CoverStart,
        profiles.SiteRamp,
    ),
    check=_check,
    reads=(
        FittedHalls,
        Guarantor,
        IndexLevel,
        Offer,
        Region,
        Termination,
        "lease_rate",
        "recognise_leases",
        "discount_rate",
    ),
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
    events=(events.SITE_LATE, events.COVER_STARTS, rent_default.RENT_DEFAULT),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosening.loosened_by,
    last_days=loosening.LAST_DAYS,
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "rent": RENT,
        "fit_out": RENT,
        "termination_fee": FEES,
        "deposit": RENT,
        "deposit_returned": CashLine("rent", received=True),
        "guarantee_fee": FEES,
        "substitution": FEES,
        "diligence": RENT,
        "signing_fee": FEES,
        "unused_part": FEES,
        "waived_rent": RENT,
        "delay_damages": CashLine("damages", received=True, for_goods=False),
        "value_after_end": RENT,
    },
    debt={
        postings.LEASE: LeaseLiability(
            payments="rent",
            fees="termination_fee",
            assets="data-centre halls",
            direct_costs=frozenset({"diligence", "signing_fee"}),
            ends=lease_ends.ends,
        )
    },
    goes_with_counterparty=frozenset({"halls"}),
    purchases=None,
    orders=None,
    terms=report_texts.terms,
    borrowing=None,
    latest_signing=report_texts.latest_signing,
    title=report_texts.title,
    unreachable=None,
    commitments=None,
)
