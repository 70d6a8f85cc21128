"""The tree of futures that the events of a case make.

A future is one outcome of every event. Its probability is the product of theirs. The tree follows from the days on
which the events become known, and nobody writes stages: two futures are one until the first event that tells them apart
is known, and every decision that is taken before that is one decision. News of a day comes before its signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from planner.basics.errors import DataError, Problem
from planner.common import unknown
from planner.common.unknown import OF, EventOutcome, UnknownEvent
from planner.interfaces.case_data import CaseData

EXPECTED = unknown.EXPECTED
UNTOUCHED = unknown.UNTOUCHED
MOST_FUTURES = 10_000
"""how many futures a tree may have"""
NOTHING: tuple[EventOutcome | None, ...] = (None,)
"""the outcomes of an event that does not take place"""
PATH = "/"
"""stands between the outcomes in the name of a future"""


@dataclass(frozen=True)
class Future:
    """One way in which everything may turn out."""

    name: str
    """its outcomes in the order in which they become known: `high/late`"""
    probability: float
    outcomes: tuple[EventOutcome | None, ...]
    """of each event, in the order of `Tree.events`; None where none holds on this branch"""


@dataclass(frozen=True)
class Node:
    """What is known from a day on, until the next news: the futures that are still possible."""

    number: int
    """0 is the root; a node comes after the one that it follows"""
    day: date
    """first day on which this is known; of the root the start of the case"""
    before: int | None
    """number of the node before it; None for the root"""
    outcomes: tuple[EventOutcome, ...]
    """all that is known, in the order in which it became known"""
    futures: tuple[int, ...]
    """positions of the futures that are possible"""
    probability: float

    @property
    def known(self) -> str:
        """All that is known, as `event:outcome`, with commas between; blank where nothing is."""
        return ", ".join(outcome.name for outcome in self.outcomes)


@dataclass(frozen=True)
class Tree:
    """The futures of a case, and the days that tell them apart."""

    start: date
    """of the case"""
    events: tuple[UnknownEvent, ...]
    """in the order in which they become known"""
    futures: tuple[Future, ...]

    @staticmethod
    def of(case: CaseData, most: int = MOST_FUTURES) -> Tree:
        """The tree of a case that was checked. Futures without probability are left out.

        Raises DataError where there are more futures than `most`.
        """
        events = in_order(case.rows(UnknownEvent), case.rows(EventOutcome))
        return Tree(case.settings.start, events, tuple(_futures(events, case.rows(EventOutcome), most)))

    def __len__(self) -> int:
        return len(self.futures)

    def future(self, name: str) -> Future:
        """The future of that name. Raises KeyError where there is none."""
        for each in self.futures:
            if each.name == name:
                return each
        raise KeyError(name)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which futures part, in order."""
        parted = {day for node in self.nodes for day in [node.day] if node.before is not None}
        return tuple(sorted(parted))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes, the root first. News on or before the start of the case is known in the nodes after the root."""
        everybody = tuple(range(len(self.futures)))
        nodes = [Node(0, self.start, None, (), everybody, sum(each.probability for each in self.futures))]
        leaves = [nodes[0]]
        for day in sorted({event.known_on for event in self.events}):
            following = []
            for leaf in leaves:
                parts = self._parts(leaf, day)
                if len(parts) < 2:
                    following.append(leaf)
                    continue
                for positions in parts:
                    outcomes = self._known(positions[0], day)
                    weight = sum(self.futures[i].probability for i in positions)
                    nodes.append(Node(len(nodes), day, leaf.number, outcomes, positions, weight))
                    following.append(nodes[-1])
            leaves = following
        return tuple(nodes)

    def _parts(self, node: Node, day: date) -> list[tuple[int, ...]]:
        """The futures of a node, told apart by what is known on a day."""
        parts: dict[tuple[str, ...], list[int]] = {}
        for i in node.futures:
            parts.setdefault(tuple(outcome.name for outcome in self._known(i, day)), []).append(i)
        return [tuple(each) for each in parts.values()]

    def _known(self, future: int, day: date) -> tuple[EventOutcome, ...]:
        told = zip(self.events, self.futures[future].outcomes, strict=True)
        return tuple(outcome for event, outcome in told if outcome is not None and event.known_on <= day)

    def node_on(self, future: int, day: date) -> int:
        """Number of the node of a future (by position) in which decisions of a day are taken."""
        return max(node.number for node in self._of[future] if node.number == 0 or node.day <= day)

    @cached_property
    def _of(self) -> Mapping[int, list[Node]]:
        """The nodes of each future, by its position."""
        return {i: [node for node in self.nodes if i in node.futures] for i in range(len(self.futures))}


def expected_in(tree: Tree) -> Future:
    """The expected future, in which nothing changes. It need not be one of the tree's, so it has no probability."""
    return Future(EXPECTED, 0.0, (None,) * len(tree.events))


def in_order(events: Sequence[UnknownEvent], outcomes: Sequence[EventOutcome]) -> tuple[UnknownEvent, ...]:
    """The events in the order in which they become known; of one day, those first on which others depend."""
    given: dict[str, set[str]] = {event.event: set() for event in events}
    for outcome in outcomes:
        if outcome.given is not None:
            given.setdefault(outcome.event, set()).add(outcome.given.partition(OF)[0])
    waiting, done = sorted(events, key=lambda event: event.known_on), list[UnknownEvent]()
    while waiting:
        there = {event.event for event in waiting}
        free = next((event for event in waiting if not given[event.event] & there - {event.event}), waiting[0])
        waiting.remove(free)
        done.append(free)
    return tuple(done)


def _futures(events: Sequence[UnknownEvent], outcomes: Sequence[EventOutcome], most: int) -> Iterator[Future]:
    """One future for each combination of outcomes that are possible together."""
    paths: list[tuple[float, tuple[EventOutcome | None, ...]]] = [(1.0, ())]
    for event in events:
        rows = [row for row in outcomes if row.event == event.event and row.probability > 0.0]
        if len(paths) > most:
            break
        paths = [
            (probability * (1.0 if row is None else row.probability), (*path, row))
            for probability, path in paths
            for row in holding(rows, path) or NOTHING
        ]
    if len(paths) > most:
        expected = f"at most {most:,} futures; planner events CASE --futures N keeps the N that stand best for all"
        raise DataError([Problem(UnknownEvent.about.file, None, "", expected, f"{len(paths):,} or more")])
    for probability, path in paths:
        yield Future(_name(path), probability, path)


def _name(path: Sequence[EventOutcome | None]) -> str:
    """The name of a future by its outcomes; events at the end that do not take place in it are left out."""
    names = [UNTOUCHED if row is None else row.outcome for row in path]
    while names and path[len(names) - 1] is None:
        names.pop()
    return PATH.join(names) or EXPECTED


def holding(rows: Sequence[EventOutcome], path: Sequence[EventOutcome | None]) -> list[EventOutcome]:
    """The outcomes of an event that are possible after a path: those given one of its outcomes, else those without."""
    names = {row.name for row in path if row is not None}
    mine = [row for row in rows if row.given in names]
    return mine or [row for row in rows if row.given is None]
