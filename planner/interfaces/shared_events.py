"""The kinds of events that concern several instruments, put together from what each instrument says of them.

    provider_gone    what the instruments change
    resale_down      resale_values[subject,*].value_share *= 1 − value, and what the instruments change

Resale values know no date, so they fall from the start on, and with them grows what a supporter has stood behind
before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.basics.errors import Problem
from planner.common.chips import ResaleValue
from planner.interfaces.events import Event, EventEffect, EventKind, EventValue, ProviderEffect, plain
from planner.interfaces.plan_data import PlanData


def provider_gone(effects: Sequence[ProviderEffect]) -> EventKind:
    """A provider goes out of business."""
    return EventKind(
        name="provider_gone",
        subject="a provider",
        subjects=lambda case: [name for effect in effects for name in effect.providers(case)],
        value=EventValue.BLANK,
        happens=lambda event: f"{event.subject} is gone",
        changes=lambda event, plan: _changes(effects, event, plan),
        problems=lambda event, plan: _problems(effects, event, plan),
    )


def resale_down(effects: Sequence[EventEffect]) -> EventKind:
    """Chips fetch less when they are sold."""

    def changes(event: Event, plan: PlanData) -> Iterator[str]:
        yield f"resale_values[{event.subject or '*'},*].value_share *= {plain(event.share_left)}"
        yield from _changes(effects, event, plan)

    return EventKind(
        name="resale_down",
        subject="a chip with resale values, or a blank for all,",
        subjects=lambda case: [row.chip for row in case.rows(ResaleValue)],
        all_if_blank=True,
        value=EventValue.SHARE,
        happens=lambda event: f"{event.subject or 'every chip'} fetches {event.value or 0.0:.0%} less",
        changes=changes,
        problems=lambda event, plan: _problems(effects, event, plan),
    )


def _changes(effects: Sequence[EventEffect], event: Event, plan: PlanData) -> Iterator[str]:
    for effect in effects:
        yield from effect.changes(event, plan)


def _problems(effects: Sequence[EventEffect], event: Event, plan: PlanData) -> Iterator[Problem]:
    for effect in effects:
        if effect.problems is not None:
            yield from effect.problems(event, plan)
