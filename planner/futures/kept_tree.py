"""Events and outcomes that make a tree of some of the futures of a case, with other probabilities.

All that becomes known on one day is one event, as the futures that are kept need not be all combinations of outcomes.
Its outcomes are given the outcome of the day before, whose name says everything that was known by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from planner.case.case import Case
from planner.common.unknown import BETWEEN, OF, EventOutcome, UnknownEvent
from planner.futures.effects import changes_of
from planner.futures.tree import UNTOUCHED, Tree

MOST_NAMED = 3
"""most events whose names make the name of their common event"""
Told = tuple[EventOutcome | None, ...]
"""outcomes of some events"""


def kept_rows(
    case: Case, tree: Tree, probabilities: Mapping[int, float]
) -> tuple[list[UnknownEvent], list[EventOutcome]]:
    """The rows of events and outcomes whose tree has the futures in some positions, with other probabilities."""
    days: dict[date, list[int]] = {}
    for k, event in enumerate(tree.events):
        days.setdefault(event.known_on, []).append(k)
    made = _Made(case, tree)
    branches = {i: (_Branch(), weight) for i, weight in probabilities.items()}
    for n, (day, events) in enumerate(sorted(days.items())):
        branches = made.day(day, events, branches, last=n == len(days) - 1)
    return made.events, made.outcomes


@dataclass(frozen=True)
class _Branch:
    """What is known of a future so far."""

    name: str = ""
    given: str | None = None
    """as the next event names it"""


@dataclass(eq=False)
class _Made:
    """The rows made so far."""

    case: Case
    tree: Tree
    events: list[UnknownEvent] = field(default_factory=list)
    outcomes: list[EventOutcome] = field(default_factory=list)

    def day(
        self, day: date, events: Sequence[int], branches: Mapping[int, tuple[_Branch, float]], *, last: bool
    ) -> dict[int, tuple[_Branch, float]]:
        """Make the rows of what becomes known on a day; the result says on which branch each future is then."""
        event = self._event(day, [self.tree.events[k] for k in events])
        parts: dict[_Branch, dict[Told, list[int]]] = {}
        for i, (branch, _) in branches.items():
            told = tuple(self.tree.futures[i].outcomes[k] for k in events)
            parts.setdefault(branch, {}).setdefault(told, []).append(i)
        if last:
            parts = {branch: self._alike(found) for branch, found in parts.items()}
        names = _names(parts, apart=not last)
        after: dict[int, tuple[_Branch, float]] = {}
        for branch, found in parts.items():
            whole = sum(branches[i][1] for part in found.values() for i in part)
            for told, part in found.items():
                name = names[branch, told]
                chance = sum(branches[i][1] for i in part) / whole
                self.outcomes.append(self._outcome(event, name, branch.given, chance, told, events))
                following = _Branch(name, f"{event.event}{OF}{name}")
                after |= {i: (following, branches[i][1]) for i in part}
        return after

    def _event(self, day: date, events: Sequence[UnknownEvent]) -> UnknownEvent:
        if len(events) == 1:
            self.events.append(events[0])
            return events[0]
        name = "_and_".join(each.event for each in events)
        if len(events) > MOST_NAMED:
            name = f"news_of_{day:%Y_%m_%d}"
        title = "; ".join(each.title for each in events if each.title) or None
        self.events.append(UnknownEvent(event=name, known_on=day, title=title))
        return self.events[-1]

    def _outcome(
        self, event: UnknownEvent, name: str, given: str | None, chance: float, told: Told, events: Sequence[int]
    ) -> EventOutcome:
        made = EventOutcome(event=event.event, outcome=name, given=given, probability=min(chance, 1.0))
        effective = [(k, each) for k, each in zip(events, told, strict=True) if each is not None and each.effect]
        if len(told) == 1 and effective:
            ((_, each),) = effective
            cells = ("changes", "kind", "subject", "value", "source")
            return made.model_copy(update={cell: getattr(each, cell) for cell in cells})
        texts = [text for k, each in effective for text in changes_of(self.tree.events[k], each, self.case)]
        return made.model_copy(update={"changes": f"{BETWEEN} ".join(texts) or None})

    def _alike(self, found: Mapping[Told, list[int]]) -> dict[Told, list[int]]:
        """What is told on the last day, without a difference where it makes none."""
        first: dict[tuple[object, ...], Told] = {}
        alike: dict[Told, list[int]] = {}
        for told, part in found.items():
            effect = tuple(each.effect if each is not None else () for each in told)
            alike.setdefault(first.setdefault(effect, told), []).extend(part)
        return alike


def _names(parts: Mapping[_Branch, Mapping[Told, object]], *, apart: bool) -> dict[tuple[_Branch, Told], str]:
    """The name of each outcome; `apart`: each name stands for one branch."""
    places = [(branch, told) for branch, found in parts.items() for told in found]
    short = {place: _name(place[1]) for place in places}
    counts: dict[str, int] = {}
    for name in short.values():
        counts[name] = counts.get(name, 0) + 1
    found: dict[tuple[_Branch, Told], str] = {}
    taken: set[tuple[str | None, str]] = set()
    for branch, told in places:
        name = short[branch, told]
        if apart and counts[name] > 1 and branch.name:
            name = f"{branch.name}_{name}"
        again, number = name, 1
        while ((None if apart else branch.given), again) in taken:
            number += 1
            again = f"{name}_{number}"
        taken.add((None if apart else branch.given, again))
        found[branch, told] = again
    return found


def _name(told: Told) -> str:
    """What a day tells, as the name of an outcome."""
    if all(each is None for each in told):
        return UNTOUCHED
    return "_".join(UNTOUCHED if each is None else each.outcome for each in told)
