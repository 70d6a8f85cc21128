"""Files and folders in the wrong place are called by their name, with the command that takes them."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.case import shipped
from planner.cli import main
from planner.common import recognised, settings
from planner.common.recognised import described
from planner.focus.columns import is_contract_commitment, is_cost_and_usage
from planner.plan import contents
from planner.plan.record import RECORD
from planner.roll.actuals.tables import TABLES
from planner.simulation import simulation
from tests.focus.test_bills import bill, charge
from tests.focus.test_import import YEARS, foreign
from tests.instruments.test_cloud_endings import deal
from tests.plans import solved

EVENTS = "event,kind,subject,from_date,value\ngone,provider_gone,cloud,2026-07-01,\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each."""
    folder = tmp_path_factory.mktemp("place")
    case = deal(folder / "case", 1, 1, right=None, months=12)
    solved(case).write(folder / "plan")
    shutil.copytree(folder / "plan", folder / "hedge")
    (folder / "hedge" / RECORD).write_text('{\n  "kind": "hedge", "title": ""}', encoding="utf-8")
    for name, file in {"sweep": "study.json", "worlds": "simulate.json"}.items():
        (folder / name).mkdir()
        (folder / name / file).write_text("{}", encoding="utf-8")
    (folder / "actuals").mkdir()
    (folder / "actuals" / "usage.csv").write_text("offer,chip,region,month,gw\n", encoding="utf-8")
    (folder / "nothing").mkdir()
    foreign(folder / "focus.csv", *YEARS)
    bill(folder / "bill.csv", charge(discount="deal"))
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    (folder / "book.xlsx").write_bytes(b"PK\x03\x04...")
    (folder / "text.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder


WHAT = {
    "plan": "a plan; its case is in {place}/plan/case",
    "hedge": "a hedge, which holds a plan for each future; its case is in {place}/hedge/case",
    "case": "a case; planner solve makes a plan of it",
    "sweep": "a sweep, with its plans in runs; planner report shows it",
    "worlds": "a simulation of planner simulate",
    "actuals": "a folder of actuals; planner advance reads it with --actuals",
    "focus.csv": "a FOCUS Contract Commitment file; planner import reads it",
    "bill.csv": "a FOCUS Cost and Usage file; planner import reads it",
    "events.csv": "a file of events; planner stress reads it",
    "book.xlsx": "a workbook; commands that take a case read it",
    "plan/plan.json": "the record of a plan; the plan is its folder, {place}/plan",
    "case/case.toml": "the settings of a case; the case is their folder, {place}/case",
    "case/chips.csv": "a table of a case; the case is its folder, {place}/case",
    "plan/cash.csv": "a table of a plan; the plan is its folder, {place}/plan",
    "nothing": "",
    "text.csv": "",
    "nowhere": "",
}


@pytest.mark.parametrize("name", WHAT)
def test_each_is_recognised(place: Path, name: str) -> None:
    assert described(place / name) == WHAT[name].format(place=place)


def test_what_tells_them_is_what_the_rooms_write() -> None:
    assert (recognised.PLAN, recognised.CASE, recognised.SETTINGS) == (RECORD, contents.CASE, settings.FILE)
    assert recognised.SIMULATION == simulation.RECORD
    assert {*recognised.ACTUALS} == {table.about.file for table in TABLES}
    assert is_contract_commitment([recognised.COMMITMENTS])
    assert is_cost_and_usage([recognised.BILL])


def test_shipped_cases_are_cases() -> None:
    assert {described(shipped.path(name)) for name in shipped.names()} == {WHAT["case"]}


def test_odd_files_are_nothing_known(tmp_path: Path) -> None:
    for name, data in {"a.csv": b"\xff\xfe\x00", "b.csv": b"", "c.xlsx": b"event,kind,subject", "d": b'"'}.items():
        (tmp_path / name).write_bytes(data)
    assert [described(tmp_path / name) for name in ("a.csv", "b.csv", "d", "none\0")] == [""] * 4
    (tmp_path / "long.csv").write_text(EVENTS + "é" * 30_000, encoding="utf-8")
    assert described(tmp_path / "long.csv") == WHAT["events.csv"]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


TAKES_A_CASE = ("check", "solve -o {out}", "explain", "sources", "hedge -o {out}", "frontier --of debt", "alternatives")
TAKES_A_PLAN = (
    "audit",
    "report -o {out}",
    "network",
    "export --focus {out}.csv",
    "horizons",
    "advance --to x -o {out}",
)


@pytest.mark.parametrize("words", TAKES_A_CASE)
@pytest.mark.parametrize("name", ["plan", "hedge", "sweep", "worlds", "actuals"])
def test_another_folder_is_named_where_a_case_is_meant(place: Path, tmp_path: Path, words: str, name: str) -> None:
    command, *rest = words.format(out=tmp_path / "out").split()
    found = run(command, place / name, *rest)
    assert found.exit_code == 3
    assert f"expected a folder with a case, found {WHAT[name].format(place=place)}\n" in found.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", TAKES_A_PLAN)
@pytest.mark.parametrize("name", ["case", "worlds", "actuals"])
def test_another_folder_is_named_where_a_plan_is_meant(place: Path, tmp_path: Path, words: str, name: str) -> None:
    command, *rest = words.format(out=tmp_path / "out").replace(" x ", " 2027-01-01 ").split()
    found = run(command, place / name, *rest)
    assert found.exit_code == 3
    if (command, name) == ("report", "worlds"):  # it has a page too, so what it lacks is told
        assert "expected a simulation with summary.csv, found no such file" in found.output
    else:
        assert WHAT[name] in found.output
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["check", "solve", "audit", "report", "network", "replan", "simulate", "prices"])
@pytest.mark.parametrize("name", ["focus.csv", "bill.csv", "events.csv", "plan/plan.json", "case/chips.csv"])
def test_a_file_is_named_where_a_folder_is_meant(place: Path, command: str, name: str) -> None:
    found = run(command, place / name)
    assert found.exit_code == 2
    assert WHAT[name].format(place=place) in " ".join(found.output.split())


