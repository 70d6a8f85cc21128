"""Plans for all futures from what single futures would do at the prices of a step.

At these prices a future also sees what its decisions are worth in the others. So what it decides before they part is a
good proposal for all. It is kept, and where news comes that the future did not count on, the likeliest future that is
left is planned again with all that was decided before: as in `planner.hedge.first_plans`, for several proposals and
futures side by side. Where such plans get no better, only the integers are kept that all futures choose alike, and the
rest is solved as one program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.futures.tree import Node
from planner.hedge.alone import named, starting
from planner.hedge.by_future.better_prices import Bundle
from planner.hedge.by_future.solves import Solves, Task
from planner.hedge.by_future.tied import Tied
from planner.hedge.tree_program import ROOT, TreeProgram
from planner.solver import Feasibility, Program

ALIKE = 1e-6
"""difference of an integer up to which futures choose alike"""
MOST_PROPOSALS = 4
"""how many futures' decisions are tried at each step"""


@dataclass(eq=False)
class _Proposal:
    """The decisions of one future, followed through the tree."""

    futures: dict[int, Mapping[str, float]] = field(default_factory=dict)
    """decisions by future, as far as they are known"""
    failed: bool = False


@dataclass(frozen=True, eq=False)
class _Place:
    """A node in which the plan of a future is carried out."""

    proposal: _Proposal
    node: Node
    leads: int
    """position of the future"""
    values: Mapping[str, float]
    past: frozenset[int]
    """the nodes before it"""


def nearest(bundle: Bundle, sigma: Vector) -> list[int]:
    """The futures whose decisions are nearest to what all futures decide on average, the nearest first."""
    far = (sigma * bundle.apart() ** 2).sum(axis=1)
    return [int(s) for s in np.argsort(far, kind="stable")[:MOST_PROPOSALS]]


def followed(
    tree: TreeProgram, proposals: Mapping[int, Vector], options: solver.Options, solves: Solves
) -> list[Vector]:
    """The plans for all futures that begin as proposals do, which are by future solutions of its program.

    Solutions of the tree's program, NaN for what the model adds. A proposal that leaves some future no plan has none.
    """
    root = tree.tree.nodes[ROOT]
    begun = {s: _Proposal() for s in proposals}
    places = [_Place(begun[s], root, s, named(tree.futures[s], x), frozenset()) for s, x in proposals.items()]
    while places:
        places = _onwards(tree, places, options, solves)
    return [
        tree.start([each.futures[i] for i in range(len(tree.futures))]) for each in begun.values() if not each.failed
    ]


def where_they_agree(tree: TreeProgram, tied: Tied, points: Sequence[Vector]) -> Program:
    """The program of the tree with those common integers fixed that all futures choose alike.

    `points` are the common decisions of each future; shape (K,).
    """
    program, there = tree.program, tied.there
    at = np.array(points)
    low, high = np.where(there, at, np.inf).min(axis=0), np.where(there, at, -np.inf).max(axis=0)
    same = (high - low <= ALIKE) & program.integer[tied.place]
    alike, value = tied.place[same], np.round(low[same])
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[alike] = upper[alike] = np.clip(value, program.lower[alike], program.upper[alike])
    return replace(program, lower=lower, upper=upper)


def _onwards(tree: TreeProgram, places: Sequence[_Place], options: solver.Options, solves: Solves) -> list[_Place]:
    """The places that follow, once what was not counted on is planned again."""
    following: list[_Place] = []
    again: list[_Place] = []
    for at in places:
        children = [each for each in tree.tree.nodes if each.before == at.node.number]
        if not children:
            at.proposal.futures.update(dict.fromkeys(at.node.futures, at.values))
        for child in children:
            past = at.past | {at.node.number}
            if at.leads in child.futures:
                following.append(_Place(at.proposal, child, at.leads, at.values, past))
            else:
                leads = max(child.futures, key=lambda i: tree.tree.futures[i].probability)
                again.append(_Place(at.proposal, child, leads, at.values, past))
    tasks = []
    for at in again:
        future = tree.futures[at.leads]
        tasks.append(Task(tree.fixed(at.leads, at.values, at.past), options, starting(future, at.values)))
    for at, answer in zip(again, solves.all(tasks), strict=True):
        if answer.x is None or answer.feasibility is not Feasibility.FEASIBLE:
            at.proposal.failed = True
        else:
            values = named(tree.futures[at.leads], answer.x)
            following.append(_Place(at.proposal, at.node, at.leads, values, at.past))
    return [at for at in following if not at.proposal.failed]
