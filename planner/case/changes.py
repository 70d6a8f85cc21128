"""Changes to a case. They alter the text of its tables and settings, which are then read and checked again as a whole.

The grammar of changes is in `planner.case.grammar`. A change names rows by all columns of the key, in their order. For
each column it gives a value, `*` for all, or a range of dates `d1..d2`, from d1 to the day before d2; either end may be
left out. Where rows hold from a date until the next, a range splits rows, so that the change holds only within it.

Under += -= *= a blank cell counts as its default value. Where the column has no default it stays blank; that all chosen
cells are blank is an error. Dates move by whole months: `+= 6 months`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from planner.basics.errors import DataError, Problem
from planner.case.arithmetic import calculated
from planner.case.grammar import AddRow, Change, Op, RemoveRows, SetCells, SetSetting, Value, change_error, parse
from planner.case.implied import instead, spelled_out
from planner.common.settings import SECTIONS, Settings, key_suggestion, setting_fields, setting_spellings
from planner.tables.cells import shown, text_of
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import InvalidValue, value_type
from planner.tables.references import suggestion
from planner.tables.spellings import Spelling, converted, convertible, place_in, places, put, spellings, wider
from planner.tables.table import Row, TableField

_RANGE = re.compile(r"(?P<first>[^.]*)\.\.(?P<last>[^.]*)")


def apply(
    texts: Sequence[str], raw: Mapping[str, RawTable], toml: bytes, classes: Sequence[type[Row]]
) -> tuple[dict[str, RawTable], bytes]:
    """The tables and the text of `case.toml` with all changes made, one after another.

    Raises DataError with all changes that cannot be read or, if there are none, with the first that cannot be made.
    """
    changes: list[Change] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            changes.append(parse(text))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    tables = dict(raw)
    for change in changes:
        if isinstance(change, SetSetting):
            toml = _set_setting(change, toml)
            continue
        row = _class(change, classes)
        before, tables = tables.get(change.table), spelled_out(tables, (change.table,), classes)
        if isinstance(change, AddRow):
            tables[change.table] = instead(row, _add(change, row, tables.get(change.table)), before)
            continue
        table = tables.get(change.table, RawTable(tuple(row.fields()), ()))
        tables[change.table] = _set(change, row, table) if isinstance(change, SetCells) else _remove(change, row, table)
    return tables, toml


@dataclass(frozen=True)
class _Selector:
    """The values of one column of the key that a change selects: one value, a range of dates, or all."""

    field: TableField
    value: object = None
    range: tuple[date, date] | None = None

    def __contains__(self, text: str) -> bool:
        try:
            found = self.field.read(text)
        except InvalidValue:
            return False
        if self.range is not None:
            return isinstance(found, date) and self.range[0] <= found < self.range[1]
        return self.value is None or found == self.value


def _class(change: SetCells | RemoveRows | AddRow, classes: Sequence[type[Row]]) -> type[Row]:
    names = [row.about.name for row in classes]
    if change.table not in names:
        found = shown(change.table) + suggestion(change.table, names)
        raise change_error(change.text, "a table of the case", found)
    return classes[names.index(change.table)]


def _field(change: str, row: type[Row], column: str) -> TableField:
    """The column of a table that a change names, in the planner's unit or in another one."""
    cells, others = row.fields(), spellings(row)
    if column in others:
        return cells[others[column].own]
    if column not in cells:
        expected = f"a column of {row.about.name} ({', '.join(cells)})"
        raise change_error(change, expected, shown(column) + suggestion(column, cells, others))
    return cells[column]


def _put(record: RawRecord, position: int, text: str, because: str) -> RawRecord:
    cells = (*record.cells[:position], text, *record.cells[position + 1 :])
    return record._replace(cells=cells, changed_by="; ".join(filter(None, (record.changed_by, because))))


def _selectors(change: SetCells | RemoveRows, row: type[Row], table: RawTable) -> list[_Selector]:
    about = row.about
    if len(change.keys) != len(about.key):
        expected = f"{about.name}[{', '.join(about.key)}], each a value or *"
        raise change_error(change.text, expected, f"{len(change.keys)} key{'s' * (len(change.keys) != 1)}")
    selectors = []
    for name, key in zip(about.key, change.keys, strict=True):
        field = row.fields()[name]
        if key == "*":
            selectors.append(_Selector(field))
            continue
        if value_type(field.annotation) is date and (found := _RANGE.fullmatch(key)):
            selectors.append(_Selector(field, range=_range(change.text, field, found["first"], found["last"])))
            continue
        selector = _Selector(field, _read(change.text, field, key))
        position = table.header.index(name)
        there = {record.cells[position] for record in table.records}
        if not any(text in selector for text in there):
            expected = f"a {name} of {about.file}, or *"
            raise change_error(change.text, expected, shown(key) + suggestion(key, there))
        selectors.append(selector)
    return selectors


