"""Tables of a case in the planner's own units, and problems of them told as the user wrote the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from planner.basics.errors import Problem
from planner.tables import cells
from planner.tables.cells import shown
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import unit_of
from planner.tables.spellings import CHIP, CHIPS, KW_PER_CHIP, Spelling, place_in, places, spellings
from planner.tables.table import Row

_NUMBERS = re.compile(r"(?<![\w.-])[1-9][0-9,]*(?:\.[0-9]+)?(?:e\+?[0-9]+)?(?![\w-])|(?<![\w.-])0\.[0-9]*[1-9]")


def own_units(raw: Mapping[str, RawTable], classes: Iterable[type[Row]]) -> tuple[dict[str, RawTable], list[Problem]]:
    """The tables with every column in the planner's own unit; those that are so already stay the same objects.

    Problems are rows that fill two columns of one meaning, and prices per chip where the chip's power is not known.
    """
    made, problems = dict(raw), list[Problem]()
    for row in classes:
        table = raw.get(row.about.name)
        if table is not None and any(name in spellings(row) for name in table.header):
            made[row.about.name], wrong = _own(row, table, raw)
            problems += wrong
    return made, problems


def _own(row: type[Row], table: RawTable, raw: Mapping[str, RawTable]) -> tuple[RawTable, list[Problem]]:
    others, header, problems = spellings(row), table.header, list[Problem]()
    power = _Power(row, table, raw)
    name_of = [others[name].own if name in others else name for name in header]
    first: dict[str, int] = {}
    away = set()
    for i, name in enumerate(name_of):
        written_otherwise = any(header[at] in others for at, _ in places(row, header, name))
        if name and written_otherwise and first.setdefault(name, i) != i and header[i] not in header[:i]:
            away.add(i)  # a column said twice under one name stays, as an error
    records = []
    for record in table.records:
        if len(record.cells) != len(header):
            shorter = record.cells[: max(0, len(record.cells) - len(away))]
            records.append(record._replace(cells=shorter))
            continue
        made = list(record.cells)
        for i, name in enumerate(header):
            if name in others and made[i]:
                made[i], wrong = power.converted(others[name], record, made[i])
                problems += wrong
        for i in sorted(away):
            kept = first[name_of[i]]
            if made[i] and made[kept]:
                both = ", ".join(header[at] for at, _ in places(row, header, name_of[i]) if record.cells[at])
                problems.append(Problem(row.about.file, record.line, both, "one of the two", "both"))
            made[kept] = made[kept] or made[i]
        records.append(record._replace(cells=tuple(cell for i, cell in enumerate(made) if i not in away)))
    named = tuple(name for i, name in enumerate(name_of) if i not in away)
    return RawTable(named, tuple(records)), problems


def same(one: RawTable, other: RawTable | None) -> bool:
    """Whether two tables hold the same cells on the same lines."""
    return one is other or (
        other is not None
        and one.header == other.header
        and len(one.records) == len(other.records)
        and all(a.line == b.line and a.cells == b.cells for a, b in zip(one.records, other.records, strict=True))
    )


class _Power:
    """How many kW a chip of a row takes."""

    def __init__(self, row: type[Row], table: RawTable, raw: Mapping[str, RawTable]) -> None:
        self.row, self.table, self.raw = row, table, raw
        chips = raw.get(CHIPS, RawTable((), ()))
        self.kw = dict(_pairs(chips, CHIP, KW_PER_CHIP))
        self.known = {chip for chip, _ in _pairs(chips, CHIP, CHIP)}

    def converted(self, spelling: Spelling, record: RawRecord, text: str) -> tuple[str, list[Problem]]:
        """The text of a number in the planner's unit, and what is missing to know it."""
        if not spelling.per_chip:
            return spelling.to_own(text), []
        chips = self._chips(record)
        file, line, column = self.row.about.file, record.line, spelling.column
        if not chips:
            about = self.row.about.chips_of
            if about is None or self._other_names_none(record):
                return "1", []  # its chip is not known, which is told elsewhere
            expected = f"a product of {about.only} 1 in {about.table}.csv, whose price this is"
            return "1", [Problem(file, line, column, expected, "none")]
        if not chips <= self.known:
            return "1", []  # told elsewhere
        texts = {self.kw.get(chip, "") for chip in chips}
        blank = sorted(chip for chip in chips if not self.kw.get(chip))
        if blank:
            expected = f"{KW_PER_CHIP} of {', '.join(blank)} in {CHIPS}.csv, where a price is per chip"
            return "1", [Problem(file, line, column, expected, "a blank")]
        try:
            powers = {cells.number(each): Decimal(each) for each in texts}
        except ValueError:
            return "1", []  # told where chips are read
        if len(powers) > 1:
            expected = "chips of one kw_per_chip among the products of price_factor 1"
            return "1", [Problem(file, line, column, expected, " and ".join(sorted(texts)))]
        ((value, kw),) = powers.items()
        return (spelling.to_own(text, kw), []) if value > 0 else ("1", [])

    def _chips(self, record: RawRecord) -> set[str]:
        """The chips that a price of a row is for."""
        header, about = self.table.header, self.row.about.chips_of
        if about is None:
            return {record.cells[header.index(CHIP)]} - {""} if CHIP in header else set()
        if about.by not in header:
            return set()
        return {chip for by, chip in self._products() if by == record.cells[header.index(about.by)]}

    def _products(self) -> Iterator[tuple[str, str]]:
        about = self.row.about.chips_of
        other = None if about is None else self.raw.get(about.table)
        if about is None or other is None or not {about.by, about.only, CHIP} <= set(other.header):
            return
        by, only, chip = (other.header.index(name) for name in (about.by, about.only, CHIP))
        for record in other.records:
            if len(record.cells) == len(other.header) and _is_one(record.cells[only]):
                yield record.cells[by], record.cells[chip]

    def _other_names_none(self, record: RawRecord) -> bool:
        """Whether the row names nothing, so that another problem tells of it."""
        about = self.row.about.chips_of
        return about is None or about.by not in self.table.header or not record.cells[self.table.header.index(about.by)]


