"""What is not known yet: events, and the ways in which each of them may turn out.

Everything else of a case is the expected future. `planner.futures` makes the tree of futures from these tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from math import fsum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.basics.networks import circles
from planner.tables.cells import shown, text_of
from planner.tables.fields import Field
from planner.tables.references import suggestion
from planner.tables.table import Row, Table, Tables

BETWEEN = ";"
"""stands between the changes of an outcome"""
OF = ":"
"""stands between an event and one of its outcomes"""
EXPECTED = "expected"
"""name of the only future of a case without events"""
UNTOUCHED = "as_expected"
"""in the name of a future, an event of which no outcome holds on its branch"""
ROUNDING = 1e-9
"""how far from 1 probabilities may add up"""
_CHANGE = re.compile(rf"""(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^{BETWEEN}])+""")
"""a change: text without a separator outside of quotes; a quote that is not closed is a letter like others"""


class UnknownEvent(Row):
    """Something that is not known yet."""

    about: ClassVar[Table] = Table("events", "one row per thing that is not known yet", ("event",), opening=True)

    event: Annotated[str, Field("event", identifier=True)]
    known_on: Annotated[date, Field("day on which it becomes known; the signatures of that day come after the news")]
    title: Annotated[str | None, Field("what it is about, in words")] = None


class EventOutcome(Row):
    """A way in which an event may turn out."""

    about: ClassVar[Table] = Table(
        "outcomes", "one row per way in which an event may turn out", ("event", "outcome", "given"), opening=True
    )

    event: Annotated[str, Field("event", refers="events.event")]
    outcome: Annotated[str, Field("how it turns out, which names the futures", identifier=True)]
    given: Annotated[
        str | None,
        Field("event:outcome of an event that is known no later: the row holds on that branch only; blank: on others"),
    ] = None
    probability: Annotated[
        float, Field("probability; those of an event add up to 1 on each branch", least=0, most=1, unit="share")
    ]
    changes: Annotated[
        str | None,
        Field("what it changes, in the words of --set, several with ; between; blank and no kind: as expected"),
    ] = None
    kind: Annotated[str | None, Field("what happens: a kind of event, as in the events of `planner stress`")] = None
    subject: Annotated[str | None, Field("what or whom it is about, as its kind says")] = None
    value: Annotated[
        float | None,
        Field("size of the event, as its kind says: months, a share that is lost, a factor, points or a sum", least=0,
              unit="months, share or USD bn"),
    ] = None  # fmt: skip

    @property
    def name(self) -> str:
        """Event and outcome, as `given` names them."""
        return f"{self.event}{OF}{self.outcome}"

    @property
    def texts(self) -> list[str]:
        """The changes in the column `changes`, one by one."""
        return split_changes(self.changes or "")

    @property
    def effect(self) -> tuple[object, ...]:
        """What tells what it does from what others do; empty where everything stays as expected."""
        if self.kind is not None:
            return (self.kind, self.subject, self.value)
        return tuple(" ".join(text.split()) for text in self.texts)

    @property
    def given_event(self) -> str | None:
        """The event in `given`."""
        return None if self.given is None else self.given.partition(OF)[0]


def split_changes(text: str) -> list[str]:
    """The changes in a text, one by one; a separator within quotes is a letter of its text.

    >>> split_changes("a[b].c = 'd; e'; -f[g]")
    ["a[b].c = 'd; e'", '-f[g]']
    """
    return [found for each in _CHANGE.findall(text) if (found := each.strip())]


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of events and outcomes together."""
    events = {row.event: row for row in tables.rows(UnknownEvent)}
    outcomes = tables.rows(EventOutcome)
    for row in outcomes:
        yield from _cells(row)
    if not tables.complete(UnknownEvent, EventOutcome):
        return
    by_event: dict[str, list[EventOutcome]] = {name: [] for name in events}
    for row in outcomes:
        if row.event in by_event:
            by_event[row.event].append(row)
    wrong = [problem for rows in by_event.values() for problem in _given(rows, events, by_event)]
    yield from wrong or _circles(events, by_event)
    asked = {row.given_event for row in outcomes}
    for name, rows in by_event.items():
        if not rows:
            yield events[name].problem("event", f"an event with outcomes in {EventOutcome.about.file}")
        yield from _probabilities(rows)
        reached = not rows or bool(wrong) or _rests(rows, by_event)
        if not reached:
            row = next(row for row in rows if row.given is None)
            expected = f"an outcome of {event_given(rows)}, as every one of them has rows of its own"
            yield row.problem("given", expected)
        if len({row.outcome for row in rows}) > 1 and len({row.effect for row in rows}) == 1 and name not in asked:
            expected = "an event whose outcomes change different things, or one that others are given"
            yield events[name].problem("event", expected, f"{shown(name)}, which nothing distinguishes")


