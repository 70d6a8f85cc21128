"""Changes to rows, made in the text of a case's tables. Rows that do not change stay byte for byte as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.case import changes as case_changes
from planner.case.case import Case
from planner.common import settings
from planner.interfaces.advance import Act, RowChange
from planner.tables import csvtext
from planner.tables.cells import text_of
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import InvalidValue
from planner.tables.spellings import places, put, wider
from planner.tables.table import Row


def applied(changes: Iterable[RowChange], raw: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """The tables with all changes made, one after another; a table without rows is left out.

    Raises LookupError where a row that is changed or left out is not there, or a row that is added is.
    """
    tables = dict(raw)
    for change in changes:
        name = change.table.about.name
        tables[name] = _made(change, tables.get(name, RawTable((), ())))
    return {name: table for name, table in tables.items() if table.records or name in raw}


def _made(change: RowChange, table: RawTable) -> RawTable:
    """The table with one change made."""
    at = _position(change, table)
    if (at is None) != (change.act is Act.ADD):
        raise LookupError(f"{change.table.about.file}: {change.key} cannot be {change.act}")
    if change.act is Act.LEAVE_OUT:
        return RawTable(table.header, tuple(row for i, row in enumerate(table.records) if i != at))
    header = _header(change, table)
    records = list(table.records)
    if at is None:
        line = 1 + max((record.line for record in records), default=1)
        at = len(records)
        records.append(RawRecord(line, ()))
    record = wider(records[at], len(header))
    for column, value in change.cells.items():
        header, record = put(change.table, header, record, column, text_of(value))
    records[at] = record._replace(changed_by=change.why)
    return RawTable(header, tuple(wider(each, len(header)) for each in records))


def _header(change: RowChange, table: RawTable) -> tuple[str, ...]:
    """The columns of the table and those that the change needs, in the order of the table's fields if it is new."""
    fields = change.table.fields()
    unknown = [column for column in change.cells if column not in fields]
    if unknown:
        raise LookupError(f"{change.table.about.file} has no column {', '.join(unknown)}")
    if not table.header:
        return tuple(name for name in fields if name in change.cells)
    new = (name for name in change.cells if not places(change.table, table.header, name))
    return (*table.header, *new)


def _position(change: RowChange, table: RawTable) -> int | None:
    """The position of the row with the key of the change; None where there is none."""
    if not table.header:
        return None
    names = change.table.about.key
    columns = [(table.header.index(name) if name in table.header else None) for name in names]
    for i, record in enumerate(table.records):
        texts = ["" if column is None else record.cells[column] for column in columns]
        if all(_is(change.table, name, text, key) for name, text, key in zip(names, texts, change.key, strict=True)):
            return i
    return None


def _is(table: type[Row], column: str, text: str, value: object) -> bool:
    """Whether a cell of a table holds a value."""
    field = table.fields()[column]
    if not text:
        return value == field.default
    try:
        return field.read(text) == value
    except InvalidValue:
        return False


def changed_case(case: Case, changes: Sequence[RowChange], asked: Sequence[str] = ()) -> Case:
    """The case with rows changed, and with settings changed in the words of `--set`.

    Raises DataError where the changed case is not valid.
    """
    raw = applied(changes, case.spelled_out({change.table.about.name for change in changes}))
    files = dict(case.files)
    for table in case.catalogue.tables:
        name = table.about.name
        if name in raw and raw[name] is not case.raw.get(name):
            files[table.about.file] = csvtext.render(raw[name])
    if asked:
        files[settings.FILE] = case_changes.apply(asked, {}, files[settings.FILE], ())[1]
    return type(case).made_of(files, case.catalogue, like=case)
