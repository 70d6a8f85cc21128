"""What the sheets of a case's workbook are called, and how its cells and the texts of tables stand for one another.

A table stands on the sheet of its name, its header in the first row. A number keeps the decimals with which it is
written: 0.50 is the number 0.5 shown with two decimals, and comes back as 0.50. What no number gives back exactly, such
as one of seventeen digits, is written as text and read as the same text.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from planner.tables import cells

CONTENTS, SETTINGS, COLUMNS = "contents", "case", "columns"
LISTS, TOML = "lists", "case_toml"
"""sheets that are hidden: names to choose from, and the text of `case.toml` with its comments"""
OURS = frozenset({CONTENTS, SETTINGS, COLUMNS, LISTS, TOML})
"""sheets that are no tables"""
KEY, VALUE = "key", "value"
"""header of the sheet of settings"""
FIRST_DAY = date(1900, 3, 1)
"""the first day that every spreadsheet program counts alike"""
_DECIMALS = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?")
_SHOWN = re.compile(r"0(?:\.(0+))?")
EXACT_WHOLE = 10**15


def as_number(text: str) -> tuple[float, str] | None:
    """The number that a cell can hold for a text, and the format that keeps its decimals; None where none can.

    A blank format is that of any number.

    >>> as_number("0.5"), as_number("0.50"), as_number("7"), as_number("7.0")
    ((0.5, ''), (0.5, '0.00'), (7.0, ''), (7.0, '0.0'))
    >>> as_number("1e3"), as_number("0.30000000000000004"), as_number("abc"), as_number("-0")
    (None, None, None, None)
    """
    found = _DECIMALS.fullmatch(text)
    if found is None or len(text) > 40:
        return None
    value = float(text)
    if value == 0.0 and text.startswith("-"):
        return None
    if float(f"{value:.16G}") != value:  # as many digits as are written to the file
        return None
    shown = f"0.{'0' * len(found[1])}" if found[1] else "0"
    for style in ("", shown):
        if number_text(value, style) == text:
            return value, style
    return None


def number_text(value: float, style: str) -> str:
    """The text of a number in a cell, with the decimals of the cell's format where they lose nothing.

    >>> number_text(0.5, "0.00"), number_text(0.555, "0.00"), number_text(7, "General"), number_text(1e20, "General")
    ('0.50', '0.555', '7', '1e+20')
    """
    decimals = _SHOWN.fullmatch(style)
    if decimals is not None:
        text = f"{value:.{len(decimals[1] or '')}f}"
        if float(text) == value:
            return text
    return str(int(value)) if value == int(value) and abs(value) < EXACT_WHOLE else repr(float(value))


def cell_text(value: object, style: str) -> str:
    """The text that a table holds where a cell holds a value; `style` is its number format.

    >>> cell_text(True, ""), cell_text(datetime(2027, 1, 1), ""), cell_text(None, ""), cell_text(" a ", "")
    ('true', '2027-01-01', '', 'a')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return cells.text_of(value)
    if isinstance(value, (int, float)):
        return number_text(value, style)
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else str(value)
    return str(value).strip()
