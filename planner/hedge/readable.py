"""The tree of a case in forms to read: as a model in Pyomo, and as a program whose decisions have names.

from planner.hedge.readable import in_pyomo

m = in_pyomo(case)
m.same.pprint()
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.case.case import Case
from planner.futures.tree import Tree
from planner.hedge.tree_program import TreeProgram, future_programs, rations_of
from planner.model.tree import OneOfMany, TreeModel, whole_tree
from planner.solver.labels import Label, LabelSequence
from planner.solver.merging import UNKNOWN
from planner.solver.program import Program


def in_pyomo(case: Case) -> TreeModel:
    """The model of all futures of a case, one block for each of them.

    Raises DataError where the events or a future are not valid, Infeasible where the data of a future break a limit.
    """
    tree = Tree.of(case)
    made = []
    for i, each in enumerate(future_programs(case, tree)):
        nodes = each.nodes(tree, i).tolist()
        decisions = [None if node == UNKNOWN else (node, name) for node, name in zip(nodes, each.names, strict=True)]
        future = each.future
        made.append(OneOfMany(future.name, future.probability, each.portfolio, decisions, rations_of(case, each)))
    members = {node.number: node.futures for node in tree.nodes}
    return whole_tree(made, members, case.settings.risk.level, case.settings.risk.weight)


def with_names(tree: TreeProgram, program: Program) -> Program:
    """The program of a tree, or one with more variables after its own, in which every decision has its name.

    Behind the name stands what is known when it is taken: `site_lease.share[hall,2028-01-01,bank]@growth:high`.
    """
    names = [f"x{j}" for j in range(len(program.cost))]
    known = {node.number: "".join(f"@{outcome.name}" for outcome in node.outcomes) for node in tree.tree.nodes}
    for each, nodes, place in zip(tree.futures, tree.nodes, tree.merged.places, strict=True):
        for j in np.flatnonzero(nodes != UNKNOWN).tolist():
            names[place[j]] = f"{each.names[j]}{known[int(nodes[j])]}"
    return replace(program, variables=LabelSequence([(len(names), lambda k: Label(names[k]))]))
