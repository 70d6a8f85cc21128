"""The workbook of a case, by XlsxWriter: choices are offered, and every column says what it means.

Cells have types: numbers, days, yes or no, text. A column of choices, or of names of another table, has a drop-down; a
name that is not in it yet may be entered all the same. A comment at the head of each column says its meaning, its unit
and what it takes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from pydantic import BaseModel
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet

from planner.case.case import Case
from planner.common import settings
from planner.common.settings import SECTIONS, Settings, setting_fields
from planner.tables.cells import text_of
from planner.tables.csvtext import RawTable
from planner.tables.fields import unit_of, value_type
from planner.tables.spellings import spellings
from planner.tables.table import Row, TableField
from planner.workbooks.layout import LONGEST_TEXT, letters
from planner.workbooks.of_case import choices, toml
from planner.workbooks.of_case.sheets import (
    COLUMNS,
    CONTENTS,
    FIRST_DAY,
    KEY,
    LISTS,
    SETTINGS,
    TOML,
    VALUE,
    as_number,
)

SPARE = 500
"""rows below a table for which there are drop-downs"""
INK = "#1F3552"
WIDEST = 48.0


def data_of(case: Case) -> bytes:
    """The bytes of the workbook of a case; the same case gives the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    start = case.settings.start
    with xlsxwriter.Workbook(out, options) as writer:
        made = datetime(start.year, start.month, start.day)
        writer.set_properties({"title": case.settings.title, "author": "planner", "created": made})
        book = _Book(writer, case)
        tables = [row for row in case.catalogue.tables if row.about.name in case.raw]
        book.contents(tables)
        book.settings()
        offered = choices.Lists(case)
        for row in tables:
            book.table(row, case.raw[row.about.name], offered)
        book.columns()
        book.hidden(LISTS, offered.columns)
        book.hidden(TOML, {"": toml.lines_of(case.files[settings.FILE])}, headed=False)
    return out.getvalue()


