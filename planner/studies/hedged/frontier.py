"""The frontier of what a plan for all futures costs against a measure that holds in every future.

    cheapest     the plan for all futures with the least objective
    least        the smallest value below which the measure can be kept in every future, and the least objective then
    between      the least objective with the measure at most ε in every future, for values evenly spaced

The measure of a plan for all futures is that of the future in which it is worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from planner.case.case import Case
from planner.plan.hedges.hedge import Hedge
from planner.portfolio.portfolio import Portfolio
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.frontier import Frontier, FrontierPoint, marked
from planner.studies.measures import AtMost, Measure, above, measure
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, no_plan

if TYPE_CHECKING:
    import pandas as pd

CHEAPEST = "cheapest"


@dataclass(frozen=True)
class HedgedFrontier(Frontier):
    """The objective against a measure of the future in which it is worst."""

    @cached_property
    def table(self) -> pd.DataFrame:
        """As that of a frontier; `cost_usd_bn` is the objective, money and penalties are expected values."""
        records = [point.outcome.hedge.record for point in self.points]
        return super().table.assign(
            expected_cost_usd_bn=[each.expected_cost_usd_bn for each in records],
            cvar_usd_bn=[each.cvar_usd_bn for each in records],
        )

    def text(self) -> str:
        """The points on one screen."""
        says = f"Each point is a plan for all futures; {self.of.name} is that of the future in which it is worst."
        return f"{says}\n{super().text()}"


def frontier_hedged(
    case: Case,
    name: str,
    *,
    points: int = 8,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
) -> HedgedFrontier:
    """The frontier of the objective against a measure in every future, with a number of points.

    Raises DataError where there is no such measure, and Infeasible or Stopped where there is no plan for all futures.
    """
    portfolio = Portfolio.of(case)
    of = measure(name, portfolio)
    base = Base.of(case, hedged=True)

    def solved(*runs: Run) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    cheapest, low = solved(Run(CHEAPEST), Run(f"smallest {name}", smallest=of))
    if cheapest.status not in WITH_A_PLAN or low.objective_usd_bn is None:
        missing = low if cheapest.status in WITH_A_PLAN else cheapest
        raise no_plan(missing, missing.run.name)
    least, most = low.objective_usd_bn, worst(of, cheapest.hedge, portfolio) * of.sign
    steps = max(1, points - 1)
    asked = [most + (least - most) * k / steps for k in range(1, steps + 1)] if most > above(least) else []
    runs = [Run(f"{name} at most {of.shown(value):g}", besides=(AtMost(of, above(value)),)) for value in asked]
    outcomes = [cheapest, *solved(*runs)]
    found = [
        FrontierPoint(of.shown(value), worst(of, outcome.hedge, portfolio), outcome)
        for value, outcome in zip([most, *asked], outcomes, strict=True)
        if outcome.status in WITH_A_PLAN
    ]
    impossible = tuple(outcome for outcome in outcomes if outcome.status not in WITH_A_PLAN)
    unproven = (low,) if low.status is RunStatus.UNPROVEN else ()
    return HedgedFrontier(of, tuple(marked(found, of)), impossible, unproven, case.settings.shown_in)


def worst(of: Measure, found: Hedge, like: Portfolio | None = None) -> float:
    """The measure of a plan for all futures, as it is shown: that of the future in which it is worst."""
    values = [of.value(found.plan(future.name), like) for future in found.futures_tree.futures]
    return max(values, key=lambda value: value * of.sign)
