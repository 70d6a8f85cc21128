"""Chips: what they cost, what they can do, what they fetch when used, and when they are delivered."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class ChipFamily(StrEnum):
    """What halls are fitted for and guarantors stand behind."""

    TPU = "tpu"
    TRAINIUM = "trainium"
    INFERENTIA = "inferentia"
    GPU = "gpu"


class Chip(Row):
    """A kind of chip."""

    about: ClassVar[Table] = Table("chips", "one row per chip", ("chip",), required=True)

    chip: Annotated[str, Field("chip", identifier=True)]
    family: Annotated[ChipFamily, Field("family, for halls, guarantors and policies")]
    vendor: Annotated[str, Field("who sells it", identifier=True)]
    available_from: Annotated[date, Field("first day on which it can run")]
    capex_usd_bn_per_gw: Annotated[float, Field("price at the later of the case's start and available_from", least=0)]
    capex_decline_rate: Annotated[float, Field("yearly fall of the price: capex × (1 − rate)^years", least=0, most=1)]
    life_years: Annotated[float, Field("how long a machine runs", above=0, most=100)]
    opex_usd_bn_per_gw_year: Annotated[float, Field("cost of every machine held, running or not", least=0)]
    availability_share: Annotated[float, Field("part of nameplate that is delivered", above=0, most=1)] = 1.0


class ChipPerformance(Row):
    """How much work a chip does."""

    about: ClassVar[Table] = Table(
        "chip_performance", "one row per chip and workload", ("chip", "workload"), required=True
    )

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    workload: Annotated[str, Field("workload", refers="workloads.workload")]
    gw_equivalent: Annotated[
        float | None,
        Field(
            "GW of the reference chip that a GW of this chip replaces; blank or no row: cannot run it",
            above=0,
            unit="reference GW per GW",
        ),
    ] = None


class ResaleValue(Row):
    """What a used chip fetches."""

    about: ClassVar[Table] = Table("resale_values", "one row per chip and age, from age 0 on", ("chip", "age_years"))

    chip: Annotated[str, Field("chip", refers="chips.chip")]
    age_years: Annotated[float, Field("age; linear between ages, the last holds beyond", least=0, most=100)]
    value_share: Annotated[float, Field("value as a part of what the chip cost", least=0, most=1)]


class ChipDelivery(Row):
    """A delivery of an order or a lease."""

    about: ClassVar[Table] = Table("chip_deliveries", "one row per order or lease and delivery", ("offer", "months"))

    offer: Annotated[str, Field("order or lease", refers="chip_purchases.offer|chip_leases.offer")]
    months: Annotated[int, Field("time after signing", least=0, most=600)]
    delivered_share: Annotated[float, Field("part delivered then; the parts of an offer add to 1", least=0, most=1)]
