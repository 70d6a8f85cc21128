"""Why no plan serves all futures though each has one: futures that clash, and the offers on which they do not agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from planner.case.case import Case
from planner.explain.feasibility import Watching
from planner.explain.trees.feasibility import PostedFutures
from planner.futures.tree import Tree
from planner.hedge.tree_program import FutureProgram

MOST_PAIRS = 28
"""pairs of futures that are tried; of eight futures all"""
MOST_OFFERS = 40
"""offers that are tried"""


@dataclass(frozen=True)
class Conflict:
    """Futures that no plan serves until the news tells them apart."""

    futures: tuple[str, ...]
    """names: two, or all where every two of them can be served"""
    until: date
    """the day of the news that tells the first of them apart"""
    offers: tuple[str, ...]
    """each by itself: were it decided with that news known, one plan would serve these futures"""

    def text(self) -> str:
        """The conflict in words."""
        who = " and ".join(self.futures) if len(self.futures) == 2 else f"all of {', '.join(self.futures)}"
        says = f"No plan serves {who} until {self.until}, when news tells them apart."
        if not self.offers:
            return f"{says} No single offer stands in the way."
        return f"{says} One would if this could be decided after the news: {', or '.join(self.offers)}."

    def json(self) -> dict[str, object]:
        """The conflict for programs."""
        return {"futures": list(self.futures), "until": self.until.isoformat(), "offers": list(self.offers)}


def conflicts(posted: PostedFutures, watch: Watching, on_phase: Callable[[str], None]) -> list[Conflict]:
    """The pairs of futures that no plan serves; where every pair can be served, all futures together."""
    names = [future.name for future in posted.tree.futures]
    pairs = list(combinations(range(len(names)), 2))[:MOST_PAIRS]
    on_phase("which futures clash")
    clashing: list[tuple[int, ...]] = [pair for pair in pairs if posted.together(pair, watch=watch) is False]
    found = []
    for futures in clashing or [tuple(range(len(names)))]:
        on_phase(f"on what {' and '.join(names[i] for i in futures)} do not agree")
        found.append(
            Conflict(tuple(names[i] for i in futures), _parts(posted, futures), _offers(posted, futures, watch))
        )
    return found


def _parts(posted: PostedFutures, futures: Sequence[int]) -> date:
    """The first day on which some of the futures are told apart."""
    part = Tree(posted.tree.start, posted.tree.events, tuple(posted.tree.futures[i] for i in futures))
    return part.days[0]


def _offers(posted: PostedFutures, futures: Sequence[int], watch: Watching) -> tuple[str, ...]:
    """The offers each of which is enough: were it decided with the news known, a plan would serve the futures."""
    programs = [each for i in futures if (each := posted.programs[i]) is not None]
    return tuple(offer for offer in _decided(posted.case, programs) if posted.together(futures, (offer,), watch))


def _decided(case: Case, programs: Sequence[FutureProgram]) -> list[str]:
    """The offers about which something is decided, in the order of the case, the first few."""
    seen = {
        str(key[group.dims.index("offer")])
        for each in programs
        for group in each.portfolio.ledgers.groups
        if "offer" in group.dims and (group.lower < group.upper).any()
        for key in group.keys
    }
    return [offer.offer for offer in case.tables.offers() if offer.offer in seen][:MOST_OFFERS]
