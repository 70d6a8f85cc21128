"""Hedges as tests make them without the search of a hedge: the first decisions are those of a plan that is given."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from planner.api import Case
from planner.futures.cases import case_of
from planner.futures.tree import Tree
from planner.ledgers.variables import Domain
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.plan.hedges.record import HedgeRecord
from planner.plan.plan import Plan
from planner.portfolio.decision_days import decision_days
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio
from planner.solve.record import versions
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions


@dataclass(frozen=True, eq=False)
class Follower:
    """Bounds to what the plans of other futures decide while nothing tells this one and them apart."""

    tree: Tree
    future: int
    plans: Mapping[int, Plan]
    """by the position of their future"""

    def __call__(self, portfolio: Portfolio) -> Portfolio:
        values = {}
        for i, plan in self.plans.items():
            moved = moved_keys(plan.case, portfolio.case)
            values[i] = {renamed(name, moved): value for name, value in plan.values.items()}
        days = decision_days(portfolio.ledgers)
        leaders = {day: self._leader(day) for day in set(days)}
        groups = []
        for group in portfolio.ledgers.groups:
            low, high = group.lower.copy(), group.upper.copy()
            for k, name in enumerate(group.names):
                leader = leaders[days[group.first + k]]
                if leader is not None:
                    value = values[leader].get(name, 0.0)
                    low[k] = high[k] = value if group.domain is Domain.NONNEGATIVE else round(value)
            groups.append(replace(group, lower=low, upper=high))
        return Portfolio(portfolio.case, replace(portfolio.ledgers, groups=groups), portfolio.limits)

    def _leader(self, day: date) -> int | None:
        """The first of the other futures that is in the same node on a day."""
        node = self.tree.node_on(self.future, day)
        return next((i for i in self.plans if self.tree.node_on(i, day) == node), None)


def alone(case: Case, tree: Tree) -> dict[str, Plan]:
    """The plan of each future for itself."""
    return {future.name: solve(case_of(case, tree, future)) for future in tree.futures}


def led(case: Case, leader: str, own: Mapping[str, Plan] | None = None, bound: float | None = None) -> Hedge:
    """The hedge of a tree in which the other futures, in their order, do what `leader` and those before them do, until
    they are told apart. It is proven where `bound` is given; else the bound is that of the plans for single futures.
    """
    tree = Tree.of(case)
    own = alone(case, tree) if own is None else own
    at = [future.name for future in tree.futures].index(leader)
    plans = {at: own[leader]}
    for i, future in enumerate(tree.futures):
        if i != at:
            bounding = Follower(tree, i, dict(plans))
            plans[i] = solve(case_of(case, tree, future), study=StudyOptions(bounding=bounding))
    return made(case, tree, {future.name: plans[i] for i, future in enumerate(tree.futures)}, own, bound)


def made(
    case: Case, tree: Tree, plans: Mapping[str, Plan], own: Mapping[str, Plan], bound: float | None = None
) -> Hedge:
    """The hedge of plans for all futures; of its values only that of perfect information is known."""
    bounds = {name: (plan.record.objective_usd_bn, plan.record.bound_usd_bn) for name, plan in own.items()}
    below = sum(future.probability * (bounds[future.name][1] or 0.0) for future in tree.futures)
    record = HedgeRecord.made(
        case,
        tree,
        [plans[future.name].record.objective_usd_bn for future in tree.futures],
        bound=below if bound is None else bound,
        status="stopped" if bound is None else "proven",
        stopped_by="interruption" if bound is None else "",
        own=bounds,
        values={"vss": (0.0, 1.0)},
        news={event.event: None for event in tree.events},
        seconds={"solve": 0.5},
        solver={"name": "HiGHS", "nodes": 1},
        versions=versions(),
    )
    return Hedge.of(case, tree, plans, record, own)


def confirmed(hedge: Hedge) -> Hedge:
    """The hedge, once an audit of its folder has agreed with it."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "hedge"
        hedge.write(written)
        audited = audit(written)
    assert audited.agrees, audited.text()
    return hedge
