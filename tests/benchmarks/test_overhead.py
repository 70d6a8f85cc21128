import json
from pathlib import Path

import pytest

from planner.case.shipped import path
from tests.benchmarks import highs_alone
from tests.benchmarks.cases import proven
from tests.benchmarks.measure import task
from tests.benchmarks.overhead import written


def test_highs_alone_finds_the_same_with_the_same_options(tmp_path: Path) -> None:
    plan, mps, options = tmp_path / "plan", tmp_path / "starter.mps", tmp_path / "starter.options"
    written(path("starter"), (), 1e-6, plan, mps, options)
    said = dict(line.split(" = ") for line in options.read_text().splitlines() if line and not line.startswith("#"))
    assert float(said["mip_rel_gap"]) == 1e-6
    assert int(said["threads"]) == 1
    assert float(said["time_limit"]) == 60
    found = highs_alone.solve(str(mps), str(options))
    assert found["objective"] == pytest.approx(proven(plan)["objective"], rel=2e-6)


def test_the_clock_on_highs_changes_nothing(tmp_path: Path) -> None:
    clock, plan = tmp_path / "seconds", tmp_path / "plan"
    ended = task("watched", clock, "solve", path("starter"), "-o", plan, "--json")
    seconds = json.loads(clock.read_text())
    assert 0.0 < seconds["wall"] < ended.wall
    assert json.loads(ended.out)["objective_usd_bn"] == proven(plan)["objective"]
