"""Raw tables to typed rows, with every problem of every table at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import cast

from pydantic import ValidationError

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.csvtext import TABLES_KEPT, RawRecord, RawTable
from planner.tables.fields import ALTERNATIVES, OFFERS
from planner.tables.offer import Offer
from planner.tables.references import meant
from planner.tables.table import R, Row, TableField

MOST_COMPARISONS = 100_000
"""of the unknown names of a column with those that there are, to find what may have been meant"""


@dataclass(frozen=True)
class Rows:
    """Rows by table, in the order of their files."""

    by_class: Mapping[type[Row], tuple[Row, ...]]
    partial: frozenset[type[Row]]
    """tables of which some row is not valid by itself"""

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """Rows of a table that are valid by themselves; none where the table is absent."""
        return cast(tuple[R, ...], self.by_class.get(row, ()))

    def complete(self, *rows: type[Row]) -> bool:
        """Whether every row of these tables is valid by itself."""
        return self.partial.isdisjoint(rows)

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables."""
        return self._offers

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        return tuple(row for rows in self.by_class.values() for row in rows if isinstance(row, Offer))


def read_rows(
    raw: Mapping[str, RawTable], classes: Sequence[type[Row]], broken: frozenset[str], start: date | None
) -> tuple[Rows, list[Problem]]:
    """Typed rows of the tables in `raw` (by name), and what is wrong with each and with names and dates among them.

    `broken` names tables whose file could not be read; None as `start` leaves the dates of series unchecked.
    """
    problems: list[Problem] = []
    by_class: dict[type[Row], tuple[Row, ...]] = {}
    partial = {row for row in classes if row.about.name in broken}
    for row in classes:
        if row.about.name in raw:
            found, wrong = _read_table(row, raw[row.about.name])
            by_class[row] = found
            problems += wrong
            if len(found) < len(raw[row.about.name].records):
                partial.add(row)
        elif row.about.required and row.about.name not in broken:
            problems.append(Problem(row.about.file, None, "", f"this table, {row.about.title}", "no such file"))
            partial.add(row)
    rows = Rows(by_class, frozenset(partial))
    names = _names(raw, classes, partial)
    for row in classes:
        problems += _unknown_names(row, rows.rows(row), names)
        if row.about.dated and start is not None and row not in partial:
            problems += _late_series(row, rows.rows(row), start)
    return rows, problems


@lru_cache(maxsize=TABLES_KEPT)
def _read_table(row: type[Row], table: RawTable) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """A table's valid rows, and what is wrong with its header, its rows and its keys."""
    file, cells = row.about.file, row.cells()
    problems = list(_header(row, table.header))
    positions = {name: i for i, name in reversed(list(enumerate(table.header))) if name in cells}
    if row.about.required and not table.records:
        problems.append(Problem(file, None, "", f"at least one row, {row.about.title}", "only a header"))
    rows: list[Row] = []
    lines: dict[tuple[object, ...], int] = {}
    for record in table.records:
        if len(record.cells) != len(table.header):
            expected = f"{len(table.header)} cells, as in the header"
            problems.append(Problem(file, record.line, "", expected, f"{len(record.cells)}"))
            continue
        if not any(record.cells):
            problems.append(Problem(file, record.line, "", "a row", "only blank cells"))
            continue
        made = _read_row(row, record, positions)
        if isinstance(made, list):
            problems += made
            continue
        rows.append(made)
        key = made.key_values()
        if key in lines:
            which = " and ".join(row.about.key)
            expected = f"each {which} once (line {lines[key]} has this one)"
            problems.append(Problem(file, made.line, ", ".join(row.about.key), expected, ", ".join(map(shown, key))))
        lines.setdefault(key, made.line)
    return tuple(rows), tuple(problems)


def _header(row: type[Row], header: tuple[str, ...]) -> Iterator[Problem]:
    file, cells = row.about.file, row.cells()
    first: dict[str, int] = {}
    for i, name in enumerate(header):
        if not name:
            yield Problem(file, 1, "", "a name for every column", f"a blank as column {i + 1}")
        elif first.setdefault(name, i) < i:
            yield Problem(file, 1, name, "each column once", f"it again as column {i + 1}")
        elif name not in cells:
            missing = [known for known in cells if known not in header]
            yield Problem(
                file, 1, name, f"a column of this table ({', '.join(cells)})", shown(name) + meant(name, missing)
            )
    for name, cell in cells.items():
        if name not in header and not cell.optional:
            yield Problem(file, 1, name, "this column", "no such column")


