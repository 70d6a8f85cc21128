"""Workbooks of cases: the way there and back, byte for byte; and errors at their cells."""

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.tables import csvtext
from planner.workbooks.of_case.reading import read
from planner.workbooks.of_case.sheets import OURS, as_number, number_text
from planner.workbooks.of_case.writing import data_of
from tests.small import cloud, demand, small
from tests.workbooks import office

Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def starter() -> bytes:
    return data_of(Case.read(shipped.path("starter")))


def put(data: bytes, folder: Path, edit: Edit | None = None) -> Path:
    """The workbook in a folder, edited by openpyxl where that is asked for."""
    file = folder / "case.xlsx"
    file.write_bytes(data)
    if edit is not None:
        book = openpyxl.load_workbook(file)
        edit(book)
        book.save(file)
    return file


def problems(file: Path) -> list[str]:
    with pytest.raises(DataError) as raised:
        Case.read(file)
    return [str(each) for each in raised.value.problems]


def cell(book: Any, sheet: str, row: int, column: str) -> Any:
    """The cell of a column, by name, in a row."""
    names = [each.value for each in book[sheet][1]]
    return book[sheet].cell(row, names.index(column) + 1)


@pytest.mark.parametrize("name", shipped.names())
def test_a_case_comes_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    case = Case.read(shipped.path(name))
    back = Case.read(put(data_of(case), tmp_path))
    assert back.files == case.files
    assert list(back.raw) == list(case.raw)


@office.needs_office
def test_it_comes_back_from_another_program(starter: bytes, tmp_path: Path) -> None:
    file = put(starter, tmp_path)
    assert Case.read(office.recomputed(file, tmp_path)).files == Case.read(shipped.path("starter")).files


def test_texts_of_every_kind_come_back(tmp_path: Path) -> None:
    texts = [
        "=1+1",
        "+1",
        "@a",
        "TRUE",
        "true",
        "5",
        "0.50",
        "2027-01-01",
        "1e3",
        "_x0041_",
        "'tis",
        "a\nb",
        "Ω",
        "#REF!x",
    ]
    rows = [f'key_{i},"{text}",,assumption,\n' for i, text in enumerate(texts)]
    case = small(
        tmp_path / "case", demand=demand(1), **cloud(), sources="key,title,address,kind,note\n" + "".join(rows)
    )
    back = Case.read(put(data_of(case), tmp_path))
    assert back.raw["sources"].records == case.raw["sources"].records
    assert back.files["sources.csv"] == csvtext.render(case.raw["sources"])


@pytest.mark.parametrize("gw", ["1", "1.0", "1.50", "0.30000000000000004", "1e0", "0.1", "123456789.123", "0.0000001"])
def test_numbers_keep_the_way_in_which_they_are_written(gw: str, tmp_path: Path) -> None:
    table = f"from_date,region,workload,demand_gw\n2026-01-01,here,training,{gw}\n"
    case = small(tmp_path / "case", demand=table, **cloud())
    assert Case.read(put(data_of(case), tmp_path)).files["demand.csv"] == table.encode()


@given(st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{0,18})?(e-?[0-9]{1,2})?", fullmatch=True))
def test_a_cell_holds_a_number_only_where_it_gives_the_text_back(text: str) -> None:
    found = as_number(text)
    if found is not None:
        assert number_text(found[0], found[1]) == text
        assert float(f"{found[0]:.16G}") == float(text)


def test_a_number_that_is_edited_is_not_rounded_to_its_decimals(tmp_path: Path) -> None:
    case = small(
        tmp_path / "case", demand="from_date,region,workload,demand_gw\n2026-01-01,here,training,1.50\n", **cloud()
    )

    def edit(book: Any) -> None:
        cell(book, "demand", 2, "demand_gw").value = 1.555

    assert Case.read(put(data_of(case), tmp_path, edit)).files["demand.csv"].endswith(b"training,1.555\n")


