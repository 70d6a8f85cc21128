"""Tables as text to typed rows. All problems of all tables come at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias, cast

from pydantic import ValidationError

from planner.basics.errors import Problem
from planner.tables.cells import shown
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import ALTERNATIVES, DELIVERED, OFFERS
from planner.tables.offer import DeliveredOffer, Offer
from planner.tables.references import suggestion
from planner.tables.table import R, Row, TableField

OFFER_TARGETS: Mapping[str, type[Offer]] = {OFFERS: Offer, DELIVERED: DeliveredOffer}
"""for columns that name offers of several tables: the rows of these tables"""
MOST_COMPARISONS = 100_000
"""how many pairs of an unknown and a known name of a column are compared to find a suggestion"""

Names: TypeAlias = Mapping[str, frozenset[str] | None]
"""The names in each column of identifiers, by `table.column`; None where they cannot be known."""


@dataclass(frozen=True)
class Rows:
    """The rows of all tables, in the order of their files."""

    by_class: Mapping[type[Row], tuple[Row, ...]]
    partial: frozenset[type[Row]]
    """tables with a row that is not valid"""

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """The valid rows of a table; none where the table is absent."""
        return cast(tuple[R, ...], self.by_class.get(row, ()))

    def complete(self, *rows: type[Row]) -> bool:
        """Whether every row of these tables is valid."""
        return self.partial.isdisjoint(rows)

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables."""
        return self._offers

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        return tuple(row for rows in self.by_class.values() for row in rows if isinstance(row, Offer))


def read_rows(
    raw: Mapping[str, RawTable],
    classes: Sequence[type[Row]],
    broken: frozenset[str] = frozenset(),
    start: date | None = None,
    known: Mapping[type[Row], tuple[Row, ...]] | None = None,
) -> tuple[Rows, list[Problem]]:
    """The typed rows of the tables in `raw` (by name), and the problems of the tables and of references among them.

    `broken` names tables whose file could not be read. Where `start`, the start of the case, is None, the first date
    of a series is not checked. `known` holds the rows of tables that have been read and found valid before.
    """
    problems: list[Problem] = []
    by_class: dict[type[Row], tuple[Row, ...]] = {}
    partial = {row for row in classes if row.about.name in broken}
    for row in classes:
        if known is not None and row in known:
            by_class[row] = known[row]
        elif row.about.name in raw:
            by_class[row], wrong = _read_table(row, raw[row.about.name])
            problems += wrong
            if len(by_class[row]) < len(raw[row.about.name].records):
                partial.add(row)
        elif row.about.required and row.about.name not in broken:
            problems.append(Problem(row.about.file, None, "", f"this table, {row.about.title}", "no such file"))
            partial.add(row)
    rows = Rows(by_class, frozenset(partial))
    names = _names(raw, classes, partial)
    for row in classes:
        problems += _unknown_names(row, rows.rows(row), names, classes)
        if row.about.dated and start is not None and row not in partial:
            problems += _late_series(row, rows.rows(row), start)
    return rows, problems


def _read_table(row: type[Row], table: RawTable) -> tuple[tuple[Row, ...], list[Problem]]:
    """The valid rows of a table, and the problems of its header, its rows and its keys."""
    file = row.about.file
    problems = list(_header(row, table.header))
    positions = {name: i for i, name in reversed(list(enumerate(table.header))) if name in row.fields()}
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
    return tuple(rows), problems


def _header(row: type[Row], header: tuple[str, ...]) -> Iterator[Problem]:
    file, fields = row.about.file, row.fields()
    first: dict[str, int] = {}
    for i, name in enumerate(header):
        if not name:
            yield Problem(file, 1, "", "a name for every column", f"a blank as column {i + 1}")
        elif first.setdefault(name, i) < i:
            yield Problem(file, 1, name, "each column once", f"it again as column {i + 1}")
        elif name not in fields:
            missing = [known for known in fields if known not in header]
            expected = f"a column of this table ({', '.join(fields)})"
            yield Problem(file, 1, name, expected, shown(name) + suggestion(name, missing))
    for name, field in fields.items():
        if name not in header and not field.optional:
            yield Problem(file, 1, name, "this column", "no such column")


def _read_row(row: type[Row], record: RawRecord, positions: Mapping[str, int]) -> Row | list[Problem]:
    """The row of a record, or the problems of its cells."""
    texts = {name: record.cells[i] for name, i in positions.items() if record.cells[i]}
    try:
        return row.model_validate(texts).at(record.line)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0])
            if name in positions:
                expected = str(detail.get("ctx", {}).get("expected", row.fields()[name].expected))
                found = shown(texts.get(name))
                problems.append(Problem(row.about.file, record.line, name, expected, found))
        return problems


def _names(raw: Mapping[str, RawTable], classes: Sequence[type[Row]], partial: set[type[Row]]) -> Names:
    """The names in every column of identifiers. Rows that are not valid lend theirs too."""
    names: dict[str, frozenset[str] | None] = {}
    for row in classes:
        about = row.about
        for name, field in row.fields().items():
            if field.about.identifier:
                target = f"{about.name}.{name}"
                table = raw.get(about.name)
                if table is None:
                    names[target] = None if row in partial else frozenset()
                elif name in table.header:
                    i = table.header.index(name)
                    names[target] = frozenset(record.cells[i] for record in table.records if len(record.cells) > i)
                else:
                    names[target] = None
    for target, base in OFFER_TARGETS.items():
        offered = [names[f"{row.about.name}.offer"] for row in classes if issubclass(row, base)]
        known = [some for some in offered if some is not None]
        names[target] = frozenset[str]().union(*known) if len(known) == len(offered) else None
    return names


def _unknown_names(
    row: type[Row], rows: Sequence[Row], names: Names, classes: Sequence[type[Row]]
) -> Iterator[Problem]:
    """Names that refer to nothing."""
    for field in row.fields().values():
        known = _known(field.about.refers, names)
        if known is None:
            continue
        expected = _target(field, classes)
        hints: dict[str, str] = {}
        for each in rows:
            name = getattr(each, field.name)
            if name is not None and name not in known:
                if name not in hints and len(hints) * len(known) < MOST_COMPARISONS:
                    hints[name] = suggestion(name, known)
                yield each.problem(field.name, expected, shown(name) + hints.get(name, ""))


def _known(refers: str, names: Names) -> frozenset[str] | None:
    """The names that a column may hold: those of all columns it refers to. None where they cannot be known."""
    known = frozenset[str]()
    for target in filter(None, refers.split(ALTERNATIVES)):
        found = names.get(target)
        if found is None:
            return None
        known |= found
    return known if refers else None


def _target(field: TableField, classes: Sequence[type[Row]]) -> str:
    """What a column refers to, in words: `a region of regions.csv`."""
    refers = field.about.refers
    if refers == OFFERS:
        return "an offer of any offer table"
    if refers in OFFER_TARGETS:
        base = OFFER_TARGETS[refers]
        refers = ALTERNATIVES.join(f"{row.about.name}.offer" for row in classes if issubclass(row, base))
    targets = [target.split(".") for target in refers.split(ALTERNATIVES)]
    column = targets[0][1]
    return f"{'an' if column[0] in 'aeiou' else 'a'} {column} of {' or '.join(f'{table}.csv' for table, _ in targets)}"


def _late_series(row: type[Row], rows: Sequence[Row], start: date) -> Iterator[Problem]:
    """Series whose first date is after the start of the case."""
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
