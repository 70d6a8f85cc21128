"""Our search against HiGHS's own on the same program, to the same gap.

The cases are the shipped ones and generated portfolios of forty quarters. Both searches are those that
`case.solver.search` chooses. The search alone is measured, from the program on. The optima are compared by the bounds
that either side proves.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tests.benchmarks.cases import generated
from tests.benchmarks.measure import ROOT, task
from tests.benchmarks.result import Row, Size, geometric_mean, same_optimum

GAP = 0.001
WALL = 5.0
"""a search ends after so many times the limit by the clock"""


def measure(size: Size) -> Sequence[Row]:
    """Models of growing size, once each: a search is long."""
    shipped = [(ROOT / "data" / "gpu-campus", 3), (ROOT / "data" / "frontier-lab", 12)]
    shipped += size.pick([], [(ROOT / "data" / "frontier-lab", 6)], [(ROOT / "data" / "frontier-lab", 6)])
    offers = size.pick(
        [(10, 1)], [(10, 1), (10, 2), (30, 1), (30, 2)], [(n, s) for n in (10, 30, 100) for s in (1, 2, 3)]
    )
    made = [(generated(size.folder, n, 8 if size.name == "quick" else 40, seed=seed), 3) for n, seed in offers]
    rows = []
    for case, months in [*shipped, *made]:
        found = {
            way: json.loads(task("search", way, case, months, WALL * size.limit_s).out) for way in ("ours", "highs")
        }
        name = f"{case.name}, {months} months"
        if all(each["objective"] is not None and each["bound"] is not None for each in found.values()):
            same_optimum(found["ours"], found["highs"], name)
        rows.append(_row(name, found["ours"], found["highs"]))
    known = [row.value for row in rows if not row.cut]
    if known:
        rows.append(Row("ours / HiGHS, geometric mean", geometric_mean(known), 1.0, beside=f"of {len(known)}"))
    return rows


def _row(name: str, ours: dict[str, Any], highs: dict[str, Any]) -> Row:
    cut = {(False, True): "≥", (True, False): "≤"}.get((ours["proven"], highs["proven"]), "")
    cut = "?" if not ours["proven"] and not highs["proven"] else cut
    beside = "; ".join(
        f"{who} {each['cpu']:.1f} s, {each['nodes']} nodes" + ("" if each["proven"] else ", not proven")
        for who, each in (("ours", ours), ("HiGHS", highs))
    )
    measured = {"ours": ours, "highs": highs}
    return Row(f"{name}: ours / HiGHS", ours["cpu"] / highs["cpu"], 1.0, cut=cut, beside=beside, measured=measured)


def searched(way: str, case_folder: Path, months: int, limit_s: float) -> dict[str, Any]:
    """One search: seconds of the processor, objective, bound and nodes."""
    from planner import solver
    from planner.api import Case
    from planner.basics.search_method import SearchMethod
    from planner.model.model import model
    from planner.portfolio.portfolio import Portfolio

    case = Case.read(case_folder).change(f"case.period_months = {months}")
    program = model(Portfolio.of(case)).program().without_names()
    method = SearchMethod.OWN if way == "ours" else SearchMethod.HIGHS
    began = time.process_time()
    answer = solver.solve(program, solver.Options(GAP, limit_s, search=method))
    return {
        "cpu": time.process_time() - began, "objective": answer.objective, "bound": answer.bound, "nodes": answer.nodes,
        "proven": answer.proven,
    }  # fmt: skip


if __name__ == "__main__":
    click.echo(json.dumps(searched(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
