"""The kinds of events that concern indices: their levels move from a day on, and with them prices, rents and rates.

    index_moves    indices[subject,day..].level *= value
    rate_rises     indices[subject,day..].level += value
    rate_falls     indices[subject,day..].level −= value

What was paid before the day stays as it is, and so does a level that a contract keeps: that of the day on which its
price was set, or on which its lease year began.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.basics.text import number
from planner.common.indices import IndexLevel
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain


def _indices(case: CaseData) -> list[str]:
    return list(dict.fromkeys(row.index for row in case.rows(IndexLevel)))


def _is_at(event: Event) -> str:
    return f"{event.subject} is at {number(event.value or 0.0)} of its level"


def _is_higher(event: Event) -> str:
    return f"{event.subject} is {event.value or 0.0:.2%} a year higher"


def _is_lower(event: Event) -> str:
    return f"{event.subject} is {event.value or 0.0:.2%} a year lower"


def _multiplied(event: Event, case: CaseData) -> Iterator[str]:
    yield f"indices[{event.subject},{event.from_date}..].level *= {plain(event.value or 0.0)}"


def _raised(event: Event, case: CaseData) -> Iterator[str]:
    yield f"indices[{event.subject},{event.from_date}..].level += {plain(event.value or 0.0)}"


def _lowered(event: Event, case: CaseData) -> Iterator[str]:
    yield f"indices[{event.subject},{event.from_date}..].level -= {plain(event.value or 0.0)}"


INDEX_EVENTS = (
    EventKind(
        name="index_moves",
        subject="an index",
        subjects=_indices,
        value=EventValue.FACTOR,
        happens=_is_at,
        changes=_multiplied,
        problems=None,
    ),
    EventKind(
        name="rate_rises",
        subject="an index",
        subjects=_indices,
        value=EventValue.POINTS,
        happens=_is_higher,
        changes=_raised,
        problems=None,
    ),
    EventKind(
        name="rate_falls",
        subject="an index",
        subjects=_indices,
        value=EventValue.POINTS,
        happens=_is_lower,
        changes=_lowered,
        problems=None,
    ),
)
