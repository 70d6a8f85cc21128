"""Time to a gap, against the plainest correct formulation of the same case solved by HiGHS with its defaults.

Generated portfolios of forty quarters. Either side is watched alike: the first moment at which bound and incumbent are
within 1 % and within 0.1 %, in seconds of the search, and with what comes before it (posts, model, matrix) told apart.
One search gives both. What a limit of time cuts is a bound on the ratio; where both are cut there is none. The optima
are compared by what either side proves, the plan is audited, and the plain solution is checked against the rows of the
pooled model.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tests.benchmarks.cases import generated, proven
from tests.benchmarks.measure import task
from tests.benchmarks.result import Row, Size, geometric_mean, same_optimum

if TYPE_CHECKING:
    from planner.solver import Snapshot

GAPS = (0.01, 0.001)
GOAL = 5.0
WALL = 20.0
"""a search ends after so many times its limit by the clock, which is for processor seconds"""
OPENLY = 1e-5
"""by how much HiGHS's plain solution may break a row of the pooled model [the row's unit]"""


def measure(size: Size) -> Sequence[Row]:
    """Portfolios of growing size, once each: a search is long."""
    rows: list[Row] = []
    measured: dict[float, list[Row]] = {gap: [] for gap in GAPS}
    for offers in size.pick((10, 30), (30, 100, 300), (30, 100, 300, 1000)):
        case = generated(size.folder, offers, 8 if size.name == "quick" else 40)
        plan = size.folder / f"formulation-{offers}"
        found = {way: json.loads(task("formulation", way, case, size.limit_s, plan).out) for way in ("ours", "plain")}
        if all("objective" in each for each in found.values()):
            same_optimum(proven(plan), found["plain"], f"{offers} offers")
        for gap in GAPS:
            row = _row(offers, gap, found["ours"], found["plain"])
            rows.append(row)
            measured[gap].append(row)
    for gap, each in measured.items():
        known = [row for row in each if row.value > 0.0]
        cuts = {row.cut for row in known} - {""}
        if known and len(cuts) < 2:  # bounds both ways say nothing of the mean
            cut = "".join(cuts)
            name, of = f"{gap:.1%} gap: plain / ours, geometric mean", f"of {len(known)} in {len(each)} sizes"
            rows.append(Row(name, geometric_mean([row.value for row in known]), GOAL, True, cut, of))
    return rows


def _row(offers: int, gap: float, ours: dict[str, Any], plain: dict[str, Any]) -> Row:
    """Plain ÷ ours in processor seconds; 0 where neither came so far."""
    mine, other = ours["to"].get(str(gap)), plain["to"].get(str(gap))
    value = (other or plain["ended"])["cpu"] / (mine or ours["ended"])["cpu"]
    cut = {(True, False): "≥", (False, True): "≤"}.get((mine is not None, other is not None), "")
    words = [f"{name} {_seconds(each, gap)}" for name, each in (("ours", ours), ("plain", plain))]
    columns = f"columns {ours['columns']} and {plain['columns']}"
    if mine is None and other is None:
        value, words = 0.0, ["neither came so far:", *words]
    return Row(f"{offers} offers to {gap:.1%}: plain / ours", value, cut=cut, beside=f"{'; '.join(words)}; {columns}",
               measured={"ours": ours, "plain": plain})  # fmt: skip


def _seconds(found: dict[str, Any], gap: float) -> str:
    at = found["to"].get(str(gap))
    before = f"after {found['before']['cpu']:.1f} s of posts and matrix"
    if at is not None:
        return f"{at['cpu']:.1f} s {before}"
    left = "no plan" if found.get("gap") is None else f"a gap of {found['gap']:.2%} then"
    return f"over {found['ended']['cpu']:.1f} s {before}, {left}"


class Watch:
    """When a search first came within each gap, in seconds since its beginning."""

    def __init__(self) -> None:
        self.before = {"wall": 0.0, "cpu": time.process_time()}
        self.began = time.perf_counter(), time.process_time()
        self.to: dict[str, dict[str, float]] = {}

    def begin(self) -> None:
        """The search begins now."""
        self.before = {"cpu": time.process_time() - self.began[1], "wall": time.perf_counter() - self.began[0]}
        self.began = time.perf_counter(), time.process_time()

    def now(self) -> dict[str, float]:
        """Seconds of the search so far."""
        return {"wall": time.perf_counter() - self.began[0], "cpu": time.process_time() - self.began[1]}

    def look(self, gap: float | None) -> None:
        """Note the gap as it is now."""
        for each in GAPS:
            if gap is not None and gap <= each:
                self.to.setdefault(str(each), self.now())


def ours(case_folder: Path, limit_s: float, plan_folder: Path) -> dict[str, Any]:
    """`planner.solve.solve`, its plan left in a folder."""
    from planner import solver
    from planner.api import Case
    from planner.basics.errors import Stopped
    from planner.solve.solve import WRITING, solve

    case = Case.read(case_folder).change(
        f"case.solver.gap = {min(GAPS)}", f"case.solver.time_limit_s = {WALL * limit_s:g}"
    )
    watch, ended, width, stopped = Watch(), dict[str, float](), [0], list[bool]()
    solved = solver.solve

    def counted(program: Any, *arguments: Any, **options: Any) -> Any:
        width[0] = len(program.cost)
        return solved(program, *arguments, **options)

    def phase(name: str) -> None:
        if name == "solving":
            watch.begin()
        elif name == WRITING:
            ended.update(watch.now())

    def progress(at: Snapshot) -> None:
        watch.look(at.gap)
        if watch.now()["cpu"] >= limit_s and not stopped:
            stopped.append(True)
            signal.raise_signal(signal.SIGINT)  # as Ctrl-C does, which keeps the best plan so far

    solver.solve = counted
    try:
        plan = solve(case, on_phase=phase, on_progress=progress)
    except Stopped:
        return {"before": watch.before, "to": {}, "ended": watch.now(), "columns": width[0]}
    finally:
        solver.solve = solved
    plan.write(plan_folder)
    said = plan.record
    return {
        "before": watch.before, "to": watch.to, "ended": ended, "columns": width[0], "gap": said.gap,
        "objective": said.objective_usd_bn, "bound": said.bound_usd_bn,
    }  # fmt: skip


def plain(case_folder: Path, limit_s: float) -> dict[str, Any]:
    """HiGHS on the plain formulation, with nothing set but the gap and the limit of time."""
    import threading

    from planner.api import Case
    from planner.model.model import model
    from planner.portfolio.portfolio import Portfolio
    from planner.solver.answer import relative_gap
    from planner.solver.highs import load
    from planner.solver.highs_search import run_highs
    from tests.benchmarks.plain import plain as formulated

    watch = Watch()
    portfolio = Portfolio.of(Case.read(case_folder))
    pooled = model(portfolio).program()
    made = formulated(portfolio, pooled)
    highs = load(made.program)
    highs.setOptionValue("mip_rel_gap", min(GAPS))
    highs.setOptionValue("time_limit", WALL * limit_s)
    stop = threading.Event()

    def progress(at: Snapshot) -> None:
        watch.look(at.gap)
        if watch.now()["cpu"] >= limit_s:
            stop.set()

    watch.begin()
    found = run_highs(highs, made.program, stop, progress)
    ended = watch.now()
    said: dict[str, Any] = {"before": watch.before, "to": watch.to, "ended": ended, "columns": len(made.program.cost)}
    if found.x is None:
        return said
    back = made.pooled(found.x)
    objective, gap = pooled.objective(back), relative_gap(made.program.objective(found.x), found.bound)
    watch.look(gap)
    if pooled.violation(back) > OPENLY or abs(objective - made.program.objective(found.x)) > OPENLY * abs(objective):
        raise RuntimeError(f"the plain solution breaks a row by {pooled.violation(back)} or costs {objective}")
    bound = float("-inf") if found.bound is None else found.bound
    return {**said, "gap": gap, "objective": objective, "bound": bound}


if __name__ == "__main__":
    way, place, limit = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    click.echo(json.dumps(ours(place, limit, Path(sys.argv[4])) if way == "ours" else plain(place, limit)))