def _is_one(text: str) -> bool:
    try:
        return cells.number(text) == 1.0
    except ValueError:
        return False


def _pairs(table: RawTable, first: str, second: str) -> Iterator[tuple[str, str]]:
    if first in table.header and second in table.header:
        a, b = table.header.index(first), table.header.index(second)
        yield from ((row.cells[a], row.cells[b]) for row in table.records if len(row.cells) == len(table.header))


def as_written(
    problems: Iterable[Problem], raw: Mapping[str, RawTable], own: Mapping[str, RawTable], classes: Iterable[type[Row]]
) -> list[Problem]:
    """Problems of tables in the planner's units, told of the columns and cells that the user wrote."""
    by_file = {row.about.file: row for row in classes if raw.get(row.about.name) is not own.get(row.about.name)}
    found = []
    for problem in problems:
        row = by_file.get(problem.file)
        found.append(problem if row is None else _as_written(problem, row, raw[row.about.name], own[row.about.name]))
    return found


def _as_written(problem: Problem, row: type[Row], table: RawTable, own: RawTable) -> Problem:
    written = _line(table, problem.line)
    read = _line(own, problem.line)
    expected, columns = problem.expected, problem.column.split(", ")
    said = problem.found
    for name in row.fields():
        there = places(row, table.header, name)
        at, how = there[0] if there else (0, None)
        if there and written is not None:
            at, how = place_in(row, table.header, written.cells, name)
        if how is None:
            continue
        if name in columns and written is not None and read is not None and name in own.header:
            said = _cell_as_written(said, expected, written.cells[at], read.cells[own.header.index(name)], name)
        columns = [how.column if column == name else column for column in columns]
        expected = re.sub(rf"(?<!\w){name}(?!\w)", how.column, expected)
    return replace(problem, column=", ".join(columns), expected=expected, found=said)


def _cell_as_written(said: str, expected: str, written: str, read: str, own: str) -> str:
    """What was found, with the cell as it is written in place of the number in the planner's unit."""
    try:
        texts = (shown(cells.number(read)), shown(read))
    except ValueError:
        return said
    text = next((each for each in texts if said.startswith(each)), None)
    if text is None:
        return said
    rest = said.removeprefix(text)
    if not _NUMBERS.search(expected):
        return shown(written) + rest
    return f"{shown(written)}, which is {text[1:-1]} {unit_of(own)}{rest}"


def _line(table: RawTable, line: int | None) -> RawRecord | None:
    width = len(table.header)
    return next((row for row in table.records if row.line == line and len(row.cells) == width), None)
