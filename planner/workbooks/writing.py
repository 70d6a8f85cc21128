"""Workbooks as files of the format .xlsx, by XlsxWriter.

Texts are written as texts, so that none is run as a formula or taken for a number or an address. With each formula
stands the planner's own value, which programs show that do not compute. The same workbook gives the same bytes.
"""

from __future__ import annotations

import io
import math
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet

from planner.workbooks.layout import BookColumn, BookSheet, Entry, Style, Value, Workbook

A4 = 9
WIDEST, NARROWEST = 60.0, 9.0
"""widths of columns, in characters"""
NEAR_ZERO = '[>=0.0005]#,##0.000;[<=-0.0005]-#,##0.000;"–"'
SHOWN = {
    Style.TEXT: "@",
    Style.DAY: "yyyy-mm-dd",
    Style.NUMBER: NEAR_ZERO,
    Style.SHARE: "0.0%",
    Style.RATE: "0.00%",
    Style.RATIO: '0.00"×"',
    Style.YEARS: "0.00",
    Style.FACTOR: "0.000000",
    Style.WHOLE: "0",
}
"""number formats"""
INK, ENTERED, RULE = "#1F3552", "#FFF7D6", "#B8C2CC"
"""colours of headings, of cells that may be changed, and of rules"""


class _Formats:
    """Formats by what they are for; XlsxWriter wants each made once."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, style: Style = Style.TEXT, **more: Any) -> Format:
        """The format of a style, with further properties."""
        number = {} if style is Style.TEXT else {"num_format": SHOWN[style]}
        asked = {"font_name": "Calibri", "font_size": 10, "valign": "top", **number, **more}
        key = tuple(sorted(asked.items()))
        if key not in self._made:
            self._made[key] = self._writer.add_format(asked)
        return self._made[key]


def data_of(workbook: Workbook) -> bytes:
    """The bytes of the file. Raises DataError where a sheet holds more than spreadsheet programs read."""
    for sheet in workbook.sheets:
        sheet.check()
    out = io.BytesIO()
    made = datetime(workbook.made.year, workbook.made.month, workbook.made.day)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as writer:
        writer.set_properties({"title": workbook.title, "author": "planner", "created": made})
        writer.set_calc_mode("auto")
        formats = _Formats(writer)
        for sheet in workbook.sheets:
            _write(writer, formats, sheet)
        for sheet in workbook.sheets:
            _name(writer, sheet)
    return out.getvalue()


def _write(writer: Writer, formats: _Formats, sheet: BookSheet) -> None:
    """Write a sheet from its title down to its totals."""
    to = writer.add_worksheet(sheet.name)
    to.hide_gridlines(2)
    title = sheet.name.replace("_", " ")
    to.write_string(0, 0, title[:1].upper() + title[1:], formats.of(bold=True, font_size=14, font_color=INK))
    to.write_string(1, 0, sheet.says, formats.of(font_color=INK))
    for i, note in enumerate(sheet.notes):
        to.write_string(2 + i, 0, note, formats.of(italic=True, font_color="#555555"))
    for i, entry in enumerate(sheet.entries):
        _write_entry(to, formats, 3 + len(sheet.notes) + i, entry)
    for number, column in enumerate(sheet.columns):
        _write_column(to, formats, sheet, number, column)
    if sheet.columns:
        to.set_row(sheet.header, 42)
        to.freeze_panes(sheet.first, sheet.kept)
        if sheet.height:
            to.autofilter(sheet.header, 0, sheet.header + sheet.height, len(sheet.columns) - 1)
    _print_setup(to, sheet)


def _write_entry(to: Worksheet, formats: _Formats, row: int, entry: Entry) -> None:
    """A cell by itself: its label, the cell, and a note."""
    to.write_string(row, 0, entry.label, formats.of(bold=entry.entered))
    frame: dict[str, Any] = {"border": 1, "border_color": RULE, "align": "left"}
    if entry.entered:
        frame |= {"bg_color": ENTERED, "font_color": "#0000FF"}
    _put(to, row, 1, entry.value, entry.formula, formats.of(entry.style, **frame))
    if entry.note:
        to.write_string(row, 2, entry.note, formats.of(italic=True, font_color="#555555", align="left", indent=1))


def _write_column(to: Worksheet, formats: _Formats, sheet: BookSheet, number: int, column: BookColumn) -> None:
    """A column: heading, cells, and its total."""
    right = column.style is not Style.TEXT
    head: dict[str, Any] = {
        "bold": True,
        "text_wrap": True,
        "bg_color": INK,
        "font_color": "white",
        "valign": "vcenter",
    }
    side: dict[str, Any] = {"align": "right"} if right else {"align": "left", "indent": 1}
    to.write_string(sheet.header, number, column.heading, formats.of(**head, **side))
    plain = formats.of(column.style) if right else formats.of(align="left", indent=1)
    for i, value in enumerate(column.cells):
        formula = column.formula_of(i)
        row = sheet.first + i
        if sheet.links and number == 0 and isinstance(value, str):
            to.write_url(
                row,
                0,
                f"internal:'{value}'!A1",
                formats.of(font_color="#0000FF", underline=1, align="left", indent=1),
                value,
            )
        else:
            _put(to, row, number, value, sheet.placed(formula, i) if formula else "", plain)
    if sheet.height and (column.total or (number == 0 and any(each.total for each in sheet.columns))):
        row = sheet.first + sheet.height
        ruled = formats.of(column.style, bold=True, top=1)
        if column.total:
            cells = [value for value in column.cells if isinstance(value, (int, float))]
            _put(to, row, number, math.fsum(cells), f"=SUM({sheet.range_of(number).partition('!')[2]})", ruled)
        else:
            to.write_string(row, number, "Total", formats.of(bold=True, top=1, align="left", indent=1))
    to.set_column(number, number, column.width or _width(column))


def _put(to: Worksheet, row: int, number: int, value: Value, formula: str, shown: Format) -> None:
    """Write a cell: a formula with its value, or the value alone."""
    if isinstance(value, float) and not math.isfinite(value):
        value = None if math.isnan(value) else "no limit" if value > 0 else "none"
    if isinstance(value, float):
        value += 0.0  # −0 is 0
    if formula:
        known = "" if value is None else (value - date(1899, 12, 30)).days if isinstance(value, date) else value
        to.write_formula(row, number, formula, shown, known)
    elif value is None or value == "":
        to.write_blank(row, number, None, shown)
    elif isinstance(value, str):
        to.write_string(row, number, value, shown)
    elif isinstance(value, date):
        to.write_datetime(row, number, datetime(value.year, value.month, value.day), shown)
    else:
        to.write_number(row, number, value, shown)


def _width(column: BookColumn) -> float:
    """Wide enough for the heading on three lines and for the cells."""
    longest = max((len(value) for value in column.cells if isinstance(value, str)), default=0)
    words = max(map(len, column.heading.split()), default=0)
    return max(NARROWEST, min(WIDEST, max(longest, words, len(column.heading) / 3 + 3) + 2.0))


def _print_setup(to: Worksheet, sheet: BookSheet) -> None:
    """A4, landscape, one page wide, the header on every page, the name of the sheet and page numbers at the foot."""
    to.set_landscape()
    to.set_paper(A4)
    to.fit_to_pages(1, 0)
    to.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    to.set_footer("&L&F&C&A&RPage &P of &N")
    if sheet.columns:
        to.repeat_rows(sheet.header)


def _name(writer: Writer, sheet: BookSheet) -> None:
    """Define the names of a sheet's columns and of its cells by themselves."""
    if sheet.prefix:
        for number, column in enumerate(sheet.columns):
            writer.define_name(f"{sheet.prefix}_{column.name}", sheet.range_of(number))
    for i, entry in enumerate(sheet.entries):
        if entry.name:
            writer.define_name(entry.name, f"='{sheet.name}'!$B${4 + len(sheet.notes) + i}")
