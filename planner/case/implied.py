"""Rows that other tables imply, made as text before a case is read: what its files need not say.

A table declares by what it is implied (`planner.tables.implied`). The files stay as the user wrote them. What is read
has the implied rows, and blanks in the columns that they were made of, so that the planner knows one way of saying it.
A change of an implied table writes it out first. Problems of implied rows are told of the rows that imply them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.basics.errors import Problem
from planner.tables import cells
from planner.tables.cells import shown
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import InvalidValue
from planner.tables.implied import FromColumns, FromNames
from planner.tables.spellings import converted, place_in, places, put, spellings, wider
from planner.tables.table import Row

SOURCE = "source"
"""column of every table, which implied rows take over from the row that says them"""
MOST_YEARS = 100
"""rows that are numbered by year, at most"""
MOST_NAMED = 8
"""names that a remark lists"""


@dataclass(frozen=True)
class Origin:
    """The row that implies another one."""

    file: str
    line: int
    columns: Mapping[str, str]
    """by column of the implied row, the column that says it"""
    otherwise: str
    """the column that is named for all others"""


@dataclass
class ImpliedRows:
    """The tables of a case with the rows that others imply."""

    tables: dict[str, RawTable]
    origins: dict[tuple[str, int], Origin] = field(default_factory=dict)
    """what implies a row, by its file and its line, which is below 0"""
    remarks: dict[str, str] = field(default_factory=dict)
    """what is implied, in words, by table"""
    missing: dict[str, str] = field(default_factory=dict)
    """those remarks that are of files that are not there at all"""
    used: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """lines that stand for rows of another table, by that table and theirs"""
    problems: list[Problem] = field(default_factory=list)

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of implied rows, told of the rows that imply them."""
        return [self._told(problem) for problem in problems]

    def files(self, name: str) -> list[str]:
        """The files that imply rows of a table."""
        return list(dict.fromkeys(origin.file for (file, _), origin in self.origins.items() if file == f"{name}.csv"))

    def _told(self, problem: Problem) -> Problem:
        expected = problem.expected
        for file in re.findall(r"\bof (\w+)\.csv", expected):
            expected += f" ({self.missing[file]})" if file in self.missing else ""
        origin = self.origins.get((problem.file, problem.line or 0))
        if origin is None:
            return replace(problem, expected=expected)
        columns = dict.fromkeys(origin.columns.get(name, origin.otherwise) for name in problem.column.split(", "))
        return Problem(origin.file, origin.line, ", ".join(columns), expected, problem.found)

    def add(self, row: type[Row], made: Iterable[tuple[Mapping[str, str], Origin]]) -> None:
        """Rows of a table with these cells, by column as it is written."""
        file, name = row.about.file, row.about.name
        old = self.tables.get(name, RawTable((), ()))
        header, records, others = old.header, list[RawRecord](), spellings(row)
        for cells_of, origin in made:
            record = RawRecord(-1 - len(self.origins), ("",) * len(header))
            self.origins[file, record.line] = origin
            for column, text in cells_of.items():
                own = others[column].own if column in others else column
                if text:
                    header, record = put(row, header, record, column, text)
                elif not places(row, header, own):
                    header = (*header, column)
            records.append(record)
        kept = (_as_wide(record, len(old.header), len(header)) for record in old.records)
        self.tables[name] = RawTable(header, (*kept, *(wider(record, len(header)) for record in records)))


def implied_rows(
    raw: Mapping[str, RawTable], classes: Sequence[type[Row]], broken: Collection[str] = ()
) -> ImpliedRows:
    """The tables with all rows that others imply. `broken` names tables whose file could not be read."""
    found, known = ImpliedRows(dict(raw)), {row.about.name: row for row in classes}
    there = [row for row in classes if row.about.name in raw or row.about.name in broken]
    asked = {name for row in there for name in row.about.implies}
    needed = {name for row in there for name in (*row.about.needs, row.about.name)}
    for row in classes:
        rule, name = row.about.implied, row.about.name
        if rule is not None and name not in needed and (name in asked or not rule.asked):
            _from_names(found, row, rule)
    for source in classes:
        for says in source.about.says:
            if says.table in known and says.table not in broken:
                _FromRows(found, known[says.table], says, source, raw).make()
    return found


