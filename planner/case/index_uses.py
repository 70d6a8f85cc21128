"""Checks of indices by those who name them: what a level may be, and since when it must be known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.errors import Problem
from planner.common.indices import RATE, REFERS, IndexLevel
from planner.tables.reading import Rows
from planner.tables.table import Row

RATES = (-0.05, 0.5)
"""smallest and largest level of an index that rates follow [per year]"""


def check(tables: Rows, start: date | None) -> Iterator[Problem]:
    """Problems of indices that somebody names. Where `start`, the start of the case, is None, dates are not checked."""
    used = uses(tables)
    first: dict[str, IndexLevel] = {}
    for row in sorted(tables.rows(IndexLevel), key=lambda row: row.from_date):
        first.setdefault(row.index, row)
    for index, named in used.items():
        if len(named) == 2 and index in first:
            rate, price = named[True], named[False]
            where = f"{price[0].about.file}:{price[0].line}, column {price[1]}, has this one"
            yield rate[0].problem(rate[1], f"an index that no price names ({where})")
    for row in tables.rows(IndexLevel):
        named = used.get(row.index, {})
        if len(named) == 1 and True in named and not RATES[0] <= row.level <= RATES[1]:
            expected = (
                f"a yearly rate from {RATES[0]:g} to {RATES[1]:g}, as in 0.04 for 4 %, as rates follow {row.index}"
            )
            yield row.problem("level", expected)
        elif len(named) == 1 and False in named and row.level <= 0:
            yield row.problem("level", f"a number above 0, as prices follow {row.index}")
    for index, row in first.items():
        if index in used and start is not None and row.from_date > start and tables.complete(IndexLevel):
            yield row.problem("from_date", f"a date not after the case's start {start}, as the first of {index}")


def uses(tables: Rows) -> Mapping[str, Mapping[bool, tuple[Row, str]]]:
    """By index, who names it first for a rate (True) and for a price (False): a row and its column."""
    found: dict[str, dict[bool, tuple[Row, str]]] = {}
    for table, rows in tables.by_class.items():
        for name in (name for name, field in table.fields().items() if field.about.refers == REFERS):
            for row in rows:
                if (index := getattr(row, name)) is not None:
                    found.setdefault(index, {}).setdefault(name == RATE, (row, name))
    return found
