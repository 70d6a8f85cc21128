"""The record of a hedge, its `plan.json`: costs over all futures, how they were found, and what knowing would be worth.

    expected_cost    Σ p_s · cost_s
    cvar             the conditional value at risk of the cost at `risk.level` (`planner.basics.risk`)
    objective        (1 − weight) · expected_cost + weight · cvar; no plan for all futures has less than the bound
    gap              (objective − bound) / |objective|
    p10, p50, p90    the lowest cost whose cumulative probability reaches the level

Every value is an interval [low, high] in USD bn, because neither the hedge nor what it is compared with is known beyond
its bound; null where it was not worked out, with the reason in `reasons` under the name of the value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeAlias

from planner.basics.errors import DataError
from planner.basics.risk import cvar, expected, quantile, weighted
from planner.basics.shapes import (
    NOT_NEGATIVE,
    NUMBER,
    TEXT,
    WORDS,
    ByName,
    Each,
    Keys,
    Leaf,
    OrNull,
    among,
    parsed,
    problems,
)  # fmt: skip
from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.futures.tree import Tree
from planner.plan.hedged import HEDGE, SHARE
from planner.plan.record import ENDS, PROVEN, RECORD, SHA256, STOPPED, TEXT_OR_NUMBER, VERSION

EVPI, VSS, VMS, PRUDENCE = "evpi", "vss", "vms", "price_of_prudence"
VALUES = (EVPI, VSS, VMS, PRUDENCE)
"""what is worth how much: perfect information, planning for all futures instead of the expected one, deciding anew when
news comes, and what the weight on risk costs"""
TREE_SIDE, EXPECTED_SIDE = "tree", "expected"
"""what an offer is worth in the hedge, and in the plan for the expected future"""
NOT_WORKED_OUT = "was not worked out"
"""the reason of a value that is null without another"""
QUANTILES: Mapping[str, float] = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
"""level by name"""
Interval: TypeAlias = tuple[float, float]
"""low and high [USD bn]"""


@dataclass(frozen=True)
class FutureCost:
    """What one future costs under the hedge, and what the plan for it alone costs [USD bn]."""

    name: str
    probability: float
    cost_usd_bn: float
    own_cost_usd_bn: float | None = None
    """of the plan for this future alone; None where it is not known"""
    own_bound_usd_bn: float | None = None
    """no plan for this future costs less; None where no bound is known"""


@dataclass(frozen=True)
class HedgeRecord:
    """What the `plan.json` of a hedge says."""

    title: str
    status: str
    """`proven` to the gap asked for, or `stopped` before it"""
    stopped_by: str
    """one of ENDS; blank where it is proven"""
    expected_cost_usd_bn: float
    cvar_usd_bn: float
    objective_usd_bn: float
    bound_usd_bn: float | None
    """no plan for all futures has a smaller objective; None where no bound is known"""
    gap: float | None
    """None without a bound, or where the objective is 0 and the bound below it"""
    cost_quantiles_usd_bn: Mapping[str, float]
    """by name in QUANTILES"""
    risk: Mapping[str, float]
    """level and weight of the case"""
    futures: tuple[FutureCost, ...]
    """in the order of the tree"""
    values: Mapping[str, Interval | None]
    """by name in VALUES"""
    news: Mapping[str, Interval | None]
    """by event: what it is worth to know it at the start"""
    options: Mapping[str, Mapping[str, Interval | None]]
    """by offer: what it is worth to have it, in the tree and in the expected future"""
    reasons: Mapping[str, str]
    """by name: why a value is null, or a remark on it"""
    seconds: Mapping[str, float]
    """wall time by phase"""
    solver: Mapping[str, float | str]
    search: Mapping[str, float | str | None]
    """how long to search and how close: the section `[solver]` of the case"""
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    """SHA-256 of each file of the case"""
    changes: tuple[str, ...] = ()
    """the changes that were made to the case since it was read, in the words of `--set` and in their order"""
    notes: tuple[str, ...] = ()
    expected_signs_now: tuple[str, ...] = ()
    """offers that the plan for the expected future signs before the first news"""
    kind: str = HEDGE

    @staticmethod
    def made(
        case: Case,
        tree: Tree,
        costs: Sequence[float],
        *,
        bound: float | None,
        status: str,
        stopped_by: str = "",
        own: Mapping[str, tuple[float | None, float | None]] | None = None,
        values: Mapping[str, Interval | None] | None = None,
        news: Mapping[str, Interval | None] | None = None,
        options: Mapping[str, Mapping[str, Interval | None]] | None = None,
        reasons: Mapping[str, str] | None = None,
        seconds: Mapping[str, float] | None = None,
        solver: Mapping[str, float | str] | None = None,
        versions: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        expected_signs_now: Sequence[str] = (),
    ) -> HedgeRecord:
        """The record of a case whose futures cost so much, in the order of the tree [USD bn].

        `own` holds cost and bound of the plans for single futures, by name. A bound above the objective, by rounding,
        counts as the objective. Of `values`, EVPI need not be given: it follows from `own` and the bound. A value that
        is null has a reason in `reasons`, or `NOT_WORKED_OUT`.
        """
        alone = own or {}
        futures = tuple(
            FutureCost(future.name, future.probability, cost, *alone.get(future.name, (None, None)))
            for future, cost in zip(tree.futures, costs, strict=True)
        )
        found = Costs.of(futures, case.settings.risk)
        worth = {**dict.fromkeys(VALUES), **(values or {})}
        below = None if bound is None else min(bound, found.objective)
        worth[EVPI] = evpi(futures, case.settings.risk, below)
        unknown = {name: NOT_WORKED_OUT for name, value in worth.items() if value is None}
        return HedgeRecord(
            title=case.settings.title,
            status=status,
            stopped_by=stopped_by,
            expected_cost_usd_bn=found.expected,
            cvar_usd_bn=found.cvar,
            objective_usd_bn=found.objective,
            bound_usd_bn=below,
            gap=gap_of(found.objective, below),
            cost_quantiles_usd_bn=found.quantiles,
            risk=case.settings.risk.model_dump(mode="json"),
            futures=futures,
            values=worth,
            news=news or {},
            options=options or {},
            reasons={**unknown, **(reasons or {})},
            seconds=seconds or {},
            solver=solver or {},
            search=case.settings.solver.model_dump(mode="json"),
            versions=versions or {},
            inputs=case.hashes,
            changes=case.changes,
            notes=tuple(notes),
            expected_signs_now=tuple(expected_signs_now),
        )

    @property
    def proven(self) -> bool:
        """Whether the hedge is proven to lie within the gap that was asked for."""
        return self.status == PROVEN

    def json(self) -> str:
        """The record as the text of `plan.json`."""
        told = asdict(self)
        return json.dumps({"kind": told.pop("kind"), **told}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The record in the bytes of a `plan.json`. Raises DataError with every key that is not as it should be."""
        told = parsed(RECORD, data, "the record of a hedge")
        found = list(problems(RECORD, told, SHAPE))
        if found:
            raise DataError(found)
        parts = {
            "futures": tuple(FutureCost(**each) for each in told["futures"]),
            "values": _intervals(told["values"]),
            "news": _intervals(told["news"]),
            "options": {offer: _intervals(sides) for offer, sides in told["options"].items()},
            "changes": tuple(told["changes"]),
            "notes": tuple(told["notes"]),
            "expected_signs_now": tuple(told["expected_signs_now"]),
        }
        return cls(**{**told, **parts})


