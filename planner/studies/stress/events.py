"""The table of events: how it is read and checked, and what its events change together.

Each kind of event is a record of the case's catalogue, which says what an event of this kind is about and which changes
of the case it makes (`planner.interfaces.events`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.basics.inputs import read_file
from planner.futures import event_checks
from planner.interfaces.events import Event, EventKind
from planner.plan.plan import Plan
from planner.plan.record import TOGETHER
from planner.tables import csvtext
from planner.tables.csvtext import RawTable
from planner.tables.reading import read_rows


def read(file: str | Path, plan: Plan) -> tuple[Event, ...]:
    """The events in a file, about a plan, in the order of the file. Raises DataError with everything wrong with it."""
    file = Path(file)
    raw = csvtext.parse(file.name, read_file(file, pipe=True), csvtext.MOST_ROWS)
    events, problems = _rows(raw, plan.case.catalogue.event_kinds)
    if not raw.records:
        problems.append(Problem(Event.about.file, None, "", "at least one row, one row per event", "only a header"))
    problems += [problem for event in events for problem in check(event, plan)]
    if problems:
        named = [replace(problem, file=file.name) for problem in problems]
        raise DataError(sorted(named, key=lambda problem: problem.line or 0))
    return events


def _rows(raw: RawTable, kinds: Mapping[str, EventKind]) -> tuple[tuple[Event, ...], list[Problem]]:
    """The rows whose kind is known, and what is wrong with the cells of all rows.

    A row of an unknown kind is read by itself with some other kind, so that its other cells are checked too.
    """
    at = raw.header.index("kind") if "kind" in raw.header else None
    unknown = [
        record
        for record in raw.records
        if at is not None and len(record.cells) == len(raw.header) and any(record.cells)
        if record.cells[at] not in kinds
    ]
    rows, problems = _read(replace(raw, records=tuple(record for record in raw.records if record not in unknown)))
    for record in unknown:
        assert at is not None
        cells = list(record.cells)
        problems.append(_unknown(cells[at] or None, kinds, record.line))
        cells[at] = next(iter(kinds))
        _, wrong = _read(replace(raw, records=(record._replace(cells=tuple(cells)),)))
        problems += [problem for problem in wrong if problem.line == record.line]
    return rows, problems


def _read(raw: RawTable) -> tuple[tuple[Event, ...], list[Problem]]:
    rows, problems = read_rows({Event.about.name: raw}, (Event,), frozenset(), None)
    return rows.rows(Event), problems


def _unknown(kind: str | None, kinds: Mapping[str, EventKind], line: int) -> Problem:
    expected, found = event_checks.kind_expected(kinds), event_checks.kind_found(kind, kinds)
    return Problem(Event.about.file, line, "kind", expected, found)


def kind_of(event: Event, plan: Plan) -> EventKind:
    """The kind of an event that was checked."""
    return plan.case.catalogue.event_kinds[event.kind]


def changes_case(event: Event, plan: Plan) -> bool:
    """Whether the case changes with an event that was checked."""
    return kind_of(event, plan).changes is not None


def check(event: Event, plan: Plan) -> Iterator[Problem]:
    """What is wrong with the cells of an event together, and with what it is about under the plan."""
    settings, kinds = plan.case.settings, plan.case.catalogue.event_kinds
    if event.event == TOGETHER:
        yield event.problem("event", f"another name, as '{TOGETHER}' is all events at once")
    if event.kind not in kinds:
        yield _unknown(event.kind, kinds, event.line)
    elif not settings.start <= event.from_date < settings.end:
        yield event.problem("from_date", f"a day from {settings.start} to before {settings.end}")
    else:
        yield from event_checks.problems(event, plan.case, plan)


def changes(events: Sequence[Event], plan: Plan) -> tuple[str, ...]:
    """The changes to the plan's case that events of one day make together, each to the case under those before it."""
    found, case = list[str](), plan.case
    for event in events:
        of_kind = kind_of(event, plan).changes
        more = [] if of_kind is None else list(of_kind(event, case))
        case = case.change(*more) if more else case
        found += more
    return tuple(found)


def in_words(event: Event, plan: Plan) -> str:
    """An event in words, with its date."""
    kind = kind_of(event, plan)
    return f"{kind.happens(event)} {f'from {event.from_date} on' if kind.changes else f'on {event.from_date}'}"
