"""The planner from Python, with the names of the command line."""

import copy
import pickle
import sys
from pathlib import Path

import pytest

import planner
from planner.api import Case
from planner.basics.errors import DataError
from planner.case.shipped import path
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from tests.plans import solved


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


def test_a_case_without_a_plan_raises() -> None:
    case = planner.Case.read(path("starter")).change("finance[*].min_cash_usd_bn = 37")
    with pytest.raises(planner.Infeasible):
        case.solve()
    with pytest.raises(planner.NoPlan):
        case.solve()


def test_a_folder_that_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(planner.DataError, match=r"expected a plan with plan\.json, found no such file"):
        planner.Plan.read(tmp_path)


def test_only_what_is_offered_can_be_imported() -> None:
    assert set(dir(planner)) == {"Case", "DataError", "Infeasible", "MissingResource", "NoPlan", "Plan", "Stopped"}
    with pytest.raises(AttributeError):
        _ = planner.prophesy


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            ("cloud_tiers[cirrus_tpu,standard].scale_min = 0", "cloud_commitments[cirrus_tpu].scales = false"),
            "cloud_tiers.csv:2 scale_min: expected a number above 0 where the offer pays its equity in full, found '0'",
        ),
        (
            ("cloud_tiers[on_demand,single].scale_min = 0", "cloud_commitments[on_demand].status = required"),
            "cloud_tiers.csv:5 scale_min: expected a number above 0 where the offer is required, found '0'",
        ),
        (
            ("site_leases[lake].min_share = 0", "site_leases[lake].status = required"),
            "site_leases.csv:5 min_share: expected a number above 0 where status is required, found '0'",
        ),
        (
            ("chip_purchases[tpu_order].status = required",),
            "chip_purchases.csv:2 min_gw: expected a number above 0 where status is required, found '0'",
        ),
    ],
)
def test_nothing_is_signed_for_nothing(changes: tuple[str, ...], problem: str) -> None:
    with pytest.raises(planner.DataError) as raised:
        planner.Case.read(path("starter")).change(*changes)
    assert [str(found).partition(" after ")[0] for found in raised.value.problems] == [problem]


def test_cost_against_a_measure(tmp_path: Path) -> None:
    case = planner.Case.read(path("starter"))
    plan = case.solve()
    line = case.frontier("use:cirrus", points=2, start=plan, workers=1, folder=tmp_path / "runs")
    assert line.table["cost_usd_bn"].iloc[0] == pytest.approx(plan.record.objective_usd_bn, rel=1e-5)
    assert line.points[-1].measured == pytest.approx(0, abs=1e-4)  # cirrus can be done without
    assert any((tmp_path / "runs").iterdir())
    with pytest.raises(planner.DataError, match="did you mean 'cirrus'"):
        case.frontier("use:cirus")


def test_alternatives(tmp_path: Path) -> None:
    case = planner.Case.read(path("starter"))
    plan = case.solve()
    found = case.alternatives(
        within=0.01, count=1, widest=["use:cirrus"], start=plan, workers=1, folder=tmp_path / "runs"
    )
    named = ["offer", "verdict", "plan_1", "plan_2", "least use:cirrus", "most use:cirrus"]
    assert found.table.columns.tolist() == named
    least, most = (extreme.value for extreme in found.extremes)
    assert least is not None
    assert most is not None
    assert least < 3.4 < most  # the use in the cheapest plan
    assert any((tmp_path / "runs").iterdir())
    with pytest.raises(planner.DataError, match="did you mean 'cirrus'"):
        case.alternatives(widest=["use:cirus"])


def test_a_large_solve_frees_what_it_can_make_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a certain size on posts are made twice, before and after the search. The plan is the same."""
    case = Case.read(path("starter"))
    plan = solved(case)
    made: list[Case] = []
    of = Portfolio.of

    def counted(case: Case, like: Portfolio | None = None) -> Portfolio:
        made.append(case)
        return of(case, like)

    solving = sys.modules["planner.solve.solve"]
    monkeypatch.setattr(Portfolio, "of", staticmethod(counted))
    monkeypatch.setattr(solving, "LARGE", 0)
    monkeypatch.setattr(solving, "HUGE", 0)
    again = solved(case)
    assert len(made) == 3  # before the search, after it, and by the audit
    assert again.values == plan.values
    assert again.tables["ledger"].equals(plan.tables["ledger"])


def test_a_plan_can_be_copied_and_sent() -> None:
    plan = solved(Case.read(path("starter")))
    for again in (copy.copy(plan), pickle.loads(pickle.dumps(plan))):
        assert again.offers.equals(plan.offers)
    with pytest.raises(AttributeError, match="no 'nothing'"):
        _ = plan.nothing


def test_a_plan_made_of_its_files_is_the_one_that_is_read(tmp_path: Path) -> None:
    solved(Case.read(path("starter"))).write(tmp_path / "plan")
    files = {
        file.relative_to(tmp_path / "plan").as_posix(): file.read_bytes()
        for file in (tmp_path / "plan").rglob("*")
        if file.is_file()
    }
    made, read = Plan.made_of(files), Plan.read(tmp_path / "plan")
    assert made.record == read.record
    assert made.case.files == read.case.files
    assert all(made.tables[name].equals(read.tables[name]) for name in read.tables)
    for name, message in (("ledger.csv", "a plan with ledger.csv"), ("plan.json", "a plan with plan.json")):
        with pytest.raises(DataError, match=message):
            Plan.made_of({file: data for file, data in files.items() if file != name})
    with pytest.raises(DataError, match="the record of a plan"):
        Plan.made_of({**files, "plan.json": b"\xff"})
    with pytest.raises(DataError, match="a table of a case"):
        Plan.made_of({**files, "case/extra.csv": b"a\n1\n"})
    assert Plan.made_of({**files, "case/.DS_Store": b""}).case.files == read.case.files
