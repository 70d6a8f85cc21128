"""The frontier of cost against a measure: how much less of it costs how much more.

    cheapest     the least cost, and among the plans of that cost the one with the least of the measure
    least        the smallest value that any plan has, and the least cost with it
    between      the least cost with the measure at most ε, for values ε evenly spaced between the two

The end points are exact up to the gaps. A point is dominated where another costs no more and has no more of the
measure. The knee is the point furthest from the straight line between the end points, with both axes scaled to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.text import columns
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.solve.solve import solve
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.given_plan import checked
from planner.studies.measures import SLACK, AtMost, CostAtMost, Measure, above, measure
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, no_plan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FrontierPoint:
    """A plan on the frontier, or dominated."""

    asked: float
    """the value that the measure was not to exceed"""
    measured: float
    """the measure of the plan"""
    outcome: RunResult
    dominated: bool = False
    knee: bool = False


@dataclass(frozen=True)
class Frontier:
    """Cost against a measure, from the cheapest plan to the one with least of it."""

    of: Measure
    points: tuple[FrontierPoint, ...]
    impossible: tuple[RunResult, ...] = ()
    """runs that gave no plan"""
    unproven: tuple[RunResult, ...] = ()
    """searches for the ends whose value was not proven in time, so that the ends are not exact"""
    shown_in: Display = AS_IT_IS
    """the units in which amounts are printed"""

    @property
    def proven(self) -> bool:
        """Whether every point and both ends are proven to their gaps."""
        ended = [*(point.outcome for point in self.points), *self.impossible, *self.unproven]
        return all(each.status in (RunStatus.PROVEN, RunStatus.INFEASIBLE) for each in ended)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per point; `cost_usd_bn` is the sum of `cost_in_money_usd_bn` and `penalties_usd_bn`."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "asked": point.asked,
                    "measured": point.measured,
                    "unit": self.of.unit,
                    "cost_usd_bn": point.outcome.objective_usd_bn,
                    "cost_in_money_usd_bn": point.outcome.cost_in_money_usd_bn,
                    "penalties_usd_bn": point.outcome.penalties_usd_bn,
                    "bound_usd_bn": point.outcome.bound_usd_bn,
                    "gap": point.outcome.gap,
                    "dominated": point.dominated,
                    "knee": point.knee,
                }
                for point in self.points
            ]
        )

    def text(self) -> str:
        """The points on one screen."""
        shown_in = self.shown_in
        rows = [
            [
                shown_in.number(point.measured, self.of.unit),
                *(
                    shown_in.plain(value or 0.0, "USD bn")
                    for value in (
                        point.outcome.objective_usd_bn, point.outcome.penalties_usd_bn, point.outcome.bound_usd_bn
                    )
                ),
                "dominated" if point.dominated else "knee" if point.knee else "",
            ]
            for point in self.points
        ]  # fmt: skip
        lines = columns(
            [f"{self.of.name} [{shown_in.words(self.of.unit)}]", f"cost [{shown_in.money}]", "penalties", "bound", ""],
            rows,
            words=(4,),
        )
        lines += [f"  {each.run.name}: {each.status}" for each in self.impossible]
        lines += [f"  {each.run.name}: NOT proven, {each.message}" for each in self.unproven]
        return "\n".join(line.rstrip() for line in lines)

    def json(self) -> list[dict[str, Any]]:
        """The table's rows."""
        return [{str(name): value for name, value in row.items()} for row in self.table.to_dict("records")]


