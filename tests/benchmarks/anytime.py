"""How soon something is known of a very large case: a first plan, a first gap, and a gap of 1 %.

`planner.solve.solve` as it is, against itself without the means for very large cases: fewer dates for a first plan,
lazy rows, a sub-MIP around the relaxation before a dive. Seconds of the processor from the beginning of the search.
Both plans are audited, and what is proven of either is compared.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tests.benchmarks.cases import generated, proven
from tests.benchmarks.formulation import Watch
from tests.benchmarks.measure import task
from tests.benchmarks.result import Row, Size, same_optimum

if TYPE_CHECKING:
    from planner.solver import Snapshot

GAP = 0.01
LONGEST_S = 3600
NEVER = 10**12
"""entries that no case has"""
MOMENTS = {"plan": "a first plan", "gap": "a first gap", "end": "a gap of 1 %"}


def measure(size: Size) -> Sequence[Row]:
    """One case, solved once each way."""
    offers = size.pick(10, 300, 1000)
    case = generated(size.folder, offers, 8 if size.name == "quick" else 40)
    plans = {way: size.folder / f"anytime-{way}" for way in ("early", "plainly")}
    found = {way: json.loads(task("anytime", way, case, plan).out) for way, plan in plans.items()}
    same_optimum(proven(plans["early"]), proven(plans["plainly"]), f"{offers} offers")
    return [
        Row(
            f"{offers} offers: {words}, as it is / without the means for very large cases",
            found["early"][moment]["cpu"] / found["plainly"][moment]["cpu"],
            beside="; ".join(f"{each[moment]['cpu']:.1f} s, {each[moment]['gap']}" for each in found.values()),
            measured={way: each[moment] for way, each in found.items()},
        )
        for moment, words in MOMENTS.items()
    ]


def solved(way: str, case_folder: Path, plan_folder: Path) -> dict[str, Any]:
    """When each of MOMENTS was, and the gap by then."""
    import planner.solve.solve as solving
    from planner.api import Case
    from planner.solver.branch_and_bound import relaxation, search

    solving.VERY_LARGE, relaxation.LARGE, search.VAST = (0, 0, 0) if way == "early" else (NEVER, NEVER, NEVER)
    watch = Watch()
    moments: dict[str, dict[str, Any]] = {}

    def note(moment: str, gap: float | None) -> None:
        moments.setdefault(moment, {**watch.now(), "gap": "no gap yet" if gap is None else f"{gap:.2%} left"})

    def progress(at: Snapshot) -> None:
        if at.incumbent is not None:
            note("plan", at.gap)
        if at.gap is not None:
            note("gap", at.gap)
            if at.gap <= GAP:
                note("end", at.gap)

    def phase(name: str) -> None:
        if name == "solving":
            watch.begin()

    case = Case.read(case_folder).change(f"case.solver.gap = {GAP}", f"case.solver.time_limit_s = {LONGEST_S}")
    plan = solving.solve(case, on_phase=phase, on_progress=progress)
    plan.write(plan_folder)
    return moments


if __name__ == "__main__":
    click.echo(json.dumps(solved(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
