"""What differs between the cases of two plans: cells, rows and settings, and the changes that made each case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from pydantic import BaseModel

from planner.case.case import Case
from planner.common.settings import SECTIONS, Settings, setting_fields
from planner.plan.plan import Plan
from planner.reports.compared_figures import Row as FigureRow
from planner.reports.compared_words import and_more
from planner.tables.cells import text_of
from planner.tables.table import Row

ROW = "row"
"""in place of a column, where only one of the cases has the row"""
NO_ROW, A_ROW = "no such row", "a row"


@dataclass(frozen=True)
class CellDifference:
    """A cell, or a whole row, that differs."""

    item: str
    """table and key as a change names them: `site_leases[mesa_1]`; of settings `case`"""
    column: str
    first: str
    second: str

    @property
    def text(self) -> str:
        """The cell with both values.

        >>> CellDifference("links[east,west]", "latency_ms", "30", "").text
        'links[east,west].latency_ms: 30, blank'
        """
        values = f"{self.first or 'blank'}, {self.second or 'blank'}"
        return f"{self.item}: {values}" if self.column == ROW else f"{self.item}.{self.column}: {values}"


def different_cells(first: Case, second: Case) -> Iterator[CellDifference]:
    """The settings and cells that differ, in the order of the tables; those of the search are left out."""
    yield from _settings(first, second)
    for table in first.catalogue.tables:
        yield from _rows(table.about.name, _by_key(first.rows(table)), _by_key(second.rows(table)))


def of_cells(found: Iterable[CellDifference], side: str) -> Iterator[FigureRow]:
    """The rows of a comparison for one side, `first` or `second`."""
    for each in found:
        yield "cells", each.item, each.column, "", getattr(each, side) or None


def cell_lines(first: Plan, second: Plan, found: Sequence[CellDifference], most: int = 8) -> Iterator[str]:
    """The changes that made each case, and the cells that differ, on a few lines."""
    for side, plan in (("first", first), ("second", second)):
        if plan.record.changes:
            made = " ".join(f"--set '{text}'" for text in plan.record.changes)
            yield from wrap(f"{side.capitalize()}: its case was changed by {made}", 112, subsequent_indent="  ")
    if found:
        yield f"Cells in which the cases differ, first and second: {len(found):,}"
        for each in found[:most]:
            yield from wrap(f"  {each.text}", 112, subsequent_indent="    ")
        yield from and_more(found[most:])


def _settings(first: Case, second: Case) -> Iterator[CellDifference]:
    models: dict[str, type[BaseModel]] = {"": Settings, **SECTIONS}
    for section, model in models.items():
        if section == "solver":
            continue
        one, two = (getattr(case.settings, section) if section else case.settings for case in (first, second))
        for name in setting_fields(model):
            values = [text_of(getattr(each, name)) for each in (one, two)]
            if values[0] != values[1]:
                yield CellDifference("case", f"{section}.{name}" if section else name, values[0], values[1])


def _by_key(rows: tuple[Row, ...]) -> Mapping[tuple[str, ...], Row]:
    return {tuple(text_of(value) for value in row.key_values()): row for row in rows}


def _rows(
    table: str, first: Mapping[tuple[str, ...], Row], second: Mapping[tuple[str, ...], Row]
) -> Iterator[CellDifference]:
    """The cells of a table that differ, and the rows that only one of the cases has."""
    for key in dict.fromkeys([*first, *second]):
        item, one, two = f"{table}[{','.join(key)}]", first.get(key), second.get(key)
        if one is None or two is None:
            yield CellDifference(item, ROW, NO_ROW if one is None else A_ROW, NO_ROW if two is None else A_ROW)
            continue
        for name in one.fields():
            values = [text_of(getattr(each, name)) for each in (one, two)]
            if values[0] != values[1]:
                yield CellDifference(item, name, values[0], values[1])
