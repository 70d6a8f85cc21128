from pathlib import Path

import pytest

import planner.solve.solve
from planner.generate import write
from planner.solver.branch_and_bound import relaxation, search
from tests.benchmarks.anytime import MOMENTS, solved
from tests.benchmarks.cases import proven
from tests.benchmarks.result import same_optimum


def test_either_way_comes_to_the_same_optimum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((planner.solve.solve, "VERY_LARGE"), (relaxation, "LARGE"), (search, "VAST")):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back what is set in this process
    write(tmp_path / "case", 6, periods=6, period_months=6, seed=2)
    found = {way: solved(way, tmp_path / "case", tmp_path / way) for way in ("early", "plainly")}
    same_optimum(proven(tmp_path / "early"), proven(tmp_path / "plainly"), "six offers")
    for moments in found.values():
        assert moments.keys() == MOMENTS.keys()
        assert moments["plan"]["cpu"] <= moments["end"]["cpu"]
