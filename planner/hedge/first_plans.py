"""First plans for a tree, made of plans for single futures.

Somebody who plans for one future signs what that plan says, until news comes that it did not count on. From there on
the plan is the best one for the likeliest future that is left, with everything kept that was decided before. Each of
these plans is a single solve, and together they make a plan for all futures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.risk import weighted
from planner.common.settings import RiskSettings
from planner.futures.tree import Node
from planner.hedge.alone import Alone, solve_alone
from planner.hedge.search import Watch
from planner.hedge.tree_program import ROOT, TreeProgram

MOST_LEADERS = 3
"""how many futures' own plans are tried as the beginning of a plan for all"""


@dataclass(frozen=True, eq=False)
class Kept:
    """A plan for all futures that begins as a plan for one of them does."""

    x: Vector | None
    """a solution of the tree's program, NaN for what the model adds; None where some future has no plan any more"""
    failed: tuple[str, ...] = ()
    """the futures that have none"""


def kept_plan(tree: TreeProgram, leader: int, plan: Mapping[str, float], options: solver.Options) -> Kept:
    """What becomes of the plan of one future in all of them.

    `leader` is the position of the future, −1 where it is none of the tree's; `plan` its decisions by name.
    """
    decisions: dict[int, Mapping[str, float]] = {}
    failed: list[str] = []
    nodes = tree.tree.nodes

    def follow(node: Node, leads: int, values: Mapping[str, float], past: frozenset[int]) -> None:
        """Go on from a node in which the plan `values` is carried out."""
        children = [each for each in nodes if each.before == node.number]
        if not children:
            decisions.update(dict.fromkeys(node.futures, values))
        for child in children:
            next_leads, plan = leads, values
            if leads not in child.futures:
                next_leads = max(child.futures, key=lambda i: tree.tree.futures[i].probability)
                found = solve_alone(
                    tree.futures[next_leads], options, program=tree.fixed(next_leads, values, past | {node.number})
                )
                if not found.found:
                    failed.extend(tree.tree.futures[i].name for i in child.futures)
                    continue
                plan = found.decisions
            follow(child, next_leads, plan, past | {node.number})

    follow(nodes[ROOT], leader, plan, frozenset())
    if failed:
        return Kept(None, tuple(failed))
    return Kept(tree.start([decisions[i] for i in range(len(tree.futures))]))


def first_plan(
    tree: TreeProgram, alone: Sequence[Alone], risk: RiskSettings, watch: Watch, leaders: Sequence[int]
) -> Vector | None:
    """The best plan that begins as one of some futures' own plans does; None where none of them goes on."""
    best: Vector | None = None
    for leader in leaders:
        if alone[leader].found:
            watch.on_phase(f"a first plan from {tree.tree.futures[leader].name}")
            best = cheaper(tree, risk, best, kept_plan(tree, leader, alone[leader].decisions, watch.left).x)
    return best


def cheaper(tree: TreeProgram, risk: RiskSettings, one: Vector | None, other: Vector | None) -> Vector | None:
    """The better of two solutions of which the decisions are known; either may be none."""
    if one is None or other is None:
        return other if one is None else one
    return one if objective_of(tree, risk, one) <= objective_of(tree, risk, other) else other


def objective_of(tree: TreeProgram, risk: RiskSettings, x: Vector) -> float:
    """The objective of a solution of which the decisions are known; what the model adds costs nothing [USD bn]."""
    costs = tree.costs(np.nan_to_num(x)).tolist()
    return weighted(costs, tree.merged.weights.tolist(), risk.level, risk.weight)


def likeliest(tree: TreeProgram) -> list[int]:
    """The positions of the likeliest futures, the likeliest first."""
    order = sorted(range(len(tree.futures)), key=lambda i: -tree.tree.futures[i].probability)
    return order[:MOST_LEADERS]
