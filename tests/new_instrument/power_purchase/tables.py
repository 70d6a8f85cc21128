"""Table of power purchases: contracts for clean power in a region."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.tables.fields import Field
from planner.tables.offer import Offer
from planner.tables.table import Table, Tables


class PowerPurchase(Offer):
    """A contract for clean power, paid whether it is drawn or not."""

    about: ClassVar[Table] = Table("power_purchases", "one row per power contract", ("offer",))

    region: Annotated[str, Field("region in which the power is delivered", refers="regions.region")]
    seller: Annotated[str, Field("who sells it", identifier=True)]
    sign_from: Annotated[date | None, Field("first day on which it may be signed; blank: the case's start")] = None
    sign_by: Annotated[date | None, Field("last day on which it may be signed; blank: the case's end")] = None
    term_years: Annotated[float, Field("length from signing", above=0, most=100, whole_months=True)]
    min_gw: Annotated[float, Field("least power that is bought if any is", above=0)]
    max_gw: Annotated[float, Field("most power that is bought", above=0)]
    price_usd_bn_per_gw_year: Annotated[float, Field("price of the power", least=0)]
    signed_gw: Annotated[float | None, Field("size, where status is signed; blank: max_gw", least=0)] = None


def check(tables: Tables) -> Iterator[Problem]:
    """A contract's sizes and dates are in order."""
    for row in tables.rows(PowerPurchase):
        if row.max_gw < row.min_gw:
            yield row.problem("max_gw", f"a number not below min_gw {row.min_gw:g}")
        if row.sign_from and row.sign_by and row.sign_by < row.sign_from:
            yield row.problem("sign_by", f"a date not before sign_from {row.sign_from}")