@dataclass(frozen=True)
class Costs:
    """What follows from the costs of all futures [USD bn]."""

    expected: float
    cvar: float
    objective: float
    quantiles: Mapping[str, float]

    @staticmethod
    def of(futures: Sequence[FutureCost], risk: RiskSettings) -> Costs:
        """Expected cost, CVaR, the weighted objective and the quantiles."""
        costs, p = [each.cost_usd_bn for each in futures], [each.probability for each in futures]
        return Costs(
            expected(costs, p),
            cvar(costs, p, risk.level),
            weighted(costs, p, risk.level, risk.weight),
            {name: quantile(costs, p, level) for name, level in QUANTILES.items()},
        )


def evpi(futures: Sequence[FutureCost], risk: RiskSettings, bound: float | None) -> Interval | None:
    """What perfect information is worth: the least objective less that of the plans for single futures [USD bn].

    The objective weighs costs as `weighted` does, which never falls where a cost rises. So the value lies between

        max(0, bound − weighted(own costs))    and    weighted(costs) − weighted(own bounds)

    At weight 0 these are sums over probabilities. None where the bound, or a cost or bound of a single future, is not
    known.
    """
    p = [each.probability for each in futures]
    costs = [each.own_cost_usd_bn for each in futures if each.own_cost_usd_bn is not None]
    bounds = [each.own_bound_usd_bn for each in futures if each.own_bound_usd_bn is not None]
    if bound is None or len(costs) < len(p) or len(bounds) < len(p):
        return None
    most = weighted([each.cost_usd_bn for each in futures], p, risk.level, risk.weight)
    low = max(0.0, bound - weighted(costs, p, risk.level, risk.weight))
    return low, max(low, most - weighted(bounds, p, risk.level, risk.weight))


