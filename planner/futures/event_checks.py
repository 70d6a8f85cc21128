"""What is wrong with an event of some kind: in a stress of a plan, and as an outcome of what is not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.basics.errors import Problem
from planner.case.case import Case
from planner.interfaces.events import Event, EventKind, EventValue
from planner.interfaces.plan_data import PlanData
from planner.tables.cells import shown
from planner.tables.references import suggestion


def kind_expected(kinds: Mapping[str, EventKind]) -> str:
    """What a kind must be, in words."""
    return f"one of {', '.join(kinds)}"


def kind_found(kind: str | None, kinds: Mapping[str, EventKind]) -> str:
    """A kind that is none, and which one may be meant."""
    return shown(kind) + suggestion(kind or "", kinds)


def problems(event: Event, case: Case, plan: PlanData | None = None) -> Iterator[Problem]:
    """What is wrong with kind, value and subject of an event, and with its day for what it is about.

    With a plan of the case, the plan says what is signed by that day.
    """
    kinds = case.catalogue.event_kinds
    kind = kinds.get(event.kind)
    if kind is None:
        yield event.problem("kind", kind_expected(kinds), kind_found(event.kind, kinds))
        return
    yield from _value(event, kind)
    known = None if kind.subjects is None else frozenset(kind.subjects(case))
    if known is None:
        if event.subject is not None:
            yield event.problem("subject", f"a blank for {kind.name}")
    elif event.subject not in known and not (event.subject is None and kind.all_if_blank):
        whose = "the case" if plan is None else "the plan's case"
        found = shown(event.subject) + suggestion(event.subject or "", known)
        yield event.problem("subject", f"{kind.subject} of {whose}", found)
    else:
        yield from kind.problems_in(event, case, plan)


def _value(event: Event, kind: EventKind) -> Iterator[Problem]:
    value = event.value
    match kind.value:
        case EventValue.BLANK:
            if value is not None:
                yield event.problem("value", f"a blank for {kind.name}")
        case EventValue.SHARE | EventValue.MONTHS | EventValue.FACTOR | EventValue.POINTS if value is None:
            yield event.problem("value", f"a number for {kind.name}")
        case EventValue.SHARE if value is not None and value > 1:
            yield event.problem("value", f"a share of at most 1 for {kind.name}")
        case EventValue.MONTHS if value is not None and (value != int(value) or value == 0):
            yield event.problem("value", f"whole months, at least 1, for {kind.name}")
        case EventValue.FACTOR if not value:
            yield event.problem("value", f"a factor above 0 for {kind.name}")
        case EventValue.POINTS if value is not None and not 0 < value <= 0.5:
            yield event.problem("value", f"a number above 0 and at most 0.5, as in 0.01 for a point, for {kind.name}")
