"""Tables as spreadsheet programs save them, read where they can be meant in one way only.

    ,,,            trailing cells without a name are left out where they are blank, and so are rows of blanks alone
    sep=;          a first line that says what separates cells
    a;b            semicolons, where the header has no comma
    0,5            with semicolons or tabs: a decimal comma, if the numbers of the table say that it is one

Numbers say so if some have a comma that cannot stand between thousands, and none has a point. A table with both, or in
which each comma or point may also stand between thousands, is refused. A byte order mark and the line ends of every
system are read in any file (`csvtext`), TRUE and FALSE in any cell (`cells.boolean`).
"""

from __future__ import annotations

import re

from planner.basics.errors import DataError, Problem
from planner.tables import cells, csvtext
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import value_type
from planner.tables.spellings import spellings
from planner.tables.table import Row

_SAYS = re.compile(rb'"?sep=([,;\t])"?\1*')
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def table_of(row: type[Row], data: bytes, most: int | None = None) -> RawTable:
    """The cells of the file of a table of a case, with decimal points and without the habits above.

    Raises DataError as `csvtext.parse` does, and where numbers can be read in two ways.
    """
    file = row.about.file
    first = _first_line(data)
    said = _SAYS.fullmatch(first)
    separator = said[1].decode() if said else ";" if b";" in first and b"," not in first else ","
    table = _trimmed(csvtext.parse(file, data, most, separator, titled=said is not None))
    return table if separator == "," else _with_points(row, table)


def _first_line(data: bytes) -> bytes:
    """The first line that is not empty."""
    found = re.search(rb"[^\r\n]+", data.removeprefix(b"\xef\xbb\xbf")[: csvtext.LONGEST_LINE])
    return found[0].strip(b" ") if found else b""


def _trimmed(table: RawTable) -> RawTable:
    """The table without trailing columns that are blank and have no name, and without rows of blanks."""
    named = len(table.header)
    while named and not table.header[named - 1]:
        named -= 1
    if named == 0:
        return table
    width = named
    if named < len(table.header):  # a cell below a blank name keeps its column, which is an error
        width = max([named, *(_filled(record.cells[: len(table.header)]) for record in table.records)])
    records = []
    for record in table.records:
        given = record.cells
        if len(given) > width and not any(given[width:]):
            given = given[:width]
        if any(given):
            records.append(record if given is record.cells else record._replace(cells=given))
    return RawTable(table.header[:width], tuple(records))


def _filled(given: tuple[str, ...]) -> int:
    """Up to which cell a row is filled."""
    return max((i + 1 for i, text in enumerate(given) if text), default=0)


def _with_points(row: type[Row], table: RawTable) -> RawTable:
    """The table with points in place of decimal commas. Raises DataError where they may be something else."""
    numeric = [i for i, name in enumerate(table.header) if _is_number(row, name)]
    commas, points = (_matching(table, numeric, pattern) for pattern in (_COMMA, _POINT))
    if not commas and _sure(points):
        return table
    if commas and not points and _sure(commas):
        return RawTable(table.header, tuple(_pointed(record, numeric) for record in table.records))
    record, i = (commas or points)[0]
    text = record.cells[i]
    if commas and points:
        other, j = points[0]
        expected = "one decimal sign in the whole table"
        found = f"{cells.shown(text)}, and {cells.shown(other.cells[j])} in line {other.line}"
    else:
        expected = "numbers of which some can be read in one way only"
        plain = re.sub("[.,]", "", text)
        found = f"{cells.shown(text)}, which may be {text.replace(',', '.')} or {plain}, and no other number tells"
    raise DataError([Problem(row.about.file, record.line, table.header[i], expected, found)])


def _sure(found: list[tuple[RawRecord, int]]) -> bool:
    """Whether there is no number with a decimal sign, or one whose sign cannot stand between thousands."""
    return not found or any(_THOUSANDS.fullmatch(record.cells[i]) is None for record, i in found)


def _matching(table: RawTable, numeric: list[int], pattern: re.Pattern[str]) -> list[tuple[RawRecord, int]]:
    return [
        (record, i)
        for record in table.records
        for i in numeric
        if i < len(record.cells) and pattern.fullmatch(record.cells[i])
    ]


def _pointed(record: RawRecord, numeric: list[int]) -> RawRecord:
    """The record with a point in each number that has a decimal comma."""
    return record._replace(
        cells=tuple(
            text.replace(",", ".") if i in numeric and _COMMA.fullmatch(text) else text
            for i, text in enumerate(record.cells)
        )
    )


def _is_number(row: type[Row], column: str) -> bool:
    """Whether a column holds numbers, be it in another unit."""
    how = spellings(row).get(column)
    field = row.fields().get(column if how is None else how.own)
    return field is not None and value_type(field.annotation) in (float, int)
