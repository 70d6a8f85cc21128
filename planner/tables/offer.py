"""Offers: rows that can be signed. All tables of offers have these columns."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import OFFERS, Field
from planner.tables.table import Row

REQUIRED_SHARE = (
    "part of the largest size of the offer in requires_offer that must be signed by then; blank: its smallest size,"
    " or all of it where any size may be signed"
)
"""what the column `requires_scale_min` means, in every table that has it"""


class OfferStatus(StrEnum):
    """The status of an offer."""

    OPEN = "open"
    """may be signed"""
    REQUIRED = "required"
    """must be signed; all its payments count"""
    SIGNED = "signed"
    """signed already; fee, equity, diligence and deposit are sunk, and start, tier and scale are fixed"""
    CLOSED = "closed"
    """ignored"""


class Offer(Row):
    """A row of a table of offers: something that can be signed."""

    first: ClassVar[tuple[str, ...]] = ("status",)
    last: ClassVar[tuple[str, ...]] = (
        "signing_fee_usd_bn", "exclusive_group", "requires_offer", "requires_scale_min", "horizon_value_share",
    )  # fmt: skip

    offer: Annotated[str, Field("offer, one name across all offer tables", identifier=True)]
    status: Annotated[
        OfferStatus,
        Field(
            "open (may be signed), required (must be), signed (is already; sunk sums are left out) or closed (ignored)"
        ),
    ]
    signing_fee_usd_bn: Annotated[float, Field("paid on signing", least=0, usual_per_gw=1, without="0")] = 0.0
    exclusive_group: Annotated[
        str | None, Field("at most one offer of a group is signed, across instruments", identifier=True)
    ] = None
    requires_offer: Annotated[str | None, Field("offer signed no later than this one", refers=OFFERS, without="")] = (
        None
    )
    requires_scale_min: Annotated[float | None, Field(REQUIRED_SHARE, above=0, most=1, unit="share")] = None
    horizon_value_share: Annotated[
        float,
        Field("what the capacity is worth after the end of the case, as a part of its reference price", least=0),
    ] = 1.0


class DeliveredOffer(Offer):
    """A row of an offer table whose chips arrive in deliveries."""


class EndedEarlyOffer(Offer):
    """A row of an offer table whose contracts may be ended before their term is over."""
