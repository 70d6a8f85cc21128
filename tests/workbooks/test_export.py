"""`planner export` as a user types it."""

import shutil
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from planner.cli import main
from tests.plans import solved
from tests.small import cloud, demand, small


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    solved(small(folder / "case", demand=demand(1), **cloud())).write(folder / "plan")
    return folder / "plan"


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
