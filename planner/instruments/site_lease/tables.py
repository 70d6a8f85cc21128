"""Tables of site leases: phases of sites whose halls can be leased, who backs them, and the run-off of covers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.basics.networks import circles
from planner.basics.words import OwnWord
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.programmes import PROGRAMME
from planner.instruments.shared.table_checks import ADDS_UP, dates_in_order, first_days, known_by
from planner.instruments.site_lease.cover_tables import CoverFrom
from planner.instruments.site_lease.lease_terms import LeaseTerms
from planner.tables.fields import Field
from planner.tables.offer import OfferStatus
from planner.tables.table import Row, Table, Tables


class Stage(StrEnum):
    """How far a site has come."""

    LOI = "loi"
    """there is a letter of intent"""
    PIPELINE = "pipeline"
    """nobody has offered it yet"""
    EXISTING = "existing"
    """leased already"""


class CoverMeasure(StrEnum):
    """What a guarantor of a lease is exposed to."""

    TERMINATION = "termination"
    """a sum per GW that runs off with the lease's age"""
    REMAINING_RENT = "remaining_rent"
    """a share of the rent still to be paid"""
    PV_RENT = "pv_rent"
    """a share of the present value of that rent"""


class NoGuarantor(OwnWord):
    """Stands for the backer of a lease that needs no guarantor."""

    OWN_COVENANT = "(own covenant)"


class SiteLease(LeaseTerms):
    """One phase of a site."""

    about: ClassVar[Table] = Table("site_leases", "one row per phase of a site", ("offer",))

    site: Annotated[str, Field("the site's name")]
    phase: Annotated[int, Field("number of the phase within its site", least=1)]
    after: Annotated[
        str | None,
        Field(
            "phase of which after_share_min must be exercised too and commence no later; blank: none",
            refers="site_leases.offer",
        ),
    ] = None
    after_share_min: Annotated[
        float,
        Field("part of the phase in `after` that must be exercised by then", above=0, most=1, unit="share"),
    ] = 1.0
    region: Annotated[str, Field("region", refers="regions.region")]
    developer: Annotated[str, Field("the landlord's name", name=True)]
    stage: Annotated[Stage, Field("loi (letter of intent), pipeline (not offered yet) or existing (leased already)")]
    decide_by: Annotated[
        date | None, Field("last day on which the phase may be exercised; blank: no limit", without="")
    ] = None
    lead_months: Annotated[int, Field("shortest time from exercise to commencement", least=0, most=600)]
    ready_date: Annotated[date, Field("earliest commencement, without the delay")]
    ready_by: Annotated[
        date | None,
        Field(
            "latest commencement that may be chosen, without the delay; blank: ready_date, rounded forward to the start"
            " of a period"
        ),
    ] = None
    delay_months: Annotated[int, Field("assumed delay of every commencement", least=0, most=600)] = 0
    signed_share: Annotated[
        float,
        Field(
            "part of the phase that is leased under a lease signed already, whatever min_share says; blank unless"
            " status is signed",
            least=0,
            most=1,
        ),
    ] = 1.0
    commences_on: Annotated[
        date | None,
        Field(
            "commencement of a lease signed already; if it lies after the case's start, delay_months comes on top, and"
            " if not, nothing moves it; blank: ready_date with the delay; blank unless status is signed"
        ),
    ] = None
    runoff_from: Annotated[
        date | None,
        Field(
            "day from which the cover of a lease signed already runs off by age, if that is later than the"
            " commencement; blank: the commencement; blank unless status is signed and cover_measure is termination"
        ),
    ] = None
    capacity_mw: Annotated[float, Field("IT power of the phase", above=0)]
    min_share: Annotated[float, Field("smallest part of the phase that may be exercised", least=0, most=1)]
    diligence_usd_bn: Annotated[
        float,
        Field(
            "cost of due diligence, paid on exercise, or when it begins where diligence_months is above 0, in full"
            " whatever part is exercised",
            least=0,
            usual_per_gw=1,
            without="0",
        ),
    ] = 0.0
    rent_usd_per_kw_month: Annotated[float, Field("rent in the first lease year", least=0)]
    escalator_rate: Annotated[
        float, Field("rise of the rent each year", least=0, most=1, usual=(0.001, 0.25), without="0")
    ]
    term_years: Annotated[
        float, Field("length of the lease from commencement", above=0, most=100, whole_months=True, usual=(0.5, 60))
    ]
    deposit_months: Annotated[
        float,
        Field(
            "deposit paid on exercise and returned at the end of the term, in months of the first year's rent",
            least=0,
            most=1200,
            without="0",
        ),
    ] = 0.0
    deposit_held_usd_bn: Annotated[
        float | None,
        Field(
            "deposit that the landlord holds already under a lease signed already, for the part in signed_share,"
            " returned at the end of the term; blank: by deposit_months; blank unless status is signed",
            least=0,
        ),
    ] = None
    pue: Annotated[float, Field("power usage effectiveness: power drawn, as a multiple of IT power", least=1, most=10)]
    power_usd_per_mwh: Annotated[float, Field("price of power", least=0)]
    load_factor_share: Annotated[
        float, Field("average power that a running machine draws, as a part of its IT power", least=0, most=1)
    ]
    families: Annotated[
        frozenset[str], Field("chip families that its halls are fitted for", refers="chips.family", foreseen=True)
    ]
    needs_guarantee: Annotated[
        bool,
        Field(
            "true: the landlord asks for a guarantor; the plan decides who backs a lease, also one that is signed"
            " already unless lease_backers says who does",
            without="false",
        ),
    ]
    cover_measure: Annotated[
        CoverMeasure | None,
        Field(
            "how a guarantor's exposure is measured: a sum per GW that runs off with age (termination), a share of the"
            " rent still to be paid (remaining_rent), or a share of its present value at lease_rate (pv_rent); blank"
            " only where needs_guarantee is false"
        ),
    ] = None
    cover_usd_bn_per_gw: Annotated[
        float | None, Field("exposure at age 0; may be blank unless cover_measure is termination", least=0)
    ] = None
    cover_share: Annotated[
        float | None,
        Field(
            "part of the rent still to be paid; may be blank unless cover_measure is remaining_rent or pv_rent",
            least=0,
            most=1,
        ),
    ] = None
    cover_from: Annotated[
        CoverFrom,
        Field(
            "from when a guarantor's exposure counts, and its fee: the signature (signing), or the day on which the"
            " lease commences (commencement)",
            without="signing",
        ),
    ] = CoverFrom.SIGNING
    rent_index: Annotated[
        str | None,
        Field(
            "index whose level on the first day of each lease year the rent of that year is multiplied by, on top of"
            " the escalator; the deposit is not; blank: none",
            refers="indices.index",
            without="",
        ),
    ] = None
    power_index: Annotated[
        str | None,
        Field("index whose level the price of power is multiplied by; blank: none", refers="indices.index", without=""),
    ] = None
    programme: Annotated[str | None, Field(PROGRAMME, refers="programmes.programme", without="")] = None


