"""Events that are known by the later day: how each of them turned out, as a change of the later case.

What an outcome changes is changed, and its event is none any more. Events that are given it keep the rows of its
branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.unknown import OF, EventOutcome, UnknownEvent
from planner.futures.causality import problems_of_tree
from planner.futures.effects import changes_of, kind_problems
from planner.futures.tree import Tree, in_order
from planner.interfaces.advance import RowChange, added, left_out
from planner.roll.actuals.news_item import News
from planner.tables.cells import shown
from planner.tables.references import suggestion

OPTION = "--outcome"


def checked_outcomes(case: Case, day: date, texts: Sequence[str]) -> list[str]:
    """The outcomes in the order in which they became known. Raises DataError with everything that cannot be."""
    problems = list(_problems(case, day, texts)) or list(kind_problems(case) if texts else ())
    if problems:
        raise DataError(problems)
    events = in_order(case.rows(UnknownEvent), case.rows(EventOutcome))
    order = [event.event for event in events]
    return sorted(texts, key=lambda text: order.index(text.partition(OF)[0]))


def _problems(case: Case, day: date, texts: Sequence[str]) -> Iterator[Problem]:
    events = {row.event: row for row in case.rows(UnknownEvent)}
    seen: set[str] = set()
    for text in texts:
        name, _, outcome = text.partition(OF)
        known = [row.outcome for row in case.rows(EventOutcome) if row.event == name]

        def problem(expected: str, found: str, of: str = text) -> Problem:
            return Problem(f"{OPTION} {shown(of)}", None, "", expected, found)

        if name not in events:
            yield problem(
                "an event of the case and its outcome, as in demand:high", shown(name) + suggestion(name, events)
            )
        elif outcome not in known:
            yield problem(f"an outcome of {name}: {', '.join(known)}", shown(outcome) + suggestion(outcome, known))
        elif events[name].known_on > day:
            yield problem(f"an event that is known by {day}", f"{name}, which becomes known on {events[name].known_on}")
        elif name in seen:
            yield problem("one outcome of each event", f"another of {name}")
        seen.add(name)


def turned_out(case: Case, text: str) -> News:
    """The news that an event turned out as `event:outcome` says."""
    name, _, outcome = text.partition(OF)
    event = next((row for row in case.rows(UnknownEvent) if row.event == name), None)
    rows = [row for row in case.rows(EventOutcome) if row.event == name and row.outcome == outcome]
    here = next((row for row in rows if row.given is None), None)
    if event is None or here is None:
        expected = "an outcome that is possible after what is told of other events"
        if rows and rows[0].given is not None:
            expected += f", {rows[0].given_event} among them"
        raise DataError([Problem(f"{OPTION} {shown(text)}", None, "", expected, shown(text))])
    return News(f"{name} turned out {outcome}", tuple(_rows(case, event, text)), tuple(changes_of(event, here, case)))


def _rows(case: Case, event: UnknownEvent, text: str) -> Iterator[RowChange]:
    """The rows of an event that are none any more, and those of events that are given it as they are on its branch."""
    why = f"{text} is known"
    yield left_out(event, why)
    for row in case.rows(EventOutcome):
        if row.event == event.event:
            yield left_out(row, why)
    yield from _of_those_given(case, event.event, text, why)


def _of_those_given(case: Case, name: str, text: str | None, why: str) -> Iterator[RowChange]:
    """The rows of events that are given the event of a name; `text` is its outcome, None where nothing comes of it."""
    every = case.rows(EventOutcome)
    for other in case.rows(UnknownEvent):
        mine = [row for row in every if row.event == other.event]
        if not any(row.given_event == name for row in mine):
            continue
        branch = [row for row in mine if row.given == text and text is not None]
        gone = [row for row in mine if branch or row.given is not None]
        for row in gone:
            yield left_out(row, why)
        for row in branch:
            cells = {column: getattr(row, column) for column in row.fields() if getattr(row, column) is not None}
            yield added(EventOutcome, why, **{**cells, "given": None})
        if len(gone) == len(mine) and not branch:
            yield left_out(other, f"{why}, and nothing comes of it then")
            yield from _of_those_given(case, other.event, None, why)


def still_unknown(case: Case) -> list[str]:
    """What a reader must know of the events that a later case keeps, in sentences."""
    start = case.settings.start
    told = []
    for event in case.rows(UnknownEvent):
        if event.known_on <= start:
            names = ", ".join(dict.fromkeys(row.outcome for row in case.rows(EventOutcome) if row.event == event.event))
            told.append(
                f"{event.event} was to be known on {event.known_on}: {OPTION} {event.event}{OF}… says how it turned out"
                f" ({names})"
            )
    try:
        told += [f"{problem}" for problem in problems_of_tree(case, Tree.of(case))] if case.rows(UnknownEvent) else []
    except DataError as error:
        told += [str(problem) for problem in error.problems]
    return told
