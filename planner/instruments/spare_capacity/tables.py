"""Table of spare capacity: another company's idle machines, for a fee or for a price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Table, Tables


class SpareCapacity(Offer):
    """Idle machines that somebody offers, of one chip in one region."""

    about: ClassVar[Table] = Table("spare_capacity", "one row per offer of idle machines", ("offer",))

    status: Annotated[
        OfferStatus,
        Field(
            "open (may be taken), required (must be signed; with a fee, it must be taken in some period), signed"
            " (already; with a fee, it is taken from from_date on for its minimum) or closed (ignored); blank: open"
        ),
    ] = OfferStatus.OPEN
    provider: Annotated[str, Field("who owns the machines", identifier=True)]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region", refers="regions.region")]
    from_date: Annotated[date | None, Field("first day on which the machines are offered; blank: the case's start")] = (
        None
    )
    to_date: Annotated[
        date | None,
        Field(
            "day on which the offer ends; the period in which it lies counts for the part before; blank: the case's end"
        ),
    ] = None
    max_gw: Annotated[float, Field("nameplate power of the machines", above=0)]
    fee_usd_bn_per_month: Annotated[
        float | None,
        Field("fee for all machines while they are taken; blank: a price for the machines used is paid", least=0),
    ] = None
    price_usd_bn_per_gw_year: Annotated[
        float | None, Field("price of the machines that are used; blank: a fee is paid", least=0)
    ] = None
    min_months: Annotated[
        int, Field("shortest time from taking the machines to giving notice; with a fee only", least=0, most=600)
    ] = 0
    notice_months: Annotated[
        int, Field("time from notice to the end of the fee; with a fee only", least=0, most=600)
    ] = 0
    firm: Annotated[
        bool, Field("true: the owner cannot recall the machines; false: they serve interruptible work only")
    ]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of offers: their payment and their dates."""
    for offer in tables.rows(SpareCapacity):
        yield from _payment(offer)
        if offer.from_date and offer.to_date and offer.to_date <= offer.from_date:
            yield offer.problem("to_date", f"a date after from_date {offer.from_date}")
        if offer.status is OfferStatus.SIGNED and offer.from_date is None:
            yield offer.problem("from_date", "the date from which it is taken, as its status is signed")


def _payment(offer: SpareCapacity) -> Iterator[Problem]:
    """Problems where there is not one of fee and price, or a minimum without a fee."""
    if offer.fee_usd_bn_per_month is None and offer.price_usd_bn_per_gw_year is None:
        yield offer.problem("fee_usd_bn_per_month", "a number here or in price_usd_bn_per_gw_year")
    elif offer.fee_usd_bn_per_month is None:
        for name in ("min_months", "notice_months"):
            if getattr(offer, name):
                yield offer.problem(name, "a blank where fee_usd_bn_per_month is blank")
    elif offer.price_usd_bn_per_gw_year is not None:
        yield offer.problem("price_usd_bn_per_gw_year", "a blank where fee_usd_bn_per_month is given")
