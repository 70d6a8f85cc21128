"""What is not known yet, for a reader: the events, what each outcome changes, and the tree of futures."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from textwrap import wrap

from planner.basics.text import columns, counted, number
from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.tree import PATH, Node, Tree

SHOWN = 30
"""up to how many futures are listed one by one; of more, the likeliest"""
LIKELIEST = 10
WIDTH = 112
PLANS = "planner solve plans for the expected future, planner hedge CASE -o PLAN for all of them"
AS_EXPECTED = "as expected"


def effect_of(outcome: EventOutcome) -> str:
    """What an outcome changes, in the words of the case."""
    if outcome.kind is not None:
        about = " ".join(filter(None, [outcome.kind, outcome.subject]))
        return about if outcome.value is None else f"{about} {number(outcome.value)}"
    return "; ".join(outcome.texts) or AS_EXPECTED


def lines(case: Case, tree: Tree) -> list[str]:
    """The events and the tree, in the order in which they become known; empty where a case has no events."""
    if not tree.events:
        return []
    found = ["", f"Not known yet: {counted(len(tree.events), 'event')}, {counted(len(tree), 'future')}; {PLANS}"]
    for event in tree.events:
        found += _event(event, case)
    return [*found, *_branches(tree), *_futures(tree)]


def _event(event: UnknownEvent, case: Case) -> Iterator[str]:
    """An event: its day, and branch by branch what may come of it."""
    start = case.settings.start
    when = f"{event.known_on}"
    if event.known_on <= start:
        when += ", known already when the case begins"
    elif (heeded := case.calendar.start_of(case.calendar.forward(event.known_on))) != event.known_on:
        when += f" and heeded from {heeded}, the next start of a period"
    yield f"  {event.event}, known on {when}{f': {event.title}' if event.title else ''}"
    rows = [row for row in case.rows(EventOutcome) if row.event == event.event]
    branches: dict[str, list[EventOutcome]] = {}
    for row in sorted(rows, key=lambda row: row.given is None):
        branches.setdefault(row.given or "", []).append(row)
    for given, mine in branches.items():
        indent = 4
        if given or len(branches) > 1:
            yield f"    {f'given {given}' if given else 'otherwise'}"
            indent = 6
        width = max(len(row.outcome) for row in mine)
        for row in mine:
            head = f"{' ' * indent}{row.probability:6.1%}  {row.outcome.ljust(width)}  "
            yield from wrap(effect_of(row), WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
    if "" not in branches and _elsewhere(branches, case):
        yield "    otherwise as expected"


def _elsewhere(branches: Container[str], case: Case) -> bool:
    """Whether there are branches on which none of the outcomes holds that are given some outcomes of one event."""
    every = case.rows(EventOutcome)
    on = {row.event for row in every if row.name in branches}
    others = [row for row in every if row.event in on]
    return any(row.name not in branches for row in others) or all(row.given is not None for row in others)


def _branches(tree: Tree) -> list[str]:
    """The nodes of the tree, each below the one that it follows; only the first days where there are many."""
    nodes = tree.nodes
    if len(nodes) > 2 * SHOWN:
        return ["", "Number of branches from each day", *(f"  {day}  {_count(tree, day):,}" for day in tree.days)]
    children: dict[int, list[Node]] = {}
    for node in nodes[1:]:
        assert node.before is not None
        children.setdefault(node.before, []).append(node)

    def below(node: Node, depth: int) -> Iterator[list[str]]:
        for child in children.get(node.number, ()):
            new = ", ".join(outcome.name for outcome in child.outcomes if outcome not in node.outcomes)
            yield [f"{'  ' * depth}{child.day}", f"{child.probability:.1%}", f"{'  ' * depth}{new or AS_EXPECTED}"]
            yield from below(child, depth + 1)

    rows = [[f"{tree.start}", "100.0%", "nothing is known"], *below(nodes[0], 1)]
    return ["", "Tree", *columns(["from", "probability", "known"], rows, words=(0, 2))]


def _futures(tree: Tree) -> list[str]:
    """The futures with their probabilities; of many, the likeliest."""
    told = sorted(tree.futures, key=lambda each: -each.probability)
    heading = f"Futures, as {PATH.join(event.event for event in tree.events)}"
    if len(told) > SHOWN:
        told = told[:LIKELIEST]
        rest = 1.0 - sum(each.probability for each in told)
        more = [f"  … and {len(tree) - len(told):,} more, {rest:.1%} together"]
        heading += f": the {LIKELIEST} likeliest"
    else:
        more = []
    rows = [[f"{each.probability:.1%}", each.name] for each in told]
    return ["", heading, *columns(["", ""], rows, words=(1,))[1:], *more]


def json(case: Case, tree: Tree) -> dict[str, object] | None:
    """The events and the tree, for programs; None where the case has no events."""
    if not tree.events:
        return None
    many = len(tree) > SHOWN
    told = sorted(tree.futures, key=lambda each: -each.probability)[:LIKELIEST] if many else tree.futures
    return {
        "events": [
            {
                "event": event.event,
                "known_on": event.known_on.isoformat(),
                "known_already": event.known_on <= case.settings.start,
                "title": event.title,
                "outcomes": [_outcome(row) for row in case.rows(EventOutcome) if row.event == event.event],
            }
            for event in tree.events
        ],
        "days": [day.isoformat() for day in tree.days],
        "nodes": [] if many else [_node(node, tree) for node in tree.nodes],
        "branches": {day.isoformat(): _count(tree, day) for day in tree.days},
        "number_of_futures": len(tree),
        "futures": [{"name": each.name, "probability": each.probability} for each in told],
        "all_futures_listed": not many,
        "plans_for": PLANS,
    }


def _outcome(row: EventOutcome) -> dict[str, object]:
    return {
        "outcome": row.outcome, "given": row.given, "probability": row.probability, "changes": row.texts,
        "kind": row.kind, "subject": row.subject, "value": row.value,
    }  # fmt: skip


def _node(node: Node, tree: Tree) -> dict[str, object]:
    return {
        "node": node.number, "date": node.day.isoformat(), "before": node.before, "known": node.known,
        "probability": node.probability, "futures": [tree.futures[i].name for i in node.futures],
    }  # fmt: skip


def _count(tree: Tree, day: date) -> int:
    return sum(node.day == day and node.before is not None for node in tree.nodes)
