"""`planner solve` as a whole against HiGHS alone on the model that it wrote, with the options that it set.

The search may take another path from the file than from the arrays: the file has its columns in another order and its
numbers in decimals. So HiGHS's own seconds are taken on either side, and beside the ratio of the whole stands that of
the same search: everything that `planner solve` does over what HiGHS takes inside it.
Start-up, which is what importing takes, is measured for each side and left out, and told apart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.cases import proven, record
from tests.benchmarks.measure import PLANNER, PYTHON, ROOT, Run, Sample, interleaved, run, task
from tests.benchmarks.result import Row, Size, ratio, same_optimum

IMPORTS = (
    "import atexit, gc; atexit.register(gc.freeze);"
    " import planner.cli, planner.cli.plans, planner.api, planner.case.plausibility, planner.plan.plan,"
    " planner.solve.solve, planner.model.model, planner.solver, planner.solver.expressions, planner.reports.summary,"
    " filelock, highspy, networkx, pyomo.core"
)
"""what `planner solve` imports, however late; and it ends as a command does"""
OPTIONS = """
import sys
from planner.api import Case
from planner.solver.highs import Options, load
from planner.solver.program import Program
import numpy as np
settings = Case.read(sys.argv[1]).settings.solver
options = Options(float(sys.argv[2]), settings.time_limit_s, settings.threads, settings.seed)
none, whole = np.zeros(0), np.zeros(0, dtype=np.int32)
empty = Program(none, 0.0, none, none, none.astype(bool), none, none, np.zeros(1, dtype=np.int32), whole, none)
load(empty, options).writeOptions(sys.argv[3])
"""


def measure(size: Size) -> Sequence[Row]:
    """The shipped cases; frontier-lab by years, so that a solve is short, and in full as it is."""
    yearly = ("--period-months", "12")
    frontier = size.pick((*yearly, "--gap", "0.05"), (*yearly, "--gap", "0.001"), ("--gap", "0.001"))
    return [
        *_measured(size, "starter", (), 1e-6, 1.5, size.pick(1, 5, 15)),
        *_measured(size, "frontier-lab", frontier, float(frontier[-1]), 1.15, size.repeats),
    ]


def _measured(size: Size, name: str, options: tuple[str, ...], gap: float, goal: float, repeats: int) -> Sequence[Row]:
    case, plan = ROOT / "data" / name, size.folder / f"overhead-{name}"
    solve = (*PLANNER, "solve", case, *options, "-o", plan, "--force")
    mps, settings = size.folder / f"{name}.mps", size.folder / f"{name}.options"
    written(case, options, gap, plan, mps, settings)
    clock = size.folder / f"{name}.seconds"
    inside: list[dict[str, float]] = []
    recorded: list[float] = []

    def whole() -> Run:
        ended = task("watched", clock, *solve[len(PLANNER) :])
        inside.append(json.loads(clock.read_text()))
        recorded.append(record(plan)["solver"]["seconds"])
        return ended

    found = interleaved(
        {
            "planner": whole,
            "alone": partial(task, "highs_alone", mps, settings),
            "planner starts": partial(run, (*PYTHON, "-c", IMPORTS)),
            "alone starts": partial(run, (*PYTHON, "-c", "import highspy")),
        },
        repeats,
    )
    said = [json.loads(each.out) for each in found["alone"]]
    same_optimum(proven(plan), said[0], name)
    taken = {key: Sample.of(runs) for key, runs in found.items()}
    search = Sample(tuple(each["wall"] for each in inside), tuple(each["cpu"] for each in inside))
    alone = Sample(tuple(each["seconds"] for each in said), tuple(each["cpu"] for each in said))
    ours, theirs = taken["planner"].less(taken["planner starts"]), taken["alone"].less(taken["alone starts"])
    title = " ".join((name, *options))
    also = {
        "HiGHS in planner solve [s]": inside,
        "solver.seconds of plan.json [s]": recorded,
        "HiGHS alone [s]": said,
    }
    return [
        ratio(f"{title}: planner solve / HiGHS alone, without start-up", ours, theirs, goal=goal, also=also),
        ratio(f"{title}: planner solve / HiGHS inside it, without start-up", ours, search, goal=goal),
        ratio(f"{title}: HiGHS inside planner solve / HiGHS alone", search, alone),
        ratio(f"{title}: planner solve / HiGHS alone, with start-up", taken["planner"], taken["alone"]),
        ratio(f"{title}: start-up of planner solve / of HiGHS alone", taken["planner starts"], taken["alone starts"]),
    ]


def written(case: Path, options: Sequence[str], gap: float, plan: Path, mps: Path, settings: Path) -> None:
    """Solve once; leave the plan, its model and HiGHS's options, which are those of a solve to that gap, as files."""
    run((*PLANNER, "solve", case, *options, "-o", plan, "--force", "--write-mps", mps))
    run((*PYTHON, "-c", OPTIONS, case, str(gap), settings))
