"""The certificate of a hedge is checked against its case, its plans and its record, as far as that needs no solver.

    futures     those of the tree, in its order; weights are their probabilities, or such as CVaR allows
    decisions   each multiplier is that of a decision which the future takes in the node, or of the largest of some that
                are taken in it and before it
    sums        the multipliers of a decision add up to 0, so that what all futures do alike costs nothing
    bound       the bounds of the futures add up to that of the record
    plans       bound_s ≤ π_s · cost_s + Σ_j w_sj · x_sj for the plan of future s, which is one of those it speaks of

That no plan of a future does better than its bound is what its own search has proven, and is on its word.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.futures.tree import Tree
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit.finding import Finding, apart
from planner.plan.hedges.certificate import BOUNDS, BY_FUTURE, FILES, METHOD, MULTIPLIERS, Certificate
from planner.plan.hedges.record import HedgeRecord
from planner.plan.record import RECORD
from planner.portfolio.decision_days import NEVER, decision_days
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio

ROUNDING = 1e-9
"""noise in a sum, as a share of its largest term, and at least in its unit"""


@dataclass(frozen=True, eq=False)
class TakenDecisions:
    """The decisions of one future, by the names that the hedge's case gives them."""

    nodes: Mapping[str, int]
    """number of the node in which each is taken; what follows from others in another way is left out"""
    values: Mapping[str, float]
    """under the plan"""

    @staticmethod
    def of(case: Case, tree: Tree, future: int, portfolio: Portfolio, values: Mapping[str, float]) -> TakenDecisions:
        """Of a future by its position; `values` are those of its plan by its own names."""
        ledgers, moved = portfolio.ledgers, moved_keys(portfolio.case, case)
        days = decision_days(ledgers)
        on = {day: tree.node_on(future, day) for day in set(days) if day != NEVER}
        nodes = [on.get(day) for day in days]
        for top in ledgers.maxima:
            taken = [nodes[j] for variables, _, _ in top.forms for j in variables.tolist()]
            known = [node for node in taken if node is not None]
            if len(known) == len(taken):
                nodes[top.variable] = max(known, default=0)
        names = [renamed(name, moved) for name in ledgers.names]
        return TakenDecisions(
            {name: node for name, node in zip(names, nodes, strict=True) if node is not None},
            {name: values.get(own, 0.0) for name, own in zip(names, ledgers.names, strict=True) if own in values},
        )


def unlike_method(record: HedgeRecord, certificate: Certificate | None, files: Container[str]) -> Iterator[Finding]:
    """A certificate that the record does not speak of, or one that is missing."""
    says = record.solver.get(METHOD) == BY_FUTURE
    if certificate is not None and not says:
        yield Finding(BOUNDS, None, "", f"is here, but solver.{METHOD} in {RECORD} is not {BY_FUTURE!r}")
    for name in FILES:
        if certificate is not None and name not in files:
            yield Finding(name, None, "", "is missing")
    if certificate is None and says and record.bound_usd_bn is not None:
        yield Finding(BOUNDS, None, "", f"is missing, but solver.{METHOD} in {RECORD} is {BY_FUTURE!r}")


def unlike_futures(certificate: Certificate, case: Case, tree: Tree) -> Iterator[Finding]:
    """Futures that are not those of the tree, and weights that they cannot have."""
    names, expected = [each.future for each in certificate.futures], [each.name for each in tree.futures]
    if names != expected:
        yield Finding(BOUNDS, None, "future", f"are {', '.join(names)}; the case makes {', '.join(expected)}")
        return
    for line, each in enumerate(certificate.futures, start=2):
        for column, value in (("weight", each.weight), ("bound_usd_bn", each.bound)):
            if not np.isfinite(value):
                yield Finding(BOUNDS, line, column, "is no number")
    risk = case.settings.risk
    for line, (each, future) in enumerate(zip(certificate.futures, tree.futures, strict=True), start=2):
        low, high = _allowed(risk, future.probability)
        if not low - ROUNDING <= each.weight <= high + ROUNDING:
            yield Finding(BOUNDS, line, "weight", f"says {each.weight:.9g}, not within {low:.9g} and {high:.9g}")
    total = sum(each.weight for each in certificate.futures)
    if not abs(total - 1.0) <= ROUNDING:
        yield Finding(BOUNDS, None, "weight", f"weights add up to {total:.12g}, not to 1")


