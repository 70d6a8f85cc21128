"""Table of term loans: money that a lender lets the lab draw, and how it is paid back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.programmes import PROGRAMME
from planner.instruments.shared.table_checks import ADDS_UP, dates_in_order, floating
from planner.interfaces.instrument import AllTables
from planner.tables.fields import Field
from planner.tables.table import Row, Table


class TermLoan(Row):
    """A loan facility. It needs no signature; it can only be drawn."""

    about: ClassVar[Table] = Table("term_loans", "one row per loan facility", ("facility",))

    facility: Annotated[str, Field("facility; no offer may have the same name", identifier=True)]
    lender: Annotated[str, Field("who lends", name=True)]
    from_date: Annotated[date | None, Field("first day on which it may be drawn; blank: the case's start")] = None
    to_date: Annotated[date | None, Field("last day on which it may be drawn; blank: the case's end")] = None
    limit_usd_bn: Annotated[
        float, Field("most that may be drawn in all, money drawn before the case's start included", least=0)
    ]
    rate: Annotated[
        float,
        Field(
            "yearly effective rate of interest on the money outstanding; where rate_index is given, the margin over it",
            least=0,
            usual=(0.002, 0.5),
        ),
    ]
    fee_rate: Annotated[
        float,
        Field(
            "yearly fee on the part of the limit that is not drawn, from from_date to to_date, that day included",
            least=0,
            usual=(0.0001, 0.05),
            without="0",
        ),
    ] = 0.0
    repay_by: Annotated[date, Field("day on which it is repaid, with interest to that day")]
    amortises: Annotated[
        bool,
        Field(
            "true: repaid in even instalments at the end of each period after a draw, the last on repay_by; false:"
            " repaid all at once",
            without="false",
        ),
    ] = False
    drawn_usd_bn: Annotated[
        float, Field("money outstanding at the case's start, before what is repaid on that day", least=0)
    ] = 0.0
    repaid_usd_bn: Annotated[
        float,
        Field(
            "part of the limit that was drawn and repaid before the case's start, and cannot be drawn again", least=0
        ),
    ] = 0.0
    prepay_fee_rate: Annotated[
        float | None,
        Field(
            "fee on money that is repaid early, as a part of it; blank: it is not repaid early",
            least=0,
            most=1,
            unit="share",
            usual=(0.0001, 0.2),
            without="",
        ),
    ] = None
    prepay_from: Annotated[
        date | None, Field("first day on which it may be repaid early; blank: once something is drawn")
    ] = None
    rate_index: Annotated[
        str | None,
        Field("index of a floating rate, to which rate is the margin; blank: rate is fixed", refers="indices.index"),
    ] = None
    rate_floor: Annotated[
        float | None,
        Field("smallest rate in force; blank: none", least=0, unit="per year", usual=(0.0001, 0.5), without=""),
    ] = None
    rate_cap: Annotated[
        float | None,
        Field("largest rate in force; blank: none", above=0, unit="per year", usual=(0.002, 0.5), without=""),
    ] = None
    programme: Annotated[str | None, Field(PROGRAMME, refers="programmes.programme", without="")] = None


def check(tables: AllTables) -> Iterator[Problem]:
    """Problems of facilities, and names that an offer has too."""
    taken = {offer.offer: offer for offer in tables.offers()}
    for loan in tables.rows(TermLoan):
        yield from floating(tables, loan)
        if loan.facility in taken:
            where = f"{taken[loan.facility].about.file}:{taken[loan.facility].line}"
            yield loan.problem("facility", f"a name that no offer has ({where} has this one)")
        yield from dates_in_order(loan, "from_date", "to_date")
        yield from dates_in_order(loan, "from_date", "repay_by")
        if loan.prepay_from is not None and loan.prepay_fee_rate is None:
            yield loan.problem("prepay_from", "a blank where prepay_fee_rate is blank")
        yield from dates_in_order(loan, "prepay_from", "repay_by")
        if loan.drawn_usd_bn > loan.limit_usd_bn:
            yield loan.problem("drawn_usd_bn", f"a number not above limit_usd_bn {loan.limit_usd_bn:g}")
        elif loan.drawn_usd_bn + loan.repaid_usd_bn > loan.limit_usd_bn * (1 + ADDS_UP):
            most = f"{loan.limit_usd_bn:g} less drawn_usd_bn {loan.drawn_usd_bn:g}"
            yield loan.problem("repaid_usd_bn", f"a number not above limit_usd_bn {most}")
