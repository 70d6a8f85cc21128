"""Tables of cloud commitments: years of take-or-pay spend for a right to capacity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.instruments.shared.table_checks import dates_in_order
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table, Tables


class Shortfall(StrEnum):
    """What happens where spend falls short of the floor of a contract year."""

    FORFEIT = "forfeit"
    """the shortfall is paid and lost"""
    CREDIT = "credit"
    """the shortfall is paid, and is a credit that pays for spend above a later floor"""
    ROLLOVER = "rollover"
    """the shortfall is paid and lost, but spend above a floor counts towards the next one"""


class CloudCommitment(Offer):
    """An offer of a cloud provider."""

    about: ClassVar[Table] = Table("cloud_commitments", "one row per offer of a cloud provider", ("offer",))

    provider: Annotated[str, Field("who provides the capacity", identifier=True)]
    sign_from: Annotated[date | None, Field("first day on which the offer may be signed; blank: the case's start")] = (
        None
    )
    sign_by: Annotated[date | None, Field("last day on which the offer may be signed; blank: the case's end")] = None
    start_date: Annotated[date | None, Field("day on which the contract starts; blank: lead_months after signing")] = (
        None
    )
    lead_months: Annotated[
        int | None, Field("time from signing to the start; blank: it starts on start_date", least=0, most=600)
    ] = None
    term_years: Annotated[float, Field("length of the contract from its start", above=0, most=100, whole_months=True)]
    shortfall: Annotated[
        Shortfall,
        Field(
            "what happens to a shortfall below the floor of a contract year, which is paid in any case: it is lost"
            " (forfeit), it is a credit that pays for spend above a later floor (credit), or it is lost while spend"
            " above a floor counts towards the next year's floor (rollover)"
        ),
    ]
    rollover_share: Annotated[
        float | None,
        Field(
            "part of a floor that may be met by last year's spend above its own floor; blank unless shortfall is"
            " rollover",
            least=0,
            most=1,
        ),
    ] = None
    prepay_share: Annotated[
        float,
        Field("part of the floors of all years that is paid on the start and then pays for spend", least=0, most=1),
    ] = 0.0
    prepaid_left_usd_bn: Annotated[
        float | None,
        Field(
            "part of the prepayment that is left to draw at the case's start, under a contract signed and begun before"
            " it; not × scale; blank: the prepayment less the floors of earlier contract years and less spent_usd_bn;"
            " blank unless status is signed",
            least=0,
        ),
    ] = None
    equity_usd_bn: Annotated[float, Field("equity that the provider pays into the lab on signing", least=0)] = 0.0


class CloudTier(Row):
    """A price that an offer has for a range of scales."""

    about: ClassVar[Table] = Table("cloud_tiers", "one row per offer and tier", ("offer", "tier"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    tier: Annotated[str, Field("tier", identifier=True)]
    price_usd_bn_per_gw_year: Annotated[
        float, Field("price of the capacity that is used, for a product of price_factor 1", least=0)
    ]
    scale_min: Annotated[
        float, Field("smallest scale: the multiple of all yearly capacities and floors that is signed", least=0)
    ]
    scale_max: Annotated[float, Field("largest scale", least=0)]
    scale_step: Annotated[
        float | None,
        Field(
            "the scale is scale_min and a whole number of steps; blank: any scale from scale_min to scale_max", above=0
        ),
    ] = None
    upfront_usd_bn: Annotated[float, Field("sum paid on signing, × scale", least=0)] = 0.0


class CloudTerm(Row):
    """Capacity and floor of an offer in one of its contract years, at scale 1."""

    about: ClassVar[Table] = Table("cloud_terms", "one row per offer and contract year", ("offer", "contract_year"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    contract_year: Annotated[int, Field("number of the contract year; the first is 1", least=1, most=100, unit="years")]
    capacity_gw: Annotated[float, Field("capacity that may be used in the year, × scale", least=0)]
    floor_usd_bn: Annotated[
        float, Field("least spend in the year, owed whether the capacity is used or not, × scale", least=0)
    ]
    spent_usd_bn: Annotated[
        float,
        Field("spent before the case's start in this contract year, if it is under way then; not × scale", least=0),
    ] = 0.0


class CloudProduct(Row):
    """A chip that an offer provides in a region."""

    about: ClassVar[Table] = Table("cloud_products", "one row per offer, chip and region", ("offer", "chip", "region"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region", refers="regions.region")]
    price_factor: Annotated[
        float,
        Field(
            "the product's price as a multiple of the tier's price; spend at that price counts towards floors", above=0
        ),
    ]
    from_date: Annotated[date, Field("first day on which the product is provided")]
    max_gw: Annotated[
        float | None, Field("most of the product that may be used, × scale; blank: no limit of its own", least=0)
    ] = None


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of offers, their tiers, their contract years and their products."""
    for tier in tables.rows(CloudTier):
        yield from _scale(tier)
    terms, tiers = defaultdict[str, list[CloudTerm]](list), defaultdict[str, list[CloudTier]](list)
    for term in tables.rows(CloudTerm):
        terms[term.offer].append(term)
    for tier in tables.rows(CloudTier):
        tiers[tier.offer].append(tier)
    provided = {product.offer for product in tables.rows(CloudProduct)}
    for offer in tables.rows(CloudCommitment):
        yield from _dates(offer)
        if (offer.rollover_share is None) == (offer.shortfall is Shortfall.ROLLOVER):
            expected = "a number from 0 to 1" if offer.shortfall is Shortfall.ROLLOVER else "a blank"
            yield offer.problem("rollover_share", f"{expected} where shortfall is {offer.shortfall}")
        if tables.complete(CloudTier):
            yield from _tiers(offer, tiers[offer.offer])
        if tables.complete(CloudTier, CloudTerm):
            yield from _prepaid_left(offer, tiers[offer.offer], terms[offer.offer])
        for tier in tiers[offer.offer]:
            if tier.scale_min == 0 and (offer.equity_usd_bn > 0 or offer.status is OfferStatus.REQUIRED):
                why = "is required" if offer.status is OfferStatus.REQUIRED else "pays equity"
                yield tier.problem("scale_min", f"a number above 0 where the offer {why}")
        if tables.complete(CloudTerm):
            yield from _contract_years(offer, terms[offer.offer])
        if tables.complete(CloudProduct) and offer.offer not in provided:
            yield offer.problem("offer", f"an offer with at least one row in {CloudProduct.about.file}")


