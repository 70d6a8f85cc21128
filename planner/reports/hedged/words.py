"""Nodes of the tree, days, probabilities and intervals as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.basics.text import number
from planner.common.unknown import EventOutcome
from planner.futures.tree import Node

AS_EXPECTED = "as expected"
DECIMALS = 3
"""most decimals of a sum"""


def percent(probability: float) -> str:
    """A probability with at most three digits.

    >>> percent(0.5), percent(1 / 3), percent(0.0042)
    ('50%', '33.3%', '0.42%')
    """
    return f"{number(float(f'{100.0 * probability:.3g}'))}%"


def month(day: str) -> str:
    """A day as its month, where it is the first of one.

    >>> month("2028-07-01"), month("2028-07-15")
    ('2028-07', '2028-07-15')
    """
    return day[:7] if day.endswith("-01") else day


def condition(nodes: Sequence[Node], siblings: Sequence[Node], before: Node) -> tuple[str, frozenset[str]]:
    """The news that leads from the node `before` to any of some nodes that follow it, and the events of which it is.

    The news is told as `demand is low or mid`. `siblings` are all nodes that follow. An event of which every outcome
    leads to one of the nodes is left out.
    """
    events = dict.fromkeys(outcome.event for each in siblings for outcome in _news(each, before))
    possible = {event: _outcomes(event, siblings, before) for event in events}
    mine = {event: _outcomes(event, nodes, before) for event in events}
    meant = [each for each in siblings if all(_outcome(event, each, before) in mine[event] for event in events)]
    if len(meant) == len(nodes):
        matter = [event for event in events if mine[event] != possible[event]]
        return " and ".join(_is(event, mine[event]) for event in matter), frozenset(matter)
    told = [" and ".join(_is(event, [_outcome(event, each, before)]) for event in events) for each in nodes]
    return ", or ".join(told), frozenset(events)


def _news(node: Node, before: Node) -> list[EventOutcome]:
    return [outcome for outcome in node.outcomes if outcome not in before.outcomes]


def _outcome(event: str, node: Node, before: Node) -> str:
    return next((each.outcome for each in _news(node, before) if each.event == event), AS_EXPECTED)


def _outcomes(event: str, nodes: Sequence[Node], before: Node) -> list[str]:
    return list(dict.fromkeys(_outcome(event, each, before) for each in nodes))


def _is(event: str, outcomes: Sequence[str]) -> str:
    return f"{event} is {listed(outcomes, 'or', most=len(outcomes))}"


def interval(low: float, high: float) -> str:
    """What lies between two sums: one figure where both are shown alike, else two, rounded outwards.

    >>> interval(2.83971, 2.83971), interval(1.21, 1.39), interval(-0.0001, 12.0), interval(3.0, 3.004)
    ('2.840', 'between 1.2 and 1.4', 'between -1 and 12', 'between 3.000 and 3.004')
    """
    one, other = _sum(low, DECIMALS), _sum(high, DECIMALS)
    if one == other:
        return one
    decimals = min(DECIMALS, max(0, -math.floor(math.log10(high - low)))) if high > low else DECIMALS
    scale = 10.0**decimals
    low, high = math.floor(low * scale + 1e-6) / scale, math.ceil(high * scale - 1e-6) / scale
    return f"between {_sum(low, decimals)} and {_sum(high, decimals)}"


def _sum(value: float, decimals: int) -> str:
    """A sum with so many decimals; what would be printed as −0 is 0."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def listed(items: Sequence[str], joined: str = "and", most: int = 6) -> str:
    """Items in a sentence; of many, the first ones and how many more there are.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c"], most=2)
    ('a', 'a, b and c', 'a, b and 1 more')
    """
    if not items:
        return ""
    shown = list(items) if len(items) <= most else [*items[:most], f"{len(items) - most:,} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {joined} {shown[-1]}"
