"""Tables of cloud commitments: years of take-or-pay spend for a right to capacity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table, Tables


class Shortfall(StrEnum):
    """What becomes of a contract year's floor that was not spent."""

    FORFEIT = "forfeit"
    """paid and gone"""
    CREDIT = "credit"
    """paid, and usable on spend above a later floor"""
    ROLLOVER = "rollover"
    """paid and gone, but spend above a floor counts towards the next one"""


class CloudCommitment(Offer):
    """An offer of a cloud provider."""

    about: ClassVar[Table] = Table("cloud_commitments", "one row per offer of a cloud provider", ("offer",))

    provider: Annotated[str, Field("provider", identifier=True)]
    sign_from: Annotated[date | None, Field("first day on which it may be signed; blank: the case's start")] = None
    sign_by: Annotated[date | None, Field("last day on which it may be signed; blank: the case's end")] = None
    start_date: Annotated[date | None, Field("when it commences; blank: lead_months after signing")] = None
    lead_months: Annotated[
        int | None, Field("from signing to commencement; blank: it commences on start_date", least=0, most=600)
    ] = None
    term_years: Annotated[float, Field("length from commencement", above=0, most=100, whole_months=True)]
    shortfall: Annotated[
        Shortfall,
        Field(
            "a floor not spent is paid and gone (forfeit; rollover too, but spend above a floor counts towards the"
            " next) or paid and usable on spend above a later floor (credit)"
        ),
    ]
    rollover_share: Annotated[
        float | None,
        Field("part of the next floor that may be met by spend above this one; for rollover only", least=0, most=1),
    ] = None
    prepay_share: Annotated[
        float, Field("part of all floors paid on commencement and drawn down against spend", least=0, most=1)
    ] = 0.0
    equity_usd_bn: Annotated[float, Field("equity that the provider pays in on signing", least=0)] = 0.0


class CloudTier(Row):
    """A price that an offer has at some scale of its yearly terms."""

    about: ClassVar[Table] = Table("cloud_tiers", "one row per offer and tier", ("offer", "tier"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    tier: Annotated[str, Field("tier", identifier=True)]
    price_usd_bn_per_gw_year: Annotated[float, Field("price of capacity used, at price_factor 1", least=0)]
    scale_min: Annotated[float, Field("smallest multiple of the yearly terms", least=0)]
    scale_max: Annotated[float, Field("largest multiple of the yearly terms", least=0)]
    scale_step: Annotated[float | None, Field("scale is scale_min + n steps; blank: anything between", above=0)] = None
    upfront_usd_bn: Annotated[float, Field("paid on signing, × scale", least=0)] = 0.0


class CloudTerm(Row):
    """What an offer gives and asks in one of its contract years, at scale 1."""

    about: ClassVar[Table] = Table("cloud_terms", "one row per offer and contract year", ("offer", "contract_year"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    contract_year: Annotated[int, Field("contract year, the first being 1", least=1, most=100, unit="years")]
    capacity_gw: Annotated[float, Field("capacity that may be used, × scale", least=0)]
    floor_usd_bn: Annotated[float, Field("spend owed whether used or not, × scale", least=0)]
    spent_usd_bn: Annotated[
        float, Field("spent, in all, before the case's start in a contract year then under way", least=0)
    ] = 0.0


class CloudProduct(Row):
    """A chip that an offer provides in a region."""

    about: ClassVar[Table] = Table("cloud_products", "one row per offer, chip and region", ("offer", "chip", "region"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region", refers="regions.region")]
    price_factor: Annotated[float, Field("multiple of the tier's price, also on spend counted against floors", above=0)]
    from_date: Annotated[date, Field("first day on which it is provided")]
    max_gw: Annotated[float | None, Field("most that is provided, × scale; blank: no limit of its own", least=0)] = None


def check(tables: Tables) -> Iterator[Problem]:
    """What the columns of an offer, its tiers, its contract years and its products say together."""
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
        for tier in tiers[offer.offer]:
            if tier.scale_min == 0 and (offer.equity_usd_bn > 0 or offer.status is OfferStatus.REQUIRED):
                why = "is required" if offer.status is OfferStatus.REQUIRED else "pays equity"
                yield tier.problem("scale_min", f"a number above 0 where the offer {why}")
        if tables.complete(CloudTerm):
            yield from _contract_years(offer, terms[offer.offer])
        if tables.complete(CloudProduct) and offer.offer not in provided:
            yield offer.problem("offer", f"an offer with at least one row in {CloudProduct.about.file}")


def _dates(offer: CloudCommitment) -> Iterator[Problem]:
    if offer.sign_from and offer.sign_by and offer.sign_by < offer.sign_from:
        yield offer.problem("sign_by", f"a date not before sign_from {offer.sign_from}")
    if offer.start_date and offer.lead_months is not None:
        yield offer.problem("lead_months", "a blank where start_date is given")
    elif offer.start_date is None and offer.status is OfferStatus.SIGNED:
        yield offer.problem("start_date", "the date on which it commenced or will, as its status is signed")
    elif offer.start_date is None and offer.lead_months is None:
        yield offer.problem("start_date", "a date here or a whole number in lead_months")
    if offer.start_date and offer.sign_from and offer.start_date < offer.sign_from:
        yield offer.problem("start_date", f"a date not before sign_from {offer.sign_from}")


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
