"""The tables of a hedge, as they follow from its tree, its record and the plans of its futures.

    tree.csv          the nodes: what is known from which day on, and how probable that is
    signatures.csv    the policy: every decision on signing that is not zero, once per node in which it is taken
    futures.csv       what each future costs, and how near it comes to a limit
    risk.csv          limits that somebody set, by period: how probably each is broken, and its headroom

In `signatures.csv` a decision has the name that the hedge's case gives it, and `own_plans` says in how many futures of
the node the plan for that future alone signs the same offer in the same node; it is blank where such a plan is not
known. In `futures.csv`, `worst_headroom_share` is the least headroom of a limit that somebody set, as a share of what
is allowed, which counts as no less than a ten-thousandth of the largest number of limits in its unit. In `risk.csv` a
limit is broken, under a waiver or not, where more is used than was agreed; a future without the limit counts as one
that has no end of headroom; a quantile that is without end is blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.basics.frames import Table, transposed
from planner.basics.risk import quantile
from planner.case.case import Case
from planner.common.policies import SECOND_SERVICES
from planner.futures.tree import Tree
from planner.ledgers.contract_checks import SMALL, exceeds
from planner.plan.hedges.decided import DatedDecision, dated_decisions
from planner.plan.hedges.record import QUANTILES, HedgeRecord
from planner.plan.plan import Plan
from planner.portfolio.may_break import loose_in
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import LimitName

TREE = ("node", "date", "before", "known", "probability")
SIGNATURES = ("node", "date", "known", "offer", "what", "value", "unit", "decision", "own_plans")
FUTURES = (
    "future", "probability", "cost_usd_bn", "own_cost_usd_bn", "own_bound_usd_bn", "regret_usd_bn",
    "shortage_gw_years", "lowest_cash_headroom_usd_bn", "lowest_cash_on", "worst_limit", "worst_subject", "worst_on",
    "worst_headroom_share",
)  # fmt: skip
RISK = ("limit", "subject", "period", "unit", "probability_of_breach", "headroom_p10", "headroom_p50")
COLUMNS: Mapping[str, tuple[str, ...]] = {"tree": TREE, "signatures": SIGNATURES, "futures": FUTURES, "risk": RISK}
"""columns by the stem of the file"""
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "tree": ("probability",),
    "signatures": ("value",),
    "futures": (*FUTURES[1:8], "worst_headroom_share"),
    "risk": RISK[4:],
}
"""those that hold numbers"""
COUNTS: Mapping[str, tuple[str, ...]] = {"tree": ("node", "before"), "signatures": ("node", "own_plans")}
"""those that hold whole numbers; they are compared as text"""
RiskKey = tuple[str, str, str]
"""limit, subject and the first day of a period"""


@dataclass(frozen=True, eq=False)
class FutureFacts:
    """What the tables say of one future, taken from its plan."""

    decisions: Sequence[DatedDecision]
    shortage_gw_years: float
    """reference GW-years of demand that are not served"""
    lowest_cash: tuple[float, str]
    """least headroom of cash over its minimum [USD bn] and its period; NaN and blank where there is no minimum"""
    worst: tuple[str, str, str, float]
    """limit, subject, period and headroom as a share; blanks and NaN where no limit is used"""
    limits: Mapping[RiskKey, tuple[str, float, bool]]
    """unit, headroom, and whether it is broken, of the limits that somebody set"""
    waived: frozenset[LimitName]
    """limits that are broken under a waiver"""

    @staticmethod
    def of(case: Case, plan: Plan, portfolio: Portfolio | None = None) -> FutureFacts:
        """The facts of the plan of one future; `case` is the hedge's."""
        portfolio = Portfolio.of(plan.case) if portfolio is None else portfolio
        loose = loose_in(plan.case)
        set_by_somebody = {(limit.rule, limit.subject) for limit in portfolio.limits if loose(limit)}
        missed = sum(float(row.gw) for row in plan.rows("service") if row.measure == "shortage")
        rooms = [(float(row.headroom_usd_bn), str(row.period)) for row in plan.rows("cash")]
        known = [each for each in rooms if not np.isnan(each[0])]
        rows, of_unit = list(plan.rows("limits")), dict[str, float]()
        for row in rows:
            of_unit[row.unit] = max(of_unit.get(row.unit, 0.0), abs(row.used), abs(row.allowed))
        mine = [row for row in rows if (row.limit, row.subject) in set_by_somebody]
        return FutureFacts(
            dated_decisions(case, portfolio, plan.values),
            missed * plan.case.calendar.h,
            min(known, default=(np.nan, "")),
            _worst(mine, of_unit),
            {
                (row.limit, row.subject, str(row.period)): (
                    row.unit,
                    float(row.headroom),
                    row.waived > 0.0 or exceeds(row.used, row.allowed, of_unit[row.unit]),
                )
                for row in mine
            },
            frozenset((row.limit, row.subject) for row in mine if row.waived > 0.0),
        )


