"""Files of tables: bytes to cells and back. What the cells mean is not known here.

The tables of a case belong to the user and are written as they were read. In tables of a plan, a text that a
spreadsheet would run as a formula is written with an apostrophe before it, which marks it as text. Reading removes the
apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Problem
from planner.basics.frames import Table
from planner.basics.text import printable
from planner.tables import cells

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2_000_000
"""rows of the largest table of a case"""
LONGEST_LINE = 1_000_000
"""bytes of the longest line of a table, about"""
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""first characters of a text that a spreadsheet runs; some programs read the last four as the first four"""


class RawRecord(NamedTuple):
    """A row as text."""

    line: int
    """line of the file on which it starts"""
    cells: tuple[str, ...]
    changed_by: str = ""
    """the change that made or altered it; empty where it is as it was read"""


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as text. Blanks around names and cells have been removed."""

    header: tuple[str, ...]
    records: tuple[RawRecord, ...]


def parse(file: str, data: bytes, most: int | None = None, separator: str = ",", *, titled: bool = False) -> RawTable:
    """The cells of a file. Empty lines are skipped, and so is a line above the header where it is `titled`.

    Raises DataError where the bytes are not UTF-8 text with a header and cells separated so, or where there are more
    rows than `most`, if it is given.
    """
    _checked(file, data)
    records = _records(file, data, separator)
    if titled:
        next(records, None)
    header = next(records, None)
    if header is None:
        raise DataError([Problem(file, None, "", "a header and rows", "an empty file")])
    if len(header.cells) == 1:
        for other, name in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
            if other in header.cells[0]:
                raise DataError([Problem(file, header.line, "", f"columns separated by {_NAMES[separator]}", name)])
    rows = tuple(islice(records, most))
    if next(records, None) is not None:
        raise DataError([Problem(file, None, "", f"at most {most:,} rows", "more")])
    return RawTable(header.cells, rows)


def render(table: RawTable) -> bytes:
    r"""The bytes of a table: UTF-8, commas, a line feed after every row.

    >>> render(RawTable(("a", "b"), (RawRecord(2, ("1", "x, y")),)))
    b'a,b\n1,"x, y"\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(record.cells for record in table.records)
    return out.getvalue().encode()


def written(table: Table) -> bytes:
    r"""The bytes that `exported` makes of the data frame of a table.

    >>> import numpy as np
    >>> written({"a": ["x", "=y"], "gw": np.array([0.5, np.nan])})
    b"a,gw\nx,0.5\n'=y,\n"
    """
    columns: list[list[str] | list[str | float]] = []
    for column in table.values():
        if isinstance(column, list):
            known = {text: guarded(text) for text in set(column)}
            columns.append([known[text] for text in column])
        else:
            columns.append(["" if isnan(value) else value for value in column.tolist()])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode()


def exported(table: pd.DataFrame) -> bytes:
    """The bytes of a data frame: numbers as they are, texts guarded."""
    guard = table.copy(deep=False)
    for name in guard.select_dtypes(exclude="number").columns:
        found = {text: guarded(text) for text in guard[name].unique() if isinstance(text, str) and _runs(text)}
        if found:
            guard[name] = guard[name].replace(found)
    return guard.to_csv(index=False, lineterminator="\n").encode()


def table(file: str, data: bytes, names: Sequence[str], numbers: Container[str]) -> Table:
    r"""The table in the bytes that `written` made, with these columns; those in `numbers` hold NaN where blank.

    Raises DataError with every column, row and cell that is not as it should be.

    >>> table("a.csv", b"a,gw\nx,0.5\n'=y,\n", ["a", "gw"], ["gw"])
    {'a': ['x', '=y'], 'gw': array([0.5, nan])}
    """
    raw = parse(file, data)
    problems = [Problem(file, 1, name, "a column", "none") for name in names if name not in raw.header]
    if not problems:  # one that is unknown may be one that is missing, under another name
        problems += [Problem(file, 1, name, "no such column", "one") for name in raw.header if name not in names]
    problems += [Problem(file, 1, name, "one column", "two") for name in names if raw.header.count(name) > 1]
    for row in raw.records:
        if len(row.cells) != len(raw.header):
            problems.append(Problem(file, row.line, "", f"{len(raw.header)} cells", str(len(row.cells))))
    if problems:
        raise DataError(problems)
    found: dict[str, list[str] | Vector] = {}
    for name in names:
        at = raw.header.index(name)
        if name in numbers:
            values = np.full(len(raw.records), np.nan)
            for i, row in enumerate(raw.records):
                try:
                    values[i] = cells.number(row.cells[at]) if row.cells[at] else np.nan
                except ValueError:
                    problems.append(Problem(file, row.line, name, "a number", cells.shown(row.cells[at])))
            found[name] = values
            continue
        texts = [restored(row.cells[at]) for row in raw.records]
        wrong = {text for text in set(texts) if not printable(text)}
        problems += [
            Problem(file, row.line, name, "text without control characters", cells.shown(row.cells[at]))
            for row, text in zip(raw.records, texts, strict=True)
            if text in wrong
        ]
        found[name] = texts
    if problems:
        raise DataError(problems)
    return found


def guarded(text: str) -> str:
    """A text with an apostrophe before it if a spreadsheet would run it.

    >>> [guarded(text) for text in ("=1+1", "'=1+1", "'tis", "-5", "-a", "hall")]
    ["'=1+1", "''=1+1", "'tis", '-5', "'-a", 'hall']
    """
    return f"'{text}" if _runs(text) else text


def restored(text: str) -> str:
    """The text that `guarded` was given.

    >>> [restored(guarded(text)) for text in ("=1+1", "'=1+1", "'tis", "-5", "-a", "hall")]
    ['=1+1', "'=1+1", "'tis", '-5', '-a', 'hall']
    """
    return text[1:] if text.startswith("'") and _runs(text) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet takes a text for a formula and it is no number; leading apostrophes are ignored."""
    bare = text.lstrip("'")
    if not bare.startswith(_FORMULA):
        return False
    try:
        cells.number(bare)
    except ValueError:
        return True
    return False


def _checked(file: str, data: bytes) -> None:
    """Raise DataError where bytes are not UTF-8 text or have lines without end."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError([Problem(file, None, "", "UTF-8 text", "UTF-16 text")])
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError([Problem(file, line, "", "UTF-8 text", f"the byte 0x{data[error.start]:02x}")]) from None
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise DataError([Problem(file, line, "", "UTF-8 text", "the byte 0x00")])
    for start in range(0, len(data) - LONGEST_LINE, LONGEST_LINE):
        if data.find(b"\n", start, start + LONGEST_LINE) < 0 and data.find(b"\r", start, start + LONGEST_LINE) < 0:
            line = data.count(b"\n", 0, start) + 1
            raise DataError([Problem(file, line, "", f"lines of at most {LONGEST_LINE:,} bytes", "a longer one")])


def _records(file: str, data: bytes, separator: str) -> Iterator[RawRecord]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, strict=True, delimiter=separator)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield RawRecord(start, tuple(map(str.strip, cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        expected = (
            f"a row of cells separated by {_NAMES[separator]}" if separator != "," else "a row of comma-separated cells"
        )
        raise DataError([Problem(file, start, "", expected, str(error))]) from None
