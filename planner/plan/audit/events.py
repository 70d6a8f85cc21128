"""Stress plans: which limits they may break, and what their record must say of where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from planner.case.case import Case
from planner.plan.audit.finding import Finding
from planner.plan.record import RECORD, TOGETHER, Stressed
from planner.portfolio.may_break import loose_in
from planner.portfolio.solution import Solution


def excused(solution: Solution, relaxed: Sequence[str], *, stressed: bool) -> tuple[frozenset[str], list[Finding]]:
    """Of the limits that a record names as broken, those that a stress plan may break; the others are findings.

    A plan that says of no events may break no limit.
    """
    if not relaxed:
        return frozenset(), []
    calendar, loose = solution.portfolio.case.calendar, loose_in(solution.portfolio.case)
    stated = solution.portfolio.limits
    limits = {limit.named(t, calendar): stressed and loose(limit) for limit in stated for t in limit.periods}
    findings = []
    for name in dict.fromkeys(relaxed):
        if name not in limits:
            findings.append(Finding(RECORD, None, "relaxed", f"names {name!r}, which is no limit of the case"))
        elif not stressed:
            what = f"names {name!r}, but only a stress plan may break a limit, and `stress` names no event"
            findings.append(Finding(RECORD, None, "relaxed", what))
        elif not limits[name]:
            findings.append(Finding(RECORD, None, "relaxed", f"names {name!r}, which no event lets a plan break"))
    findings += [
        Finding(RECORD, None, "relaxed", f"names {name!r} {relaxed.count(name)} times")
        for name in dict.fromkeys(relaxed)
        if relaxed.count(name) > 1
    ]
    return frozenset(name for name in relaxed if limits.get(name)), findings


def unlike_events(stress: Stressed, case: Case) -> Iterator[Finding]:
    """What a record says of events that cannot have happened to a plan of such a case."""
    names = [event["event"] for event in stress.events]
    expected = names[0] if len(names) == 1 else TOGETHER
    if not names:
        yield Finding(RECORD, None, "stress.events", "names no event")
    elif stress.name != expected:
        yield Finding(RECORD, None, "stress.name", f"says {stress.name!r}, the events are those of {expected!r}")
    if len({*map(str, names)}) < len(names):
        yield Finding(RECORD, None, "stress.events", "names an event twice")
    if not stress.changes:
        yield Finding(RECORD, None, "stress.changes", "names no change, but the case of a stress plan is changed")
    kinds = case.catalogue.event_kinds
    for i, event in enumerate(stress.events):
        for column, what in _wrong(event, case):
            yield Finding(RECORD, None, f"stress.events[{i}].{column}", what)
    if names and not any((kind := kinds.get(str(event["kind"]))) and kind.changes for event in stress.events):
        yield Finding(RECORD, None, "stress.events", "names no event that changes a case")


def _wrong(event: Mapping[str, str | float | None], case: Case) -> Iterator[tuple[str, str]]:
    """Column and what is wrong with it, of an event."""
    if not isinstance(event["event"], str) or not event["event"]:
        yield "event", f"says {event['event']!r}, which is no name"
    if event["kind"] not in case.catalogue.event_kinds:
        yield "kind", f"says {event['kind']!r}, which is no kind of event"
    if event["subject"] is not None and not isinstance(event["subject"], str):
        yield "subject", f"says {event['subject']!r}, which is no name"
    if isinstance(event["value"], str) or (event["value"] is not None and event["value"] < 0):
        yield "value", f"says {event['value']!r}, which is no size of an event"
    try:
        day = date.fromisoformat(str(event["from_date"]))
    except ValueError:
        yield "from_date", f"says {event['from_date']!r}, which is no date"
        return
    if not case.settings.start <= day < case.settings.end:
        yield "from_date", f"says {day}, which is not from {case.settings.start} to before {case.settings.end}"
