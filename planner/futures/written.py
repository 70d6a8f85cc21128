"""Rows of events and outcomes: those that laws make, and a case with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.unknown import OF, EventOutcome, UnknownEvent
from planner.futures.correlated import Correlation, given
from planner.futures.laws import WHERE, Law, outcome_names
from planner.futures.points import Outcomes, Points, outcomes_of
from planner.tables import csvtext
from planner.tables.cells import text_of
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.table import Row

C = TypeVar("C", bound=Case)
KNOWN_ON = "--known-on"


def law_rows(
    laws: Sequence[Law],
    count: int,
    points: Points,
    correlations: Sequence[Correlation] = (),
    known_on: Mapping[str, date] | date | None = None,
) -> tuple[list[UnknownEvent], list[EventOutcome]]:
    """The rows of some laws, each with so many outcomes.

    `known_on` is the day on which all become known, or the day of some by name; by default that is the first day of the
    earliest range in the changes of a law. Of two correlated laws the one that is known later is given the other.
    Raises DataError where a law has no day, or where one is correlated with two that are known before it.
    """
    days = {law.name: _day(law, known_on) for law in laws}
    found = {law.name: outcomes_of(law.distribution, count, points) for law in laws}
    names = outcome_names(count)
    ranks = {law.name: i for i, law in enumerate(sorted(laws, key=lambda law: days[law.name]))}
    on: dict[str, Correlation] = {}
    for each in correlations:
        later = max(each.first, each.second, key=ranks.__getitem__)
        if later in on:
            what = f"{later}, which is known after both {_other(on[later], later)} and {_other(each, later)}"
            expected = "each law correlated with one that is known no later, as its rows are given that one alone"
            raise DataError([Problem(f"--correlation '{each.text}'", None, "", expected, what)])
        on[later] = each
    events = [UnknownEvent(event=law.name, known_on=days[law.name], title=f"{law.text}") for law in laws]
    outcomes: list[EventOutcome] = []
    for law in laws:
        correlated = on.get(law.name)
        if correlated is None:
            outcomes += _rows(law, names, found[law.name], found[law.name].probabilities, None)
            continue
        first = _other(correlated, law.name)
        chances = given(correlated, found[first].probabilities, found[law.name].probabilities)
        for name, row in zip(names, chances, strict=True):
            outcomes += _rows(law, names, found[law.name], row, f"{first}{OF}{name}")
    return events, outcomes


def _other(correlation: Correlation, name: str) -> str:
    return correlation.second if name == correlation.first else correlation.first


def _day(law: Law, known_on: Mapping[str, date] | date | None) -> date:
    day = known_on if isinstance(known_on, date) else (known_on or {}).get(law.name, law.first_day)
    if day is None:
        expected = f"a range of dates in a change, such as [2028-07-01..,*,*], or {KNOWN_ON}: when is it known?"
        raise DataError([Problem(f"{WHERE} '{law.name}'", None, "", expected, "none")])
    return day


def _rows(
    law: Law, names: Sequence[str], outcomes: Outcomes, chances: Vector, on: str | None
) -> Iterable[EventOutcome]:
    for name, value, chance in zip(names, outcomes.values.tolist(), chances.tolist(), strict=True):
        yield EventOutcome(
            event=law.name, outcome=name, given=on, probability=min(chance, 1.0), changes=law.changes(value)
        )


def with_unknown(
    case: C, events: Sequence[UnknownEvent], outcomes: Sequence[EventOutcome], *, instead: bool = False
) -> C:
    """The case with more events; those of the same name are replaced, or all that there are if `instead`.

    Raises DataError where the case that this makes is not valid.
    """
    replaced = {row.event for row in events}
    files = dict(case.files)
    made: tuple[tuple[type[Row], Sequence[Row]], ...] = ((UnknownEvent, events), (EventOutcome, outcomes))
    for table, rows in made:
        old = case.raw.get(table.about.name, RawTable((), ()))
        kept = [] if instead else [record for record in old.records if _event(old, record) not in replaced]
        used = [name for name in table.fields() if any(getattr(row, name) is not None for row in rows)]
        header = (*old.header, *(name for name in used if name not in old.header)) if kept else tuple(used)
        wider = [record._replace(cells=(*record.cells, *[""] * (len(header) - len(record.cells)))) for record in kept]
        new = [RawRecord(0, tuple(text_of(getattr(row, name)) for name in header)) for row in rows]
        files[table.about.file] = csvtext.render(RawTable(header, (*wider, *new)))
    return type(case).made_of(files, case.catalogue, like=case)


def _event(table: RawTable, record: RawRecord) -> str:
    return record.cells[table.header.index("event")]