def test_a_folder_is_named_where_a_file_is_meant(place: Path) -> None:
    for words in (["stress", place / "plan", place / "case"], ["import", place / "case", "--into", place / "case"]):
        found = run(*words)
        assert (found.exit_code, WHAT["case"] in " ".join(found.output.split())) == (2, True)


def test_a_workbook_is_named_where_a_plan_is_meant(place: Path) -> None:
    found = run("audit", place / "book.xlsx")
    assert (found.exit_code, WHAT["book.xlsx"] in " ".join(found.output.split())) == (2, True)


def test_the_case_of_python_says_it_too(place: Path) -> None:
    with pytest.raises(Exception, match="expected a folder with a case, found a plan; its case is in"):
        Case.read(place / "plan")
    with pytest.raises(Exception, match="expected a folder with a case, found a FOCUS Contract Commitment file"):
        Case.read(place / "focus.csv")


@pytest.mark.parametrize(
    "words", ["stress {place}/plan {file}", "sweep {place}/case {file} -o x", "import {file} --into y"]
)
@pytest.mark.parametrize("name", ["book.xlsx", "case/chips.csv", "plan/plan.json"])
def test_another_file_is_named_where_one_of_a_kind_is_meant(place: Path, words: str, name: str) -> None:
    found = run(*words.format(place=place, file=place / name).split())
    assert found.exit_code == 2
    assert WHAT[name].format(place=place) in " ".join(found.output.split())


def test_import_stress_and_advance_say_what_else_they_were_given(place: Path, tmp_path: Path) -> None:
    found = run("import", place / "events.csv", "--into", place / "case")
    assert (found.exit_code, "is a file of events; planner stress reads it" in found.output) == (2, True)
    found = run("stress", place / "plan", place / "bill.csv")
    assert (found.exit_code, "is a FOCUS Cost and Usage file; planner import reads it" in found.output) == (2, True)
    found = run("import", place / "focus.csv", "--into", place / "plan")
    assert (found.exit_code, "found a plan; its case is in" in found.output) == (3, True)
    words = ("advance", place / "plan", "--to", "2027-01-01", "-o", tmp_path / "out", "--actuals", place / "sweep")
    found = run(*words)
    assert (found.exit_code, "found a sweep, with its plans in runs" in found.output) == (3, True)