def test_settings_that_are_edited_leave_the_others_and_all_comments(starter: bytes, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for row in book["case"].iter_rows(min_row=2):
            if row[0].value == "discount_rate":
                row[1].value = 0.08
            if row[0].value == "horizon":
                row[1].value = None
            if row[0].value == "risk.weight":
                row[1].value = 0.25

    text = Case.read(put(starter, tmp_path, edit)).files["case.toml"].decode()
    old = (shipped.path("starter") / "case.toml").read_text(encoding="utf-8")
    expected = old.replace("discount_rate = 0.0\n", "discount_rate = 0.08\n").replace('horizon = "cut"\n', "")
    assert text.replace("\n[risk]\nweight = 0.25\n", "") == expected
    assert "[risk]\nweight = 0.25" in text


def test_a_workbook_made_by_hand_needs_no_hidden_sheets(starter: bytes, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for name in OURS - {"case"}:
            del book[name]

    case = Case.read(put(starter, tmp_path, edit))
    assert case.settings == Case.read(shipped.path("starter")).settings


def _set(sheet: str, place: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        book[sheet][place] = value

    return edit


def _named(sheet: str, row: int, column: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        cell(book, sheet, row, column).value = value

    return edit


def _settings(key: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        book["case"].append([key, value])

    return edit


def _sheet(name: str, *, gone: bool = False, text: str = "x") -> Edit:
    def edit(book: Any) -> None:
        if gone:
            del book[name]
        else:
            book.create_sheet(name)["A1"] = text

    return edit


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (_named("site_leases", 4, "pue", "wide"), "pue: expected a number from 1 to 10, found 'wide'"),
        (_named("site_leases", 4, "pue", None), "pue: expected a number from 1 to 10, found a blank"),
        (_named("site_leases", 3, "region", "wast"), "region: expected a region of regions.csv, found 'wast'; did"),
        (_set("links", "Z9", 3), "links!Z9: expected a blank, as the column has no name in the first row, found '3'"),
        (_set("links", "C1", "latency"), "links!C1 latency: expected a column of this table"),
        (_sheet("demand", gone=True), "demand: expected"),
        (_sheet("case", gone=True), "case: expected the settings of the case, found no such sheet"),
        (_sheet("site_lease"), "site_lease: expected a table of a case, found a sheet 'site_lease'; did you mean"),
        (_settings("risk.cvar", 1), "risk.cvar: expected a key of [risk], found 'cvar'"),
        (_settings("discuont_rate", 1), "discuont_rate: expected a key of the case, found 'discuont_rate'"),
        (_set("case", "B6", "much"), "discount_rate: expected a number from 0 to 1, found 'much'"),
        (_set("case", "A1", "keys"), "case!1:1: expected key and value in its first row"),
    ],
)  # fmt: skip
def test_an_error_names_sheet_and_cell(edit: Edit, says: str, starter: bytes, tmp_path: Path) -> None:
    file = put(starter, tmp_path, edit)
    assert any(says in each for each in problems(file)), problems(file)


def test_a_cell_by_hand(starter: bytes, tmp_path: Path) -> None:
    """`pue` is column S of the starter's sheet of leases: the nineteenth name of its header."""
    header = (shipped.path("starter") / "site_leases.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[header.index("pue")]
    file = put(starter, tmp_path, _set("site_leases", f"{letter}4", "wide"))
    assert problems(file) == [f"site_leases!{letter}4 pue: expected a number from 1 to 10, found 'wide'"]


def test_blank_rows_do_not_move_the_cells_that_are_named(starter: bytes, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["links"].insert_rows(2, 3)
        book["links"]["C5"] = "far"

    assert problems(put(starter, tmp_path, edit)) == [
        "links!C5 latency_ms: expected a number of at least 0, found 'far'"
    ]


def test_a_formula_that_was_never_computed_is_refused(starter: bytes, tmp_path: Path) -> None:
    file = put(starter, tmp_path, _set("links", "C2", "=10+20"))
    (said,) = problems(file)
    assert said.startswith("links!C2: expected a value, found a formula that was never computed")


@office.needs_office
def test_formulas_that_were_computed_and_errors_of_formulas(starter: bytes, tmp_path: Path) -> None:
    file = office.recomputed(put(starter, tmp_path, _set("links", "C2", "=10+20")), tmp_path)
    assert Case.read(file).raw["links"].records[0].cells[2] == "30"
    file = office.recomputed(put(starter, tmp_path, _set("sources", "B2", "=1/0")), tmp_path)
    assert problems(file) == ["sources!B2: expected a value, found #DIV/0!"]


def test_changes_and_slips_name_cells_too(starter: bytes, tmp_path: Path) -> None:
    case = Case.read(put(starter, tmp_path))
    with pytest.raises(DataError, match=r"^site_leases![A-Z]+4 region: expected a region of regions.csv, found 'moon'"):
        case.change("site_leases[mesa_2].region = moon")
    slips = case.change("site_leases[mesa_2].rent_usd_per_kw_month *= 5000").check().text()
    assert "site_leases!" in slips
    assert "site_leases.csv:" not in slips


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 200, b"key,value\n"])
def test_a_file_that_is_no_workbook(data: bytes, tmp_path: Path) -> None:
    (said,) = problems(put(data, tmp_path))
    assert said.startswith("case.xlsx: expected a workbook (.xlsx), found a file that is none")


def test_damaged_workbooks_end_in_an_error_and_never_otherwise(starter: bytes, tmp_path: Path) -> None:
    for at in range(0, len(starter), len(starter) // 23):
        file = put(starter[:at] + bytes([starter[at] ^ 255]) + starter[at + 1 :], tmp_path)
        with contextlib.suppress(DataError):
            assert Case.read(file).files == Case.read(shipped.path("starter")).files
        assert problems(put(starter[:at], tmp_path)) != []


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert problems(tmp_path / "pipe.xlsx") == ["pipe.xlsx: expected a file that can be read, found a named pipe"]
    assert "no such file" in problems(tmp_path / "none.xlsx")[0]


def test_a_folder_may_be_called_like_a_workbook(tmp_path: Path) -> None:
    shutil.copytree(shipped.path("starter"), tmp_path / "case.xlsx")
    assert Case.read(tmp_path / "case.xlsx").sheets is None


def test_choices_and_meanings_stand_at_their_columns(starter: bytes, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(put(starter, tmp_path))
    status, region = (cell(book, "site_leases", 1, name) for name in ("status", "region"))
    found = book["site_leases"].data_validations.dataValidation
    rules = {re.match("[A-Z]+", str(each.sqref))[0]: each for each in found}  # type: ignore[index]
    assert rules[status.column_letter].formula1 == '"open,required,signed,closed"'
    names = book["lists"][rules[region.column_letter].formula1.partition("!")[2].replace("$", "")]
    assert [row[0].value for row in names] == ["east", "west"]
    assert rules[region.column_letter].errorStyle == "warning"
    assert "Takes a name of lower-case words" in region.comment.text
    assert book["lists"].sheet_state == book["case_toml"].sheet_state == "hidden"


def test_names_of_sheets_are_possible_and_none_of_ours_is_a_table() -> None:
    names = {row.about.name for row in CATALOGUE.tables}
    assert not names & OURS
    assert max(map(len, names)) <= 31


def test_the_same_case_gives_the_same_bytes(starter: bytes) -> None:
    assert data_of(Case.read(shipped.path("starter"))) == starter


def test_rows_stand_where_the_sheet_has_them(starter: bytes, tmp_path: Path) -> None:
    book = read(put(starter, tmp_path), CATALOGUE)
    assert book.sheets.places["links.csv"].rows[2] == 2
    assert book.sheets.places["links.csv"].columns["latency_ms"] == "C"
