"""Decisions that several futures have in common, and the futures with a price on each of them.

The tree demands x_{s,j} = x_{s',j} for what is decided before futures part. Without these rows, and with multipliers w
that add up to 0 over the futures of every decision, each future is a problem of its own (Lagrangian relaxation; for
several futures R. T. Rockafellar and R. J.-B. Wets, Scenarios and policy aggregation, 1991):

    Σ_s  min over x_s of  π_s · cost_s(x_s) + w_s · x_s     ≤     the least objective of the tree

π_s is the probability of the future. With a weight on CVaR it is (1 − weight) · p_s + weight · q_s for some q with 0 ≤
q_s ≤ p_s / (1 − level) that add up to 1: CVaR is the largest Σ q_s · cost_s of those (Rockafellar and Uryasev 2000).

Each future is solved in units of its own cost, around a point that all futures share, so that a gap relative to its
objective means what it means for its cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.common.settings import RiskSettings
from planner.hedge.risk_program import MOST_WEIGHT
from planner.hedge.tree_program import ROOT, TreeProgram
from planner.plan.hedges.certificate import Certificate, Multiplier, OfFuture
from planner.solver.merging import UNKNOWN
from planner.solver.program import Mask, Program

NOISE = 1e-9
"""multipliers up to this share of the largest, and of 1, are what rounding leaves of 0"""


@dataclass(frozen=True, eq=False)
class Tied:
    """The decisions that are one in several futures, k = 0, …, K − 1."""

    names: tuple[str, ...]
    """shape (K,)"""
    nodes: tuple[int, ...]
    """number of the node in which each is taken; shape (K,)"""
    place: Index
    """of each in the program of the tree; shape (K,)"""
    variables: tuple[Index, ...]
    """for each future, the numbers that its own program gives them, in the order of `which`"""
    which: tuple[Index, ...]
    """for each future, which decisions it has"""

    @staticmethod
    def of(tree: TreeProgram) -> Tied:
        """The common decisions of a tree. What follows from others by an equation is left out."""
        futures = np.zeros(len(tree.merged.program.cost), dtype=np.int64)
        for place in tree.merged.places:
            futures[place] += 1
        number: dict[int, int] = {}
        names, nodes, variables, which = list[str](), list[int](), list[Index](), list[Index]()
        for each, known, place in zip(tree.futures, _with_maxima(tree), tree.merged.places, strict=True):
            mine = np.flatnonzero((known != UNKNOWN) & (futures[place[: len(known)]] > 1))
            for j in mine.tolist():
                if number.setdefault(int(place[j]), len(number)) == len(names):
                    names.append(each.names[j])
                    nodes.append(int(known[j]))
            variables.append(mine)
            which.append(np.array([number[int(k)] for k in place[mine]], dtype=np.int64))
        return Tied(tuple(names), tuple(nodes), np.array(list(number), dtype=np.int64), tuple(variables), tuple(which))

    @property
    def size(self) -> int:
        """K."""
        return len(self.names)

    @property
    def there(self) -> Mask:
        """Which future has which decision; shape (futures, K)."""
        found = np.zeros((len(self.which), self.size), dtype=np.bool_)
        for s, which in enumerate(self.which):
            found[s, which] = True
        return found

    def values(self, future: int, x: Vector) -> Vector:
        """The common decisions in a solution of a future's program, 0 where it does not have one; shape (K,)."""
        found = np.zeros(self.size)
        found[self.which[future]] = x[self.variables[future]]
        return found


def _with_maxima(tree: TreeProgram) -> list[Index]:
    """The node of each decision of each future; of the largest of some decisions the node in which all are taken."""
    found = []
    for each, nodes in zip(tree.futures, tree.nodes, strict=True):
        known = nodes.copy()
        for top in each.portfolio.ledgers.maxima:
            taken = np.concatenate([np.array([ROOT]), *(known[variables] for variables, _, _ in top.forms)])
            if not (taken == UNKNOWN).any():
                known[top.variable] = taken.max()
        found.append(known)
    return found


