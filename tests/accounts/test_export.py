"""Books as files: by the command, in a folder or a workbook, and what stands in the way."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from planner.accounts.disclosures import MAKERS
from planner.api import Case
from planner.case import shipped
from planner.cli import main
from tests.accounts.reconciled import reconciled
from tests.plans import solved

NAMES = {maker.__name__ for maker in MAKERS}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books") / "plan"
    made = solved(Case.read(shipped.path("starter")))
    reconciled(made)
    made.write(folder)
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, words)])


@pytest.mark.parametrize("standard", ["ifrs16", "asc842"])
def test_a_folder(plan: Path, standard: str, tmp_path: Path) -> None:
    books = tmp_path / "books"
    assert run(plan, "--accounts", standard, "-o", books).exit_code == 0
    assert {each.name for each in books.iterdir()} == {"README.md", *(f"{name}.csv" for name in NAMES)}
    liability, debt = pd.read_csv(books / "liability.csv"), pd.read_csv(plan / "debt.csv")
    leases = debt[debt["class"].isin(["lease", "chip_lease"])]
    for ours, theirs in (("interest", "interest"), ("payments", "repayment"), ("additions", "additions")):
        assert liability[f"{ours}_usd_bn"].sum() == pytest.approx(leases[f"{theirs}_usd_bn"].sum(), abs=1e-9)
    again = run(plan, "--accounts", standard, "-o", books)
    assert (again.exit_code, "--force" in again.output) == (2, True)
    assert run(plan, "--accounts", standard, "-o", books, "--force").exit_code == 0
    (books / "mine.txt").write_text("kept")
    kept = run(plan, "--accounts", standard, "-o", books, "--force")
    assert kept.exit_code == 2
    assert (books / "mine.txt").read_text() == "kept"


def test_a_workbook(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "books.xlsx"
    assert run(plan, "--accounts", "asc842", "-o", file).exit_code == 0
    book = openpyxl.load_workbook(file)
    assert set(book.sheetnames) == {"basis", *NAMES}
    assert "ASC 842" in str(book["basis"]["A2"].value)


@pytest.mark.parametrize("words", [["--accounts", "ifrs16"], ["--accounts", "ifrs16", "--focus", "c.csv"]])
def test_where_to_is_asked(plan: Path, words: list[str]) -> None:
    ended = run(plan, *words)
    assert (ended.exit_code, "-o FOLDER" in ended.output) == (2, True)


def test_a_case_has_no_books(tmp_path: Path) -> None:
    ended = run(shipped.path("starter"), "--accounts", "ifrs16", "-o", tmp_path / "books")
    assert ended.exit_code == 3
    assert not (tmp_path / "books").exists()
