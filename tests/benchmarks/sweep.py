"""`planner sweep` of fifty runs against fifty cold `planner solve` with the same change.

The cold commands are many seconds of start-up each, so a part of the fifty is run, evenly spread, and multiplied; in
full all are. The optimum of each is compared with the sweep's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import audit_all, proven
from tests.benchmarks.measure import PLANNER, ROOT, Run, Sample, run
from tests.benchmarks.result import Row, Size, ratio, same_optimum

GOAL = 0.3
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "starter": ("guarantor_caps[cirrus,lease,*].cap_usd_bn", ()),
    "gpu-campus": ("guarantor_caps[nvidia,lease,*].cap_usd_bn", ("--gap", "0.01")),
}
"""a cap that matters to the plan, made smaller from run to run, and a gap at which one solve takes seconds"""
SMALLER = 0.01
"""by so much of what it was"""


def measure(size: Size) -> Sequence[Row]:
    """On one worker process and on two, wall clock first: two workers share the work, not the seconds."""
    runs, cold = size.pick((6, 2), (50, 5), (50, 50))
    rows: list[Row] = []
    for name in size.pick(["starter"], list(CASES), list(CASES)):
        rows += _measured(size, name, runs, cold)
    return rows


def _measured(size: Size, name: str, runs: int, cold: int) -> Sequence[Row]:
    case = ROOT / "data" / name
    cap, options = CASES[name]
    knob = f"{cap} *="
    values = [f"{1.0 - SMALLER * i:g}" for i in range(runs)]
    asked = values[:: max(1, runs // cold)][:cold]
    swept: dict[int, Run] = {}
    results: list[dict[str, Any]] = []
    alone: list[Run] = []
    for workers in (1, 2):
        folder = size.folder / f"sweep-{name}-{workers}"
        vary = ("--vary", f"cap: {knob} {' | '.join(values)}")
        swept[workers] = run(
            (*PLANNER, "sweep", case, "-o", folder, *vary, *options, "--workers", str(workers), "--json")
        )
        results = json.loads(swept[workers].out)
        alone += [_cold(size, case, (*options, "--set", f"{knob} {value}"), value) for value in asked[workers - 1 :: 2]]
    for value in asked:
        plan = _plan(size, case, value)
        same_optimum(proven(plan), _optimum(results, value), f"{name} with {value}")
    audit_all(sorted(size.folder.glob(f"sweep-{name}-*/runs/*/plan")))
    many = Sample((sum(each.wall for each in alone),), (sum(each.cpu for each in alone),)).times(runs / len(asked))
    return [
        ratio(
            f"{name}: sweep of {runs} on {workers} / {runs} cold solves", Sample.of([swept[workers]]), many,
            goal=GOAL, clock="wall", also={"cold solves run": len(asked)},
        )
        for workers in (1, 2)
    ]  # fmt: skip


def _plan(size: Size, case: Path, value: str) -> Path:
    return size.folder / f"cold-{case.name}-{value}"


def _cold(size: Size, case: Path, options: Sequence[str], value: str) -> Run:
    return run((*PLANNER, "solve", case, "-o", _plan(size, case, value), *options))


def _optimum(results: list[dict[str, Any]], value: str) -> dict[str, float]:
    """What the sweep proved of the run with a value."""
    (found,) = (each for each in results if each.get("cap") == value)
    return {"objective": float(found["objective_usd_bn"]), "bound": float(found["bound_usd_bn"])}
