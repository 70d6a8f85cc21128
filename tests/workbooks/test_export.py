"""`planner export` as a user types it."""

import shutil
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.case import shipped
from planner.cli import main
from planner.plan.plan import Plan
from tests.plans import solved
from tests.small import cloud, demand, small


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    solved(small(folder / "case", demand=demand(1), **cloud())).write(folder / "plan")
    return folder / "plan"


@pytest.fixture(scope="module")
def book(plan: Path) -> Path:
    """The workbook of the case of the plan."""
    assert run("export", plan.parent / "case", "-o", plan.parent / "case.xlsx").exit_code == 0
    return plan.parent / "case.xlsx"


def test_a_plan_becomes_a_workbook(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "plan.xlsx"
    result = run("export", plan, "-o", file)
    assert (result.exit_code, result.output) == (0, f"Written to {file}\n")
    assert openpyxl.load_workbook(file).sheetnames[0] == "contents"
    assert [path.name for path in file.parent.iterdir()] == ["plan.xlsx"]


def test_a_file_is_replaced_only_with_force(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    file.write_text("mine", encoding="utf-8")
    result = run("export", plan, "-o", file)
    assert (result.exit_code, result.stderr) == (2, f"Nothing was written: {file} exists; --force replaces it\n")
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("export", plan, "-o", file, "--force").exit_code == 0
    assert file.read_bytes()[:2] == b"PK"


def test_names_and_places_that_will_not_do(plan: Path, tmp_path: Path) -> None:
    assert "plan.xls must end in .xlsx" in run("export", plan, "-o", tmp_path / "plan.xls").stderr
    result = run("export", plan, "-o", plan / "plan.xlsx")
    assert (result.exit_code, "which is read" in result.stderr) == (2, True)
    assert not (plan / "plan.xlsx").exists()


def test_a_plan_that_was_tampered_with_is_not_exported(plan: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(plan, bad)
    text = (bad / "ledger.csv").read_text(encoding="utf-8")
    (bad / "ledger.csv").write_text(text.replace("-10.0", "-9.0"), encoding="utf-8")
    result = run("export", bad, "-o", tmp_path / "bad.xlsx")
    assert (result.exit_code, (tmp_path / "bad.xlsx").exists()) == (7, False)


def test_a_missing_package_is_named(plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    monkeypatch.delitem(sys.modules, "planner.workbooks.writing", raising=False)
    result = run("export", plan, "-o", tmp_path / "plan.xlsx")
    assert (result.exit_code, "pip install 'planner[excel]' brings it" in result.stderr) == (2, True)
    assert not (tmp_path / "plan.xlsx").exists()


def test_a_case_becomes_a_workbook_and_a_folder_again(plan: Path, book: Path, tmp_path: Path) -> None:
    result = run("export", book, "-o", tmp_path / "back")
    assert (result.exit_code, "next: planner check" in result.output) == (0, True)
    assert Case.read(tmp_path / "back").files == Case.read(plan.parent / "case").files
    again = run("export", book, "-o", tmp_path / "back")
    assert (again.exit_code, "--force replaces it" in again.stderr) == (2, True)
    assert run("export", book, "-o", tmp_path / "back", "--force").exit_code == 0
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine", encoding="utf-8")
    other = run("export", book, "-o", tmp_path / "notes", "--force")
    assert (other.exit_code, "is not a case and is not replaced" in other.stderr) == (2, True)
    assert "name the folder" in run("export", book, "-o", tmp_path / "b.xlsx").stderr


def test_a_case_in_a_workbook_is_solved_as_in_a_folder(plan: Path, book: Path, tmp_path: Path) -> None:
    result = run("solve", book, "-o", tmp_path / "plan", "--set", "case.discount_rate = 0")
    assert result.exit_code == 0, result.stderr
    one, two = Plan.read(tmp_path / "plan"), Plan.read(plan)
    assert one.record.inputs.keys() == two.record.inputs.keys()
    assert one.record.objective_usd_bn == two.record.objective_usd_bn
    assert run("audit", tmp_path / "plan").exit_code == 0


def test_what_a_folder_is_is_told_by_what_stands_in_it(tmp_path: Path) -> None:
    result = run("export", tmp_path, "-o", tmp_path / "a" / "b.xlsx")
    expected = f"{tmp_path}: expected a folder with a plan (plan.json) or a case (case.toml), found neither\n"
    assert (result.exit_code, result.stderr) == (3, f"{expected}1 problem; nothing was done\n")
    gone = run("export", tmp_path / "gone", "-o", tmp_path / "b.xlsx")
    assert (gone.exit_code, "found no such folder" in gone.stderr) == (3, True)


def test_files_that_are_no_workbook_by_name(tmp_path: Path) -> None:
    (tmp_path / "case.xls").write_text("", encoding="utf-8")
    result = run("check", tmp_path / "case.xls")
    assert (result.exit_code, "a folder, or a workbook that ends in .xlsx" in result.stderr) == (2, True)


def test_an_error_in_a_workbook_names_its_cell(book: Path, tmp_path: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["demand"]["D2"] = "lots"
    edited.save(tmp_path / "case.xlsx")
    result = run("check", tmp_path / "case.xlsx")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        3, "demand!D2 demand_gw: expected a number of at least 0, found 'lots'",
    )  # fmt: skip


def test_events_of_a_workbook_need_a_folder(book: Path, tmp_path: Path) -> None:
    words = ("events", book, "--law", "demand: demand[2026-01-01..,*,*].demand_gw *= normal(1,0.1)")
    result = run(*words)
    assert (result.exit_code, "give -o for the folder of the new case" in result.stderr) == (2, True)
    assert run(*words, "-o", tmp_path / "new").exit_code == 0


def test_without_openpyxl_a_workbook_is_not_read(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.delitem(sys.modules, "planner.workbooks.of_case.reading", raising=False)
    result = run("check", book)
    assert (result.exit_code, "pip install 'planner[excel]' brings it" in result.stderr) == (1, True)


def test_the_starter_as_a_workbook_says_the_same(tmp_path: Path) -> None:
    assert run("export", shipped.path("starter"), "-o", tmp_path / "s.xlsx").exit_code == 0
    assert run("check", tmp_path / "s.xlsx").output == run("check", shipped.path("starter")).output
