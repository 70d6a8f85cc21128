"""What an outcome of an event changes in a case, in the words of `--set`.

An outcome that has a kind does what an event of that kind does to a plan under stress, from the day on which it is
known: the same record says so for both (`planner.interfaces.events`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.basics.errors import Problem
from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures import event_checks
from planner.interfaces.events import Event

WHERE = {"kind": "kind", "subject": "subject", "value": "value"}
"""columns of an event and where an outcome has them"""


def changes_of(event: UnknownEvent, outcome: EventOutcome, case: Case) -> list[str]:
    """The changes of an outcome to a case; empty where it is as expected."""
    if outcome.kind is None:
        return outcome.texts
    changes = case.catalogue.event_kinds[outcome.kind].changes
    return [] if changes is None else list(changes(happening(event, outcome, outcome.kind), case))


def happening(event: UnknownEvent, outcome: EventOutcome, kind: str) -> Event:
    """An outcome of a kind as an event under which a plan may be put."""
    made = Event(
        event=event.event, kind=kind, subject=outcome.subject, from_date=event.known_on, value=outcome.value
    )  # fmt: skip
    return made.at(outcome.line)


def kind_problems(case: Case) -> Iterator[Problem]:
    """What is wrong with the outcomes of a case that have a kind; of the day, it is said of the event."""
    events = {row.event: row for row in case.rows(UnknownEvent)}
    kinds = case.catalogue.event_kinds
    changing = {name: kind for name, kind in kinds.items() if kind.changes is not None}
    for outcome in case.rows(EventOutcome):
        event = events.get(outcome.event)
        if outcome.kind is None or event is None:
            continue
        if outcome.kind not in changing:
            found = event_checks.kind_found(outcome.kind, changing)
            if outcome.kind in kinds:
                found = f"{outcome.kind}, which changes nothing of the case"
            yield outcome.problem("kind", event_checks.kind_expected(changing), found)
            continue
        for problem in event_checks.problems(happening(event, outcome, outcome.kind), case):
            if problem.column in WHERE:
                yield replace(problem, file=EventOutcome.about.file, column=WHERE[problem.column])
            else:
                what = f"{problem.expected}, for {outcome.name}"
                yield event.problem("known_on", what, problem.found)
