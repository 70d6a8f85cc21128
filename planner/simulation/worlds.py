"""Worlds: how everything turns out, drawn from the tree of a case and from laws.

N worlds are a Latin hypercube: each number that is drawn falls once into each of N intervals of equal probability. One
number chooses the future of the tree: the probabilities are laid side by side, and a future of probability p is drawn
N · p times, give or take less than 2. Each law has a number of its own, which is the quantile of its value. An event
with a law takes its value from the law; its outcomes stand in the tree that a hedge plans for, each for an interval of
the law that is as probable as it is. Where the event hangs together with others, the future says which outcome, and the
value lies within its interval, so that what depends on the outcome agrees with the value. All policies live through the
same worlds: common random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.laws import SLOT, Law
from planner.futures.tree import PATH, Tree, in_order
from planner.simulation.revealing import TurnedOut, without_events
from planner.tables.cells import number


@dataclass(frozen=True)
class World:
    """How everything turns out."""

    number: int
    """counted from 1"""
    future: str
    """the name of its future in the tree, and the values of laws"""
    probability: float | None
    """of the future in the tree; None where a value is drawn from a law"""
    told: tuple[TurnedOut, ...]
    """what becomes known, in the order of the days"""

    @property
    def known(self) -> str:
        """Everything that becomes known, with commas between."""
        return ", ".join(each.text for each in self.told)


def drawn(case: Case, count: int, seed: int, laws: Sequence[Law] = ()) -> list[World]:
    """So many worlds of a case, the same for the same seed. The laws are of events of the case; see `simulate`."""
    alone = {law.name for law in laws if not tied(case, law.name)}
    tree = Tree.of(without_events(case, alone))
    shares = qmc.LatinHypercube(1 + len(laws), rng=seed).random(count)
    ends = np.cumsum([future.probability for future in tree.futures])
    chosen = np.minimum(np.searchsorted(ends, shares[:, 0] * ends[-1], side="right"), len(tree) - 1)
    order = [event.event for event in in_order(case.rows(UnknownEvent), case.rows(EventOutcome))]
    worlds = []
    for i, at in enumerate(chosen.tolist()):
        future = tree.futures[at]
        happens = {
            event.event: outcome
            for event, outcome in zip(tree.events, future.outcomes, strict=True)
            if outcome is not None
        }
        events = {row.event: row for row in tree.events}
        told = {name: TurnedOut.of(events[name], outcome) for name, outcome in happens.items()}
        for law, share in zip(laws, shares[i, 1:].tolist(), strict=True):
            if law.name in alone or law.name in happens:
                told[law.name] = from_law(case, law, share, happens.get(law.name))
        known = tuple(told[name] for name in order if name in told)
        values = [f"{each.value:.6g}" for each in known if each.value is not None]
        probability = None if values else future.probability
        worlds.append(World(i + 1, PATH.join([future.name, *values]), probability, known))
    return worlds


def tied(case: Case, name: str) -> bool:
    """Whether an event is given another one, or another one is given it."""
    return any(name in (row.event, row.given_event) for row in case.rows(EventOutcome) if row.given is not None)


def from_law(case: Case, law: Law, share: float, outcome: EventOutcome | None = None) -> TurnedOut:
    """What an event with a law is in a world: the quantile of the law, and the outcome that stands for it in the tree.

    The outcomes of the event stand for intervals as probable as they are, in the order of their numbers. Where the
    outcome is known, the share is one of its interval.
    """
    (event,) = (row for row in case.rows(UnknownEvent) if row.event == law.name)
    rows = in_order_of_law(law, [row for row in case.rows(EventOutcome) if row.event == law.name])
    ends = np.cumsum([row.probability for row in rows])
    if outcome is not None:
        at = next(i for i, row in enumerate(rows) if row.outcome == outcome.outcome)
        share = (float(ends[at]) - (1.0 - share) * outcome.probability) / float(ends[-1])
    row = (
        rows[min(int(np.searchsorted(ends, share * ends[-1], side="right")), len(rows) - 1)]
        if outcome is None
        else outcome
    )
    value = float(f"{float(law.distribution.frozen.ppf(share)):.9g}")
    return TurnedOut(law.name, row.outcome, event.known_on, value, law.changes(value))


def in_order_of_law(law: Law, rows: Sequence[EventOutcome]) -> list[EventOutcome]:
    """Outcomes in the order of the numbers that they give what the law changes; as they stand, where one gives none.

    An outcome that leaves everything as expected is a factor of 1, or a difference of 0.
    """
    numbers = [number_of(law, row) for row in rows]
    if any(number is None for number in numbers):
        return list(rows)
    return [row for _, row in sorted(zip(numbers, rows, strict=True), key=lambda each: each[0] or 0.0)]


def number_of(law: Law, row: EventOutcome) -> float | None:
    """The number that an outcome gives the first change of a law; None where it gives none."""
    before, _, after = ("".join(part.split()) for part in law.templates[0].partition(SLOT))
    if not row.effect:
        return 1.0 if before.endswith("*=") else 0.0 if before.endswith(("+=", "-=")) else None
    for text in ("".join(each.split()) for each in row.texts):
        if text.startswith(before) and text.endswith(after):
            try:
                return number(text.removeprefix(before).removesuffix(after))
            except ValueError:
                return None
    return None


def distinct(worlds: Sequence[World]) -> Mapping[tuple[TurnedOut, ...], list[World]]:
    """The worlds by what becomes known in them: those of one path are solved once."""
    found: dict[tuple[TurnedOut, ...], list[World]] = {}
    for world in worlds:
        found.setdefault(world.told, []).append(world)
    return found
