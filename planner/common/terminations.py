"""Terminations: contracts that may be ended before their term is over, at a fee."""

from __future__ import annotations

from typing import Annotated, ClassVar

from planner.tables.fields import ENDED_EARLY, Field
from planner.tables.table import Row, Strikes, Table


class Termination(Row):
    """A right to end a contract at the start of a contract year, until another row of the contract holds."""

    about: ClassVar[Table] = Table(
        "terminations",
        "one row per offer that may be ended and contract year from which it may",
        ("offer", "from_year"),
        opening=True,
        strikes=Strikes.TOGETHER,
    )

    offer: Annotated[str, Field("contract that may be ended before its term is over", refers=ENDED_EARLY)]
    from_year: Annotated[
        int,
        Field(
            "first contract year at the start of which it may be ended on the terms of this row; years count from the"
            " commencement, of a chip lease from its first delivery, and those of renewed terms are none",
            least=2,
            most=100,
            unit="years",
        ),
    ]
    notice_months: Annotated[
        int, Field("how long before that day the end has to be decided at the latest", least=0, most=600)
    ] = 0
    fee_months: Annotated[
        float,
        Field(
            "fee paid on the day on which it ends, in months of the rent, or of the floor, of the year that begins;"
            " that of a chip lease is at least what is outstanding of all tranches then",
            least=0,
            most=1200,
        ),
    ] = 0.0
    fee_usd_bn_per_gw: Annotated[
        float,
        Field("the same as a sum for each GW that is leased, or that is the capacity of that year, on top", least=0),
    ] = 0.0