def spelled_out(raw: Mapping[str, RawTable], names: Iterable[str], classes: Sequence[type[Row]]) -> dict[str, RawTable]:
    """The tables with the implied rows of some of them written out, and blanks in the columns that implied them."""
    made, asked = dict(raw), set(names)
    for row in (row for row in classes if row.about.name in asked):
        found, name = implied_rows(made, classes), row.about.name
        if name not in found.remarks:
            continue
        table = found.tables[name]
        written = [record for record in table.records if record.line > 0]
        first = 1 + max((record.line for record in written), default=1)
        implied = [record for record in table.records if record.line < 0]
        renumbered = (record._replace(line=first + i) for i, record in enumerate(implied))
        made[name] = RawTable(table.header, (*written, *renumbered))
        for source in classes:
            for rule in (rule for rule in source.about.says if rule.table == name):
                if (lines := found.used.get((name, source.about.name))) is not None:
                    made[source.about.name] = blanked(made[source.about.name], source, rule, lines)
    return made


def instead(row: type[Row], table: RawTable, before: RawTable | None) -> RawTable:
    """A table that was spelled out and has got a last row, without the implied row in whose place that stands."""
    *others, last = table.records
    at = [table.header.index(name) for name in row.about.key if name in table.header]
    written = 0 if before is None else len(before.records)
    kept = [each for i, each in enumerate(others) if i < written or any(each.cells[j] != last.cells[j] for j in at)]
    return RawTable(table.header, (*kept, last))


def _from_names(found: ImpliedRows, row: type[Row], rule: FromNames) -> None:
    """The rows of a table that is missing, one for each name."""
    (key, *_), file = row.about.key, row.about.file
    names: dict[str, Origin] = {}
    for target in rule.of:
        name, column = target.split(".")
        for record, text in _column(found.tables, name, column):
            names.setdefault(text, Origin(f"{name}.csv", record.line, {}, column))
    if names:
        found.add(row, [({key: name, **rule.cells}, origin) for name, origin in names.items()])
        remark = f"{file} is not there: {rule.says}"
        found.missing[row.about.name] = remark
        found.remarks[row.about.name] = f"{remark}: {_listed(list(names))}"


def _column(tables: Mapping[str, RawTable], name: str, column: str) -> Iterator[tuple[RawRecord, str]]:
    """The cells of a column that are not blank, each with its row."""
    table = tables.get(name, RawTable((), ()))
    if column in table.header:
        at = table.header.index(column)
        for record in table.records:
            if len(record.cells) == len(table.header) and record.cells[at]:
                yield record, record.cells[at]


def _as_wide(record: RawRecord, before: int, now: int) -> RawRecord:
    """A row of a table that has more columns now; one of a wrong number of cells keeps a wrong number."""
    if len(record.cells) == before:
        return wider(record, now)
    return record._replace(cells=(*record.cells, "")) if len(record.cells) == now else record


