"""Rows of contracts put into the tables of a case. What is not known of a row stays blank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.basics.errors import DataError, Problem
from planner.interfaces.commitments import FilledRow
from planner.tables import csvtext
from planner.tables.cells import shown
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import InvalidValue
from planner.tables.spellings import places, put, wider
from planner.tables.table import Row

OFFER = "offer"


@dataclass(frozen=True)
class Put:
    """Tables with rows put into them."""

    files: Mapping[str, bytes]
    """content of the files that changed, by name"""
    lines: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """by file, the line of each row put there, with the line of the FOCUS file that it comes from"""


def unfit(file: str, rows: Iterable[FilledRow]) -> Iterator[Problem]:
    """Cells that the tables cannot take, told of the FOCUS file."""
    for row in rows:
        for column, text in row.cells.items():
            if text:
                try:
                    row.table.fields()[column].read(text)
                except InvalidValue as invalid:
                    where = f"{row.table.about.name}.{column}"
                    yield Problem(file, row.line, where, invalid.expected, shown(text))


def filled(rows: Iterable[FilledRow], fill: Mapping[tuple[str, str], str]) -> list[FilledRow]:
    """The rows with cells that are blank filled with what the user says, by table and column."""
    found = []
    for row in rows:
        said = {column: text for (table, column), text in fill.items() if table == row.table.about.name}
        cells = {**said, **{column: text for column, text in row.cells.items() if text}}
        found.append(FilledRow(row.table, cells, row.line))
    return found


def offers_there(tables: Iterable[type[Row]], raw: Mapping[str, RawTable], offers: Iterable[str]) -> list[str]:
    """Which of some offers have rows in the tables already."""
    there = {
        text
        for table in tables
        if table.about.name in raw
        for record in raw[table.about.name].records
        if (text := _offer(raw[table.about.name].header, record))
    }
    return [offer for offer in offers if offer in there]


def put_rows(tables: Sequence[type[Row]], raw: Mapping[str, RawTable], rows: Sequence[FilledRow]) -> Put:
    """The tables with the rows in them. All rows that an offer has in any of the tables give way to its new ones."""
    offers = {row.cells[OFFER] for row in rows}
    files: dict[str, bytes] = {}
    lines: dict[str, Mapping[int, int]] = {}
    for table in tables:
        name, mine = table.about.name, [row for row in rows if row.table is table]
        old = raw.get(name, RawTable((), ()))
        if not mine and not any(_offer(old.header, record) in offers for record in old.records):
            continue
        made, sources = _with(table, old, mine, offers)
        files[table.about.file] = csvtext.render(made)
        records = csvtext.parse(table.about.file, files[table.about.file]).records
        lines[table.about.file] = {records[at].line: line for at, line in sources.items()}
    return Put(files, lines)


def _with(
    table: type[Row], old: RawTable, rows: Sequence[FilledRow], offers: set[str]
) -> tuple[RawTable, dict[int, int]]:
    """A table with new rows, and by the position of each the line that it comes from.

    The new rows of an offer stand where its first row stood, or at the end.
    """
    header = old.header or tuple(
        column for column, field in table.fields().items() if not field.optional or any(column in r.cells for r in rows)
    )
    waiting: dict[str, list[FilledRow]] = {}
    for row in rows:
        waiting.setdefault(row.cells[OFFER], []).append(row)
    records: list[RawRecord] = []
    sources: dict[int, int] = {}

    def add(new: Sequence[FilledRow]) -> None:
        nonlocal header
        for row in new:
            header, record = _record(table, header, row)
            sources[len(records)] = row.line
            records.append(record)

    for record in old.records:
        offer = _offer(old.header, record)
        if offer not in offers:
            records.append(record)
        else:
            add(waiting.pop(offer, []))
    for new in waiting.values():
        add(new)
    return RawTable(header, tuple(wider(each, len(header)) for each in records)), sources


def _record(table: type[Row], header: tuple[str, ...], row: FilledRow) -> tuple[tuple[str, ...], RawRecord]:
    """A row as a record. A column is added to the header for what is not a blank's meaning, or must not be blank."""
    fields, record = table.fields(), RawRecord(row.line, ())
    for column, text in row.cells.items():
        if places(table, header, column) or fields[column].read(text) != fields[column].default:
            header, record = put(table, header, record, column, text)
    header = (*header, *(name for name in fields if not fields[name].optional and not places(table, header, name)))
    return header, wider(record, len(header))


def _offer(header: Sequence[str], record: RawRecord) -> str:
    """The offer of a record; blank where there is none."""
    at = header.index(OFFER) if OFFER in header else len(record.cells)
    return record.cells[at] if at < len(record.cells) else ""


def checked(file: str, rows: Sequence[FilledRow]) -> None:
    """Raise DataError where cells are none that the tables can take."""
    problems = list(unfit(file, rows))
    if problems:
        raise DataError(problems)
