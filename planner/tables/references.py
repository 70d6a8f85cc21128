"""Names: a suggestion for a mistyped one, and whether a pair of names stands in another table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.table import Row, Table


def suggestion(name: str, names: Iterable[str], others: Iterable[str] = ()) -> str:
    """`; did you mean 'x'?` where one of the names is close to `name`; empty where none is.

    One of `others` is suggested only where it is closer than all names.

    >>> suggestion("eurpoe", ["asia", "europe"])
    "; did you mean 'europe'?"
    >>> suggestion("mars", ["asia", "europe"])
    ''
    """
    close = get_close_matches(name, sorted(names), n=1)
    closer = get_close_matches(name, sorted(others), n=1)
    if closer and (not close or _likeness(name, closer[0]) > _likeness(name, close[0])):
        close = closer
    return f"; did you mean '{close[0]}'?" if close else ""


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, other, name).ratio()


def mistyped(name: str, names: Iterable[str]) -> bool:
    """Whether a name looks like one of the names with a slip of the pen: very close to it, and with the same digits.

    >>> mistyped("gpus", ["gpu", "tpu"]), mistyped("tpu", ["gpu"]), mistyped("mi350", ["mi300"])
    (True, False, False)
    """
    digits = [letter for letter in name if letter.isdigit()]
    alike = [other for other in names if [letter for letter in other if letter.isdigit()] == digits]
    return bool(get_close_matches(name, alike, n=1, cutoff=0.85))


def pair_known(
    row: Row, columns: tuple[str, ...], known: Collection[tuple[object, ...]], table: Table
) -> Iterator[Problem]:
    """A problem where no row of `table` has the row's values in `columns`; `known` holds those that it has."""
    values = tuple(getattr(row, column) for column in columns)
    if values not in known:
        yield row.problem(
            ", ".join(columns), f"{' and '.join(columns)} with a row in {table.file}", ", ".join(map(shown, values))
        )