def _cells(row: EventOutcome) -> Iterator[Problem]:
    """Problems of the cells of one outcome together."""
    if row.kind is not None and row.changes is not None:
        yield row.problem("changes", "a blank where a kind is given: an outcome is told in one of the two ways")
    if row.kind is None:
        for column in ("subject", "value"):
            if getattr(row, column) is not None:
                yield row.problem(column, "a blank where no kind is given")
    if row.outcome in (UNTOUCHED, EXPECTED) and row.effect:
        yield row.problem("outcome", "another name, as this is the planner's word for what changes nothing")


def _given(
    rows: Sequence[EventOutcome], events: Mapping[str, UnknownEvent], by_event: Mapping[str, Sequence[EventOutcome]]
) -> Iterator[Problem]:
    """Problems of the branches on which the outcomes of one event hold."""
    on: str | None = None
    for row in rows:
        if row.given is None:
            continue
        name, colon, outcome = row.given.partition(OF)
        found = shown(row.given)
        if not colon or not outcome:
            yield row.problem("given", f"an event and its outcome, as in demand{OF}high")
        elif name not in events:
            hint = suggestion(name, events)
            yield row.problem("given", f"an event of {UnknownEvent.about.file} before the {OF}", found + hint)
        elif name == row.event:
            yield row.problem("given", "an outcome of another event")
        elif outcome not in (known := [each.outcome for each in by_event[name]]):
            yield row.problem("given", f"an outcome of {name} after the {OF}", found + suggestion(outcome, known))
        elif events[name].known_on > events[row.event].known_on:
            expected = f"an outcome of an event known no later than {events[row.event].known_on}"
            yield row.problem("given", expected, f"{found}, which becomes known on {events[name].known_on}")
        elif on is not None and name != on:
            yield row.problem("given", f"an outcome of {on}, as in another row of this event")
        on = on or name


def _circles(events: Mapping[str, UnknownEvent], by_event: Mapping[str, Sequence[EventOutcome]]) -> Iterator[Problem]:
    """Problems of events that wait for one another."""
    first = {name: next((row for row in rows if row.given), None) for name, rows in by_event.items()}
    after = {name: row.given_event for name, row in first.items() if row is not None and row.given_event in events}
    for circle in circles({name: other for name, other in after.items() if other is not None}):
        row = first[circle[0]]
        assert row is not None
        found = f"a circle: {' is given '.join((*circle, circle[0]))}"
        yield row.problem("given", "an event that is not itself given this one", found)


def _probabilities(rows: Sequence[EventOutcome]) -> Iterator[Problem]:
    """Problems of the probabilities of one event, branch by branch."""
    for given, branch in groupby(sorted(rows, key=lambda row: row.given or ""), key=lambda row: row.given or ""):
        mine = sorted(branch, key=lambda row: row.line)
        total = fsum(row.probability for row in mine)
        if abs(total - 1.0) > ROUNDING:
            where = f" given {given}" if given else ""
            expected = f"probabilities of {mine[0].event}{where} that add up to 1"
            yield mine[0].problem("probability", expected, f"a sum of {text_of(float(f'{total:.12g}'))}")


def _rests(rows: Sequence[EventOutcome], by_event: Mapping[str, Sequence[EventOutcome]]) -> bool:
    """Whether the rows of an event without `given` hold on some branch, if there are any."""
    named = {row.given for row in rows if row.given is not None}
    other = event_given(rows)
    if not named or other is None or all(row.given is not None for row in rows):
        return True
    return any(row.name not in named for row in by_event[other]) or _partly(by_event[other])


def _partly(rows: Sequence[EventOutcome]) -> bool:
    """Whether there may be branches on which none of these outcomes holds."""
    return all(row.given is not None for row in rows)


def event_given(rows: Sequence[EventOutcome]) -> str | None:
    """The event that the rows of another one are given; None where they are given none."""
    return next((row.given_event for row in rows if row.given is not None), None)
