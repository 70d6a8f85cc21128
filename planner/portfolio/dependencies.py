"""What is read of a case, noted as it is read: what was made from that holds for any case that says the same there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from planner.case.case import TABLES, Case
from planner.tables.offer import Offer
from planner.tables.reading import Rows
from planner.tables.table import R

SETTING = "case."
"""how the name of a setting begins; other names are those of tables' files"""


@dataclass(frozen=True)
class _NotedRows(Rows):
    """Rows that note which tables are read."""

    read: set[str] = field(default_factory=set)

    def rows(self, row: type[R]) -> tuple[R, ...]:
        self.read.add(row.about.file)
        return super().rows(row)

    def offers(self) -> tuple[Offer, ...]:
        self.read.update(row.about.file for row in TABLES if issubclass(row, Offer))
        return super().offers()


class _NotedSettings:
    """Settings that note which of them are read."""

    def __init__(self, settings: object, read: set[str]) -> None:
        self._settings, self._read = settings, read

    def __getattr__(self, name: str) -> Any:
        self._read.add(SETTING + name)
        return getattr(self._settings, name)


class Reads:
    """A case to read from, and what was read of it."""

    def __init__(self, case: Case) -> None:
        self._read: set[str] = set()
        rows = _NotedRows(case.tables.by_class, case.tables.partial, self._read)
        self.case = replace(case, settings=cast(Any, _NotedSettings(case.settings, self._read)), tables=rows)
        """the same case; only its rows, its settings and its calendar are to be read"""

    def note(self, names: Iterable[str]) -> None:
        """Count something as read."""
        self._read.update(names)

    def so_far(self) -> frozenset[str]:
        """Names of everything that was read: of tables' files, and of settings."""
        return frozenset(self._read)


def alike(names: Iterable[str], one: Case, other: Case) -> bool:
    """Whether two cases say the same under these names."""
    return all(_said(one, name) == _said(other, name) for name in names)


def _said(case: Case, name: str) -> Any:
    if name.startswith(SETTING):
        return getattr(case.settings, name.removeprefix(SETTING))
    return case.files.get(name)
