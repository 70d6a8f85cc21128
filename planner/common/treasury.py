"""Expectations and limits of treasury: revenue, other cash, debt, cover and obligations."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.table import Row, Table, Tables


class Finance(Row):
    """Expectations and limits of treasury, until the next date."""

    about: ClassVar[Table] = Table("finance", "one row per date", ("from_date",))

    from_date: Annotated[date, Field("first day; holds until the next date")]
    revenue_usd_bn_per_year: Annotated[float, Field("revenue", least=0, usual_per_gw=300)]
    other_cost_share: Annotated[float, Field("costs other than compute, as a part of revenue", least=0, most=1)]
    other_cost_usd_bn_per_year: Annotated[
        float,
        Field(
            "costs other than compute that do not follow revenue: what a lab without revenue spends",
            least=0,
            usual_per_gw=300,
        ),
    ] = 0.0
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


class CashKind(StrEnum):
    """What a sum of other cash is."""

    EQUITY = "equity"
    """money that investors pay in"""
    TAX = "tax"
    DIVIDEND = "dividend"
    OTHER = "other"


PAID = frozenset({CashKind.TAX, CashKind.DIVIDEND})
"""kinds that are only ever paid"""


class OtherCash(Row):
    """A sum that no contract of the case brings or takes: a round of equity, a listing, a tax, a dividend."""

    about: ClassVar[Table] = Table("other_cash", "one row per sum and day", ("what", "date"), opening=True)

    what: Annotated[str, Field("what it is, in a few words", name=True)]
    date: Annotated[datetime.date, Field("day on which it is received or paid; one outside the horizon does not count")]
    kind: Annotated[CashKind, Field("equity (only received), tax or dividend (only paid), or other (received or paid)")]
    amount_usd_bn: Annotated[float, Field("what is received; a sum that is paid is below 0")]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of other cash: a sum whose sign does not fit its kind."""
    for row in tables.rows(OtherCash):
        if row.kind is CashKind.EQUITY and row.amount_usd_bn < 0:
            expected = "a number not below 0, as equity is received (a buy-back is a dividend)"
            yield row.problem("amount_usd_bn", expected)
        elif row.kind in PAID and row.amount_usd_bn > 0:
            expected = f"a number not above 0, as a {row.kind} is paid (one that is received is other cash)"
            yield row.problem("amount_usd_bn", expected)
