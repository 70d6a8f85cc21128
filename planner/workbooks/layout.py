"""What a workbook holds, before any file is written: sheets, their columns, and the formulas of cells.

A formula names the columns of its own row in square brackets, and those of the row above with `above`:

    =[opening_usd_bn]+[cost_usd_bn]        =[closing_usd_bn above]

Cells of other sheets are named by defined names, such as `discount_rate`; the columns of a sheet with a prefix are
`prefix_column`. With every formula stands the value that it must give: the planner's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from planner.basics.errors import DataError, Problem
from planner.tables.fields import unit_of

Value: TypeAlias = str | float | date | None
"""what a cell holds; None where it is blank"""
MOST_ROWS = 1_048_576
"""rows of the largest sheet that spreadsheet programs read"""
LONGEST_TEXT = 32_767
"""characters of the longest text in a cell"""
_NAMED = re.compile(r"\[(?P<column>[a-z_0-9]+)(?P<above> above)?\]")
_UNITS = {"USD bn per GW and year": "_usd_bn_per_gw_year", "per year": "_rate"}


class Style(StrEnum):
    """How the cells of a column are shown."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    """with thousands and three decimals; a dash where it is nearly 0"""
    SHARE = "share"
    """in per cent"""
    RATE = "rate"
    """in per cent with two decimals"""
    RATIO = "ratio"
    """with two decimals and ×"""
    YEARS = "years"
    FACTOR = "factor"
    """with six decimals"""
    WHOLE = "whole"


@dataclass(frozen=True)
class BookColumn:
    """A column of a sheet. Where it has formulas, `cells` are the values that they must give."""

    name: str
    """as in the plan's files, where it stands there"""
    cells: Sequence[Value]
    style: Style = Style.TEXT
    formula: str | Sequence[str] = ""
    """of every row, or one for each; blank: the cells are no formulas"""
    title: str = ""
    """its heading; blank: the name with its unit"""
    total: bool = False
    """whether its sum stands below it"""
    width: float = 0.0
    """in characters; 0: wide enough for what it holds"""

    def formula_of(self, row: int) -> str:
        """The formula of a row, blank where it has none."""
        return self.formula if isinstance(self.formula, str) else self.formula[row]

    @property
    def heading(self) -> str:
        """Its heading, with the unit in square brackets."""
        return self.title or heading(self.name)


@dataclass(frozen=True)
class Entry:
    """A cell by itself, above the table of a sheet, with what it is."""

    label: str
    value: Value
    style: Style = Style.TEXT
    formula: str = ""
    name: str = ""
    """the defined name of its cell; blank: none"""
    note: str = ""
    entered: bool = False
    """whether it is there to be changed"""


@dataclass(frozen=True)
class BookSheet:
    """A sheet: what it is, cells by themselves, and a table."""

    name: str
    says: str
    columns: Sequence[BookColumn] = ()
    entries: Sequence[Entry] = ()
    notes: Sequence[str] = ()
    prefix: str = ""
    """its columns have defined names that begin with it; blank: they have none"""
    kept: int = 1
    """how many columns stay in sight as one scrolls to the right"""
    links: bool = False
    """whether its first column names sheets, to which it leads"""

    @property
    def height(self) -> int:
        """Number of rows of its table."""
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def header(self) -> int:
        """The row of the header, counted from 0."""
        return 2 + len(self.notes) + (len(self.entries) + 1 if self.entries else 0) + 1

    @property
    def first(self) -> int:
        """The first row of its table, counted from 0."""
        return self.header + 1

    def placed(self, formula: str, row: int) -> str:
        """A formula of a row of the table, with cells in place of names in brackets.

        >>> sheet = BookSheet("cash", "", [BookColumn("a", [1.0]), BookColumn("b", [1.0])])
        >>> sheet.placed("=[a above]+[b]", 1), sheet.first
        ('=$A5+$B6', 4)
        """
        places = {column.name: letters(i) for i, column in enumerate(self.columns)}

        def cell(found: re.Match[str]) -> str:
            return f"${places[found['column']]}{self.first + row + (0 if found['above'] else 1)}"

        return _NAMED.sub(cell, formula)

    def range_of(self, number: int) -> str:
        """The cells of a column, as a defined name refers to them."""
        letter = letters(number)
        return f"='{self.name}'!${letter}${self.first + 1}:${letter}${self.first + max(1, self.height)}"

    def check(self) -> None:
        """Raise DataError where the sheet holds more than spreadsheet programs read."""
        if self.header + self.height + 2 > MOST_ROWS:
            most = MOST_ROWS - self.header - 2
            found = f"{self.height:,}"
            raise DataError(
                [Problem(f"sheet {self.name}", None, "", f"at most {most:,} rows, as spreadsheets do", found)]
            )
        for column in self.columns:
            for i, value in enumerate(column.cells):
                if isinstance(value, str) and len(value) > LONGEST_TEXT:
                    place = f"sheet {self.name}", i + self.first + 1, column.name
                    raise DataError([Problem(*place, f"at most {LONGEST_TEXT:,} characters", f"{len(value):,}")])


@dataclass(frozen=True)
class Workbook:
    """Sheets in their order, and what the file says of itself."""

    title: str
    made: date
    """the day that the file names as that on which it was made; it must not depend on the clock"""
    sheets: Sequence[BookSheet]

    def sheet(self, name: str) -> BookSheet:
        """The sheet of that name. Raises KeyError where there is none."""
        by_name: Mapping[str, BookSheet] = {sheet.name: sheet for sheet in self.sheets}
        return by_name[name]


def letters(number: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def heading(name: str) -> str:
    """A column's name in words, with its unit in square brackets.

    >>> heading("present_value_usd_bn"), heading("utilisation_share"), heading("gw"), heading("used_gw_years")
    ('Present value [USD bn]', 'Utilisation [%]', 'GW', 'Used [GW-years]')
    """
    if name.endswith("_gw_years"):
        return f"{_words(name.removesuffix('_gw_years'))} [GW-years]"
    unit = unit_of(name)
    if not unit or name in ("gw", "years"):
        return "GW" if name == "gw" else _words(name)
    ending = _UNITS.get(unit) or "_" + unit.lower().replace(" ", "_")
    bare = name.removesuffix(ending)
    return f"{_words(bare)} [{'%' if unit == 'share' else unit}]"


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def style_of(name: str) -> Style:
    """How numbers of a column are shown, by the unit in its name."""
    unit = unit_of(name)
    if name.endswith("_gw_years"):
        return Style.NUMBER
    return {"share": Style.SHARE, "per year": Style.RATE, "years": Style.YEARS}.get(unit, Style.NUMBER)
