"""Chips: their price, their performance, their resale value and their deliveries."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import DELIVERED, Field
from planner.tables.implied import FromColumns, FromNames
from planner.tables.table import Row, Table


class Chip(Row):
    """A kind of chip."""

    about: ClassVar[Table] = Table(
        "chips",
        "one row per chip",
        ("chip",),
        required=True,
        says=(
            FromColumns(
                "chip_performance",
                "chip",
                {"gw_equivalent": "gw_equivalent"},
                "each chip does on every workload what chips.csv says in gw_equivalent; an only chip without it is the"
                " reference chip",
                each=("workload", "workloads.workload"),
                alone={"gw_equivalent": "1"},
            ),
        ),
    )

    chip: Annotated[str, Field("chip", identifier=True)]
    family: Annotated[
        str,
        Field("family, a word of yours: halls, guarantors and policies name it", identifier=True),
    ]
    vendor: Annotated[str, Field("who sells it", identifier=True)]
    available_from: Annotated[date, Field("first day on which it can run")]
    capex_usd_bn_per_gw: Annotated[
        float, Field("price at the start of the case, or at priced_from if that is later", least=0, per_chip=True)
    ]
    capex_decline_rate: Annotated[
        float, Field("yearly fall of the price: capex × (1 − rate)^years", least=0, most=1, usual=(0.001, 0.9))
    ]
    life_years: Annotated[float, Field("how long a machine runs", above=0, most=100, usual=(0.5, 20))]
    opex_usd_bn_per_gw_year: Annotated[
        float, Field("cost of every machine held, whether it runs or not", least=0, per_chip=True)
    ]
    availability_share: Annotated[float, Field("part of nameplate that is delivered", above=0, most=1)] = 1.0
    move_usd_bn_per_gw: Annotated[
        float | None,
        Field(
            "cost of moving own chips to another region; blank: they stay in the region in which they first stand",
            least=0,
            per_chip=True,
        ),
    ] = None
    move_months: Annotated[int, Field("how long chips that are moved stand idle", least=0, most=600)] = 3
    reference_price_usd_bn_per_gw_year: Annotated[
        float | None,
        Field(
            "market price of this compute after the end of the case; blank: the mean price of the case's offers of it,"
            " by capacity",
            least=0,
            per_chip=True,
        ),
    ] = None

    priced_from: Annotated[
        date | None,
        Field(
            "day from which the price falls; blank: available_from; where a chip may be late, the day that was"
            " announced, so that what is ordered before keeps its price"
        ),
    ] = None

    kw_per_chip: Annotated[
        float | None,
        Field(
            "IT power of a chip with its part of server and network, for prices that are written per chip; blank: none"
            " is",
            above=0,
            unit="kW",
            usual=(0.05, 20),
        ),
    ] = None

    gw_equivalent: Annotated[
        float | None,
        Field(
            "GW of the reference chip that a GW of this chip replaces on every workload; blank: chip_performance.csv"
            " says it; where that file is not there, an only chip may leave it blank and is the reference chip",
            above=0,
            unit="reference GW per GW",
        ),
    ] = None

    @property
    def falls_from(self) -> date:
        """The day from which its price falls."""
        return self.priced_from or self.available_from


class ChipPerformance(Row):
    """The performance of a chip on a workload."""

    about: ClassVar[Table] = Table(
        "chip_performance",
        "one row per chip and workload",
        ("chip", "workload"),
        required=True,
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    workload: Annotated[str, Field("workload", refers="workloads.workload")]
    gw_equivalent: Annotated[
        float | None,
        Field(
            "GW of the reference chip that a GW of this chip replaces; blank or no row: it cannot run the workload",
            above=0,
            unit="reference GW per GW",
        ),
    ] = None


class ResaleValue(Row):
    """The resale value of a chip at an age."""

    about: ClassVar[Table] = Table(
        "resale_values",
        "one row per chip and age, from age 0 on",
        ("chip", "age_years"),
        implied=FromNames(
            ("chips.chip",),
            "chips that are bought are worth nothing once they are paid for",
            {"age_years": "0", "value_share": "0"},
            asked=True,
        ),
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    age_years: Annotated[
        float, Field("age; values are linear between ages, and the last holds for all later ones", least=0, most=100)
    ]
    value_share: Annotated[float, Field("value as a part of the price paid for the chip", least=0, most=1)]


class ResaleLevel(Row):
    """The level of the resale values of a chip, until the next date of the same chip."""

    about: ClassVar[Table] = Table(
        "resale_levels", "one row per chip and date", ("chip", "from_date"), opening=True, remembers=True
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    from_date: Annotated[
        date,
        Field("first day; holds until the next date; before the first date, and without rows, the level is 1"),
    ]
    level_share: Annotated[
        float, Field("what its chips fetch from then on, as a part of their resale values", least=0, most=1)
    ]


class OwnedChip(Row):
    """Chips owned at the case's start."""

    about: ClassVar[Table] = Table(
        "owned_chips",
        "one row per chip and date in service",
        ("chip", "in_service"),
        implies=("resale_values",),
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    in_service: Annotated[date, Field("day on which the chips were or will be put in service")]
    gw: Annotated[float, Field("quantity", least=0)]
    cost_usd_bn: Annotated[float, Field("cost of the chips; their resale value is a share of it", least=0)]
    region: Annotated[
        str | None,
        Field(
            "region in which they stand, unless another table says where chips of the kind stand at the start; blank:"
            " it is open where they stand first",
            refers="regions.region",
        ),
    ] = None


class ChipDelivery(Row):
    """A delivery of an order or a chip lease."""

    about: ClassVar[Table] = Table("chip_deliveries", "one row per order or lease and delivery", ("offer", "months"))

    offer: Annotated[str, Field("order or lease", refers=DELIVERED)]
    months: Annotated[int, Field("time after signing", least=0, most=600)]
    delivered_share: Annotated[float, Field("part delivered then; the parts of an offer add up to 1", least=0, most=1)]


class SignedDelivery(Row):
    """A delivery of what was signed or ordered before the start of the case, as it came or is to come."""

    about: ClassVar[Table] = Table(
        "signed_deliveries",
        "one row per order or lease that is signed, date of signing and delivery",
        ("offer", "signed_on", "delivered_on"),
        opening=True,
    )

    offer: Annotated[str, Field("order or lease", refers=DELIVERED)]
    signed_on: Annotated[
        date,
        Field(
            "day on which these chips were ordered, or the lease was signed; rows of that day stand in place of those"
            " in chip_deliveries.csv"
        ),
    ]
    delivered_on: Annotated[date, Field("day on which they came or are to come")]
    gw: Annotated[
        float | None,
        Field(
            "of an order, the GW of this delivery, and 0 where the order is signed and nothing is ordered yet; of a"
            " lease, the new chips that its money buys on that day, blank: at the chip's price then",
            least=0,
        ),
    ] = None
    cost_usd_bn: Annotated[
        float | None,
        Field(
            "what these chips cost; of an order, blank: its price, or the chip's price on that day, which for a day"
            " before the start is that of the start; of a lease, the part of the money raised that is spent on them",
            least=0,
        ),
    ] = None
    deposit_paid_usd_bn: Annotated[
        float | None,
        Field("part of the cost of an order that is paid already; blank: deposit_share of the cost", least=0),
    ] = None
    runs_from: Annotated[
        date | None, Field("first day on which these machines can run; blank: the day from which the chip is available")
    ] = None
