"""Plans for several futures: five against the merged program by itself, and the growth with the futures up to 81.

The first is `hedge` without values: the plans for single futures, first plans from them, and the search that starts
from the best. The second is the same program of the tree, searched without a start. Both are in this process, and their
costs and bounds are compared.

The growth is that of `tests/hedge/many_futures`: each of its four events has three outcomes and a day of its own, so
that the first two, three and four of them make 9, 27 and 81 futures of the reference. They are planned one at a time,
in this process, and in full as one program too. The gap over time stands beside.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner import solver
from planner.api import Case
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.hedge.valuing import ValuesAsked
from planner.solve.answers import options
from planner.solve.solve import solve
from planner.studies.engine import local
from tests.benchmarks.measure import ROOT
from tests.benchmarks.result import Row, Size

FIVE = ROOT / "tests" / "hedge" / "five_futures"
MANY = ROOT / "tests" / "hedge" / "many_futures"
GOAL = 0.3
"""of the search by itself, by half-years to 0.5 %"""
SINGLE_SOLVES, OF_FUTURES = 40.0, 27
"""within how many single solves so many futures are to be planned, by half-years"""
EXPONENT = 1.15
"""of the time in the number of futures"""


def measure(size: Size) -> Sequence[Row]:
    """Five futures of the reference, by years, and in full also by half-years."""
    months = size.pick((12,), (12,), (12, 6))
    gap = size.pick(0.02, 0.005, 0.005)
    rows = [_against_search(five_futures(size.folder / f"five-{each}"), each, gap, size.limit_s) for each in months]
    return [*rows, _against_single(size), *_growth(size)]


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


@dataclass(frozen=True)
class Planned:
    """A plan for many futures."""

    futures: int
    seconds: float
    """of the processor"""
    says: str
    proven: bool


def many_futures(folder: Path, events: int) -> Path:
    """The reference with the first events of `many_futures`."""
    shutil.copytree(ROOT / "data" / "frontier-lab", folder)
    for name, lines in (("events.csv", events), ("outcomes.csv", 3 * events)):
        text = (MANY / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(text[: 1 + lines]), encoding="utf-8")
    return folder


def _growth(size: Size) -> list[Row]:
    """Plans for more and more futures beside the plan for the expected one, and the exponent of their time."""
    found = []
    for months in size.pick((12,), (12,), (12, 6)):
        folders = [many_futures(size.folder / f"many-{months}-{k}", k) for k in size.pick((1,), (1, 2), (1, 2, 3, 4))]
        cases = [
            Case.read(each).change(
                f"case.period_months = {months}", "case.solver.gap = 0.01",
                f"case.solver.time_limit_s = {60.0 * size.limit_s}",
            )
            for each in folders
        ]  # fmt: skip
        began = time.process_time()
        solve(cases[0])
        single = time.process_time() - began
        planned = [_planned(case, by_future=True) for case in cases]
        found += [_in_single_solves(each, months, single) for each in planned]
        if size.name == "full":
            found += [_in_single_solves(_planned(case, by_future=False), months, single) for case in cases[:3]]
        if len(planned) > 1:
            first, last = planned[0], planned[-1]
            exponent = math.log(last.seconds / first.seconds) / math.log(last.futures / first.futures)
            says = f"from {first.futures} to {last.futures} futures"
            found.append(Row(f"exponent of the time in the futures, {months} months", exponent, EXPONENT, beside=says))
    return found


def _in_single_solves(planned: Planned, months: int, single: float) -> Row:
    goal = SINGLE_SOLVES if planned.futures == OF_FUTURES and months == 6 else None
    what = f"{planned.futures} futures, {months} months, in single solves of {single:.1f} s"
    return Row(what, planned.seconds / single, goal, cut="" if planned.proven else "≥", beside=planned.says)


def _planned(case: Case, by_future: bool) -> Planned:
    """A plan for all futures of a case, with what the search told on its way."""
    began = time.process_time()
    gaps: list[tuple[float, float]] = []

    def note(snapshot: solver.Snapshot) -> None:
        if snapshot.gap is not None and (not gaps or snapshot.gap < 0.8 * gaps[-1][1]):
            gaps.append((time.process_time() - began, snapshot.gap))

    engine = local(1) if by_future else None
    found = hedge(case, asked=ValuesAsked(usual=False), by_future=engine, on_progress=note).record
    seconds = time.process_time() - began
    way = "one at a time" if by_future else "as one program"
    told = ", ".join(f"{100.0 * gap:.2g} % after {after:.0f} s" for after, gap in gaps)
    says = f"{way}: {found.objective_usd_bn:.3f}, bound {_shown(found.bound_usd_bn)}, {seconds:.0f} s; {told}"
    return Planned(len(found.futures), seconds, says, found.proven)


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
