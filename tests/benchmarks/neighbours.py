"""Runs of a sweep that learn from its base against the same cases solved from nothing, in seconds of the processor.

Each case is the base of a study with a change. In a sweep it starts from the base's plan, guided by what the search of
the base has learnt (`planner.solver.experience`). The time of both is all of a run: posts, model, search, tables and
audit. What is proven of both is compared. That of the base itself is shown beside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from planner.api import Case
from planner.studies.runs import WITH_A_PLAN, Base, CaseCache, Run, RunResult, perform
from tests.benchmarks.measure import ROOT, Sample
from tests.benchmarks.result import Row, Size, ratio, same_optimum

GOAL = 0.25
CHANGES: dict[str, tuple[str, ...]] = {
    "gpu-campus": (
        "guarantor_caps[nvidia,lease,*].cap_usd_bn *= 0.97",
        "case.discount_rate += 0.002",
        "chips[*].capex_usd_bn_per_gw *= 1.05",
    ),
    "frontier-lab": (
        "guarantor_caps[google,lease,*].cap_usd_bn *= 0.97",
        "cloud_tiers[aws_trainium,*].price_usd_bn_per_gw_year *= 1.2",
        "guarantor_caps[google,lease,*].cap_usd_bn *= 0.5",
    ),
}

T = TypeVar("T")


def measure(size: Size) -> Sequence[Row]:
    """The GPU campus, by default the reference by years too, and in full the reference by half-years."""
    asked = size.pick(
        [("gpu-campus", 6)], [("gpu-campus", 6), ("frontier-lab", 12)], [("gpu-campus", 6), ("frontier-lab", 6)]
    )
    return [_measured(name, months) for name, months in asked]


def _measured(name: str, months: int) -> Row:
    case = Case.read(ROOT / "data" / name).change(f"case.period_months = {months}", "case.solver.time_limit_s = 36000")
    cache, nothing = CaseCache(), Base.of(case)
    cache.of(nothing)
    base, seconds = _timed(lambda: perform(nothing, Run("base", teaches=True), cache))
    guided = Base.of(case, base.plan, learnt=base.learnt)
    cache.digest = guided.digest  # the same case
    warm, cold = [], []
    for change in CHANGES[name]:
        first, spent = _timed(lambda change=change: perform(guided, Run(change, (change,)), cache))
        warm.append(spent)
        cache.digest = nothing.digest
        second, spent = _timed(lambda change=change: perform(nothing, Run(change, (change,)), cache))
        cold.append(spent)
        cache.digest = guided.digest
        same_optimum(_proven(first), _proven(second), f"{name} with {change}")
    return ratio(
        f"{name} by {months} months: a run that learns from the base / the same from nothing", _sum(warm), _sum(cold),
        goal=GOAL, also={"base_cpu_s": round(seconds[1], 2), "runs": len(warm)},
    )  # fmt: skip


def _timed(work: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """What work gives, and its seconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.perf_counter() - wall, time.process_time() - cpu)


def _sum(runs: Sequence[tuple[float, float]]) -> Sample:
    return Sample((sum(wall for wall, _ in runs),), (sum(cpu for _, cpu in runs),))


def _proven(found: RunResult) -> dict[str, float]:
    if found.status not in WITH_A_PLAN or found.objective_usd_bn is None or found.bound_usd_bn is None:
        raise RuntimeError(f"{found.run.name}: {found.status} {found.message}")
    return {"objective": found.objective_usd_bn, "bound": found.bound_usd_bn}