@dataclass(frozen=True, eq=False)
class TiePrices:
    """Weights of the futures, and multipliers of what they have in common."""

    weights: Vector
    """π; shape (futures,)"""
    multipliers: Vector
    """w, 0 where a future does not have the decision; shape (futures, K)"""

    @staticmethod
    def none(tree: TreeProgram, tied: Tied) -> TiePrices:
        """No multipliers, and probabilities as weights."""
        return TiePrices(tree.merged.weights.copy(), np.zeros((len(tree.futures), tied.size)))


def balanced(multipliers: Vector, there: Mask) -> Vector:
    """Multipliers without what is only rounding, which add up to 0 over the futures; shape (futures, K).

    What is missing to 0 is taken from the largest of each decision.
    """
    size = np.abs(multipliers)
    noise = NOISE * max(1.0, float(size.max(initial=0.0)))
    found = np.where(there & (size > noise), multipliers, 0.0)
    largest = np.argmax(np.abs(found), axis=0)
    columns = np.arange(found.shape[1])
    for _ in range(2):  # the second takes what rounding of the first has left
        found[largest, columns] -= found.sum(axis=0)
    return found


def within(weights: Vector, probabilities: Vector, risk: RiskSettings) -> Vector:
    """Weights of the futures that CVaR allows, from some that nearly are; shape (futures,)."""
    weight = min(risk.weight, MOST_WEIGHT)
    if weight == 0.0:
        return probabilities.copy()
    least, most = (1.0 - weight) * probabilities, weight * probabilities / (1.0 - risk.level)
    beyond = np.clip(weights - least, 0.0, most)
    missing = weight - float(beyond.sum())
    if missing < 0.0:
        beyond *= weight / float(beyond.sum())
    else:
        beyond += missing * (most - beyond) / float((most - beyond).sum())
    return np.asarray(least + beyond)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The futures of a tree without the rows that make them decide alike."""

    tree: TreeProgram
    tied: Tied
    bounded: tuple[Program, ...]
    """of each future, within the bounds that all futures allow"""

    @staticmethod
    def of(tree: TreeProgram, tied: Tied, program: Program) -> Relaxed:
        """`program` is that of the tree, or one with tighter bounds."""
        found = []
        for each, place in zip(tree.futures, tree.merged.places, strict=True):
            lower, upper, integer = program.lower[place], program.upper[place], program.integer[place]
            found.append(replace(each.program, lower=lower, upper=upper, integer=integer))
        return Relaxed(tree, tied, tuple(found))

    def priced(self, prices: TiePrices, around: Vector) -> list[Program]:
        """The program of each future with its multipliers, in units of its cost, around a point of shape (K,)."""
        found = []
        for s, program in enumerate(self.bounded):
            multipliers = prices.multipliers[s, self.tied.which[s]] / prices.weights[s]
            cost = program.cost.copy()
            cost[self.tied.variables[s]] += multipliers
            constant = program.constant - float(multipliers @ around[self.tied.which[s]])
            found.append(replace(program, cost=cost, constant=constant))
        return found

    def bounds(self, prices: TiePrices, around: Vector, found: Sequence[float]) -> Vector:
        """The bounds of the futures as parts of one of the tree, from those of `priced` programs; shape (futures,)."""
        return np.array(
            [
                prices.weights[s] * bound + float(prices.multipliers[s, which] @ around[which])
                for s, (bound, which) in enumerate(zip(found, self.tied.which, strict=True))
            ]
        )

    def certificate(self, prices: TiePrices, bounds: Vector) -> Certificate:
        """What an audit is told."""
        names = [each.name for each in self.tree.tree.futures]
        by_future = tuple(
            OfFuture(name, float(weight), float(bound))
            for name, weight, bound in zip(names, prices.weights, bounds, strict=True)
        )
        order = sorted(range(self.tied.size), key=lambda k: self.tied.nodes[k])
        multipliers = tuple(
            Multiplier(self.tied.nodes[k], self.tied.names[k], names[s], float(prices.multipliers[s, k]))
            for k in order
            for s in np.flatnonzero(prices.multipliers[:, k]).tolist()
        )
        return Certificate(by_future, multipliers)
