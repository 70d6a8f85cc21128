"""Tables of site leases: halls that can be leased phase by phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.basics.networks import circles
from planner.common.chips import ChipFamily
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table, Tables


class Stage(StrEnum):
    """How far a site has come."""

    LOI = "loi"
    """a letter of intent"""
    PIPELINE = "pipeline"
    """not yet offered by anybody"""
    EXISTING = "existing"
    """leased already"""


class CoverMeasure(StrEnum):
    """What a guarantor of a lease is exposed to."""

    TERMINATION = "termination"
    """a sum per GW that runs off with the lease's age"""
    REMAINING_RENT = "remaining_rent"
    """a share of the rent still to be paid"""
    PV_RENT = "pv_rent"
    """a share of its present value"""


class SiteLease(Offer):
    """One phase of a site."""

    about: ClassVar[Table] = Table("site_leases", "one row per phase of a site", ("offer",))

    site: Annotated[str, Field("the site's name")]
    phase: Annotated[int, Field("number of the phase within its site", least=1)]
    after: Annotated[
        str | None, Field("phase that must be exercised to commence no later", refers="site_leases.offer")
    ] = None
    region: Annotated[str, Field("region", refers="regions.region")]
    developer: Annotated[str, Field("the landlord's name")]
    stage: Annotated[Stage, Field("loi (letter of intent), pipeline (not offered yet) or existing")]
    decide_by: Annotated[date | None, Field("last day on which it may be exercised; blank: no such day")] = None
    lead_months: Annotated[int, Field("least time from exercise to commencement", least=0, most=600)]
    ready_date: Annotated[date, Field("earliest commencement")]
    ready_by: Annotated[
        date | None, Field("latest commencement that may be chosen; blank: ready_date, rounded to a period")
    ] = None
    delay_months: Annotated[int, Field("lateness of the site, as a what-if", least=0, most=600)] = 0
    capacity_mw: Annotated[float, Field("IT power of the phase", above=0)]
    min_share: Annotated[float, Field("smallest part that may be exercised", least=0, most=1)]
    diligence_usd_bn: Annotated[float, Field("paid on exercise, in full whatever the part", least=0)] = 0.0
    rent_usd_per_kw_month: Annotated[float, Field("rent in the first lease year", least=0)]
    escalator_rate: Annotated[float, Field("yearly step of the rent", least=0, most=1)]
    term_years: Annotated[float, Field("length from commencement", above=0, most=100, whole_months=True)]
    deposit_months: Annotated[
        float, Field("months of first rent paid on exercise, returned at the end of the term", least=0, most=1200)
    ] = 0.0
    pue: Annotated[float, Field("power drawn per IT power", least=1, most=10)]
    power_usd_per_mwh: Annotated[float, Field("price of power", least=0)]
    load_factor_share: Annotated[float, Field("average draw of a running machine", least=0, most=1)]
    families: Annotated[frozenset[ChipFamily], Field("chip families that its halls are fitted for")]
    needs_guarantee: Annotated[
        bool,
        Field("whether the landlord asks for a guarantor; who backs a lease, a signed one too, is decided by the plan"),
    ]
    cover_measure: Annotated[
        CoverMeasure | None,
        Field(
            "a guarantor's exposure: a sum per GW that runs off with age (termination), or a share of the rent left,"
            " undiscounted (remaining_rent) or at lease_rate (pv_rent); needed where needs_guarantee is true"
        ),
    ] = None
    cover_usd_bn_per_gw: Annotated[float | None, Field("exposure at age 0; needed for termination", least=0)] = None
    cover_share: Annotated[
        float | None, Field("part of the rent left; needed for remaining_rent and pv_rent", least=0, most=1)
    ] = None


class CoverRunoff(Row):
    """What is left of a termination cover at an age of the lease."""

    about: ClassVar[Table] = Table("cover_runoff", "one row per age of a lease, from age 0 on", ("age_years",))

    age_years: Annotated[float, Field("age; linear between ages, the last holds beyond", least=0, most=100)]
    cover_share: Annotated[float, Field("part of the cover that is left", least=0, most=1)]


def check(tables: Tables) -> Iterator[Problem]:
    """What the columns of a phase say together, the order of phases, and the run-off."""
    sites = tables.rows(SiteLease)
    for site in sites:
        yield from _dates(site)
        yield from _cover(site)
        if site.status is OfferStatus.REQUIRED and site.min_share == 0:
            yield site.problem("min_share", "a number above 0 where status is required")
    yield from _order(sites)
    if tables.complete(CoverRunoff):
        yield from _runoff(sites, tables.rows(CoverRunoff))


def _dates(site: SiteLease) -> Iterator[Problem]:
    if site.ready_by and site.ready_by < site.ready_date:
        yield site.problem("ready_by", f"a date not before ready_date {site.ready_date}")


def _cover(site: SiteLease) -> Iterator[Problem]:
    if site.cover_measure is None:
        if site.needs_guarantee:
            yield site.problem("cover_measure", f"one of {', '.join(CoverMeasure)} where needs_guarantee is true")
        return
    column = "cover_usd_bn_per_gw" if site.cover_measure is CoverMeasure.TERMINATION else "cover_share"
    if getattr(site, column) is None:
        yield site.problem(column, f"a number where cover_measure is {site.cover_measure}")


def _order(sites: tuple[SiteLease, ...]) -> Iterator[Problem]:
    by_offer = {site.offer: site for site in sites}
    for circle in circles({site.offer: site.after for site in sites if site.after}):
        found = f"a circle: {' after '.join((*circle, circle[0]))}"
        yield by_offer[circle[0]].problem("after", "phases in an order", found)


def _runoff(sites: tuple[SiteLease, ...], runoff: tuple[CoverRunoff, ...]) -> Iterator[Problem]:
    if runoff:
        first = min(runoff, key=lambda row: row.age_years)
        if first.age_years > 0:
            yield first.problem("age_years", "0 as the first age")
        return
    for site in sites:
        if site.cover_measure is CoverMeasure.TERMINATION:
            yield site.problem("cover_measure", f"a row in {CoverRunoff.about.file} where it is termination", "none")
            return
