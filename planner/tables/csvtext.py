"""The text of a table's file: bytes to cells and back, without knowing what the cells mean.

The tables of a case are the user's and stay as they are. In tables that are exported, a text that a spreadsheet would
run as a formula is written with an apostrophe before it, which spreadsheets take for "this is text"; reading takes it
away again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING

from planner.basics.errors import DataError, Problem
from planner.basics.frames import Table
from planner.basics.text import printable
from planner.tables import cells

if TYPE_CHECKING:
    import pandas as pd

_BOM = "\ufeff"
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""how a text begins that a spreadsheet runs; the last four are taken for the first by some"""

TABLES_KEPT = 64
"""that were read lately: a study has most of a case's tables before it again and again"""


@dataclass(frozen=True)
class RawRecord:
    """A row as text."""

    line: int
    """line of the file on which it starts"""
    cells: tuple[str, ...]
    because: str = ""
    """the change that made or altered it; empty where it is as read"""


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as text; surrounding blanks of names and cells are gone."""

    header: tuple[str, ...]
    records: tuple[RawRecord, ...]


@lru_cache(maxsize=TABLES_KEPT)
def parse(file: str, data: bytes) -> RawTable:
    """A file's cells. Wholly empty lines are skipped. What was read lately is not read again.

    Raises DataError where the bytes are no comma-separated UTF-8 text with a header.
    """
    text = _decode(file, data)
    records = _records(file, text)
    header = next(records, None)
    if header is None:
        raise DataError([Problem(file, None, "", "a header and rows", "an empty file")])
    if len(header.cells) == 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs")):
            if separator in header.cells[0]:
                raise DataError([Problem(file, header.line, "", "columns separated by commas", name)])
    return RawTable(header.cells, tuple(records))


def render(table: RawTable) -> bytes:
    r"""The file of a table: UTF-8, commas, a line feed after every row.

    >>> render(RawTable(("a", "b"), (RawRecord(2, ("1", "x, y")),)))
    b'a,b\n1,"x, y"\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(record.cells for record in table.records)
    return out.getvalue().encode()


def written(table: Table) -> bytes:
    r"""The file that `exported` makes of a table's data frame.

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
    """A table as a file: numbers as they are, texts guarded."""
    guard = table.copy(deep=False)
    for name in guard.select_dtypes(exclude="number").columns:
        found = {text: guarded(text) for text in guard[name].unique() if isinstance(text, str) and _runs(text)}
        if found:
            guard[name] = guard[name].replace(found)
    return guard.to_csv(index=False, lineterminator="\n").encode()


def imported(file: str, data: bytes) -> pd.DataFrame:
    """The table that `exported` wrote as a file: numbers, and texts that are blank where nothing is said.

    Raises DataError where it is no table.
    """
    import pandas as pd
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    try:  # `nan` is a name too
        table = pd.read_csv(io.BytesIO(data), keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise DataError([Problem(file, None, "", "a table", str(error).strip())]) from None
    plain, apostrophes = printable(data.decode()), b"'" in data
    for name, kind in table.dtypes.items():
        if is_numeric_dtype(kind) and not is_bool_dtype(kind):
            continue
        if table[name].hasnans:
            table[name] = table[name].fillna("")
        if not plain and not all(map(printable, table[name].astype(str).unique())):
            raise DataError([Problem(file, None, str(name), "text", "control characters")])
        if apostrophes and table[name].astype(str).str.startswith("'").any():
            table[name] = table[name].map(restored)
    return table


def guarded(text: str) -> str:
    """A text as no spreadsheet runs it.

    >>> [guarded(text) for text in ("=1+1", "'=1+1", "'tis", "-5", "-a", "hall")]
    ["'=1+1", "''=1+1", "'tis", '-5', "'-a", 'hall']
    """
    return f"'{text}" if _runs(text) else text


def restored(text: str) -> str:
    """What `guarded` was given.

    >>> [restored(guarded(text)) for text in ("=1+1", "'=1+1", "'tis", "-5", "-a", "hall")]
    ['=1+1', "'=1+1", "'tis", '-5', '-a', 'hall']
    """
    return text[1:] if text.startswith("'") and _runs(text) else text


def _runs(text: str) -> bool:
    """Whether a text, apostrophes before it aside, is a formula to a spreadsheet and no number to us."""
    bare = text.lstrip("'")
    if not bare.startswith(_FORMULA):
        return False
    try:
        cells.number(bare)
    except ValueError:
        return True
    return False


def _decode(file: str, data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError([Problem(file, None, "", "UTF-8 text", "UTF-16 text")])
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError([Problem(file, line, "", "UTF-8 text", f"the byte 0x{data[error.start]:02x}")]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError([Problem(file, line, "", "UTF-8 text", "the byte 0x00")])
    return text.removeprefix(_BOM)


def _records(file: str, text: str) -> Iterator[RawRecord]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield RawRecord(start, tuple(map(str.strip, cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError([Problem(file, start, "", "a row of comma-separated cells", str(error))]) from None
