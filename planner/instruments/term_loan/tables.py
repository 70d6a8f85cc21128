"""Table of term loans: money that a lender lets the lab draw, and how it is paid back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.interfaces.instrument import AllTables
from planner.tables.fields import Field
from planner.tables.table import Row, Table


class TermLoan(Row):
    """A loan facility. It needs no signature: it stands, and is drawn or not."""

    about: ClassVar[Table] = Table("term_loans", "one row per loan facility", ("facility",))

    facility: Annotated[str, Field("facility, a name that no offer has", identifier=True)]
    lender: Annotated[str, Field("who lends")]
    from_date: Annotated[date | None, Field("first day on which it may be drawn; blank: the case's start")] = None
    to_date: Annotated[date | None, Field("last day on which it may be drawn; blank: the case's end")] = None
    limit_usd_bn: Annotated[
        float, Field("most that is drawn in all, what was drawn before the start included", least=0)
    ]
    rate: Annotated[float, Field("interest on what is outstanding, effective", least=0)]
    fee_rate: Annotated[
        float, Field("fee on the part of the limit not drawn so far, while it may be drawn", least=0)
    ] = 0.0
    repay_by: Annotated[date, Field("day by which it is paid back, which is done at the last period start until then")]
    amortises: Annotated[
        bool, Field("true: in even instalments at each period start after a draw; false: all on the last day")
    ] = False
    drawn_usd_bn: Annotated[float, Field("outstanding at the case's start", least=0)] = 0.0


def check(tables: AllTables) -> Iterator[Problem]:
    """What the columns of a facility say together, and that no offer has its name."""
    taken = {offer.offer: offer for offer in tables.offers()}
    for loan in tables.rows(TermLoan):
        if loan.facility in taken:
            where = f"{taken[loan.facility].about.file}:{taken[loan.facility].line}"
            yield loan.problem("facility", f"a name that no offer has ({where} has this one)")
        if loan.from_date and loan.to_date and loan.to_date < loan.from_date:
            yield loan.problem("to_date", f"a date not before from_date {loan.from_date}")
        if loan.from_date and loan.repay_by < loan.from_date:
            yield loan.problem("repay_by", f"a date not before from_date {loan.from_date}")
        if loan.drawn_usd_bn > loan.limit_usd_bn:
            yield loan.problem("drawn_usd_bn", f"a number not above limit_usd_bn {loan.limit_usd_bn:g}")
