"""Another solver, from the same MPS file: SCIP finds the objective that we report.

SCIP shares neither code nor authors with HiGHS. It reads the file that `planner solve --write-mps` writes, so that the
file, the solver and the ledger that adds up the cost are checked against one another.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyscipopt import Model

from planner.api import Case
from planner.case.shipped import path
from planner.generate import write
from planner.solve.solve import solve

GAP = 1e-4


def generated(offers: int, periods: int, period_months: int, seed: int) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        write(folder, offers, periods=periods, period_months=period_months, seed=seed)
        return folder

    return made


CASES: dict[str, Callable[[Path], Path]] = {
    "starter": lambda _: path("starter"),
    "gpu_campus": lambda _: path("gpu-campus"),
    "six_offers": generated(6, periods=6, period_months=6, seed=1),
    "twelve_offers": generated(12, periods=8, period_months=3, seed=3),
}


@pytest.mark.parametrize("made", CASES.values(), ids=CASES)
def test_scip_finds_the_same_objective(made: Callable[[Path], Path], tmp_path: Path) -> None:
    """Neither finds a plan below the other's bound, so the least cost lies in the intervals of both."""
    plan = solve(Case.read(made(tmp_path / "case")).change(f"case.solver.gap = {GAP}"), mps=tmp_path / "case.mps")
    model = Model()
    model.hideOutput()
    model.readProblem(str(tmp_path / "case.mps"))
    model.setParam("limits/gap", GAP)
    model.optimize()
    assert model.getStatus() in ("optimal", "gaplimit")
    ours, bound = plan.record.objective_usd_bn, plan.record.bound_usd_bn
    assert bound is not None
    assert ours == pytest.approx(model.getObjVal(), rel=2 * GAP)
    assert bound <= model.getObjVal() * (1 + 1e-6)
    assert model.getDualbound() <= ours * (1 + 1e-6)
