"""Decisions of several futures that must be one decision, because nothing tells the futures apart when it is taken.

    x_{s, j} = x_{s', j}    where n(s, day_j) = n(s', day_j)

n(s, day) is the node of future s on a day (`Tree.node_on`), day_j that of `portfolio.decision_days`. A decision that a
future does not have at all counts as 0 in it, so that nothing is signed that another future could not sign too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.futures.tree import Node, Tree
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.hedges.decided import DatedDecision

ROUNDING = 1e-9
"""a difference that never counts, in the unit of the decision"""


@dataclass(frozen=True)
class Apart:
    """A decision that is not the same in a future as in others of the node in which it is taken."""

    future: int
    """position of the future that differs from more others"""
    node: Node
    name: str
    file: str
    value: float
    others: float
    """the value in most of the others"""
    like: int
    """position of one of those"""


def apart_in_common(tree: Tree, decisions: Mapping[int, Sequence[DatedDecision]]) -> tuple[list[Apart], int]:
    """The decisions that differ, and the number of those that were compared; `decisions` are by position of the future.

    A future that is not there is left out.
    """
    found: list[Apart] = []
    compared = 0
    by_node: dict[int, dict[str, dict[int, DatedDecision]]] = {}
    for i, mine in decisions.items():
        nodes = {day: tree.node_on(i, day) for day in {each.day for each in mine}}
        for each in mine:
            by_node.setdefault(nodes[each.day], {}).setdefault(each.name, {})[i] = each
    for node in tree.nodes:
        futures = [i for i in node.futures if i in decisions]
        if len(futures) < 2:
            continue
        for name, told in by_node.get(node.number, {}).items():
            compared += 1
            found += _apart(node, name, futures, told)
    return found, compared


def _apart(node: Node, name: str, futures: Sequence[int], told: Mapping[int, DatedDecision]) -> Iterator[Apart]:
    values = {i: told[i].value if i in told else 0.0 for i in futures}
    room = TOLERANCE * max(map(abs, values.values())) + ROUNDING
    if max(values.values()) - min(values.values()) <= room:
        return
    counts = Counter(values.values())
    usual = max(counts, key=lambda value: (counts[value], abs(value)))
    like = next(i for i in futures if values[i] == usual)
    file = next(iter(told.values())).file
    for i in futures:
        if abs(values[i] - usual) > room:
            yield Apart(i, node, name, file, values[i], usual, like)
