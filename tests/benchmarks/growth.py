"""Time and memory up to the solve, by offers, periods and regions.

Each case is read, posted, built, compiled and handed to HiGHS in a process of its own. Through its processor seconds
(reading and imports left out) and its memory (what it has after the imports left out) goes a straight line on paper
with two logarithmic scales; its slope is the exponent. The number of regions of generated portfolios is bounded, so
regions grow in cases of `peers`, with offers and periods held.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tests.benchmarks import peers
from tests.benchmarks.cases import generated, proven
from tests.benchmarks.measure import PLANNER, Run, peak, run, task, timed
from tests.benchmarks.result import Row, Size, exponent

PARTS = ("post", "build", "compile", "load")
PERIODS = 40
GOAL = 1.1
MEMORY_MIB = 1.5 * 1024
ALLOWED = (0, 5, 6)
"""statuses of `planner solve` when time ends it"""


def measure(size: Size) -> Sequence[Row]:
    """One process per case: growth is read off several sizes, so none is repeated but in full."""
    offers = size.pick((10, 30, 100), (30, 100, 300, 1000), (30, 100, 300, 1000, 2000))
    periods = size.pick((5, 10, 20), (10, 20, 40, 80), (10, 20, 40, 80, 160))
    regions = size.pick((2, 4, 8), (4, 8, 16, 32), (4, 8, 16, 32, 64))
    of_offers = {n: generated(size.folder, n, PERIODS) for n in offers}
    of_periods = {n: generated(size.folder, 100 if size.name != "quick" else 20, n) for n in periods}
    of_regions = {n: peers.Problem(n, 20, offers=regions[-1] * 2).write(size.folder / f"regions-{n}") for n in regions}
    by_offers = {n: _measured(case) for n, case in of_offers.items()}
    rows = [
        *_rows("offers", by_offers, GOAL),
        *_rows("periods", {n: _measured(case) for n, case in of_periods.items()}, GOAL),
        *_rows("regions", {n: _measured(case) for n, case in of_regions.items()}, None),
    ]
    largest = offers[-1]
    name, before = f"{largest} offers, {PERIODS} periods: peak memory [MiB]", by_offers[largest]["peak"]
    rows.append(Row(f"{name} before HiGHS begins", before, MEMORY_MIB))
    whole = _whole(of_offers[largest], size)
    cut = "≥" if whole.status else ""
    beside = f"planner solve, {whole.wall:.0f} s" + (", stopped by its limit of time" if cut else "")
    rows.append(Row(f"{name} of planner solve", whole.peak, MEMORY_MIB, cut=cut, beside=beside))
    return rows


def _whole(case: Path, size: Size) -> Run:
    """`planner solve`, for as long as a solve may take."""
    limit = ("--time-limit", str(size.limit_s))
    plan = size.folder / "large"
    ended = run((*PLANNER, "solve", case, "-o", plan, "--gap", "0.05", *limit), allowed=ALLOWED)
    if plan.exists():
        proven(plan)
    return ended


def _measured(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(task("growth", case).out)
    return found


def _rows(by: str, found: dict[int, dict[str, Any]], goal: float | None) -> list[Row]:
    sizes = list(found)
    seconds = [sum(each[part] for part in PARTS) for each in found.values()]
    memory = [each["peak"] - each["imported"] for each in found.values()]
    each = ", ".join(f"{part} {exponent(sizes, [one[part] for one in found.values()]):.2f}" for part in PARTS)
    entries = exponent(sizes, [one["entries"] for one in found.values()])
    last = ", ".join(
        f"{part} {exponent(sizes[-2:], [one[part] for one in list(found.values())[-2:]]):.2f}" for part in PARTS
    )
    spent = ", ".join(f"{n}: {value:.1f} s" for n, value in zip(sizes, seconds, strict=True))
    taken = ", ".join(f"{n}: {one['peak']:.0f}" for n, one in found.items())
    measured = {"sizes": {str(n): one for n, one in found.items()}}
    return [
        Row(f"{by}: exponent of time", exponent(sizes, seconds), goal, measured=measured,
            beside=f"{each} (last step {last}); entries of the matrix {entries:.2f}; {spent}"),
        Row(f"{by}: exponent of memory", exponent(sizes, memory), goal, beside=f"peak [MiB] {taken}"),
    ]  # fmt: skip


def phases(case_folder: Path) -> dict[str, Any]:
    """Processor seconds of each part, and the largest memory before and after [MiB]."""
    import pyomo.core as pyo

    from planner.api import Case
    from planner.model.model import model
    from planner.portfolio.portfolio import Portfolio
    from planner.solver.highs import load
    from planner.solver.standard_form import compile as compiled

    case = Case.read(case_folder)
    least = pyo.ConcreteModel()
    least.x = pyo.Var()
    least.cost = pyo.Objective(expr=least.x)
    least.row = pyo.Constraint(expr=least.x >= 1)
    load(compiled(least, [least.x]))  # imports what the parts import, before the clock starts
    imported = peak()
    taken: list[tuple[float, float]] = []
    with timed(taken):
        portfolio = Portfolio.of(case)
    with timed(taken):
        built = model(portfolio)
    with timed(taken):
        program = built.program()
    with timed(taken):
        highs = load(program)
    found: dict[str, Any] = {part: cpu for part, (_, cpu) in zip(PARTS, taken, strict=True)}
    sizes = {"columns": highs.getNumCol(), "rows": highs.getNumRow(), "entries": highs.getNumNz()}
    return {**found, **sizes, "imported": imported, "peak": peak()}


if __name__ == "__main__":
    click.echo(json.dumps(phases(Path(sys.argv[1]))))
