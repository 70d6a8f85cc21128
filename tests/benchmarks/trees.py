"""A plan for five futures against the merged program given to the search by itself, and the growth with the futures.

The first is `hedge` without values: the plans for single futures, first plans from them, and the search that starts
from the best. The second is the same program of the tree, searched without a start. Both are in this process, and their
costs and bounds are compared.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from planner import solver
from planner.api import Case
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.hedge.valuing import ValuesAsked
from planner.solve.answers import options
from planner.solve.solve import solve
from tests.benchmarks.measure import ROOT
from tests.benchmarks.result import Row, Size

FIVE = ROOT / "tests" / "hedge" / "five_futures"
GOAL = 0.3
"""of the search by itself, by half-years to 0.5 %"""


def measure(size: Size) -> Sequence[Row]:
    """Five futures of the reference, by years, and in full also by half-years."""
    months = size.pick((12,), (12,), (12, 6))
    gap = size.pick(0.02, 0.005, 0.005)
    rows = [_against_search(five_futures(size.folder / f"five-{each}"), each, gap, size.limit_s) for each in months]
    return [*rows, _against_single(size)]


def five_futures(folder: Path) -> Path:
    """The reference with the five futures."""
    shutil.copytree(ROOT / "data" / "frontier-lab", folder)
    for name in ("events.csv", "outcomes.csv"):
        shutil.copy(FIVE / name, folder / name)
    return folder


def _against_search(folder: Path, months: int, gap: float, limit: float) -> Row:
    case = Case.read(folder).change(
        f"case.period_months = {months}", f"case.solver.gap = {gap}", f"case.solver.time_limit_s = {limit}"
    )
    began = time.process_time()
    found = hedge(case, asked=ValuesAsked(usual=False)).record
    mine = time.process_time() - began
    began = time.process_time()
    tree = Tree.of(case)
    program = TreeProgram.of(case, tree, future_programs(case, tree))
    alone = solver.solve(program.program, options(case, gap))
    other = time.process_time() - began
    if found.bound_usd_bn is not None and alone.objective is not None and alone.bound is not None:
        crossed = max(found.bound_usd_bn - alone.objective, alone.bound - found.objective_usd_bn)
        assert crossed <= 1e-6 * abs(found.objective_usd_bn), (found, alone)
    beside = (
        f"{mine:.0f} s against {other:.0f} s of the processor; {found.objective_usd_bn:.3f}, bound"
        f" {_shown(found.bound_usd_bn)}, against {_shown(alone.objective)}, bound {_shown(alone.bound)}"
    )
    cut = {(True, False): "≤", (False, True): "≥", (False, False): "?"}.get((alone.proven, found.proven), "")
    return Row(f"a plan for five futures, {months} months", mine / other, GOAL, cut=cut, beside=beside)


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _against_single(size: Size) -> Row:
    """Two futures of the starter against two single solves, all from the case to the plan."""
    folder = size.folder / "starter-two"
    shutil.copytree(ROOT / "data" / "starter", folder)
    (folder / "events.csv").write_text("event,known_on\ndemand,2028-01-01\n")
    change = '"demand[2028-01-01..,*,*].demand_gw *= 1.2"'
    (folder / "outcomes.csv").write_text(
        f"event,outcome,probability,changes\ndemand,expected,0.5,\ndemand,high,0.5,{change}\n"
    )
    case = Case.read(folder)
    seconds = [0.0, 0.0]
    for _ in range(size.repeats):
        for i, work in enumerate(
            (lambda: hedge(case, asked=ValuesAsked(usual=False)), lambda: (solve(case), solve(case)))
        ):
            began = time.process_time()
            work()
            seconds[i] += time.process_time() - began
    return Row("a plan for two futures of the starter against two plans", seconds[0] / seconds[1])
