"""The planner from Python, in the words of the command line."""

from pathlib import Path

import pytest

import planner
from planner.audit import audit
from planner.shipped import path


def test_read_change_solve_write_read_audit(tmp_path: Path) -> None:
    case = planner.Case.read(path("starter")).change("guarantor_caps[cirrus,lease,*].cap_usd_bn *= 0.5")
    assert isinstance(case, planner.Case)
    plan = case.solve()
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees
    read = planner.Plan.read(tmp_path / "plan")
    assert read.record == plan.record
    assert read.values == plan.values
    assert list(read.cash["closing_usd_bn"]) == list(plan.cash["closing_usd_bn"])
    assert read.decisions.columns.tolist() == plan.decisions.columns.tolist()


def test_a_solve_can_start_from_a_plan() -> None:
    case = planner.Case.read(path("starter"))
    plan = case.solve()
    again = case.solve(start=plan)
    assert again.record.objective_usd_bn == pytest.approx(plan.record.objective_usd_bn, rel=1e-6)


def test_a_plan_names_its_tables() -> None:
    plan = planner.Case.read(path("starter")).solve()
    with pytest.raises(AttributeError, match="its tables are decisions, capacity"):
        _ = plan.cashflow


def test_what_cannot_be_solved_raises() -> None:
    case = planner.Case.read(path("starter")).change("finance[*].min_cash_usd_bn = 37")
    with pytest.raises(planner.Infeasible):
        case.solve()
    with pytest.raises(planner.NoPlan):
        case.solve()


def test_a_folder_that_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(planner.DataError, match=r"expected a plan with plan\.json, found no such file"):
        planner.Plan.read(tmp_path)


def test_only_what_is_offered_can_be_imported() -> None:
    assert set(dir(planner)) == {"Case", "DataError", "Infeasible", "NoPlan", "Plan", "Stopped"}
    with pytest.raises(AttributeError):
        _ = planner.prophesy