class LeaseBacker(Row):
    """A guarantor that backs a part of a lease signed already."""

    about: ClassVar[Table] = Table(
        "lease_backers",
        "one row per lease signed already and guarantor that backs it",
        ("offer", "guarantor"),
        opening=True,
    )

    offer: Annotated[
        str,
        Field(
            "phase whose status is signed; of one without rows the plan decides who backs it",
            refers="site_leases.offer",
        ),
    ]
    guarantor: Annotated[
        str, Field("guarantor of leases that backs a chip family of its halls", refers="guarantors.guarantor")
    ]
    share: Annotated[
        float,
        Field("part of the phase that it backs; the parts add up to signed_share", above=0, most=1, unit="share"),
    ]


class CoverRunoff(Row):
    """The part of a termination cover that remains at an age of the lease."""

    about: ClassVar[Table] = Table("cover_runoff", "one row per age of a lease, from age 0 on", ("age_years",))

    age_years: Annotated[
        float,
        Field(
            "age of the lease; between ages the cover is linear, after the last it stays the same", least=0, most=100
        ),
    ]
    cover_share: Annotated[float, Field("part of the cover that remains", least=0, most=1)]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of phases, of their order, and of the run-off."""
    sites = tables.rows(SiteLease)
    known = first_days(tables)
    for site in sites:
        yield from dates_in_order(site, "ready_date", "ready_by")
        if site.status is OfferStatus.SIGNED:
            yield from known_by(site, "rent_index", site.commences_on or site.ready_date, known)
        yield from _cover(site)
        yield from _under_way(site)
        if site.status is OfferStatus.REQUIRED and site.min_share == 0:
            yield site.problem("min_share", "a number above 0 where status is required")
    yield from _order(sites)
    yield from _backers(tables, sites)
    if tables.complete(CoverRunoff):
        yield from _runoff(sites, tables.rows(CoverRunoff))


def _under_way(site: SiteLease) -> Iterator[Problem]:
    """Problems of what is said of a lease signed already."""
    if site.status in (OfferStatus.OPEN, OfferStatus.REQUIRED):
        for column in ("commences_on", "runoff_from", "deposit_held_usd_bn", "promised_on"):
            if getattr(site, column) is not None:
                yield site.problem(column, "a blank where status is not signed")
        if site.signed_share != 1:
            yield site.problem("signed_share", "a blank where status is not signed")
    elif site.runoff_from is not None and site.cover_measure is not CoverMeasure.TERMINATION:
        yield site.problem("runoff_from", "a blank where cover_measure is not termination")


def _backers(tables: Tables, sites: tuple[SiteLease, ...]) -> Iterator[Problem]:
    """Problems of those who back leases signed already."""
    by_offer = {site.offer: site for site in sites}
    may: dict[str, frozenset[str]] = {
        row.guarantor: row.families for row in tables.rows(Guarantor) if row.kind is GuaranteeKind.LEASE
    }
    known = {row.guarantor for row in tables.rows(Guarantor)}
    backed: dict[str, list[LeaseBacker]] = {}
    for row in tables.rows(LeaseBacker):
        site = by_offer.get(row.offer)
        if site is None:
            continue
        backed.setdefault(row.offer, []).append(row)
        if site.status in (OfferStatus.OPEN, OfferStatus.REQUIRED):
            yield row.problem("offer", "a phase whose status is signed", f"{row.offer}, which is {site.status}")
        elif not site.needs_guarantee:
            yield row.problem("offer", "a phase whose needs_guarantee is true", row.offer)
        elif row.guarantor in known and not may.get(row.guarantor, frozenset()) & site.families:
            families = ", ".join(sorted(site.families))
            yield row.problem("guarantor", f"a guarantor of leases that backs {families}", row.guarantor)
    for offer, rows in backed.items():
        total = sum(row.share for row in rows)
        if tables.complete(LeaseBacker) and abs(total - by_offer[offer].signed_share) > ADDS_UP:
            expected = f"parts that add to signed_share {by_offer[offer].signed_share:g} over all rows of {offer}"
            yield min(rows, key=lambda row: row.line).problem("share", expected, f"{total:.7g}")


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
