"""Programmes: an arranger that finances several offers, within limits of money and of capacity.

What counts under a programme is posted in the period in which it is signed or drawn, to the ledgers `raised`,
`halls_financed` and `chips_financed`; what was signed before the start to the same with `_before` at the end. The label
`about` names the programme.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels
from planner.tables.fields import Field
from planner.tables.table import Row, Table, Tables


class Programme(Row):
    """A programme, from which leases of chips, loans and leases of halls may draw."""

    about: ClassVar[Table] = Table("programmes", "one row per financing programme", ("programme",), opening=True)

    programme: Annotated[str, Field("programme", identifier=True)]
    arranger: Annotated[str, Field("who provides it", name=True)]
    from_date: Annotated[date | None, Field("first day on which it may be drawn on; blank: the case's start")] = None
    to_date: Annotated[date | None, Field("last day on which it may be drawn on; blank: the case's end")] = None
    limit_usd_bn: Annotated[
        float | None, Field("most money that its offers raise, by those signed already too; blank: no limit", least=0)
    ] = None
    limit_gw: Annotated[
        float | None,
        Field("most halls that are leased, and most chips that are bought, under its offers; blank: no limit", least=0),
    ] = None
    commitment_fee_rate: Annotated[
        float | None,
        Field(
            "yearly fee on the part of limit_usd_bn that is not drawn, from from_date to to_date; the programme has to"
            " be entered, on the first day of a period of these; blank: it is free and open",
            least=0,
            most=1,
            usual=(0.0001, 0.05),
            without="",
        ),
    ] = None
    entered: Annotated[
        bool | None,
        Field("whether a programme with a fee was entered or let go before the case's start; blank: neither"),
    ] = None
    drawn_before_usd_bn: Annotated[
        float, Field("money that offers raised under it which are no rows any more", least=0)
    ] = 0.0


RAISED, HALLS, CHIPS = "raised", "halls_financed", "chips_financed"
BEFORE = "_before"
"""at the end of the name of a ledger: of what was signed before the start"""
PROGRAMME = "programme under which it counts; blank: none"
"""what the column `programme` means, in every table that has it"""


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of programmes."""
    for row in tables.rows(Programme):
        if row.from_date is not None and row.to_date is not None and row.to_date < row.from_date:
            yield row.problem("to_date", f"a date not before from_date {row.from_date}")
        if row.limit_usd_bn is None:
            if row.commitment_fee_rate is not None:
                yield row.problem("limit_usd_bn", "a number where commitment_fee_rate is given")
            if row.drawn_before_usd_bn:
                yield row.problem("drawn_before_usd_bn", "0 or a blank where limit_usd_bn is blank")
        elif row.drawn_before_usd_bn > row.limit_usd_bn:
            yield row.problem("drawn_before_usd_bn", f"a number not above limit_usd_bn {row.limit_usd_bn:g}")
        if row.entered is not None and row.commitment_fee_rate is None:
            yield row.problem("entered", "a blank where commitment_fee_rate is blank")


def post_under(
    ledgers: Ledgers,
    labels: Labels,
    programme: str | None,
    ledger: str,
    variable: int,
    signed: int | None,
    value: float,
) -> None:
    """Post what one unit of a variable counts; `signed` is the period of its signature, None: before the start."""
    if programme is not None:
        name = ledger if signed is not None else ledger + BEFORE
        ledgers.post(name, replace(labels, about=programme), name, variable, [signed or 0], value)
