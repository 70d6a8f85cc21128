"""Tables of cloud commitments: years of take-or-pay spend for a right to capacity."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.instruments.cloud_commitment.one_row import PRICE, PRODUCT, YEARS
from planner.tables.fields import Field
from planner.tables.offer import EndedEarlyOffer
from planner.tables.table import ChipsOf, Row, Strikes, Table


class Shortfall(StrEnum):
    """What happens where spend falls short of the floor of a contract year."""

    FORFEIT = "forfeit"
    """the shortfall is paid and lost"""
    CREDIT = "credit"
    """the shortfall is paid, and is a credit that pays for spend above a later floor"""
    ROLLOVER = "rollover"
    """the shortfall is paid and lost, but spend above a floor counts towards the next one"""


class CloudCommitment(EndedEarlyOffer):
    """An offer of a cloud provider."""

    about: ClassVar[Table] = Table(
        "cloud_commitments",
        "one row per offer of a cloud provider",
        ("offer",),
        says=(PRICE, YEARS, PRODUCT),
    )

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
            without="0",
        ),
    ] = None
    prepay_share: Annotated[
        float,
        Field(
            "part of the floors of all years that is paid on the start and then pays for spend",
            least=0,
            most=1,
            without="0",
        ),
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
    signed_tier: Annotated[
        str | None,
        Field(
            "tier that was signed; blank: the only tier of the offer; blank unless status is signed", identifier=True
        ),
    ] = None
    signed_scale: Annotated[
        float | None,
        Field(
            "scale that was signed; blank: scale_max of the tier, which is its scale_min then; blank unless status is"
            " signed",
            least=0,
            usual=(0.01, 100),
        ),
    ] = None
    credits_left_usd_bn: Annotated[
        float | None,
        Field(
            "shortfalls paid before the case's start that may still pay for spend above a floor, under a contract"
            " signed and begun before it; not × scale; blank: 0; blank unless status is signed and shortfall is credit",
            least=0,
        ),
    ] = None
    credits_until: Annotated[
        date | None,
        Field(
            "last day of the last contract year for whose spend credits_left_usd_bn may pay; blank: to the end of the"
            " term"
        ),
    ] = None
    credits_lapsing_usd_bn: Annotated[
        float | None,
        Field(
            "part of credits_left_usd_bn that lapses after credits_until, while the rest lasts to the end of the term;"
            " blank: all of it",
            least=0,
        ),
    ] = None
    rollover_usd_bn: Annotated[
        float | None,
        Field(
            "spend above the floor of the contract year that ended last before the case's start, which counts towards"
            " the floor of the next within rollover_share; not × scale; blank: 0; blank unless status is signed and"
            " shortfall is rollover",
            least=0,
        ),
    ] = None
    equity_received_usd_bn: Annotated[
        float | None,
        Field(
            "equity received from the provider before the case's start; it counts in funding_from_provider_max; not ×"
            " scale; blank: what its terms say; blank unless status is signed",
            least=0,
        ),
    ] = None
    paid_usd_bn: Annotated[
        float | None,
        Field(
            "paid for compute before the case's start: spend, shortfalls less credits, and the upfront sum; it counts"
            " in funding_from_provider_max; not × scale; blank: the floors of earlier contract years, spent_usd_bn and"
            " the upfront sum; blank unless status is signed",
            least=0,
        ),
    ] = None
    equity_usd_bn: Annotated[
        float, Field("equity that the provider pays into the lab on signing of scale 1 or more", least=0, without="0")
    ] = 0.0
    scales: Annotated[
        bool, Field("true: below scale 1 the equity is × scale; false: it is paid in full at any scale")
    ] = True
    renews: Annotated[
        bool,
        Field(
            "true: the contract renews the one in requires_offer, so that guarantors tied to that one take on new"
            " guarantees while this one runs too"
        ),
    ] = False
    gone_from: Annotated[
        date | None,
        Field(
            "day from which the provider is gone: nothing is signed from then on, and contract years that begin from"
            " then on have neither capacity nor floor, nor is a prepayment asked; what is left of one is lost; blank:"
            " it stays"
        ),
    ] = None
    price_index: Annotated[
        str | None,
        Field(
            "index whose level the prices of its tiers are multiplied by; blank: they stay",
            refers="indices.index",
            without="",
        ),
    ] = None
    price_resets: Annotated[
        bool,
        Field(
            "true: the level on the day on which the contract starts holds for its whole term; false: the level of each"
            " day counts",
            without="false",
        ),
    ] = False
    ends_on: Annotated[
        date | None,
        Field(
            "first day of a contract year on which a contract signed already ends before its term is over, as notice is"
            " given; its fee is that of terminations; blank: it runs to the end of its term; blank unless status is"
            " signed"
        ),
    ] = None
    chip: Annotated[
        str | None,
        Field("the only chip that it provides; blank: cloud_products.csv says what it provides", refers="chips.chip"),
    ] = None
    region: Annotated[
        str | None, Field("region of the chip; blank: cloud_products.csv says it", refers="regions.region")
    ] = None
    price_usd_bn_per_gw_year: Annotated[
        float | None,
        Field(
            "the only price of the capacity that is used; blank: cloud_tiers.csv says what it costs",
            least=0,
            usual=(0.1, 300),
            per_chip=True,
        ),
    ] = None
    min_share: Annotated[
        float | None,
        Field(
            "smallest part of capacity and floor that may be signed at that price; blank: all of it",
            least=0,
            most=1,
            unit="share",
        ),
    ] = None
    capacity_gw: Annotated[
        float | None,
        Field("capacity that may be used in each contract year; blank: cloud_terms.csv says it", least=0),
    ] = None
    floor_usd_bn: Annotated[
        float | None,
        Field(
            "least spend in each contract year, owed whether the capacity is used or not; blank: 0 where capacity_gw is"
            " not blank",
            least=0,
            usual_per_gw=40,
        ),
    ] = None


class CloudTier(Row):
    """A price that an offer has for a range of scales."""

    about: ClassVar[Table] = Table(
        "cloud_tiers",
        "one row per offer and tier",
        ("offer", "tier"),
        strikes=Strikes.EACH,
        chips_of=ChipsOf("cloud_products", "offer", "price_factor"),
    )

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    tier: Annotated[str, Field("tier", identifier=True)]
    price_usd_bn_per_gw_year: Annotated[
        float,
        Field(
            "price of the capacity that is used, for a product of price_factor 1",
            least=0,
            usual=(0.1, 300),
            per_chip=True,
        ),
    ]
    scale_min: Annotated[
        float,
        Field(
            "smallest scale: the multiple of all yearly capacities and floors that is signed",
            least=0,
            usual=(0.01, 100),
        ),
    ]
    scale_max: Annotated[float, Field("largest scale", least=0, usual=(0.01, 100))]
    scale_step: Annotated[
        float | None,
        Field(
            "the scale is scale_min and a whole number of steps; blank: any scale from scale_min to scale_max",
            above=0,
            usual=(0.001, 100),
        ),
    ] = None
    upfront_usd_bn: Annotated[float, Field("sum paid on signing, × scale", least=0, without="0")] = 0.0


class CloudTerm(Row):
    """Capacity and floor of an offer in one of its contract years, at scale 1."""

    about: ClassVar[Table] = Table("cloud_terms", "one row per offer and contract year", ("offer", "contract_year"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    contract_year: Annotated[int, Field("number of the contract year; the first is 1", least=1, most=100, unit="years")]
    capacity_gw: Annotated[float, Field("capacity that may be used in the year, × scale", least=0)]
    floor_usd_bn: Annotated[
        float,
        Field(
            "least spend in the year, owed whether the capacity is used or not, × scale",
            least=0,
            usual_per_gw=40,
            without="0",
        ),
    ]
    spent_usd_bn: Annotated[
        float,
        Field(
            "spent before the case's start in this contract year, if it is under way then; not × scale",
            least=0,
            usual_per_gw=40,
        ),
    ] = 0.0
    drawn_usd_bn: Annotated[
        float | None,
        Field(
            "part of spent_usd_bn that was paid out of the prepayment; not × scale; blank: as much of it as the"
            " prepayment less the floors of earlier contract years pays for",
            least=0,
            usual_per_gw=40,
        ),
    ] = None
    price_factor: Annotated[
        float,
        Field("what prices are multiplied by in the year, the index apart", above=0, usual=(0.1, 10), without="1"),
    ] = 1.0


class CloudProduct(Row):
    """A chip that an offer provides in a region."""

    about: ClassVar[Table] = Table("cloud_products", "one row per offer, chip and region", ("offer", "chip", "region"))

    offer: Annotated[str, Field("offer", refers="cloud_commitments.offer")]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region", refers="regions.region")]
    price_factor: Annotated[
        float,
        Field(
            "the product's price as a multiple of the tier's price; spend at that price counts towards floors",
            above=0,
            usual=(0.02, 50),
        ),
    ]
    from_date: Annotated[
        date | None, Field("first day on which the product is provided; blank: as long as the contract runs")
    ] = None
    max_gw: Annotated[
        float | None, Field("most of the product that may be used, × scale; blank: no limit of its own", least=0)
    ] = None

    @property
    def provided_from(self) -> date:
        """The first day on which it is provided, if the contract runs by then."""
        return self.from_date or date.min