def frontier(
    case: Case,
    name: str,
    *,
    points: int = 8,
    start: Plan | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
) -> Frontier:
    """The frontier of cost against a measure (see `planner.studies.measures`), with a number of points.

    `start` is the least-cost plan where it is known already. Raises DataError where there is no such measure or `start`
    is no plan of the case that keeps all its limits, and Infeasible or Stopped where there is no plan.
    """
    portfolio = Portfolio.of(case)
    of = measure(name, portfolio)
    plan = solve(case) if start is None else checked(case, start)
    base = Base.of(case, plan)
    least_cost = plan.record.objective_usd_bn

    def solved(*runs: Run) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    at_least_cost = (CostAtMost(above(least_cost)),)
    low, high = solved(
        Run(f"smallest {name}", smallest=of), Run(f"smallest {name} at least cost", besides=at_least_cost, smallest=of)
    )
    if low.objective_usd_bn is None or high.objective_usd_bn is None:
        missing = low if low.objective_usd_bn is None else high
        raise no_plan(missing, missing.run.name)
    ends = (low.objective_usd_bn, high.objective_usd_bn)
    steps = max(1, points - 1)
    asked = [ends[1] + (ends[0] - ends[1]) * k / steps for k in range(steps + 1)] if ends[1] > ends[0] else [ends[1]]
    begin = {asked[-1]: low.decisions, asked[0]: high.decisions}  # decisions of the ends are known
    runs = [
        Run(f"{name} at most {of.shown(value):g}", besides=(AtMost(of, above(value)),), start=begin.get(value, {}))
        for value in asked
    ]
    outcomes = solved(*runs)
    found = [
        FrontierPoint(of.shown(value), of.value(outcome.plan, portfolio), outcome)
        for value, outcome in zip(asked, outcomes, strict=True)
        if outcome.status in WITH_A_PLAN
    ]
    impossible = tuple(outcome for outcome in outcomes if outcome.status not in WITH_A_PLAN)
    unproven = tuple(end for end in (low, high) if end.status is RunStatus.UNPROVEN)
    return Frontier(of, tuple(marked(found, of)), impossible, unproven, case.settings.shown_in)


def marked(points: Sequence[FrontierPoint], of: Measure) -> list[FrontierPoint]:
    """The points, with the dominated ones and the knee among the others marked."""
    bad, best = marks([(_cost(point), point.measured * of.sign) for point in points])
    return [replace(point, dominated=i in bad, knee=i == best) for i, point in enumerate(points)]


def marks(at: Sequence[tuple[float, float]]) -> tuple[set[int], int | None]:
    """The positions of the points that are dominated, and that of the knee among the others; None where none is one."""
    bad = {
        i
        for i, mine in enumerate(at)
        if any(j != i and _dominates(other, mine, first=j < i) for j, other in enumerate(at))
    }
    good = [i for i in range(len(at)) if i not in bad]
    knee = _knee([at[i] for i in good])
    return bad, None if knee is None else good[knee]


def _cost(point: FrontierPoint) -> float:
    assert point.outcome.objective_usd_bn is not None, "it has a plan"
    return point.outcome.objective_usd_bn


def _dominates(other: tuple[float, float], mine: tuple[float, float], *, first: bool) -> bool:
    """Whether another point is at least as good in both coordinates. An earlier point also dominates its equals."""
    near = [abs(a - b) <= SLACK * max(1.0, abs(a), abs(b)) for a, b in zip(other, mine, strict=True)]
    no_worse = all(a <= b or close for a, b, close in zip(other, mine, near, strict=True))
    return no_worse and (first or not all(near))


def _knee(at: Sequence[tuple[float, float]]) -> int | None:
    """The point furthest below the line between the ends, both axes scaled to 1; None where no point is below it.

    >>> _knee([(10.0, 4.0), (11.0, 1.0), (20.0, 0.0)]), _knee([(10.0, 4.0), (20.0, 0.0)])
    (1, None)
    """
    if len(at) < 3:
        return None
    costs, values = [cost for cost, _ in at], [value for _, value in at]
    width, height = max(costs) - min(costs), max(values) - min(values)
    if width <= 0.0 or height <= 0.0:
        return None
    depths = [1.0 - (cost - min(costs)) / width - (value - min(values)) / height for cost, value in at]
    best = max(range(len(at)), key=depths.__getitem__)
    return best if depths[best] > 1e-9 else None
