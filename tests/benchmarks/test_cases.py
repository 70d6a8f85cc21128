import shutil
from pathlib import Path

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.solve.solve import solve
from tests.benchmarks.cases import audit_all, generated, proven, record


def test_plans_that_agree_pass_and_one_that_was_changed_does_not(tmp_path: Path) -> None:
    plan = solve(Case.read(path("starter")))
    for name in ("first", "second"):
        plan.write(tmp_path / name)
    audit_all([tmp_path / "first", tmp_path / "second"])
    found = proven(tmp_path / "first")
    assert found["objective"] == record(tmp_path / "first")["objective_usd_bn"] == plan.record.objective_usd_bn
    file = tmp_path / "second" / "plan.json"
    file.write_text(file.read_text().replace(f"{found['objective']}", f"{found['objective'] + 1.0}"))
    with pytest.raises(RuntimeError, match="second"):
        audit_all([tmp_path / "first", tmp_path / "second"])
    with pytest.raises(RuntimeError, match="status 7"):
        proven(tmp_path / "second")


def test_a_case_is_generated_once(tmp_path: Path) -> None:
    case = generated(tmp_path, 6, 4, 6)
    assert Case.read(case).calendar.T == 4
    shutil.rmtree(case)
    case.mkdir()
    assert generated(tmp_path, 6, 4, 6) == case
    assert not list(case.iterdir())
