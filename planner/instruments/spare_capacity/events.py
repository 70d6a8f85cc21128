"""What happens to spare capacity: its provider is gone, or takes the machines back.

provider_gone     spare_capacity[offer].status = closed where it is not offered before the day, else .to_date = day
spare_recalled    spare_capacity[subject].to_date = day
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.basics.errors import Problem
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue, ProviderEffect
from planner.tables.offer import OfferStatus


def _providers(case: CaseData) -> list[str]:
    return [row.provider for row in case.rows(SpareCapacity)]


def _offers(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(SpareCapacity)]


def _happens(event: Event) -> str:
    return f"{event.subject} is recalled"


def _begins(case: CaseData, spare: SpareCapacity) -> date:
    """First day on which it is offered."""
    return spare.from_date or case.settings.start


def _gone(event: Event, case: CaseData) -> Iterator[str]:
    day = event.from_date
    for spare in case.rows(SpareCapacity):
        if spare.provider == event.subject and spare.status is not OfferStatus.CLOSED:
            if day <= _begins(case, spare):
                yield f"spare_capacity[{spare.offer}].status = closed"
            elif spare.to_date is None or spare.to_date > day:
                yield f"spare_capacity[{spare.offer}].to_date = {day}"


def _recalled(event: Event, case: CaseData) -> Iterator[str]:
    for spare in case.rows(SpareCapacity):
        if spare.offer == event.subject and (spare.to_date is None or spare.to_date > event.from_date):
            yield f"spare_capacity[{event.subject}].to_date = {event.from_date}"


def _not_offered_yet(event: Event, case: CaseData) -> Iterator[Problem]:
    for spare in case.rows(SpareCapacity):
        begins = _begins(case, spare)
        if spare.offer == event.subject and event.from_date <= begins:
            yield event.problem("from_date", f"a day after {begins}")


PROVIDER_GONE = ProviderEffect(changes=_gone, problems=None, providers=_providers)
SPARE_RECALLED = EventKind(
    name="spare_recalled",
    subject="an offer of spare capacity",
    subjects=_offers,
    value=EventValue.BLANK,
    happens=_happens,
    changes=_recalled,
    problems=_not_offered_yet,
)