def _range(change: str, field: TableField, first: str, last: str) -> tuple[date, date]:
    ends = [
        default if not text.strip() else _read(change, field, text.strip())
        for text, default in ((first, date.min), (last, date.max))
    ]
    begin, end = (end for end in ends if isinstance(end, date))
    if end <= begin:
        raise change_error(change, "a range whose second date is later than its first", f"'{first}..{last}'")
    return begin, end


def _read(change: str, field: TableField, text: str) -> object:
    try:
        return field.read(text)
    except InvalidValue as invalid:
        raise change_error(change, f"{invalid.expected} as {field.name}", shown(text)) from None


def _selected(
    change: SetCells | RemoveRows, row: type[Row], table: RawTable, selectors: Sequence[_Selector]
) -> list[int]:
    """Positions of the selected records. Where a range splits rows, records of all dates are selected."""
    positions = [table.header.index(name) for name in row.about.key]
    splits = isinstance(change, SetCells) and row.about.dated
    tests = [
        (position, selector)
        for position, selector in zip(positions, selectors, strict=True)
        if not (splits and selector.range is not None)
    ]
    return [
        i for i, record in enumerate(table.records) if all(record.cells[position] in which for position, which in tests)
    ]


def _none_selected(change: SetCells | RemoveRows, row: type[Row]) -> DataError:
    return change_error(change.text, f"keys that some row of {row.about.file} has", "no such row")


def _remove(change: RemoveRows, row: type[Row], table: RawTable) -> RawTable:
    gone = set(_selected(change, row, table, _selectors(change, row, table)))
    if not gone:
        raise _none_selected(change, row)
    return RawTable(table.header, tuple(record for i, record in enumerate(table.records) if i not in gone))


def _add(change: AddRow, row: type[Row], table: RawTable | None) -> RawTable:
    if table is None:
        table = RawTable(tuple(row.fields()), ())
    header, named = table.header, dict[str, str]()
    record = RawRecord(1 + max((record.line for record in table.records), default=1), ("",) * len(header), change.text)
    for column, value in change.cells:
        field = _field(change.text, row, column)
        if named.setdefault(field.name, column) != column:
            raise change_error(change.text, f"{named[field.name]} or {column}", "both")
        text = _typed(change.text, field, value, spellings(row).get(column))
        header, record = put(row, header, record, column, text)
    return RawTable(header, tuple(wider(each, len(header)) for each in (*table.records, record)))


def _set(change: SetCells, row: type[Row], table: RawTable) -> RawTable:
    field, asked = _field(change.text, row, change.column), spellings(row).get(change.column)
    selectors = _selectors(change, row, table)
    header = table.header if places(row, table.header, field.name) else (*table.header, change.column)
    chosen = _selected(change, row, table, selectors)
    dates = [selector.range for selector in selectors if selector.range is not None]
    records: dict[int, list[RawRecord]] = {i: [record] for i, record in enumerate(table.records)}

    done: list[RawRecord] = []

    def changed(record: RawRecord) -> RawRecord:
        nonlocal header
        record = wider(record, len(header))
        if change.op is Op.PUT:
            text = _typed(change.text, field, change.value, asked)
            header, made = put(row, header, record, change.column, text)
        else:
            place, how = place_in(row, header, record.cells, field.name)
            old = record.cells[place] or converted(text_of(field.default), None, how)
            if not old:
                return record
            text = calculated(_in_unit(change, asked, how, field), field.name, field.annotation, old)
            made = record._replace(cells=(*record.cells[:place], text, *record.cells[place + 1 :]))
        done.append(record)
        return made._replace(changed_by="; ".join(filter(None, (record.changed_by, change.text))))

    if row.about.dated and dates:
        for series in _series(row, table, chosen):
            records.update(_within(change.text, table, series, dates[0], changed))
    else:
        records.update({i: [changed(table.records[i])] for i in chosen})
    if not chosen:
        raise _none_selected(change, row)
    if not done:
        raise change_error(
            change.text, f"a {change.column} to change", "a blank" if change.op is not Op.PUT else "no such date"
        )
    made = (record for i in range(len(table.records)) for record in records[i])
    return RawTable(header, tuple(wider(record, len(header)) for record in made))


def _in_unit(change: SetCells, asked: Spelling | None, how: Spelling | None, field: TableField) -> SetCells:
    """A change of a number with what is added to it in the unit in which the number is written."""
    if change.op is Op.MULTIPLY or asked == how or change.value.blank:
        return change
    if not convertible(asked, how):
        written = field.name if how is None else how.column
        raise change_error(change.text, f"{written}, as the table says it so", shown(change.column))
    return replace(change, value=replace(change.value, text=converted(change.value.text, asked, how)))