class _Book:
    """The sheets of one case as they are written."""

    def __init__(self, writer: Writer, case: Case) -> None:
        self.writer, self.case = writer, case
        plain = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.head = writer.add_format({**plain, "bold": True, "bg_color": INK, "font_color": "white"})
        self.text = writer.add_format({**plain, "num_format": "@"})
        self.wrapped = writer.add_format({**plain, "text_wrap": True})
        self.day = writer.add_format({**plain, "num_format": "yyyy-mm-dd", "align": "left"})
        self.link = writer.add_format({**plain, "font_color": "#0000FF", "underline": 1})
        self._plain = plain
        self._numbers: dict[str, Any] = {}

    def number(self, style: str) -> Any:
        """The format of a number, blank for that of any."""
        if style not in self._numbers:
            self._numbers[style] = self.writer.add_format(self._plain | ({"num_format": style} if style else {}))
        return self._numbers[style]

    def sheet(self, name: str, header: Sequence[str], widths: Sequence[float]) -> Worksheet:
        """A sheet with its header in the first row, which stays in sight and stands on every printed page."""
        to = self.writer.add_worksheet(name)
        for i, (text, width) in enumerate(zip(header, widths, strict=True)):
            to.write_string(0, i, text, self.head)
            to.set_column(i, i, width)
        to.freeze_panes(1, 0)
        to.repeat_rows(0)
        to.set_landscape()
        to.set_paper(9)
        to.fit_to_pages(1, 0)
        to.set_footer("&L&F&C&A&RPage &P of &N")
        return to

    def contents(self, tables: Sequence[type[Row]]) -> None:
        """What each sheet is, with the number of its rows."""
        to = self.sheet(CONTENTS, ("sheet", "what it is", "rows"), (26.0, 70.0, 8.0))
        about = [(SETTINGS, "the settings of the case", len(list(toml.keys_of(self.case.files[settings.FILE]))))]
        about += [(row.about.name, row.about.title, len(self.case.raw[row.about.name].records)) for row in tables]
        about += [(COLUMNS, "every table and column that a case may have; a new table is a sheet of its name", 0)]
        for i, (name, says, rows) in enumerate(about, start=1):
            to.write_url(i, 0, f"internal:'{name}'!A1", self.link, name)
            to.write_string(i, 1, says, self.wrapped)
            if rows:
                to.write_number(i, 2, rows, self.number(""))

    def settings(self) -> None:
        """A key in each row: those of the case first, then those that it leaves at their defaults."""
        to = self.sheet(SETTINGS, (KEY, VALUE, "unit", "meaning"), (38.0, 30.0, 22.0, 90.0))
        given = dict(toml.keys_of(self.case.files[settings.FILE]))
        known: dict[str, tuple[str, str]] = {}
        models: dict[str, type[BaseModel]] = {"": Settings, **SECTIONS}
        for section, model in models.items():
            for name, (annotation, field) in setting_fields(model).items():
                default = model.model_fields[name].default
                says = field.meaning if model.model_fields[name].is_required() else (
                    f"{field.meaning}; blank: {text_of(default) or 'none'}")  # fmt: skip
                known[f"{section}.{name}" if section else name] = (says, field.expected(annotation))
        for i, key in enumerate(dict.fromkeys([*given, *known]), start=1):
            to.write_string(i, 0, key, self.text)
            self.cell(to, i, 1, text_of(given.get(key)), type(given.get(key)))
            to.write_string(i, 2, unit_of(key.rpartition(".")[2]), self.wrapped)
            says, expected = known.get(key, ("", ""))
            to.write_string(i, 3, f"{says} ({expected})" if says else "", self.wrapped)

    def table(self, row: type[Row], raw: RawTable, offered: choices.Lists) -> None:
        """A table as it stands in its file."""
        fields = {name: _field(row, name) for name in raw.header}
        to = self.sheet(row.about.name, raw.header, [_width(raw, i) for i in range(len(raw.header))])
        to.freeze_panes(1, min(1, len(raw.header)))
        last = len(raw.records) + SPARE
        for i, name in enumerate(raw.header):
            field = fields[name]
            kind = None if field is None else value_type(field.annotation)
            to.set_column(i, i, _width(raw, i), self._column_format(kind))
            if field is not None:
                to.write_comment(0, i, _says(name, field), {"x_scale": 2.2, "y_scale": 1.4})
                validation = choices.validation(field, offered)
                if validation is not None:
                    to.data_validation(1, i, last, i, validation)
            for r, record in enumerate(raw.records, start=1):
                self.cell(to, r, i, record.cells[i] if i < len(record.cells) else "", kind)
        if raw.records and raw.header:
            to.autofilter(0, 0, len(raw.records), len(raw.header) - 1)
            to.ignore_errors({"number_stored_as_text": f"A1:{letters(len(raw.header) - 1)}{len(raw.records) + 1}"})

    def _column_format(self, kind: object) -> Any:
        if kind is date:
            return self.day
        return self.number("") if kind in (int, float, bool) else self.text

    def cell(self, to: Worksheet, row: int, column: int, text: str, kind: object) -> None:
        """A cell of a table, of the type of its column where its text allows that, else as text."""
        number = as_number(text) if kind in (int, float) else None
        if not text:
            return
        if number is not None:
            to.write_number(row, column, number[0], self.number(number[1]))
        elif kind is bool and text in ("true", "false"):
            to.write_boolean(row, column, text == "true", self.number(""))
        elif kind is date and (day := _day(text)) is not None:
            to.write_datetime(row, column, datetime(day.year, day.month, day.day), self.day)
        else:
            to.write_string(row, column, text, self.text)

    def columns(self) -> None:
        """Every table and column that a case may have."""
        header = ("table", "column", "in this case", "must be given", "unit", "meaning", "takes", "names of")
        to = self.sheet(COLUMNS, header, (24.0, 34.0, 12.0, 14.0, 22.0, 80.0, 40.0, 30.0))
        number = 1
        for row in self.case.catalogue.tables:
            there = self.case.raw.get(row.about.name)
            for name, field in row.fields().items():
                cells = (
                    row.about.name, name, "yes" if there is not None and name in there.header else "no",
                    "no" if field.optional else "yes", field.unit, field.about.meaning, field.expected,
                    field.about.refers,
                )  # fmt: skip
                for i, text in enumerate(cells):
                    to.write_string(number, i, text, self.wrapped)
                number += 1
        to.autofilter(0, 0, number - 1, len(header) - 1)

    def hidden(self, name: str, columns: dict[str, list[str]], *, headed: bool = True) -> None:
        """A hidden sheet of columns of text."""
        to = self.writer.add_worksheet(name)
        for i, (title, texts) in enumerate(columns.items()):
            for r, text in enumerate([title, *texts] if headed else texts):
                to.write_string(r, i, text[:LONGEST_TEXT], self.text)
        to.hide()


def _field(row: type[Row], name: str) -> TableField | None:
    """The field of a column, also where it is written in another unit."""
    how = spellings(row).get(name)
    return row.fields().get(name if how is None else how.own)


def _says(name: str, field: TableField) -> str:
    """What a column means, as its comment says it."""
    unit = field.unit if name == field.name else unit_of(name)
    parts = [field.about.meaning[:1].upper() + field.about.meaning[1:] + "."]
    parts += [f"Unit: {unit}."] if unit else []
    parts.append(f"Takes {field.expected}{', or a blank' if field.optional else ''}.")
    parts += [f"A blank is {text_of(field.default)}."] if field.optional and field.default is not None else []
    return "\n".join(parts)


def _width(raw: RawTable, i: int) -> float:
    longest = max((len(record.cells[i]) for record in raw.records if i < len(record.cells)), default=0)
    return min(WIDEST, max(longest, len(raw.header[i])) + 3.0)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and day >= FIRST_DAY else None