def _dates(offer: CloudCommitment) -> Iterator[Problem]:
    yield from dates_in_order(offer, "sign_from", "sign_by")
    if offer.start_date and offer.lead_months is not None:
        yield offer.problem("lead_months", "a blank where start_date is given")
    elif offer.start_date is None and offer.status is OfferStatus.SIGNED:
        yield offer.problem("start_date", "the date on which it started or will start, as its status is signed")
    elif offer.start_date is None and offer.lead_months is None:
        yield offer.problem("start_date", "a date here or a whole number in lead_months")
    yield from dates_in_order(offer, "sign_from", "start_date")


def _prepaid_left(offer: CloudCommitment, tiers: list[CloudTier], terms: list[CloudTerm]) -> Iterator[Problem]:
    """Problems of what is said to be left of a prepayment."""
    if offer.prepaid_left_usd_bn is None:
        return
    if offer.status is not OfferStatus.SIGNED:
        yield offer.problem("prepaid_left_usd_bn", "a blank where status is not signed")
        return
    whole = offer.prepay_share * sum(term.floor_usd_bn for term in terms)
    most = whole * max((tier.scale_max for tier in tiers), default=0.0)
    if offer.prepaid_left_usd_bn > most + 1e-9:
        yield offer.problem("prepaid_left_usd_bn", f"a number not above the whole prepayment of {most:g}")


def _scale(tier: CloudTier) -> Iterator[Problem]:
    if tier.scale_max < tier.scale_min:
        yield tier.problem("scale_max", f"a number not below scale_min {tier.scale_min:g}")


def _tiers(offer: CloudCommitment, tiers: list[CloudTier]) -> Iterator[Problem]:
    if not tiers:
        yield offer.problem("offer", f"an offer with at least one row in {CloudTier.about.file}")
    if offer.status is not OfferStatus.SIGNED:
        return
    if len(tiers) > 1:
        extra = sorted(tiers, key=lambda tier: tier.line)[1]
        expected = f"one tier only, as the status of {offer.offer} is signed"
        yield extra.problem("tier", expected, f"a second, '{extra.tier}'")
    for tier in tiers:
        if tier.scale_min < tier.scale_max:
            yield tier.problem(
                "scale_max", f"the same as scale_min {tier.scale_min:g}, as the status of {offer.offer} is signed"
            )


def _contract_years(offer: CloudCommitment, terms: list[CloudTerm]) -> Iterator[Problem]:
    last = math.ceil(offer.term_years - 1e-6)
    given = {term.contract_year for term in terms}
    missing = [str(year) for year in range(1, last + 1) if year not in given]
    if missing:
        yield offer.problem(
            "term_years",
            f"a row in {CloudTerm.about.file} for each contract year from 1 to {last}",
            f"none for {', '.join(missing)}",
        )
    for term in terms:
        if term.contract_year > last:
            yield term.problem("contract_year", f"at most {last}, the last contract year of {offer.offer}")