def _series(row: type[Row], table: RawTable, chosen: Sequence[int]) -> list[list[int]]:
    """The chosen records by the other columns of their key, each series in the order of its dates."""
    others = [table.header.index(name) for name in row.about.key if name != "from_date"]
    when = table.header.index("from_date")
    series: dict[tuple[str, ...], list[int]] = {}
    for i in sorted(chosen, key=lambda i: table.records[i].cells[when]):
        series.setdefault(tuple(table.records[i].cells[other] for other in others), []).append(i)
    return list(series.values())


def _within(
    because: str,
    table: RawTable,
    series: Sequence[int],
    span: tuple[date, date],
    changed: Callable[[RawRecord], RawRecord],
) -> dict[int, list[RawRecord]]:
    """The new records of a series, by the position of the old one, if a change holds from one day until another."""
    when = table.header.index("from_date")
    found: dict[int, list[RawRecord]] = {}
    first, end = (day.isoformat() for day in span)
    for i, following in zip(series, [*series[1:], None], strict=True):
        record = table.records[i]
        begins = record.cells[when]
        ends = date.max.isoformat() if following is None else table.records[following].cells[when]
        if ends <= first or end <= begins:
            continue
        parts = [record] if begins < first else []
        inside = changed(record)
        parts.append(_put(inside, when, first, "") if begins < first else inside)
        if end < ends:
            parts.append(_put(record, when, end, because))
        found[i] = parts
    return found


def _typed(change: str, field: TableField, value: Value, asked: Spelling | None = None) -> str:
    """The text of a cell after a value, in the unit that is asked for, is put into it."""
    name = field.name if asked is None else asked.column
    if value.blank and not field.optional:
        raise change_error(change, f"{field.expected} as {name}", "blank")
    if value.blank:
        return ""
    if value.text or not field.optional:
        try:
            field.read(converted(value.text, asked, None))
        except InvalidValue as invalid:
            raise change_error(change, f"{invalid.expected} as {name}", shown(value.text)) from None
    return value.text


def _set_setting(change: SetSetting, toml: bytes) -> bytes:
    model: type[BaseModel] = Settings
    if change.section:
        if change.section not in SECTIONS:
            found = shown(change.section) + suggestion(change.section, SECTIONS)
            expected = f"case.key or {' or '.join(f'case.{section}.key' for section in SECTIONS)}"
            raise change_error(change.text, expected, found)
        model = SECTIONS[change.section]
    known = setting_fields(model)
    asked = setting_spellings(model).get(change.key)
    own = change.key if asked is None else asked.own
    if own not in known:
        others = () if change.section else SECTIONS
        elsewhere = [section for section in others if change.key in setting_fields(SECTIONS[section])]
        key = f"{change.section}.{change.key}" if change.section else change.key
        hint = f"; did you mean 'case.{elsewhere[0]}.{change.key}'?" if elsewhere else key_suggestion(key, known)
        found = shown(change.key) + hint
        raise change_error(change.text, f"a key of the case ({', '.join(known)})", found)
    import tomlkit

    annotation, column = known[own]
    field = model.model_fields[own]
    document = tomlkit.parse(toml.decode("utf-8-sig"))
    if change.section and change.section not in document:
        document[change.section] = tomlkit.table()
    target = document[change.section] if change.section else document
    if not isinstance(target, (tomlkit.TOMLDocument, tomlkit.items.AbstractTable)):
        raise change_error(change.text, f"a section [{change.section}] in case.toml", "another spelling of it")
    how = next((each for name, each in setting_spellings(model).items() if each.own == own and name in target), None)
    how = asked if how is None and own not in target else how
    key = own if how is None else how.column
    if change.value.blank:
        if field.is_required() or change.op is not Op.PUT:
            raise change_error(change.text, column.expected(annotation), "blank")
        target.pop(key, None)
        return tomlkit.dumps(document).encode()
    text = converted(change.value.text, asked, how)
    if change.op is not Op.PUT:
        default = converted(text_of(field.default), None, how)
        old = text_of(_plain_value(target[key])) if key in target else default
        if not old:
            raise change_error(change.text, f"a number in {key} to change", "a blank")
        by = change.value.text if change.op is Op.MULTIPLY else text
        text = calculated(replace(change, value=replace(change.value, text=by)), key, annotation, old)
    try:
        value = column.reader(annotation)(converted(text, how, None))
    except InvalidValue as invalid:
        raise change_error(change.text, invalid.expected, shown(text)) from None
    value = value if how is None else column.reader(annotation)(text)
    target[key] = str(value) if isinstance(value, StrEnum) else value
    return tomlkit.dumps(document).encode()


def _plain_value(value: object) -> object:
    import tomlkit

    return value.unwrap() if isinstance(value, tomlkit.items.Item) else value
