"""The kinds of events that concern several instruments. Each is made of the effects in their records.

    provider_gone    what the instruments change
    resale_down      resale_levels[subject,day..].level_share *= 1 − value, with a row from the day on where none holds
                     then; and what the instruments change

Resale values fall from the day on. What a supporter stands behind before it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from planner.basics.errors import Problem
from planner.common.chips import ResaleLevel, ResaleValue
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventEffect, EventKind, EventValue, ProviderEffect, plain
from planner.interfaces.plan_data import PlanData


def provider_gone(effects: tuple[ProviderEffect, ...]) -> EventKind:
    """A provider fails."""
    return EventKind(
        name="provider_gone",
        subject="a provider",
        subjects=partial(_providers, effects),
        value=EventValue.BLANK,
        happens=_is_gone,
        changes=partial(_changes, effects),
        problems=partial(_problems, effects),
        plan_problems=partial(_plan_problems, effects),
    )


def resale_down(effects: tuple[EventEffect, ...]) -> EventKind:
    """Resale values of chips fall."""
    return EventKind(
        name="resale_down",
        subject="a chip with resale values, or a blank for all,",
        subjects=_chips,
        all_if_blank=True,
        value=EventValue.SHARE,
        happens=_fetches_less,
        changes=partial(_values_fall, effects),
        problems=partial(_problems, effects),
        plan_problems=partial(_plan_problems, effects),
    )


def _providers(effects: tuple[ProviderEffect, ...], case: CaseData) -> list[str]:
    return [name for effect in effects for name in effect.providers(case)]


def _is_gone(event: Event) -> str:
    return f"{event.subject} is gone"


def _chips(case: CaseData) -> list[str]:
    return [row.chip for row in case.rows(ResaleValue)]


def _fetches_less(event: Event) -> str:
    return f"{event.subject or 'every chip'} fetches {event.value or 0.0:.0%} less"


def _values_fall(effects: tuple[EventEffect, ...], event: Event, case: CaseData) -> Iterator[str]:
    left = plain(event.share_left)
    for chip in dict.fromkeys(_chips(case)):
        if event.subject in (None, chip):
            since = [row.from_date for row in case.rows(ResaleLevel) if row.chip == chip]
            if since:
                yield f"resale_levels[{chip},{event.from_date}..].level_share *= {left}"
            if not since or min(since) > event.from_date:
                yield f"+resale_levels{{chip={chip}, from_date={event.from_date}, level_share={left}}}"
    yield from _changes(effects, event, case)


def _changes(effects: tuple[EventEffect, ...], event: Event, case: CaseData) -> Iterator[str]:
    for effect in effects:
        yield from effect.changes(event, case)


def _problems(effects: tuple[EventEffect, ...], event: Event, case: CaseData) -> Iterator[Problem]:
    for effect in effects:
        yield from effect.problems_in(event, case, None)


def _plan_problems(effects: tuple[EventEffect, ...], event: Event, plan: PlanData) -> Iterator[Problem]:
    for effect in effects:
        yield from effect.problems_in(event, plan.case, plan)