def _worst(limits: Sequence[Any], of_unit: Mapping[str, float]) -> tuple[str, str, str, float]:
    """The limit with the least headroom of those of which something is used, the first of several."""
    best = ("", "", "", np.nan)
    for row in limits:
        idle = abs(row.used) <= 1e-9 or row.subject.startswith(SECOND_SERVICES)
        if idle and row.headroom >= 0.0:
            continue
        share = float(row.headroom) / (max(abs(row.allowed), SMALL * of_unit[row.unit]) or 1.0)
        if not share >= best[3]:
            best = (row.limit, row.subject, str(row.period), share)
    return best


def tree_table(tree: Tree) -> Table:
    """The nodes of a tree, the root first; columns as in TREE."""
    rows = [
        (str(node.number), node.day.isoformat(), "" if node.before is None else str(node.before), node.known,
         node.probability)
        for node in tree.nodes
    ]  # fmt: skip
    return transposed(TREE, NUMBERS["tree"], rows)


def signatures_table(tree: Tree, facts: Sequence[FutureFacts], own: Sequence[Sequence[DatedDecision] | None]) -> Table:
    """The policy; columns as in SIGNATURES, in the order of the nodes, and in each by day and offer.

    `facts` and `own` (the decisions of the plans for single futures, None where one is not known) are in the order of
    the tree's futures. A decision of a node is taken from the first of its futures that takes it.
    """
    signed_alone = [None if each is None else _signed_offers(tree, i, each) for i, each in enumerate(own)]
    rows: list[tuple[str | float, ...]] = []
    for node in tree.nodes:
        found: dict[str, DatedDecision] = {}
        for i in node.futures:
            for each in facts[i].decisions:
                if each.signing and tree.node_on(i, each.day) == node.number:
                    found.setdefault(each.name, each)
        told = [signed_alone[i] for i in node.futures]
        offers = {name: k for k, name in enumerate(dict.fromkeys(each.offer for each in found.values()))}
        for each in sorted(found.values(), key=lambda one: (one.day, offers[one.offer])):
            counts = [None if offers is None else (node.number, each.offer) in offers for offers in told]
            own_plans = "" if None in counts else str(sum(map(bool, counts)))
            rows.append(
                (str(node.number), each.day.isoformat(), node.known, each.offer, each.what, each.value, each.unit,
                 each.name, own_plans)
            )  # fmt: skip
    return transposed(SIGNATURES, NUMBERS["signatures"], rows)


def _signed_offers(tree: Tree, future: int, decisions: Sequence[DatedDecision]) -> set[tuple[int, str]]:
    """Node and offer of everything that a plan signs in a future, given by its position."""
    return {(tree.node_on(future, each.day), each.offer) for each in decisions if each.signing}


def futures_table(record: HedgeRecord, facts: Sequence[FutureFacts]) -> Table:
    """What each future costs, and how near it comes to a limit; columns as in FUTURES."""
    rows = []
    for each, fact in zip(record.futures, facts, strict=True):
        own = np.nan if each.own_cost_usd_bn is None else each.own_cost_usd_bn
        bound = np.nan if each.own_bound_usd_bn is None else each.own_bound_usd_bn
        rows.append(
            (each.name, each.probability, each.cost_usd_bn, own, bound, each.cost_usd_bn - own, fact.shortage_gw_years,
             *fact.lowest_cash, *fact.worst)
        )  # fmt: skip
    return transposed(FUTURES, NUMBERS["futures"], rows)


def risk_table(tree: Tree, facts: Sequence[FutureFacts]) -> Table:
    """Every limit that somebody set, by period, in the order of the first future that has it; columns as in RISK."""
    probabilities = [future.probability for future in tree.futures]
    units = {key: unit for fact in reversed(facts) for key, (unit, _, _) in fact.limits.items()}
    keys = dict.fromkeys(key for fact in facts for key in fact.limits)
    rows = []
    for key in keys:
        told = [fact.limits.get(key, ("", np.inf, False)) for fact in facts]
        broken = sum(p for p, (_, _, over) in zip(probabilities, told, strict=True) if over)
        left = [headroom for _, headroom, _ in told]
        low, middle = (quantile(left, probabilities, QUANTILES[name]) for name in ("p10", "p50"))
        rows.append((*key, units[key], broken, *(np.nan if np.isinf(each) else each for each in (low, middle))))
    return transposed(RISK, NUMBERS["risk"], rows)
