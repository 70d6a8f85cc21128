"""The changes that a record names are compared with the case that was solved, as far as it can tell.

The case before the changes is not in the folder of a plan. But a change with `=` says what a cell holds then. Made once
more, in their order, the changes with `=` after which no other changed the same table leave the case as it is. What was
added, multiplied or removed is on the record's word; it must be a change by the grammar of changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from planner.basics.errors import DataError
from planner.case.case import Case
from planner.case.grammar import Op, SetCells, SetSetting, parse
from planner.plan.audit.finding import Finding
from planner.plan.record import RECORD

KEY = "changes"


def unlike_changes(changes: Sequence[str], case: Case, *, one_future: bool = False) -> Iterator[Finding]:
    """Changes that are none, or that set what the case does not hold.

    The case of one future of a hedge is changed by its events once more, so there only the grammar is checked.
    """
    readable = True
    for text in changes:
        try:
            parse(text)
        except DataError:
            readable = False
            yield Finding(RECORD, None, KEY, f"says {text!r}, which is no change of a case")
    if not readable or one_future:
        return
    standing = _standing(changes, {table.about.name: table.about.key for table in case.catalogue.tables})
    if standing and _moved(case, standing):
        first = next(i for i in reversed(range(len(standing))) if _moved(case, standing[i:]))
        yield Finding(RECORD, None, KEY, f"says {standing[first]!r}, which the case does not hold")


def _moved(case: Case, texts: Sequence[str]) -> bool:
    """Whether changes make another case of one, or cannot be made."""
    try:
        again = case.change(*texts)
    except DataError:
        return True
    return again.settings != case.settings or again.tables.by_class != case.tables.by_class


def _standing(changes: Sequence[str], keys: Mapping[str, Sequence[str]] = MappingProxyType({})) -> list[str]:
    """The changes with `=` after which their table, or the settings, had no change of another kind, in their order.

    `keys` are the columns of the key of each table: after a change of one of these, a row no longer has the key by
    which changes before it have selected it, and the change itself cannot be made once more.

    >>> _standing(["a[x].b *= 2", "a[x].b = 1", "c[*].d = 1", "c[x].d += 1", "case.title = new"])
    ['a[x].b = 1', 'case.title = new']
    >>> _standing(["a[x].b = 1", "a[x].k = y", "a[y].b = 2"], {"a": ("k",)})
    ['a[y].b = 2']
    """
    kept: list[str] = []
    touched: set[str] = set()
    for text in reversed(changes):
        change = parse(text)
        table = "" if isinstance(change, SetSetting) else change.table
        of_key = isinstance(change, SetCells) and change.column in keys.get(table, ())
        if isinstance(change, (SetCells, SetSetting)) and change.op is Op.PUT and not of_key:
            kept += [] if table in touched else [text]
        else:
            touched.add(table)
    return kept[::-1]