def _read_row(row: type[Row], record: RawRecord, positions: Mapping[str, int]) -> Row | list[Problem]:
    """The row of a record, or what is wrong with its cells."""
    texts = {name: record.cells[i] for name, i in positions.items() if record.cells[i]}
    try:
        return row.model_validate(texts).at(record.line)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0])
            if name in positions:
                expected = str(detail.get("ctx", {}).get("expected", row.cells()[name].expected))
                found = shown(texts.get(name))
                problems.append(Problem(row.about.file, record.line, name, expected, found))
        return problems


def _names(
    raw: Mapping[str, RawTable], classes: Sequence[type[Row]], partial: set[type[Row]]
) -> dict[str, frozenset[str] | None]:
    """The names in every column of identifiers, of rows that are not valid too; None where they cannot be known."""
    names: dict[str, frozenset[str] | None] = {}
    for row in classes:
        about = row.about
        for name, cell in row.cells().items():
            if cell.column.identifier:
                target = f"{about.name}.{name}"
                table = raw.get(about.name)
                if table is None:
                    names[target] = None if row in partial else frozenset()
                elif name in table.header:
                    i = table.header.index(name)
                    names[target] = frozenset(record.cells[i] for record in table.records if len(record.cells) > i)
                else:
                    names[target] = None
    offered = [names[f"{row.about.name}.offer"] for row in classes if issubclass(row, Offer)]
    known = [some for some in offered if some is not None]
    names[OFFERS] = frozenset[str]().union(*known) if len(known) == len(offered) else None
    return names


def _unknown_names(
    row: type[Row], rows: Sequence[Row], names: Mapping[str, frozenset[str] | None]
) -> Iterator[Problem]:
    """Names that refer to nothing."""
    for cell in row.cells().values():
        known = _known(cell.column.refers, names)
        if known is None:
            continue
        expected = named_by(cell)
        hints: dict[str, str] = {}
        for each in rows:
            name = getattr(each, cell.name)
            if name is not None and name not in known:
                if name not in hints and len(hints) * len(known) < MOST_COMPARISONS:
                    hints[name] = meant(name, known)
                yield each.problem(cell.name, expected, shown(name) + hints.get(name, ""))


def _known(refers: str, names: Mapping[str, frozenset[str] | None]) -> frozenset[str] | None:
    """The names that a column may hold, of any of the columns it refers to; None where they cannot be known."""
    known = frozenset[str]()
    for target in filter(None, refers.split(ALTERNATIVES)):
        found = names.get(target)
        if found is None:
            return None
        known |= found
    return known if refers else None


def named_by(cell: TableField) -> str:
    """What a column refers to, in words: `a region of regions.csv`."""
    if cell.column.refers == OFFERS:
        return "an offer of any offer table"
    targets = [target.split(".") for target in cell.column.refers.split(ALTERNATIVES)]
    column = targets[0][1]
    return f"{'an' if column[0] in 'aeiou' else 'a'} {column} of {' or '.join(f'{table}.csv' for table, _ in targets)}"


def _late_series(row: type[Row], rows: Sequence[Row], start: date) -> Iterator[Problem]:
    """Series that begin after the case does."""
    others = [name for name in row.about.key if name != "from_date"]
    first: dict[tuple[object, ...], Row] = {}
    for each in rows:
        series = tuple(getattr(each, name) for name in others)
        if series not in first or _from(each) < _from(first[series]):
            first[series] = each
    for series, each in first.items():
        if _from(each) > start:
            what = f" of {', '.join(str(value) for value in series)}" if series else ""
            yield each.problem("from_date", f"a date not after the case's start {start}, as the first{what}")


def _from(row: Row) -> date:
    return cast(date, getattr(row, "from_date"))  # noqa: B009 - only dated tables come here