def gap_of(objective: float, bound: float | None) -> float | None:
    """The distance of objective and bound, relative to the objective; None where there is none.

    >>> gap_of(100.0, 99.0), gap_of(0.0, 0.0), gap_of(0.0, -1.0), gap_of(1.0, None)
    (0.01, 0.0, None, None)
    """
    if bound is None:
        return None
    distance = max(0.0, objective - bound)
    return 0.0 if distance == 0.0 else distance / abs(objective) if objective else None


def _intervals(told: Mapping[str, Any]) -> dict[str, Interval | None]:
    return {name: None if each is None else (each[0], each[1]) for name, each in told.items()}


def _is_interval(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(NUMBER.fits, value))


INTERVAL = OrNull(Leaf("two finite numbers, low and high", _is_interval))
SHAPE = Keys(
    {
        "kind": among(HEDGE),
        "title": TEXT,
        "status": among(PROVEN, STOPPED),
        "stopped_by": among("", *ENDS),
        "expected_cost_usd_bn": NUMBER,
        "cvar_usd_bn": NUMBER,
        "objective_usd_bn": NUMBER,
        "bound_usd_bn": OrNull(NUMBER),
        "gap": OrNull(NOT_NEGATIVE),
        "cost_quantiles_usd_bn": Keys(dict.fromkeys(QUANTILES, NUMBER)),
        "risk": Keys({"level": NUMBER, "weight": NUMBER}),
        "futures": Each(
            Keys(
                {
                    "name": WORDS,
                    "probability": SHARE,
                    "cost_usd_bn": NUMBER,
                    "own_cost_usd_bn": OrNull(NUMBER),
                    "own_bound_usd_bn": OrNull(NUMBER),
                }
            )
        ),
        "values": Keys(dict.fromkeys(VALUES, INTERVAL)),
        "news": ByName(INTERVAL),
        "options": ByName(Keys({TREE_SIDE: INTERVAL, EXPECTED_SIDE: INTERVAL})),
        "reasons": ByName(TEXT),
        "seconds": ByName(NOT_NEGATIVE),
        "solver": ByName(TEXT_OR_NUMBER),
        "search": ByName(OrNull(TEXT_OR_NUMBER)),
        "versions": ByName(VERSION),
        "inputs": ByName(SHA256),
        "changes": Each(WORDS),
        "notes": Each(TEXT),
        "expected_signs_now": Each(WORDS),
    }
)
"""of the `plan.json` of a hedge"""
