"""Expectations and limits of treasury: revenue, cash, debt, cover and obligations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.table import Row, Table


class Finance(Row):
    """Expectations and limits of treasury, until the next date."""

    about: ClassVar[Table] = Table("finance", "one row per date", ("from_date",))

    from_date: Annotated[date, Field("first day; holds until the next date")]
    revenue_usd_bn_per_year: Annotated[float, Field("revenue", least=0, usual_per_gw=300)]
    other_cost_share: Annotated[float, Field("costs other than compute, as a part of revenue", least=0, most=1)]
    lost_revenue_factor: Annotated[
        float,
        Field("factor on workloads.revenue_usd_bn_per_gw_year, where that changes over time", least=0, unit="multiple"),
    ] = 1.0
    min_cash_usd_bn: Annotated[
        float | None,
        Field(
            "least cash at the end of every period and after the payments of its first day; blank: no limit", least=0
        ),
    ] = None
    revenue_stress_share: Annotated[
        float | None,
        Field(
            "part of revenue less other costs with which debt and cover must be kept too; blank: no such test",
            least=0,
            most=1,
        ),
    ] = None
    debt_multiple_max: Annotated[
        float | None,
        Field(
            "largest debt, as a multiple of a year's revenue less other costs; blank: no limit",
            least=0,
            unit="years",
            usual=(0.02, 50),
        ),
    ] = None
    debt_cap_usd_bn: Annotated[float | None, Field("largest debt; blank: no limit", least=0)] = None
    cover_min: Annotated[
        float | None,
        Field(
            "smallest ratio of a year's revenue less other costs to the fixed payments of the next twelve months;"
            " blank: no limit",
            least=0,
            unit="multiple",
        ),
    ] = None
    obligations_cap_usd_bn: Annotated[
        float | None, Field("largest sum owed under all signed contracts; blank: no limit", least=0)
    ] = None
