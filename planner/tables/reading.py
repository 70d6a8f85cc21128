"""Tables as text to typed rows. All problems of all tables come at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias, cast

from planner.basics.errors import Problem
from planner.tables.cells import LONGEST, shown
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.fields import ALTERNATIVES, DELIVERED, ENDED_EARLY, OFFERS, InvalidValue
from planner.tables.offer import DeliveredOffer, EndedEarlyOffer, Offer
from planner.tables.references import mistyped, suggestion
from planner.tables.spellings import spellings
from planner.tables.table import R, Row, TableField

OFFER_TARGETS: Mapping[str, type[Offer]] = {
    OFFERS: Offer,
    DELIVERED: DeliveredOffer,
    ENDED_EARLY: EndedEarlyOffer,
}
"""for columns that name offers of several tables: the rows of these tables"""
MOST_STRANGE_COLUMNS = 100
"""how many columns that are none of a table are named one by one"""
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
            problems.append(Problem(row.about.file, None, "", _this_table(row, classes), "no such file"))
            partial.add(row)
    rows = Rows(by_class, frozenset(partial))
    names = _names(raw, classes, partial)
    for row in classes:
        problems += _unknown_names(row, rows.rows(row), names, classes)
        if row.about.dated and not row.about.remembers and start is not None and row not in partial:
            problems += _late_series(row, rows.rows(row), start)
    return rows, problems


def _this_table(row: type[Row], classes: Iterable[type[Row]]) -> str:
    """A table that must be there, in words, with the columns that may say it instead."""
    rules = [(each, rule) for each in classes for rule in each.about.says if rule.table == row.about.name]
    instead = [f", or {' and '.join(rule.columns.values())} in {each.about.file}" for each, rule in rules]
    return f"this table, {row.about.title}{''.join(instead)}"


def _read_table(row: type[Row], table: RawTable) -> tuple[tuple[Row, ...], list[Problem]]:
    """The valid rows of a table, and the problems of its header, its rows and its keys."""
    file = row.about.file
    problems = list(_header(row, table.header))
    if row.about.required and not table.records:
        problems.append(Problem(file, None, "", f"at least one row, {row.about.title}", "only a header"))
    width = len(table.header)
    whole: list[RawRecord] = []
    for record in table.records:
        if len(record.cells) != width:
            problems.append(Problem(file, record.line, "", f"{width} cells, as in the header", f"{len(record.cells)}"))
        elif not any(record.cells):
            problems.append(Problem(file, record.line, "", "a row", "only blank cells"))
        elif width > 1 and tuple(record.cells) == tuple(table.header):
            problems.append(Problem(file, record.line, "", "a row", "the header again"))
        else:
            whole.append(record)
    columns, wrong, unread = _read_columns(row, table.header, whole)
    problems += wrong
    lines = [record.line for record in whole]
    if unread:
        lines = [line for i, line in enumerate(lines) if i not in unread]
        columns = {
            name: [value for i, value in enumerate(values) if i not in unread] for name, values in columns.items()
        }
    given = set(columns).intersection(table.header)
    if len(columns) == len(row.model_fields):
        rows = tuple(
            row.with_values(dict(zip(columns, values, strict=True)), given, line)
            for line, values in zip(lines, zip(*columns.values(), strict=True), strict=True)
        )
    else:  # a column that must be there is not
        rows = ()
    problems += _keys_once(row, rows)
    return rows, sorted(problems, key=lambda problem: problem.line or 0)


def _read_columns(
    row: type[Row], header: tuple[str, ...], records: Sequence[RawRecord]
) -> tuple[dict[str, list[object]], list[Problem], set[int]]:
    """The values of the columns of a table, in the order of the attributes of its rows; blanks have their default.

    With them come the problems of cells and the positions of the records that have one. A column that must be there and
    is not is left out.
    """
    columns: dict[str, list[object]] = {}
    problems: list[Problem] = []
    unread: set[int] = set()
    for name in row.model_fields:
        field = row.fields()[name]
        if name not in header:
            if field.optional:
                columns[name] = [field.default] * len(records)
            continue
        at = header.index(name)
        texts = [record.cells[at] for record in records]
        read, expected = _values(field, set(texts))
        columns[name] = [read.get(text) for text in texts]
        if expected:
            for i, text in enumerate(texts):
                if text in expected:
                    unread.add(i)
                    found = shown(text or None)
                    problems.append(Problem(row.about.file, records[i].line, name, expected[text], found))
    return columns, problems, unread


def _values(field: TableField, texts: Iterable[str]) -> tuple[dict[str, object], dict[str, str]]:
    """The value of each text of a column, and what was expected instead of each that has none."""
    values: dict[str, object] = {}
    expected: dict[str, str] = {}
    read = field.about.reader(field.annotation)
    for text in texts:
        if not text and field.optional:
            values[text] = field.default
            continue
        try:
            values[text] = read(text or None)
        except InvalidValue as invalid:
            expected[text] = invalid.expected
    return values, expected


def _keys_once(row: type[Row], rows: Sequence[Row]) -> Iterator[Problem]:
    """Rows whose key an earlier row has."""
    keys = [each.key_values() for each in rows]
    if len(set(keys)) == len(keys):
        return
    lines: dict[tuple[object, ...], int] = {}
    for key, each in zip(keys, rows, strict=True):
        if key in lines:
            expected = f"each {' and '.join(row.about.key)} once (line {lines[key]} has this one)"
            yield each.problem(", ".join(row.about.key), expected, ", ".join(map(shown, key)))
        lines.setdefault(key, each.line)


def _header(row: type[Row], header: tuple[str, ...]) -> Iterator[Problem]:
    file, fields = row.about.file, row.fields()
    first: dict[str, int] = {}
    there = set(header)
    missing = [known for known in fields if known not in there]
    strange = 0
    for i, name in enumerate(header):
        if name in fields and first.setdefault(name, i) == i:
            continue
        strange += 1
        if strange > MOST_STRANGE_COLUMNS:
            continue
        if not name:
            yield Problem(file, 1, "", "a name for every column", f"a blank as column {i + 1}")
        elif first.setdefault(name, i) < i:
            yield Problem(file, 1, name, "each column once", f"it again as column {i + 1}")
        else:
            expected = f"a column of this table ({', '.join(fields)})"
            others = (each.column for of in missing for each in spellings(row).values() if each.own == of)
            hint = suggestion(name, missing, others)
            yield Problem(file, 1, name[:LONGEST], expected, shown(name) + hint)
    if strange > MOST_STRANGE_COLUMNS:
        more = f"{strange - MOST_STRANGE_COLUMNS:,} more that are none"
        yield Problem(file, 1, "", f"columns of this table ({', '.join(fields)})", more)
    for name, field in fields.items():
        if name not in there and not field.optional:
            yield Problem(file, 1, name, "this column", "no such column")


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
        unknown = frozenset[str]().union(*(names_in(getattr(each, field.name)) for each in rows)) - known
        if field.about.foreseen:
            unknown = frozenset(name for name in unknown if mistyped(name, known))
        if not unknown:
            continue
        expected = _target(field, classes)
        hints: dict[str, str] = {}
        for each in rows:
            for name in sorted(names_in(getattr(each, field.name)) & unknown):
                if name not in hints and len(hints) * len(known) < MOST_COMPARISONS:
                    hints[name] = suggestion(name, known)
                yield each.problem(field.name, expected, shown(name) + hints.get(name, ""))


def names_in(value: object) -> frozenset[str]:
    """The names in a cell of a column that refers to others; none in a blank.

    >>> names_in(None), names_in("tpu"), sorted(names_in(frozenset({"tpu", "gpu"})))
    (frozenset(), frozenset({'tpu'}), ['gpu', 'tpu'])
    """
    if value is None:
        return frozenset()
    return frozenset({value}) if isinstance(value, str) else frozenset(cast(frozenset[str], value))


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
