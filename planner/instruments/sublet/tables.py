"""Tables of sublets: idle halls or own machines that somebody else rents from the lab, and what is let already."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Row, Table


class LetWhat(StrEnum):
    """What is let."""

    HALLS = "halls"
    """halls without machines; the tenant brings its own, and pays for their power"""
    CHIPS = "chips"
    """own machines that run in leased halls; the lab pays for their power"""


class Sublet(Offer):
    """Somebody who would rent halls or machines that the lab holds in one region."""

    about: ClassVar[Table] = Table(
        "sublets",
        "one row per tenant to whom halls or own machines may be let in a region",
        ("offer",),
        opening=True,
    )

    status: Annotated[OfferStatus, Field("open (may be let) or closed (ignored); blank: open")] = OfferStatus.OPEN
    tenant: Annotated[str, Field("who rents", identifier=True)]
    what: Annotated[LetWhat, Field("halls (without machines) or chips (own machines that run in halls)")]
    region: Annotated[str, Field("region", refers="regions.region")]
    family: Annotated[
        str,
        Field(
            "family of the machines that are let, or that the tenant puts in; halls must admit it",
            refers="chips.family",
            foreseen=True,
        ),
    ]
    from_date: Annotated[date | None, Field("first day on which it may be let; blank: the case's start")] = None
    to_date: Annotated[
        date | None,
        Field("day on which it must be free again; a period counts for the part before; blank: the case's end"),
    ] = None
    max_gw: Annotated[float, Field("most that is let", above=0)]
    price_usd_bn_per_gw_year: Annotated[float, Field("rent that is received", least=0, usual=(0.1, 300))]
    notice_months: Annotated[
        int, Field("least time from the day on which something is let to its return", least=0, most=600, without="0")
    ] = 0
    received_usd_bn: Annotated[float, Field("rent received before the case's start", least=0)] = 0.0


class LetAlready(Row):
    """A part of a sublet that is let at the start of the case."""

    about: ClassVar[Table] = Table(
        "let_already", "one row per sublet and day until which a part of it must be let", ("offer", "kept_until"),
        opening=True,
    )  # fmt: skip

    offer: Annotated[str, Field("sublet", refers="sublets.offer")]
    kept_until: Annotated[date, Field("day from which it may be taken back; not after the start: at once")]
    gw: Annotated[float, Field("what is let", above=0)]
