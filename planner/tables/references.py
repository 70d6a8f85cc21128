"""Names: a suggestion for a mistyped one, and whether a pair of names stands in another table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.table import Row, Table


def suggestion(name: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` where one of the names is close to `name`; empty where none is.

    >>> suggestion("eurpoe", ["asia", "europe"])
    "; did you mean 'europe'?"
    >>> suggestion("mars", ["asia", "europe"])
    ''
    """
    close = get_close_matches(name, sorted(names), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def pair_known(
    row: Row, columns: tuple[str, ...], known: Collection[tuple[object, ...]], table: Table
) -> Iterator[Problem]:
    """A problem where no row of `table` has the row's values in `columns`; `known` holds those that it has."""
    values = tuple(getattr(row, column) for column in columns)
    if values not in known:
        yield row.problem(
            ", ".join(columns), f"{' and '.join(columns)} with a row in {table.file}", ", ".join(map(shown, values))
        )
