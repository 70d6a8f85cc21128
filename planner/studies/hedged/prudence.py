"""The frontier of expected cost against CVaR: what it costs on average to be safer in bad futures.

Each point is a plan for all futures with another weight of the CVaR, from 0 to 1. So the points lie where a straight
line touches the frontier from below, and plans in a dent of it are not found. With bound_w the bound of the objective
at weight w, no plan with a CVaR of at most c has an expected cost below

    max_w  (bound_w − w · c) / (1 − w)        over the weights w < 1

The price of prudence of a point is its expected cost less the least one. It is an interval, because the least is only
known to lie between the bound and the objective at weight 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.text import columns
from planner.case.case import Case
from planner.plan.hedges.record import HedgeRecord
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.frontier import marks
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, no_plan

if TYPE_CHECKING:
    import pandas as pd

CVAR = "cvar"
"""the name of this frontier's measure"""


@dataclass(frozen=True)
class PrudencePoint:
    """A plan for all futures at a weight of the CVaR, and how it stands to the others."""

    weight: float
    outcome: RunResult
    bound_usd_bn: float | None
    """no plan with as little CVaR has a lower expected cost; None where nothing is known"""
    prudence_usd_bn: tuple[float, float] | None
    """least and most that it costs more on average than the cheapest plan; None where that is not known"""
    dominated: bool
    knee: bool

    @property
    def record(self) -> HedgeRecord:
        """The record of the plan."""
        return self.outcome.hedge.record


@dataclass(frozen=True)
class PrudenceFrontier:
    """Expected cost against CVaR, by weight."""

    level: float
    points: tuple[PrudencePoint, ...]
    impossible: tuple[RunResult, ...]
    """runs that gave no plan"""
    shown_in: Display = AS_IT_IS
    """the units in which amounts are printed"""

    @property
    def proven(self) -> bool:
        """Whether every point is proven to its gap."""
        return all(each.outcome.status is RunStatus.PROVEN for each in self.points) and not self.impossible

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per weight; `measured_usd_bn` is the CVaR and `cost_usd_bn` the expected cost."""
        import pandas as pd

        rows = []
        for point in self.points:
            record, (low, high) = point.record, point.prudence_usd_bn or (None, None)
            rows.append(
                {
                    "asked": point.weight, "measured": record.cvar_usd_bn, "unit": "USD bn",
                    "cost_usd_bn": record.expected_cost_usd_bn,
                    "cost_in_money_usd_bn": point.outcome.cost_in_money_usd_bn,
                    "penalties_usd_bn": point.outcome.penalties_usd_bn, "bound_usd_bn": point.bound_usd_bn,
                    "gap": record.gap, "dominated": point.dominated, "knee": point.knee, "weight": point.weight,
                    "objective_usd_bn": record.objective_usd_bn, "prudence_from_usd_bn": low,
                    "prudence_to_usd_bn": high,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def text(self) -> str:
        """The points on one screen."""
        rows, usd = [], partial(self.shown_in.plain, unit="USD bn")
        for point in self.points:
            record = point.record
            bound = "" if point.bound_usd_bn is None else usd(point.bound_usd_bn)
            said = "dominated" if point.dominated else "knee" if point.knee else ""
            costs = [usd(value) for value in (record.cvar_usd_bn, record.expected_cost_usd_bn)]
            rows.append([f"{point.weight:g}", *costs, bound, _prudence(point.prudence_usd_bn, self.shown_in), said])
        header = ["weight", f"CVaR at {self.level:g}", "expected cost", "bound", "price of prudence", ""]
        lines = [f"Each point is a plan for all futures; {self.shown_in.money}.", *columns(header, rows, words=(5,))]
        lines += [f"  {each.run.name}: {each.status}" for each in self.impossible]
        return "\n".join(line.rstrip() for line in lines)

    def json(self) -> list[dict[str, Any]]:
        """The table's rows."""
        rows = self.table.astype(object)
        found = rows.where(rows.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in found]


def _prudence(interval: tuple[float, float] | None, display: Display) -> str:
    return "" if interval is None else " to ".join(display.plain(end, "USD bn") for end in interval)


def prudence_frontier(
    case: Case,
    *,
    points: int = 8,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
) -> PrudenceFrontier:
    """Expected cost against CVaR at the case's level, with a number of weights evenly spaced from 0 to 1.

    Raises Infeasible or Stopped where there is no plan for all futures.
    """
    weights = [k / max(1, points - 1) for k in range(points)]
    runs = [Run(f"weight {weight:.4g}", (f"case.risk.weight = {weight!r}",)) for weight in weights]
    outcomes = carry_out(Base.of(case, hedged=True), runs, engine, folder=folder, on_done=on_done)
    solved = [(w, each) for w, each in zip(weights, outcomes, strict=True) if each.status in WITH_A_PLAN]
    if not solved:
        raise no_plan(outcomes[0], outcomes[0].run.name)
    impossible = tuple(each for each in outcomes if each.status not in WITH_A_PLAN)
    return PrudenceFrontier(case.settings.risk.level, tuple(_points(solved)), impossible, case.settings.shown_in)


def _points(solved: Sequence[tuple[float, RunResult]]) -> list[PrudencePoint]:
    records = [each.hedge.record for _, each in solved]
    bad, knee = marks([(each.expected_cost_usd_bn, each.cvar_usd_bn) for each in records])
    bounds = [(weight, each.bound_usd_bn) for (weight, _), each in zip(solved, records, strict=True)]
    cheapest = records[0] if solved[0][0] == 0.0 and records[0].bound_usd_bn is not None else None
    points = []
    for i, ((weight, outcome), record) in enumerate(zip(solved, records, strict=True)):
        least = [(bound - w * record.cvar_usd_bn) / (1.0 - w) for w, bound in bounds if w < 1.0 and bound is not None]
        below = min(max(least), record.expected_cost_usd_bn) if least else None
        worth = None
        if cheapest is not None and cheapest.bound_usd_bn is not None:
            ends = (cheapest.expected_cost_usd_bn, cheapest.bound_usd_bn)
            low, high = (max(0.0, record.expected_cost_usd_bn - each) for each in ends)
            worth = (low, high)
        points.append(PrudencePoint(weight, outcome, below, worth, i in bad, i == knee))
    return points
