"""First prices of many futures: a linear program of some that stand for all, then one for each branch.

The time that the interior point method takes grows faster than the number of futures, as every row of a branch meets
the decisions of all nodes before it. So a node with many futures is priced in two steps:

    between branches    each branch is represented by its likeliest future, or by those of its own branches; the duals
                        say what the branch has to pay or earn for each decision taken in this node or before
    in each branch      its futures, with these prices on their decisions; where there are too many, in two steps again

The first step sees what branches differ in, the second what futures of a branch differ in. The multipliers add up to 0
as any others do, so they give a bound; it is not the best that a linear program gives, but near to it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.futures.tree import Node
from planner.hedge.by_future.linear_prices import LinearPrices, shared_by_several, split
from planner.hedge.search import Watch
from planner.hedge.tree_program import ROOT, TreeProgram
from planner.solver.interior_duals import interior_duals
from planner.solver.merging import merged
from planner.solver.program import Mask, Program

MOST_TOGETHER = 10
"""how many futures are priced by one linear program; of the reference by years, it takes a minute for as many"""


class _NotSolved(Exception):
    """A linear program was not solved in time."""


def in_parts(
    tree: TreeProgram, program: Program, watch: Watch, stop: threading.Event, most: int = MOST_TOGETHER
) -> LinearPrices | None:
    """Prices of the shared decisions of a tree, by linear programs of at most `most` futures each.

    `program` is that of the tree, or one with tighter bounds. None where one of them was not solved in time.
    """
    parts = _Parts(tree, program, watch, stop, most)
    try:
        parts.price(tree.tree.nodes[ROOT], np.zeros(len(parts.shared)))
    except _NotSolved:
        return None
    return LinearPrices(parts.shared, parts.multipliers, parts.x / np.maximum(parts.seen, 1e-300))


@dataclass(eq=False)
class _Parts:
    """The pricing under way; v is the number of variables that several futures share."""

    tree: TreeProgram
    program: Program
    watch: Watch
    stop: threading.Event
    most: int
    shared: Index = field(init=False)
    """their numbers in the tree's program; shape (v,)"""
    there: Mask = field(init=False)
    """which future has which of them; shape (futures, v)"""
    multipliers: Vector = field(init=False)
    """shape (futures, v)"""
    x: Vector = field(init=False)
    """the sum of the variables in the linear programs of branches, times their probabilities; shape (v,)"""
    seen: Vector = field(init=False)
    """the sum of these probabilities; shape (v,)"""

    def __post_init__(self) -> None:
        self.shared = shared_by_several(self.tree.merged)
        places = self.tree.merged.places
        self.there = np.array([np.isin(self.shared, place) for place in places])
        self.multipliers = np.zeros(self.there.shape)
        self.x, self.seen = np.zeros(len(self.shared)), np.zeros(len(self.shared))

    def price(self, node: Node, extra: Vector) -> None:
        """Price the futures of a node, whose shared variables cost something besides; shape (v,)."""
        branches, members = self._branches(node), list(node.futures)
        if len(members) <= self.most or not branches:
            self.multipliers[members] = self._linear(members, self._p[members], extra, True)
            return
        stand = [self._representatives(branch, self.most // len(branches)) for branch in branches]
        weights = np.array([weight for _, shares in stand for weight in shares])
        found = self._linear([i for some, _ in stand for i in some], weights, extra, False)
        between = sum(self.there[list(branch.futures)].any(axis=0).astype(np.int64) for branch in branches)
        counts = (between > 1) | (extra != 0.0)
        ends = np.cumsum([0, *(len(some) for some, _ in stand)])
        for branch, (first, end) in zip(branches, pairwise(ends.tolist()), strict=True):
            self.price(branch, np.where(counts, found[first:end].sum(axis=0), 0.0))

    @property
    def _p(self) -> Vector:
        return self.tree.merged.weights

    def _branches(self, node: Node) -> list[Node]:
        return [each for each in self.tree.tree.nodes if each.before == node.number]

    def _representatives(self, node: Node, most: int) -> tuple[list[int], list[float]]:
        """Futures that stand for those of a node, and the probability that each stands for; at most `most`, or one."""
        branches = self._branches(node)
        if not branches or len(branches) > most:
            return [max(node.futures, key=lambda i: self._p[i])], [node.probability]
        found = [self._representatives(branch, most // len(branches)) for branch in branches]
        return [i for members, _ in found for i in members], [p for _, weights in found for p in weights]

    def _linear(self, members: Sequence[int], weights: Vector, extra: Vector, last: bool) -> Vector:
        """The multipliers of some futures, whose shared variables cost something besides; shape (members, v).

        `last`: these are the multipliers that count, so the solution is noted.
        """
        places = [self.tree.merged.places[i] for i in members]
        some = merged([self._bounded(i) for i in members], weights.tolist(), places)
        whole = np.zeros(len(some.program.cost), dtype=np.int64)
        for mine, place in zip(some.places, places, strict=True):
            whole[mine] = place
        column = np.minimum(np.searchsorted(self.shared, whole), len(self.shared) - 1)
        mine = np.flatnonzero(self.shared[column] == whole)
        column = column[mine]
        besides = np.zeros(len(whole))
        besides[mine] = extra[column]
        priced = replace(some.program, cost=some.program.cost + besides)
        found = interior_duals(priced, self.watch.left, self.stop)
        if found is None:
            raise _NotSolved
        x, duals = found
        if last:
            self.x[column] += weights.sum() * x[mine]
            self.seen[column] += weights.sum()
        programs = [self.tree.futures[i].program for i in members]
        multipliers = np.zeros((len(members), len(self.shared)))
        multipliers[:, column] = split(programs, some, weights, duals, mine, besides)
        return multipliers

    def _bounded(self, future: int) -> Program:
        """The program of a future within the bounds that all futures allow."""
        place = self.tree.merged.places[future]
        lower, upper = self.program.lower[place], self.program.upper[place]
        return replace(self.tree.futures[future].program, lower=lower, upper=upper)
