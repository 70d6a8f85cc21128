"""Worlds: how everything turns out, drawn from the tree of a case and from laws.

N worlds are a Latin hypercube: each number that is drawn falls once into each of N intervals of equal probability. One
number chooses the future of the tree: the probabilities are laid side by side, and a future of probability p is drawn
N · p times, give or take less than 2. Each law has a number of its own, which is the quantile of its value. An event
with a law takes its value from the law instead of one of its outcomes; these stand in the tree that a hedge plans for.
All policies live through the same worlds: common random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.laws import Law
from planner.futures.tree import PATH, Tree, in_order
from planner.simulation.revealing import TurnedOut, without_event


@dataclass(frozen=True)
class World:
    """How everything turns out."""

    number: int
    """counted from 1"""
    future: str
    """the name of its future, with values of laws in the place of outcomes"""
    probability: float | None
    """of the future in the tree; None where a value is drawn from a law"""
    told: tuple[TurnedOut, ...]
    """what becomes known, in the order of the days"""

    @property
    def known(self) -> str:
        """Everything that becomes known, with commas between."""
        return ", ".join(each.text for each in self.told)


def drawn(case: Case, count: int, seed: int, laws: Sequence[Law] = ()) -> list[World]:
    """So many worlds of a case, the same for the same seed. The laws are of events of the case; see `law_problems`."""
    rest = case
    for law in laws:
        rest = without_event(rest, law.name)
    tree = Tree.of(rest)
    shares = qmc.LatinHypercube(1 + len(laws), rng=seed).random(count)
    ends = np.cumsum([future.probability for future in tree.futures])
    chosen = np.minimum(np.searchsorted(ends, shares[:, 0] * ends[-1], side="right"), len(tree) - 1)
    order = [event.event for event in in_order(case.rows(UnknownEvent), case.rows(EventOutcome))]
    worlds = []
    for i, at in enumerate(chosen.tolist()):
        future = tree.futures[at]
        told = {
            event.event: TurnedOut.of(event, outcome)
            for event, outcome in zip(tree.events, future.outcomes, strict=True)
            if outcome is not None
        }
        for law, share in zip(laws, shares[i, 1:].tolist(), strict=True):
            told[law.name] = from_law(case, law, share)
        known = tuple(told[name] for name in order if name in told)
        name = PATH.join([future.name, *(f"{each.value:.6g}" for each in known if each.value is not None)])
        worlds.append(World(i + 1, name, None if laws else future.probability, known))
    return worlds


def from_law(case: Case, law: Law, share: float) -> TurnedOut:
    """What an event with a law is in a world: the quantile of the law, and the outcome that stands for it in the tree.

    The outcomes of the event, in the order of their rows, stand for intervals as probable as they are.
    """
    (event,) = (row for row in case.rows(UnknownEvent) if row.event == law.name)
    rows = [row for row in case.rows(EventOutcome) if row.event == law.name]
    ends = np.cumsum([row.probability for row in rows])
    row = rows[min(int(np.searchsorted(ends, share * ends[-1], side="right")), len(rows) - 1)]
    value = float(f"{float(law.distribution.frozen.ppf(share)):.9g}")
    return TurnedOut(law.name, row.outcome, event.known_on, value, law.changes(value))


def distinct(worlds: Sequence[World]) -> Mapping[tuple[TurnedOut, ...], list[World]]:
    """The worlds by what becomes known in them: those of one path are solved once."""
    found: dict[tuple[TurnedOut, ...], list[World]] = {}
    for world in worlds:
        found.setdefault(world.told, []).append(world)
    return found
