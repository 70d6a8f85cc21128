"""The futures of a case for mpi-sppy, a second way to a plan for all of them, over MPI where there are many machines.

    from mpisppy.opt.ef import ExtensiveForm
    from planner.hedge.sppy import Scenarios

    of = Scenarios.of(case)
    form = ExtensiveForm({"solver": "appsi_highs"}, of.names, of.creator, all_nodenames=of.nodes)
    form.solve_extensive_form()

The scenario of a future is its model in Pyomo (`planner.model.pyomo`) with its probability and its nodes. mpi-sppy
wants all futures to part in the same number of stages, and to have the same number of common decisions in each. So each
day on which any futures part is a stage; a node that does not branch on that day goes on in one child; and nodes with
fewer common decisions than another of their stage get some that are always 0 (`padding`). Nodes are named by the way to
them: ROOT, ROOT_0, ROOT_0_1. What is decided in a node is the same in all of its futures; the rest follows, or is free.

With a weight on CVaR, η is a variable of the root, and each scenario has its part of the objective:

    (1 − weight) · cost_s + weight · (η + u_s / (1 − level)),    u_s ≥ cost_s − η, u_s ≥ 0

mpi-sppy weighs the scenarios by their probabilities. Its user must know two things. HiGHS takes no squares beside
integers, so progressive hedging needs `linearize_proximal_terms`. And ρ must be the same in all futures of a decision,
else the bound of mpi-sppy is none. It needs the extra `mpi`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.common.waivers import Waiver
from planner.futures.tree import Node, Tree
from planner.hedge.by_future.search import refuse_rations
from planner.hedge.tree_program import FutureProgram, future_programs
from planner.model.pyomo import whole
from planner.solver.merging import UNKNOWN

Scenario: TypeAlias = pyo.ConcreteModel
ROOT = "ROOT"
"""what mpi-sppy calls the first node"""


@dataclass(frozen=True, eq=False)
class Scenarios:
    """The futures of a case as scenarios of mpi-sppy."""

    tree: Tree
    futures: Sequence[FutureProgram]
    """in the order of the tree"""
    risk: RiskSettings
    names: list[str]
    """of the futures, those of a node one after another, as mpi-sppy wants them"""
    nodes: list[str]
    """names of all nodes; those of the last stage hold one future each"""
    stages: Mapping[str, Sequence[tuple[str, Node]]]
    """of each future the name of its node in each stage, and the node of the tree that it stands for"""
    common: frozenset[tuple[int, str]]
    """what can be decided in nodes of several futures: by number of the node and name"""

    @staticmethod
    def of(case: Case) -> Scenarios:
        """The scenarios of a case.

        Raises DataError where the events or a future are not valid, or where a waiver has a probability_max, which ties
        futures together; Infeasible where the data of a future break a limit.
        """
        refuse_rations(case.rows(Waiver))
        tree = Tree.of(case)
        futures = future_programs(case, tree)
        stages = _stages(tree)
        names = list(stages)
        nodes = list(dict.fromkeys(name for name in names for name, _ in stages[name]))
        return Scenarios(tree, futures, case.settings.risk, names, nodes, stages, _common(tree, futures))

    def creator(self, name: str, **_: object) -> Scenario:
        """The model of a future, as mpi-sppy asks for it. Raises KeyError where there is none of that name."""
        from mpisppy.scenario_tree import ScenarioNode

        place = self.tree.futures.index(self.tree.future(name))
        m, variables = whole(self.futures[place].portfolio)
        shared = self._shared(m, place, variables)
        (cost,) = m.component_objects(pyo.Objective)
        at_root = _with_risk(m, cost, self.risk)
        longest = self._longest
        m.padding = pyo.Var(range(sum(longest)), bounds=(0.0, 0.0), initialize=0.0)
        m.padded = pyo.Constraint(range(sum(longest)), rule=lambda m, k: m.padding[k] <= 0.0)
        padding = iter(m.padding.values())
        m._mpisppy_probability = self.tree.futures[place].probability
        m._mpisppy_node_list = []
        before, parent = self.tree.nodes[0], None
        for stage, (word, node) in enumerate(self.stages[name], start=1):
            if stage > 1 and stage == len(self.stages[name]):  # mpi-sppy knows it as a leaf, by its name
                break
            decided = shared.pop(node.number, [])
            decided += islice(padding, longest[stage - 1] - len(decided))
            decided += at_root if stage == 1 else []
            chance = node.probability / before.probability
            m._mpisppy_node_list.append(ScenarioNode(word, chance, stage, 0.0, decided, m, parent_name=parent))
            before, parent = node, word
        return m

    @property
    def _longest(self) -> list[int]:
        """The largest number of common decisions in a node of each stage, the last stage left out."""
        counts = Counter(node for node, _ in self.common)
        ways = list(self.stages.values())
        stages = range(max(1, len(ways[0]) - 1))
        return [max(counts[way[k][1].number] for way in ways if _new(way, k)) for k in stages]

    def _shared(self, m: Scenario, place: int, variables: Sequence[Any]) -> dict[int, list[Any]]:
        """The variables that are the same in several futures, by node; in an order that is that of all its futures.

        Each is a copy of the model's own, as mpi-sppy wants it to have the same name in all futures. What some future
        of a node does not have cannot be decided there.
        """
        mine = self.futures[place]
        own: dict[tuple[int, str], Any] = {}
        absent = []
        for node, word, variable in zip(mine.nodes(self.tree, place).tolist(), mine.names, variables, strict=True):
            if (node, word) in self.common:
                own[node, word] = variable
            elif node != UNKNOWN and len(self.tree.nodes[node].futures) > 1:
                absent.append(variable)
        m.missing = pyo.Constraint(range(len(absent)), rule=lambda _, k: absent[k] <= 0.0)
        keys = sorted(own)
        m.common = pyo.Var(
            keys, domain=lambda _, *key: own[key].domain, bounds=lambda _, *key: (own[key].lb, own[key].ub)
        )
        m.same = pyo.Constraint(keys, rule=lambda m, *key: m.common[key] == own[key])
        found: dict[int, list[Any]] = {}
        for key in keys:
            found.setdefault(key[0], []).append(m.common[key])
        return found


def _new(way: Sequence[tuple[str, Node]], stage: int) -> bool:
    """Whether a stage, counted from 0, is the first one in its node."""
    return stage == 0 or way[stage][1] is not way[stage - 1][1]


def _with_risk(m: Scenario, cost: Any, risk: RiskSettings) -> list[Any]:
    """Give a scenario its part of the objective; returns η, if there is one."""
    if risk.weight == 0.0:
        return []
    cost.deactivate()
    m.eta, m.beyond = pyo.Var(), pyo.Var(domain=pyo.NonNegativeReals)
    m.tail = pyo.Constraint(expr=cost.expr - m.eta - m.beyond <= 0.0)
    tail = m.eta + m.beyond / (1.0 - risk.level)
    m.weighed = pyo.Objective(expr=(1.0 - risk.weight) * cost.expr + risk.weight * tail, sense=pyo.minimize)
    return [m.eta]


def _stages(tree: Tree) -> dict[str, list[tuple[str, Node]]]:
    """The way of each future through the stages, the futures of a node one after another."""
    found: dict[str, list[tuple[str, Node]]] = {}

    def follow(node: Node, way: list[tuple[str, Node]]) -> None:
        if len(way) == len(tree.days) + 1:
            (future,) = node.futures
            found[tree.futures[future].name] = way
            return
        day = tree.days[len(way) - 1]
        children = [each for each in tree.nodes if each.before == node.number and each.day == day] or [node]
        for k, child in enumerate(children):
            follow(child, [*way, (f"{way[-1][0]}_{k}", child)])

    follow(tree.nodes[0], [(ROOT, tree.nodes[0])])
    return found


def _common(tree: Tree, futures: Sequence[FutureProgram]) -> frozenset[tuple[int, str]]:
    """What can be decided in the nodes of several futures: what each of them has."""
    there = [set(zip(each.nodes(tree, i).tolist(), each.names, strict=True)) for i, each in enumerate(futures)]
    found: set[tuple[int, str]] = set()
    for node in tree.nodes:
        if len(node.futures) > 1:
            alike = set.intersection(*(there[i] for i in node.futures))
            found.update(each for each in alike if each[0] == node.number)
    return frozenset(found)