def _allowed(risk: RiskSettings, probability: float) -> tuple[float, float]:
    """The least and the largest weight of a future."""
    least = (1.0 - risk.weight) * probability
    return least, least + risk.weight * probability / (1.0 - risk.level)


def unlike_decisions(certificate: Certificate, tree: Tree, taken: Mapping[int, TakenDecisions]) -> Iterator[Finding]:
    """Multipliers of what is no common decision, and those that do not add up to 0."""
    place = {future.name: i for i, future in enumerate(tree.futures)}
    sums: dict[tuple[int, str], list[float]] = {}
    seen: set[tuple[int, str, str]] = set()
    for line, each in enumerate(certificate.multipliers, start=2):
        i = place.get(each.future)
        key = (each.node, each.decision, each.future)
        if not np.isfinite(each.value):
            yield Finding(MULTIPLIERS, line, "value", "is no number")
        elif not 0 <= each.node < len(tree.nodes):
            yield Finding(MULTIPLIERS, line, "node", "is no node of the tree")
        elif i is None or i not in tree.nodes[each.node].futures:
            yield Finding(MULTIPLIERS, line, "future", f"{each.future!r} is no future of node {each.node}")
        elif key in seen:
            yield Finding(MULTIPLIERS, line, "decision", f"{each.decision} in {each.future} is there twice")
        elif i in taken and taken[i].nodes.get(each.decision) != each.node:
            yield Finding(MULTIPLIERS, line, "decision", f"{each.decision} is not taken in node {each.node}")
        else:
            sums.setdefault((each.node, each.decision), []).append(each.value)
        seen.add(key)
    for (node, decision), values in sums.items():
        if not abs(sum(values)) <= ROUNDING * max(1.0, *map(abs, values)):
            what = f"multipliers of {decision} in node {node} add up to {sum(values):.6g}, not to 0"
            yield Finding(MULTIPLIERS, None, "value", what)


def unlike_bound(certificate: Certificate, record: HedgeRecord) -> Iterator[Finding]:
    """A bound that is not the sum of those of the futures. One above the objective, by rounding, counts as that."""
    total, says = certificate.bound, record.bound_usd_bn
    objective = record.objective_usd_bn
    noise = TOLERANCE * max(1.0, abs(objective))
    follows = objective if total is not None and objective < total <= objective + noise else total
    if says is None or follows is None:
        if says is not follows:
            yield Finding(RECORD, None, "bound_usd_bn", f"says {says}, the bounds of the futures give {follows}")
        return
    size = max(1.0, abs(follows), *(abs(each.bound) for each in certificate.futures))
    if not abs(says - follows) <= ROUNDING * size:
        one, other = apart(says, follows)
        yield Finding(RECORD, None, "bound_usd_bn", f"says {one}, the bounds of the futures give {other}")


def unlike_plans(
    certificate: Certificate, tree: Tree, costs: Mapping[int, float], taken: Mapping[int, TakenDecisions]
) -> Iterator[Finding]:
    """Bounds above what the plan of their future comes to with the multipliers."""
    terms: dict[str, list[float]] = {}
    for each in certificate.multipliers:
        i = next((i for i, future in enumerate(tree.futures) if future.name == each.future), None)
        if i is not None and i in taken:
            terms.setdefault(each.future, []).append(each.value * taken[i].values.get(each.decision, 0.0))
    for i, mine in enumerate(certificate.futures):
        if i not in costs or i not in taken or mine.future != tree.futures[i].name:
            continue
        parts = [mine.weight * costs[i], *terms.get(mine.future, [])]
        comes_to, size = sum(parts), max(1.0, sum(map(abs, parts)))
        if mine.bound > comes_to + TOLERANCE * size:
            one, other = apart(mine.bound, comes_to)
            yield Finding(BOUNDS, i + 2, "bound_usd_bn", f"says {one}, but the plan of {mine.future} comes to {other}")
