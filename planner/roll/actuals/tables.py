"""The tables of actuals. Any of them may be absent; what they do not say was as planned."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class ActualCash(Row):
    """Cash on the day."""

    about: ClassVar[Table] = Table("cash", "one row: cash on the day of the later case", ("day",))

    day: Annotated[date, Field("the day of the later case")]
    cash_usd_bn: Annotated[float, Field("cash at the start of the day, before the sums that fall due on it")]


class ActualUse(Row):
    """Use of an offer in a month."""

    about: ClassVar[Table] = Table(
        "usage", "one row per offer, chip, region and month", ("offer", "chip", "region", "month")
    )

    offer: Annotated[str, Field("offer whose machines were used", identifier=True)]
    chip: Annotated[str, Field("chip", identifier=True)]
    region: Annotated[str, Field("region", identifier=True)]
    month: Annotated[date, Field("first day of the month")]
    gw: Annotated[float, Field("mean use over the whole month", least=0)]


class ActualDelivery(Row):
    """A delivery or a start that came, or is now expected, on another day."""

    about: ClassVar[Table] = Table("deliveries", "one row per offer and day of the plan", ("offer", "planned_on"))

    offer: Annotated[str, Field("offer that delivers, commences or starts", identifier=True)]
    planned_on: Annotated[date, Field("day on which it was planned")]
    delivered_on: Annotated[date, Field("day on which it came, or on which it is now expected")]
    gw: Annotated[float | None, Field("GW that came, or that are now expected; blank: as planned", least=0)] = None


class ActualDemand(Row):
    """Demand as it is now expected, in place of the rows of the case from the first date of a series on."""

    about: ClassVar[Table] = Table(
        "demand", "one row per date, region and workload", ("from_date", "region", "workload")
    )

    from_date: Annotated[date, Field("first day; holds until the next date")]
    region: Annotated[str, Field("region to be served", identifier=True)]
    workload: Annotated[str, Field("workload", identifier=True)]
    demand_gw: Annotated[float, Field("demand, in GW of the reference chip of the case", least=0)]


class ActualPrice(Row):
    """A price on the day, of a chip or of an offer that is not signed."""

    about: ClassVar[Table] = Table("prices", "one row per chip or offer", ("name",))

    name: Annotated[str, Field("a chip, or an offer that is not signed", identifier=True)]
    price: Annotated[
        float,
        Field(
            "price on the day: of a chip its capex; of an offer its rent, fee, rate or price, as `planner prices` names"
            " it",
            least=0,
            unit="as in the case",
        ),
    ]


TABLES = (ActualCash, ActualUse, ActualDelivery, ActualDemand, ActualPrice)
