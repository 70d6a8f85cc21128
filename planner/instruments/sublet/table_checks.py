"""Checks of the tables of sublets: a sublet opens nothing, and no more is let already than may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.basics.errors import Problem
from planner.common.guarantors import Guarantor
from planner.instruments.sublet.tables import LetAlready, Sublet
from planner.interfaces.instrument import AllTables
from planner.tables.offer import OfferStatus
from planner.tables.table import Row

NOTHING_SIGNED = ("signing_fee_usd_bn", "exclusive_group", "requires_offer")
"""columns of offers that go with a signature"""
ROUNDING = 1e-6
"""a larger excess, as a share, is none of rounding"""


def check(tables: AllTables) -> Iterator[Problem]:
    """Problems of sublets, and of what is let already."""
    rows = {row.offer: row for row in tables.rows(Sublet)}
    for row in rows.values():
        if row.status not in (OfferStatus.OPEN, OfferStatus.CLOSED):
            yield row.problem("status", "open or closed, as what is let already stands in let_already.csv")
        if row.from_date and row.to_date and row.to_date <= row.from_date:
            yield row.problem("to_date", f"a date after from_date {row.from_date}")
        for name in NOTHING_SIGNED:
            if getattr(row, name):
                yield row.problem(name, "a blank, as a sublet is let and taken back without a signature")
    requiring: list[tuple[Row, str | None]] = [(row, row.requires_offer) for row in tables.offers()]
    requiring += [(row, row.requires_offer) for row in tables.rows(Guarantor)]
    for other, required in requiring:
        if required in rows:
            yield other.problem("requires_offer", "an offer that is signed, which a sublet is not")
    yield from _let(tables, rows)


def _let(tables: AllTables, rows: dict[str, Sublet]) -> Iterator[Problem]:
    """Problems where more is let already than may be."""
    total: dict[str, float] = defaultdict(float)
    for lot in tables.rows(LetAlready):
        row = rows.get(lot.offer)
        total[lot.offer] += lot.gw
        if row is not None and total[lot.offer] > row.max_gw * (1.0 + ROUNDING):
            yield lot.problem("gw", f"at most max_gw {row.max_gw:g} over all rows of {lot.offer}")
