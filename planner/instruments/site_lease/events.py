"""What happens to leased halls: a site is late.

    site_late    site_leases[subject].delay_months += value

A late site keeps its signature. Its decisions are named by its commencement, which is a later one then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.basics.errors import Problem
from planner.basics.text import number
from planner.instruments.shared.plan_signatures import starts_of
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, plain
from planner.interfaces.plan_data import PlanData
from planner.ledgers.variables import Key


def moved(one: CaseData, other: CaseData) -> Mapping[Key, Key]:
    """Offer and commencement of each vintage in one case, and what they are in another with other delays."""
    before, after = vintages(one)[0], vintages(other)[0]
    return {old.key: new.key for old, new in zip(before, after, strict=True)}


def _phases(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(SiteLease)]


def _happens(event: Event) -> str:
    return f"{event.subject} is {number(event.value or 0.0)} months late"


def _changes(event: Event, plan: PlanData) -> Iterator[str]:
    yield f"site_leases[{event.subject}].delay_months += {plain(event.value or 0.0)}"


def _problems(event: Event, plan: PlanData) -> Iterator[Problem]:
    """The site has commenced by then."""
    for starts in starts_of(plan, "exercise", event.subject or ""):
        if starts <= event.from_date:
            yield event.problem("from_date", f"a day before {starts}, when the plan has it commence")


SITE_LATE = EventKind(
    name="site_late",
    subject="a phase",
    subjects=_phases,
    value=EventValue.MONTHS,
    happens=_happens,
    changes=_changes,
    problems=_problems,
)
