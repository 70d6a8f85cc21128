"""Table of spare capacity: another company's idle machines, for a fee or for a price."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Table


class SpareCapacity(Offer):
    """Idle machines that somebody offers, of one chip in one region."""

    about: ClassVar[Table] = Table("spare_capacity", "one row per offer of idle machines", ("offer",))

    status: Annotated[
        OfferStatus,
        Field(
            "open (may be taken), required (with a fee only: it must be taken in some period), signed"
            " (already; with a fee, it was taken for its minimum, as taken_on and given_back_on say) or closed"
            " (ignored); blank: open"
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
        float | None,
        Field("price of the machines that are used; blank: a fee is paid", least=0, usual=(0.1, 300), per_chip=True),
    ] = None
    min_months: Annotated[
        int,
        Field(
            "shortest time from taking the machines to giving notice; with a fee only", least=0, most=600, without="0"
        ),
    ] = 0
    notice_months: Annotated[
        int, Field("time from notice to the end of the fee; with a fee only", least=0, most=600, without="0")
    ] = 0
    firm: Annotated[
        bool,
        Field("true: the owner cannot recall the machines; false: they serve interruptible work only", without="false"),
    ]
    taken_on: Annotated[
        date | None,
        Field(
            "day before the case's start since which the machines are taken, if they are at the start; with a fee only;"
            " blank: from_date where status is signed and given_back_on is blank, else they are not taken"
        ),
    ] = None
    given_back_on: Annotated[
        date | None,
        Field(
            "day before the case's start, or the start, on which the machines were given back, so that they are not"
            " taken at the start; with a fee and where status is signed only"
        ),
    ] = None
    reached_share: Annotated[
        float | None,
        Field(
            "part of the machines in use when the offer was signed, for offers and guarantors that require it; where"
            " status is signed and use is paid for only; blank: 1",
            least=0,
            most=1,
        ),
    ] = None
    paid_usd_bn: Annotated[
        float,
        Field(
            "paid for compute before the case's start, as fees or for what was used; it counts in"
            " funding_from_provider_max",
            least=0,
        ),
    ] = 0.0
    price_index: Annotated[
        str | None,
        Field(
            "index whose level the fee or the price is multiplied by; blank: it stays",
            refers="indices.index",
            without="",
        ),
    ] = None
