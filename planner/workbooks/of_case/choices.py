"""What cells of a case's workbook offer for choice: the words of a column, yes or no, or names of other tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from planner.case.case import Case
from planner.tables.fields import ALTERNATIVES, DELIVERED, ENDED_EARLY, OFFERS, value_type
from planner.tables.table import TableField
from planner.workbooks.layout import letters
from planner.workbooks.of_case.sheets import LISTS

MOST_INLINE = 255
"""characters of a list of choices that stands in a cell's rule itself; a longer one stands on a sheet"""
OF_OFFERS = frozenset({OFFERS, DELIVERED, ENDED_EARLY})


@dataclass
class Lists:
    """Lists of names on a hidden sheet, one a column, by what they are names of."""

    case: Case
    columns: dict[str, list[str]] = field(default_factory=dict)

    def of(self, target: str) -> str:
        """The formula of the list of names that a column refers to; empty where there are none yet."""
        if target not in self.columns:
            names = self._offers() if target in OF_OFFERS else self._names(target.split(ALTERNATIVES))
            self.columns[target] = sorted(dict.fromkeys(filter(None, names)))
        return self._range(target)

    def words(self, words: Iterable[str]) -> str:
        """The formula of a list of words."""
        name = ALTERNATIVES.join(words)
        self.columns.setdefault(name, name.split(ALTERNATIVES))
        return self._range(name)

    def _range(self, name: str) -> str:
        count = len(self.columns[name])
        letter = letters(list(self.columns).index(name))
        return f"={LISTS}!${letter}$2:${letter}${count + 1}" if count else ""

    def _offers(self) -> list[str]:
        return [offer.offer for offer in self.case.offers()]

    def _names(self, targets: Iterable[str]) -> Iterable[str]:
        for target in targets:
            table, _, column = target.partition(".")
            raw = self.case.raw.get(table)
            if raw is not None and column in raw.header:
                i = raw.header.index(column)
                yield from (record.cells[i] for record in raw.records if i < len(record.cells))


def validation(column: TableField, lists: Lists) -> dict[str, Any] | None:
    """The rule of a column's cells as XlsxWriter takes it; None where there is nothing to choose from.

    Words must be among the choices. Names need not, as a new one may be meant: then the program asks.
    """
    kind = value_type(column.annotation)
    words = list(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else []
    source: list[str] | str = ["TRUE", "FALSE"] if kind is bool else [str(word) for word in words]
    if len(",".join(source)) > MOST_INLINE:
        source = lists.words(source)
    if not source and kind is str and column.about.refers:
        source = lists.of(column.about.refers)
    if not source:
        return None
    named = bool(column.about.refers)
    return {
        "validate": "list", "source": source, "ignore_blank": True,
        "error_type": "warning" if named else "stop", "error_title": column.name[:32],
        "error_message": "This name stands in no table yet." if named else "Take one of the list.",
    }  # fmt: skip
