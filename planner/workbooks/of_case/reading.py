"""A case in a workbook: its sheets become the files of a case, and problems are told by sheet and cell.

A sheet that is no table of a case is an error, like a file that is none, unless it is empty. A cell of a column without
a name, a formula that was never computed and an error value such as #REF! are errors too.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from planner.basics import inputs
from planner.basics.errors import DataError, Problem
from planner.case.sheet_places import SheetPlaces, Sheets
from planner.common import settings
from planner.interfaces.catalogue import Catalogue
from planner.tables.cells import shown
from planner.tables.references import suggestion
from planner.workbooks.layout import letters
from planner.workbooks.of_case import toml
from planner.workbooks.of_case.sheets import OURS, SETTINGS, TOML, cell_text

MOST_UNPACKED = 2_000_000_000
"""bytes of the largest workbook once it is unpacked"""
ANOTHER = "a file that is none; perhaps it is protected by a password, or of an older format"


@dataclass(frozen=True)
class CaseBook:
    """The files of a case that stand in a workbook, and where."""

    files: Mapping[str, bytes]
    sheets: Sheets


@dataclass(frozen=True)
class _Table:
    """The cells of a sheet as text."""

    name: str
    rows: list[tuple[int, list[str]]]
    """number of the row, counted from 1, and its cells"""


def read(path: Path, catalogue: Catalogue) -> CaseBook:
    """The case in a workbook. Raises DataError with every sheet and cell that cannot be read."""
    problems: list[Problem] = []
    found = {table.name: table for table in _tables(path, problems)}
    ours = {row.about.name: row.about.file for row in catalogue.tables}
    files: dict[str, bytes] = {}
    places: dict[str, SheetPlaces] = {}
    for name, table in found.items():
        if name in ours:
            files[ours[name]], places[ours[name]] = _file(table, problems)
        elif name not in OURS and table.rows:
            problems.append(
                Problem(name, None, "", "a table of a case", f"a sheet {shown(name)}{suggestion(name, ours)}")
            )
    if SETTINGS in found:
        lines = [row[0] if row else "" for _, row in found[TOML].rows] if TOML in found else []
        files[settings.FILE], keys, wrong = toml.merged(found[SETTINGS].rows, lines)
        problems += wrong
        places[settings.FILE] = SheetPlaces(SETTINGS, {}, {}, keys)
    else:
        problems.append(Problem(SETTINGS, None, "", "the settings of the case", "no such sheet"))
    if problems:
        raise DataError(problems)
    return CaseBook(files, Sheets(places))


def _tables(path: Path, problems: list[Problem]) -> Iterator[_Table]:
    """The sheets of a workbook as text."""
    data = inputs.read_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl leaves out: drop-downs, colours and the like
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                unpacked = sum(each.file_size for each in packed.infolist())
            if unpacked > MOST_UNPACKED:
                most = f"a workbook of at most {MOST_UNPACKED:,} bytes"
                raise DataError([Problem(path.name, None, "", most, f"{unpacked:,} bytes")])
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            computed = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            yield from [_texts(sheet, computed[sheet.title], problems) for sheet in formulas.worksheets]
        except (DataError, MemoryError):
            raise
        except Exception as error:  # what a damaged file leads to is not foreseen by the library
            raise DataError([Problem(path.name, None, "", "a workbook (.xlsx)", ANOTHER)]) from error


def _texts(sheet: Any, computed: Any, problems: list[Problem]) -> _Table:
    """The texts of a sheet; rows that are blank throughout are left out."""
    for each in (sheet, computed):
        each.reset_dimensions()
    rows: list[tuple[int, list[str]]] = []
    keeps = sheet.title == TOML
    pairs = zip(sheet.iter_rows(), computed.iter_rows(), strict=True)
    for number, (asked, values) in enumerate(pairs, start=1):
        texts = []
        for i, (cell, value) in enumerate(zip(asked, values, strict=True)):
            place = f"{sheet.title}!{letters(i)}{number}"
            if value.data_type == "e":
                problems.append(Problem(place, None, "", "a value", str(value.value)))
            elif cell.data_type == "f" and value.value is None:
                why = "a formula that was never computed; open the file in a spreadsheet program and save it"
                problems.append(Problem(place, None, "", "a value", why))
            style = getattr(value, "number_format", "")
            texts.append(str(value.value or "") if keeps else cell_text(value.value, style))
        if keeps or any(texts):
            rows.append((number, texts))
    return _Table(sheet.title, rows)


def _file(table: _Table, problems: list[Problem]) -> tuple[bytes, SheetPlaces]:
    """The file of a table, and where its rows stand."""
    header = table.rows[0][1] if table.rows else []
    if not table.rows or table.rows[0][0] != 1:
        problems.append(Problem(f"{table.name}!1:1", None, "", "the names of columns", "a blank row"))
    kept = [i for i, name in enumerate(header) if name]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    lines, line = dict[int, int](), 1
    for number, texts in table.rows:
        strange = [i for i, text in enumerate(texts) if text and i not in kept]
        for i in strange:
            expected = "a blank, as the column has no name in the first row"
            problems.append(Problem(f"{table.name}!{letters(i)}{number}", None, "", expected, shown(texts[i])))
        lines[line] = number
        row = [texts[i] if i < len(texts) else "" for i in kept]
        writer.writerow(row)
        line += 1 + sum(text.count("\n") for text in row)
    columns = {header[i]: letters(i) for i in reversed(kept)}
    return out.getvalue().encode(), SheetPlaces(table.name, lines, columns, {})
