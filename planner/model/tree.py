"""All futures of a case as one model in Pyomo, to read it, to change it by hand, or for Pyomo's writers and solvers.

Each future is a block with a whole model (`planner.model.pyomo`). What is decided in a node of the tree is the same in
all of its futures:

    minimise    (1 − weight) · Σ_s p_s · cost_s  +  weight · (η + Σ_s p_s · u_s / (1 − level))

    future[s]                  the model of future s, with its cost in `cost`
    same[node, decision, s]    x_{s,decision} = x_{first,decision}, where `first` is the first future of the node
    missing[node, s, decision] x_{s,decision} ≤ 0, where some other future of the node does not have the decision
    tail[s]                    cost_s ≤ η + u_s, 0 ≤ u_s
    rationed[s, rule, subject, t]    breach ≤ most · broken[s, rule, subject]
    probability[rule, subject]       Σ_s p_s · broken[s, rule, subject] ≤ probability_max

The last two hold limits to their waivers (`planner.portfolio.waived`). `planner.hedge` does not use this model: it
merges variables that are the same into one, and rows that become equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyomo.core as pyo

from planner.model.model import model_in
from planner.model.pyomo import complete
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import SAME_PROBABILITY, LimitName, Rationed

TreeModel: TypeAlias = pyo.ConcreteModel
Decision: TypeAlias = tuple[int, str]
"""number of a node, and the name of what is decided in it"""


@dataclass(frozen=True, eq=False)
class OneOfMany:
    """One of the futures of a tree."""

    name: str
    probability: float
    portfolio: Portfolio
    decisions: Sequence[Decision | None]
    """of each variable of the portfolio; None where it follows from others"""
    rationed: Mapping[LimitName, Rationed] = field(default_factory=dict)
    """limits that may be broken in some futures only"""


def whole_tree(
    futures: Sequence[OneOfMany], members: Mapping[int, Sequence[int]], level: float, weight: float
) -> TreeModel:
    """The model of all futures. `members` has the positions of the futures of each node.

    Raises Infeasible where the data of a future alone break a limit.
    """
    m = pyo.ConcreteModel()
    m.future = pyo.Block([each.name for each in futures])
    variables = [_one(m.future[each.name], each) for each in futures]
    _tie(m, futures, variables, members)
    _ration(m, futures, variables)
    costs = [m.future[each.name].cost for each in futures]
    chances = [each.probability for each in futures]
    mean = sum(p * cost for p, cost in zip(chances, costs, strict=True))
    if weight == 0.0:
        m.objective = pyo.Objective(expr=mean)
        return m
    names = [each.name for each in futures]
    m.eta = pyo.Var()
    m.beyond = pyo.Var(names, domain=pyo.NonNegativeReals)
    m.tail = pyo.Constraint(names, rule=lambda m, s: m.future[s].cost - m.eta - m.beyond[s] <= 0.0)
    tail = m.eta + sum(p * m.beyond[s] for p, s in zip(chances, names, strict=True)) / (1.0 - level)
    m.objective = pyo.Objective(expr=(1.0 - weight) * mean + weight * tail)
    return m


def _one(block: pyo.Block, future: OneOfMany) -> list[Any]:
    """Fill the block of a future; returns the variables of its decisions."""
    made = model_in(block, future.portfolio)
    complete(block, made)
    (objective,) = block.component_objects(pyo.Objective)
    objective.deactivate()
    block.cost = pyo.Expression(expr=objective.expr)
    return made.variables


def _tie(
    m: pyo.ConcreteModel,
    futures: Sequence[OneOfMany],
    variables: Sequence[Sequence[Any]],
    members: Mapping[int, Sequence[int]],
) -> None:
    """What is decided in a node is the same in all of its futures."""
    at: dict[Decision, dict[int, Any]] = {}
    for s, (future, mine) in enumerate(zip(futures, variables, strict=True)):
        for decision, variable in zip(future.decisions, mine, strict=True):
            if decision is not None:
                at.setdefault(decision, {})[s] = variable
    same: dict[tuple[Any, ...], Any] = {}
    missing: dict[tuple[Any, ...], Any] = {}
    for (node, name), there in at.items():
        first, *others = there
        for s in others:
            same[node, name, futures[s].name] = there[s] == there[first]
        if len(there) < len(members[node]):
            missing.update({(node, futures[s].name, name): variable <= 0.0 for s, variable in there.items()})
    m.same = pyo.Constraint(list(same), rule=lambda _, *index: same[index])
    m.missing = pyo.Constraint(list(missing), rule=lambda _, *index: missing[index])


def _ration(m: pyo.ConcreteModel, futures: Sequence[OneOfMany], variables: Sequence[Sequence[Any]]) -> None:
    """Limits that may be broken in some futures only, so that their probabilities add up to no more than a waiver's."""
    keys = [(each.name, *limit) for each in futures for limit in each.rationed]
    m.broken = pyo.Var(keys, domain=pyo.Binary)
    most: dict[LimitName, float] = {}
    broken: dict[LimitName, list[Any]] = {}
    rows: dict[tuple[Any, ...], Any] = {}
    for each, mine in zip(futures, variables, strict=True):
        for limit, found in each.rationed.items():
            allowed = m.broken[(each.name, *limit)]
            parts = zip(found.periods, found.variables.tolist(), found.most.tolist(), strict=True)
            rows.update({(each.name, *limit, t): mine[j] <= largest * allowed for t, j, largest in parts})
            broken.setdefault(limit, []).append(each.probability * allowed)
            most[limit] = min(found.probability_max, most.get(limit, 1.0))
    m.rationed = pyo.Constraint(list(rows), rule=lambda _, *index: rows[index])
    m.probability = pyo.Constraint(
        list(broken), rule=lambda _, *limit: sum(broken[limit]) <= most[limit] + SAME_PROBABILITY
    )
