"""Workbooks of plans: every formula as LibreOffice computes it, beside our own value; and what must not be run."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.plan.plan import Plan
from planner.workbooks.layout import BookColumn, BookSheet, Entry, Workbook
from planner.workbooks.of_plan.cost import AGREES, DIFFERS, OTHER
from planner.workbooks.of_plan.figures import Figures
from planner.workbooks.of_plan.workbook import plan_workbook
from planner.workbooks.writing import data_of
from tests.plans import solved
from tests.small import cloud, demand, small
from tests.workbooks import office


def starter(*changes: str) -> Plan:
    return solved(Case.read(shipped.path("starter")).change(*changes))


@pytest.fixture(scope="module")
def fair() -> Plan:
    """The starter at 10 %, with what outlives the horizon at its worth: rents rise, and are below what is usual."""
    return starter(
        "case.discount_rate = 0.1",
        "case.horizon = fair",
        "site_leases[*].escalator_rate = 0.1",
        "regions[*].reference_rent_usd_per_kw_month = 400",
    )


@pytest.fixture(scope="module")
def cut() -> Plan:
    """The starter at 8 % without what outlives the horizon: there no amount hangs on the rate."""
    return starter("case.discount_rate = 0.08")


def written(plan: Plan, folder: Path) -> Path:
    file = folder / "plan.xlsx"
    file.write_bytes(data_of(plan_workbook(plan)))
    return file


def entries(file: Path, sheet: str) -> dict[str, object]:
    """The cells by themselves of a sheet, by label."""
    rows = openpyxl.load_workbook(file, data_only=True)[sheet].iter_rows(max_col=2, max_row=14, values_only=True)
    return {str(label): value for label, value in rows if value is not None}


@office.needs_office
@pytest.mark.parametrize("horizon", ["fair", "cut"])
def test_every_formula_gives_our_value(horizon: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = written(request.getfixturevalue(horizon), tmp_path)
    found = office.compared(file, tmp_path)
    assert found.wrong == ()
    assert found.formulas > 1000
    assert found.largest < 1e-9


@office.needs_office
def test_a_formula_that_is_wrong_is_found(tmp_path: Path) -> None:
    sheet = BookSheet("a", "", [BookColumn("x", [1.0]), BookColumn("y", [3.0], formula="=[x]+1")])
    file = tmp_path / "a.xlsx"
    file.write_bytes(data_of(Workbook("", Case.read(shipped.path("starter")).settings.start, [sheet])))
    assert office.compared(file, tmp_path).wrong == ("a!B5 =$A5+1: 3.0, LibreOffice 2",)


@office.needs_office
def test_another_rate_gives_the_cost_of_the_same_decisions_at_that_rate(cut: Plan, tmp_path: Path) -> None:
    file, moved = written(cut, tmp_path), tmp_path / "moved.xlsx"
    office.with_cell(file, moved, "discount_rate", 0.13)
    told = entries(office.recomputed(moved, tmp_path), "cost")
    ours = Figures(cut).at(cut.case.change("case.discount_rate = 0.13")).objective
    assert ours != pytest.approx(cut.record.objective_usd_bn, rel=1e-3)
    assert told["Present cost, the sum of the ledger [USD bn]"] == pytest.approx(ours, rel=1e-12)
    assert told["The sum of the ledger"] == OTHER


def test_the_sheet_of_rates_says_whether_amounts_hang_on_the_rate(cut: Plan, fair: Plan) -> None:
    sheet = plan_workbook(cut).sheet("rates")
    assert sheet.columns[3].cells == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert "Every amount is the same" in sheet.notes[0]
    rates, formula, planner, apart = (column.cells for column in plan_workbook(fair).sheet("rates").columns)
    assert list(rates) == pytest.approx([0.08, 0.1, 0.12])
    assert apart[1] == pytest.approx(0.0, abs=1e-9)
    assert apart[0] != pytest.approx(0.0, abs=1e-6)
    assert planner[1] == pytest.approx(fair.record.objective_usd_bn)
    assert formula[0] - planner[0] == pytest.approx(apart[0])
    assert "value_after_end" in plan_workbook(fair).sheet("rates").notes[0]


@office.needs_office
def test_a_plan_that_says_another_cost_is_not_agreed_with(cut: Plan, tmp_path: Path) -> None:
    false = replace(cut, record=replace(cut.record, objective_usd_bn=cut.record.objective_usd_bn + 1))
    file = written(false, tmp_path)
    assert entries(office.recomputed(file, tmp_path), "cost")["The sum of the ledger"] == DIFFERS
    true = written(cut, tmp_path)
    assert entries(office.recomputed(true, tmp_path), "cost")["The sum of the ledger"] == AGREES


@office.needs_office
def test_nothing_earned_and_nothing_owed_divides_by_nothing(tmp_path: Path) -> None:
    finance = (
        "from_date,revenue_usd_bn_per_year,other_cost_share,debt_multiple_max,cover_min,revenue_stress_share\n"
        "2026-01-01,0,0,1,1.5,0.5\n2027-01-01,40,0.1,1,,0.5\n"
    )
    plan = solved(small(tmp_path / "case", demand=demand(0, 1), finance=finance, shortage=5, **cloud()))
    file = written(plan, tmp_path)
    assert office.compared(file, tmp_path).wrong == ()
    assert not [value for value in office.values(file).values() if str(value).startswith("#")]


def test_covenants_by_hand(tmp_path: Path) -> None:
    finance = (
        "from_date,revenue_usd_bn_per_year,other_cost_share,debt_multiple_max,cover_min\n2026-01-01,40,0.1,1,1.5\n"
    )
    case = small(tmp_path / "case", demand=demand(1, 1), finance=finance, **cloud(floors=(9.0, 9.0)))
    sheet = plan_workbook(solved(case)).sheet("covenants")
    first = {column.name: column.cells[0] for column in sheet.columns}
    # 40 of revenue less a tenth leaves 36; a year's floor of 9 is covered 4 times, and 36 − 1.5 · 9 = 22.5 are to spare
    assert first["charges"] == pytest.approx(9.0)
    assert first["cover_earned"] == pytest.approx(4.0)
    assert first["cover_room_earned"] == pytest.approx(22.5)
    assert (first["debt"], first["multiple_earned"], first["multiple_room_earned"]) == (0.0, 0.0, pytest.approx(36.0))


def test_no_text_is_run(tmp_path: Path) -> None:
    text = '=HYPERLINK("http://a.b","c")'
    case = small(tmp_path / "case", demand=demand(1), **cloud()).change(f"case.title = {text}")
    other = {"links": "+1", "mail": "@a", "web": "http://a.b"}
    book = plan_workbook(solved(case))
    extra = BookSheet("extra", text, [BookColumn("a", list(other.values()))], [Entry(text, text)])
    file = tmp_path / "plan.xlsx"
    file.write_bytes(data_of(replace(book, sheets=[*book.sheets, extra])))
    read = openpyxl.load_workbook(file)
    assert [cell.data_type for cell in read["extra"]["A"] if cell.value in other.values()] == ["s", "s", "s"]
    found = [cell for sheet in read for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(found) == 5
    assert {cell.data_type for cell in found} == {"s"}
    assert not any(cell.hyperlink for row in read["extra"].iter_rows() for cell in row)


def test_the_same_plan_gives_the_same_bytes(cut: Plan) -> None:
    assert data_of(plan_workbook(cut)) == data_of(plan_workbook(cut))


def test_every_sheet_is_named_among_the_contents(cut: Plan) -> None:
    book = plan_workbook(cut)
    names = [sheet.name for sheet in book.sheets]
    assert names[1:] == list(book.sheet("contents").columns[0].cells)
    assert {"signatures", "cost", "cash", "debt", "limits", "offers", "ledger", "assumptions"} <= set(names)
    assert all(sheet.says for sheet in book.sheets)


def test_a_sheet_longer_than_spreadsheets_read_is_refused() -> None:
    sheet = BookSheet("long", "", [BookColumn("a", range(1_048_576))])  # type: ignore[arg-type]
    with pytest.raises(DataError, match="sheet long: expected at most 1,048,571 rows, as spreadsheets do"):
        data_of(Workbook("", Case.read(shipped.path("starter")).settings.start, [sheet]))
    wide = BookSheet("wide", "", [BookColumn("a", ["x", "y" * 32_768])])
    with pytest.raises(DataError, match="sheet wide:6 a: expected at most 32,767 characters, found 32,768"):
        wide.check()