def _listed(names: Sequence[str]) -> str:
    """Names in words; of many, the first and how many more there are."""
    more = [f"{len(names) - MOST_NAMED:,} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


@dataclass(frozen=True)
class _Said:
    """What a row of the other table says of rows of a table."""

    record: RawRecord
    key: str
    cells: Mapping[str, tuple[str, str]]
    """by column of the table: the same in the unit that is written, and the text"""
    blank: Mapping[str, tuple[str, str]]
    """the same of what a blank means"""
    origin: Origin


@dataclass(frozen=True)
class _FromRows:
    """Rows of a table, `row`, that stand in columns of another one, `source`."""

    found: ImpliedRows
    row: type[Row]
    rule: FromColumns
    source: type[Row]
    raw: Mapping[str, RawTable]
    """the tables as they are written"""

    def make(self) -> None:
        """Make the rows, blank the columns that they are made of, and tell what is wrong with these."""
        rule, name = self.rule, self.row.about.name
        missing = name not in self.raw
        header = self.raw[self.source.about.name].header if self.source.about.name in self.raw else ()
        says = any(places(self.source, header, theirs) for theirs in rule.columns.values())
        if not says and (rule.alone is None or not missing):
            return
        every = list(self._said())
        filled = [said for said in every if said.cells]
        there = {text for _, text in _column(self.raw, name, rule.key)}
        self.found.problems += [self._twice(said) for said in filled if said.key in there]
        taken = [said for said in filled if said.key not in there]
        also: Mapping[str, str] = {}
        if missing and rule.alone is not None:
            if filled:
                self.found.problems += [self._not_said(said) for said in every if not said.cells]
            elif len(every) == 1:
                taken, also = every, rule.alone
        if not taken:
            return
        self.found.add(self.row, [each for said in taken for each in self._rows(said, also)])
        lines, here = {said.record.line for said in taken}, self.source.about.name
        self.found.used[name, here] = lines
        self.found.tables[here] = blanked(self.found.tables[here], self.source, rule, lines)
        which = "is not there" if missing else f"has no rows of {_listed([said.key for said in taken])}"
        before = f"{self.found.remarks[name]}; " if name in self.found.remarks else ""
        self.found.remarks[name] = f"{before}{self.row.about.file} {which}: {rule.says}"

    def _said(self) -> Iterator[_Said]:
        """What each row of the other table says; of two of one name, the first."""
        names = set[str]()
        for record, key in _column(self.raw, self.source.about.name, self.rule.key):
            if key not in names:
                names.add(key)
                yield self._said_in(record, key)

    def _said_in(self, record: RawRecord, key: str) -> _Said:
        header = self.raw[self.source.about.name].header
        said, blank = dict[str, tuple[str, str]](), dict[str, tuple[str, str]]()
        columns = {self.rule.key: self.rule.key}
        otherwise = self.rule.key
        for own, theirs in self.rule.columns.items():
            written, column = own, theirs
            blank[own] = (own, self.rule.cells.get(own, ""))
            if places(self.source, header, theirs):
                at, how = place_in(self.source, header, record.cells, theirs)
                written, column = own if how is None else how.column, header[at]
                blank[own] = (written, converted(self.rule.cells.get(own, ""), None, how))
                if record.cells[at] and self._allowed(record, own, column, record.cells[at]):
                    said[own] = (written, record.cells[at])
                    otherwise = otherwise if otherwise != self.rule.key else column
            columns |= {written: column, own: column}
        return _Said(record, key, said, blank, Origin(self.source.about.file, record.line, columns, otherwise))

    def _allowed(self, record: RawRecord, own: str, column: str, text: str) -> bool:
        """Whether a cell is what its column may hold; told here where that of the other table is called otherwise."""
        if own == column or column in spellings(self.source):
            return True
        try:
            self.source.fields()[column].read(text)
        except InvalidValue as invalid:
            self.found.problems.append(
                Problem(self.source.about.file, record.line, column, invalid.expected, shown(text))
            )
            return False
        return True

    def _twice(self, said: _Said) -> Problem:
        (column, text), *_ = ((said.origin.columns[written], text) for written, text in said.cells.values())
        expected = f"a blank, as {self.row.about.file} has rows of {said.key}"
        return Problem(self.source.about.file, said.record.line, column, expected, shown(text))

    def _not_said(self, said: _Said) -> Problem:
        """A row that does not say what others say, where the file is missing."""
        column = next(iter(self.rule.columns.values()))
        expected = f"a value, as {self.row.about.file} is not there and other rows of this table have one"
        return Problem(self.source.about.file, said.record.line, column, expected, "a blank")

    def _rows(self, said: _Said, also: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], Origin]]:
        """The cells of the rows that a row of the other table stands for, by column as it is written."""
        header = self.raw[self.source.about.name].header
        texts = {self.rule.key: said.key, **self.rule.cells}
        texts |= {SOURCE: said.record.cells[header.index(SOURCE)]} if SOURCE in header else {}
        same = {name: (name, text) for name, text in texts.items()}
        same |= {**said.blank, **{name: (name, text) for name, text in also.items()}}
        for more in self._repeated(said.record):
            made = {**same, **said.cells, **more}
            yield dict(made[name] for name in self.row.fields() if name in made), said.origin

    def _repeated(self, record: RawRecord) -> Iterator[Mapping[str, tuple[str, str]]]:
        """What tells the rows apart that one row of the other table stands for."""
        if self.rule.numbered is not None:
            column, of = self.rule.numbered
            for year in range(1, 1 + self._years(record, of)):
                yield {column: (column, f"{year}")}
        elif self.rule.each is not None:
            column, target = self.rule.each
            for _, name in _column(self.found.tables, *target.split(".")):
                yield {column: (column, name)}
        else:
            yield {}

    def _years(self, record: RawRecord, column: str) -> int:
        """The number of years in a cell, a part of one as a whole; 0 where there is none, which is told elsewhere."""
        header = self.raw[self.source.about.name].header
        try:
            years = cells.number(record.cells[header.index(column)]) if column in header else 0.0
        except ValueError:
            return 0
        return min(MOST_YEARS, max(0, math.ceil(years - 1e-6)))


def blanked(table: RawTable, source: type[Row], rule: FromColumns, lines: Collection[int]) -> RawTable:
    """A table with blanks in the columns that imply rows of another one, on some lines."""
    columns = {at for theirs in rule.columns.values() for at, _ in places(source, table.header, theirs)}
    return RawTable(
        table.header,
        tuple(
            record._replace(cells=tuple("" if at in columns else cell for at, cell in enumerate(record.cells)))
            if record.line in lines and len(record.cells) == len(table.header)
            else record
            for record in table.records
        ),
    )
