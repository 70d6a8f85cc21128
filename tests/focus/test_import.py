"""Files of FOCUS read into cases: out and in again, and files of others, of which much is missing."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.basics.errors import DataError
from planner.basics.outputs import locked
from planner.case import shipped
from planner.cli import main
from planner.focus.columns import OF_1_3
from planner.focus.export import focus_file
from planner.focus.imported import ImportOptions
from planner.focus.terms import Terms
from planner.instruments.cloud_commitment.tables import CloudTerm
from planner.roll.advance import advance
from tests.focus.exported import column, files_in, into, rows_of, signing_all
from tests.instruments.test_cloud_commitment import LEFT, TestUnderWay
from tests.instruments.test_cloud_endings import deal
from tests.plans import solved
from tests.starter import starter

TABLES = ("cloud_commitments.csv", "cloud_terms.csv", "cloud_tiers.csv", "cloud_products.csv")
YEARS = (
    ("EA-7", "Spend", "250000000", "2026-01-01", "2027-01-01"),
    ("EA-7", "Spend", "400000000.50", "2027-01-01", "2028-01-01"),
    ("EA-7", "Spend", "500000000", "2028-01-01", "2028-07-01"),
)
"""an agreement of two years and a half, without any column of the planner's"""


def foreign(file: Path, *rows: tuple[str, ...], currency: str = "USD", **columns: str) -> Path:
    """A file of version 1.3: contract, category, cost, start and end, and perhaps quantity and unit, of each row."""
    header = [*OF_1_3, *(name for name in columns if name not in OF_1_3)]
    lines = [",".join(header)]
    for i, (contract, category, cost, start, end, *rest) in enumerate(rows, start=1):
        quantity, unit = rest or ("", "")
        told = {
            "ContractCommitmentId": f"CC-{i}", "ContractCommitmentType": "EA", "ContractCommitmentCategory": category,
            "ContractCommitmentCost": cost, "ContractCommitmentQuantity": quantity, "ContractCommitmentUnit": unit,
            "ContractCommitmentPeriodStart": f"{start}T08:00:00Z", "ContractCommitmentPeriodEnd": f"{end}T08:00:00Z",
            "ContractId": contract, "ContractPeriodStart": "2025-11-01T00:00:00Z",
            "ContractPeriodEnd": "2029-11-01T00:00:00Z", "BillingCurrency": currency,
        } | columns  # fmt: skip
        lines.append(",".join(told.get(name, "") for name in header))
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return file


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The deal in a folder."""
    deal(tmp_path / "case", 1, 1, 1, right=None, months=12)
    return tmp_path / "case"


def rows(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()


def left(found: object) -> set[str]:
    """Table and column of what is left to fill."""
    return {f"{each.problem.file} {each.problem.column}" for each in found.left}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", shipped.names())
def test_commitments_of_shipped_cases_come_back_byte_for_byte(tmp_path: Path, name: str) -> None:
    plan = signing_all(Case.read(shipped.path(name)))
    (tmp_path / "file.csv").write_bytes(focus_file(plan))
    shutil.copytree(shipped.path(name), tmp_path / "case")
    before = files_in(tmp_path / "case")
    found = into(tmp_path / "file.csv", tmp_path / "case", ImportOptions(force=True))
    assert files_in(tmp_path / "case") == before
    assert not found.left
    assert not found.notes
    assert {*found.rows} == {*TABLES}


@pytest.mark.parametrize("name", shipped.names())
def test_they_fill_the_tables_of_a_case_that_has_none(tmp_path: Path, name: str) -> None:
    case = Case.read(shipped.path(name))
    (tmp_path / "file.csv").write_bytes(focus_file(signing_all(case)))
    shutil.copytree(shipped.path(name), tmp_path / "case")
    for table in TABLES:
        (tmp_path / "case" / table).unlink()
    into(tmp_path / "file.csv", tmp_path / "case")
    again = Case.read(tmp_path / "case")
    for row in case.catalogue.tables:
        if row.about.file in TABLES:
            assert {*again.rows(row)} == {*case.rows(row)}


def test_what_happened_under_a_contract_comes_back(tmp_path: Path) -> None:
    """Sums spent, drawn and left before the start of a case are columns too."""
    before = TestUnderWay.case.__wrapped__(TestUnderWay(), tmp_path / "case")  # type: ignore[attr-defined]
    assert LEFT
    (tmp_path / "file.csv").write_bytes(focus_file(signing_all(before)))
    into(tmp_path / "file.csv", tmp_path / "case", ImportOptions(force=True))
    after = Case.read(tmp_path / "case")
    assert any(term.spent_usd_bn for term in after.rows(CloudTerm))
    assert [*after.tables.rows(CloudTerm)] == [*before.rows(CloudTerm)]
    assert after.offers() == before.offers()


def test_the_case_of_a_later_day_comes_back(tmp_path: Path) -> None:
    """Two years on, cirrus_tpu has its signed tier and scale, and on_demand costs what was used of it."""
    later = advance(solved(starter()), date(2029, 1, 1)).case
    later.write(tmp_path / "case")
    (tmp_path / "file.csv").write_bytes(focus_file(signing_all(Case.read(tmp_path / "case"))))
    assert b"x_SignedTier" in (tmp_path / "file.csv").read_bytes()
    before = files_in(tmp_path / "case")
    into(tmp_path / "file.csv", tmp_path / "case", ImportOptions(force=True))
    assert files_in(tmp_path / "case") == before


def test_other_units_of_a_case_stay(tmp_path: Path, case: Path) -> None:
    """A column in MW or USD m is filled in that unit, and the file has USD and GW."""
    (case / "cloud_terms.csv").write_text(
        "offer,contract_year,capacity_mw,floor_usd_m\n"
        "deal,1,1000,6250.5\ndeal,2,1000,8000\ndeal,3,1000,1\ndeal,4,1000,0\n",
        encoding="utf-8",
    )
    plan = signing_all(Case.read(case))
    assert column(rows_of(plan), "Cost", "x_YearCapacityGw")[::3] == [("6250500000", "1"), ("0", "1")]
    (tmp_path / "file.csv").write_bytes(focus_file(plan))
    before = files_in(case)
    into(tmp_path / "file.csv", case, ImportOptions(force=True))
    assert files_in(case) == before


def test_an_offer_in_one_row_stays_in_one_row(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    deal(folder, 1, 1, right=None, months=12)
    for table in TABLES[1:]:
        (folder / table).unlink()
    (folder / TABLES[0]).write_text(
        "offer,provider,status,sign_by,lead_months,term_years,shortfall,chip,region,price_usd_bn_per_gw_year,"
        "capacity_gw,floor_usd_bn\ndeal,cloud,open,2026-01-01,0,2,forfeit,tpu_a,here,10,1,7.25\n",
        encoding="utf-8",
    )
    (tmp_path / "file.csv").write_bytes(focus_file(signing_all(Case.read(folder))))
    before = files_in(folder)
    found = into(tmp_path / "file.csv", folder, ImportOptions(force=True))
    assert files_in(folder) == before
    assert found.rows == {TABLES[0]: 1}


def test_years_of_one_agreement_are_one_offer(tmp_path: Path, case: Path) -> None:
    found = into(foreign(tmp_path / "ea.csv", *YEARS), case)
    assert found.offers == ("ea_7",)
    assert rows(case, "cloud_terms")[-3:] == ["ea_7,1,,0.25", "ea_7,2,,0.4000000005", "ea_7,3,,0.5"]
    assert rows(case, "cloud_commitments")[-1] == "ea_7,,,,,2.5,,2026-01-01"
    assert left(found) == {
        "cloud_commitments.csv status", "cloud_commitments.csv provider", "cloud_commitments.csv shortfall",
        "cloud_terms.csv capacity_gw", "cloud_tiers.csv price_usd_bn_per_gw_year", "cloud_products.csv chip",
        "cloud_products.csv region", "cloud_products.csv price_factor",
    }  # fmt: skip
    assert [each.column for each in found.notes] == ["ContractCommitmentPaymentUpfrontPercentage"]
    with pytest.raises(DataError) as caught:
        Case.read(case)
    assert {str(each.problem) for each in found.left} == {*map(str, caught.value.problems)}


def test_what_the_user_says_fills_what_is_blank(tmp_path: Path, case: Path) -> None:
    fill = {
        ("cloud_commitments", "status"): "signed", ("cloud_commitments", "provider"): "cloud",
        ("cloud_commitments", "shortfall"): "forfeit", ("cloud_terms", "capacity_gw"): "0.1",
        ("cloud_terms", "floor_usd_bn"): "99", ("cloud_tiers", "price_usd_bn_per_gw_year"): "10",
        ("cloud_products", "chip"): "tpu_a", ("cloud_products", "region"): "here",
        ("cloud_products", "price_factor"): "1",
    }  # fmt: skip
    found = into(foreign(tmp_path / "ea.csv", *YEARS), case, ImportOptions(fill=fill))
    assert not found.left
    assert [row.floor_usd_bn for row in Case.read(case).rows(CloudTerm)][-3:] == [0.25, 0.4000000005, 0.5]


def test_other_rows_are_contracts_by_themselves(tmp_path: Path, case: Path) -> None:
    """Two that overlap, of which one is a quantity of use: 8,760,000 hours of a year at 2 kW are 2 MW."""
    overlapping = (
        ("EA-7", "Spend", "250000000", "2026-01-01", "2027-01-01"),
        ("EA-7", "Usage", "1000000", "2026-01-01", "2027-01-01", "8760000", "Hours"),
    )
    file = foreign(tmp_path / "ea.csv", *overlapping, ServiceProviderName="Big Cloud Inc.")
    found = into(file, case)
    assert found.offers == ("cc_1", "cc_2")
    assert "found 'Hours': no capacity" in str(found.notes[-1])
    into(file, case, ImportOptions(Terms(kw_per_chip={"": 2.0}), force=True))
    assert rows(case, "cloud_terms")[-2:] == ["cc_1,1,,0.25", "cc_2,1,0.002,0.001"]
    assert rows(case, "cloud_commitments")[-1].startswith("cc_2,big_cloud_inc,")


@pytest.mark.parametrize(("model", "floors"), [("Continuous", ["0.3", "0.3"]), ("Discontinuous", ["", ""])])
def test_spend_of_two_years_is_divided_only_where_it_is_even(
    tmp_path: Path, case: Path, model: str, floors: list[str]
) -> None:
    row = ("EA-7", "Spend", "600000000", "2026-01-01", "2028-01-01")
    into(foreign(tmp_path / "ea.csv", row, ContractCommitmentModel=model), case)
    assert rows(case, "cloud_terms")[-2:] == [f"cc_1,{year},,{floor}" for year, floor in enumerate(floors, start=1)]


@pytest.mark.parametrize(("cost", "currency"), [("0", "USD"), ("", "USD"), ("1000000", "EUR")])
def test_a_floor_that_is_not_told_in_dollars_stays_open(tmp_path: Path, case: Path, cost: str, currency: str) -> None:
    """Capacity for nothing would be a way to earn money."""
    row = ("EA-7", "Usage", cost, "2026-01-01", "2027-01-01", "8760", "MWh")
    found = into(foreign(tmp_path / "ea.csv", row, currency=currency), case)
    assert rows(case, "cloud_terms")[-1] == "cc_1,1,0.001,"
    assert "cloud_terms.csv floor_usd_bn" in left(found)
    assert "cloud_tiers.csv price_usd_bn_per_gw_year" in left(found)


@pytest.mark.parametrize(
    ("cost", "prices", "floor", "left_blank"),
    [
        ("0", ("0",), "", ("",)), ("0", ("5000000000",), "0", ("5",)), ("9000000000", ("0",), "9", ("0",)),
        ("0", ("5000000000", "0"), "", ("5", "")),
    ],
)  # fmt: skip
def test_capacity_for_nothing_stays_open_where_it_is_told_too(
    tmp_path: Path, case: Path, cost: str, prices: tuple[str, ...], floor: str, left_blank: tuple[str, ...]
) -> None:
    """Neither floor nor price may be 0 by what a file says; one of them may."""
    row = ("EA-7", "Spend", cost, "2026-01-01", "2027-01-01")
    file, told = foreign(tmp_path / "ea.csv", row, x_CloudTiers="TIERS"), []
    for i, price in enumerate(prices):
        told.append({"Tier": f"t{i}", "PriceUsdPerGwYear": price, "ScaleMin": "1", "ScaleMax": "1"})
    quoted = json.dumps({"Rows": told}).replace('"', '""')
    file.write_text(file.read_text(encoding="utf-8").replace("TIERS", f'"{quoted}"'), encoding="utf-8")
    found = into(file, case)
    assert rows(case, "cloud_terms")[-1] == f"cc_1,1,,{floor}"
    assert rows(case, "cloud_tiers")[-len(prices) :] == [f"cc_1,t{i},{each},1,1" for i, each in enumerate(left_blank)]
    assert ("cloud_tiers.csv price_usd_bn_per_gw_year" in left(found)) == ("" in left_blank)


def test_contracts_that_are_over_are_left_out(tmp_path: Path, case: Path) -> None:
    before = files_in(case)
    found = into(foreign(tmp_path / "ea.csv", *YEARS, ContractCommitmentLifecycleStatus="Expired"), case)
    assert not found.offers
    assert "found Expired: ea_7 is over" in str(found.notes[0])
    assert files_in(case) == before


@pytest.mark.parametrize(
    ("status", "ours"), [("Proposed", "open"), ("Pending", "signed"), ("Active", "signed"), ("Exhausted", "signed")]
)
def test_the_lifecycle_is_the_status(tmp_path: Path, case: Path, status: str, ours: str) -> None:
    into(foreign(tmp_path / "ea.csv", *YEARS, ContractCommitmentLifecycleStatus=status), case)
    assert rows(case, "cloud_commitments")[-1] == f"ea_7,,{ours},,,2.5,,2026-01-01"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ContractCommitmentCost": "-5"}, "ContractCommitmentCost: expected a number of at least 0, found '-5'"),
        ({"ContractCommitmentCost": "5 bn"}, "ContractCommitmentCost: expected a number of at least 0, found '5 bn'"),
        ({"ContractCommitmentPeriodEnd": "2027"}, "ContractCommitmentPeriodEnd: expected a time in UTC such as"),
        ({"ContractCommitmentPeriodEnd": "2026-01-01T00:00:00Z"}, "ContractCommitmentPeriodEnd: expected a day after"),
        ({"ContractCommitmentLifecycleStatus": "Done"}, "expected one of Proposed, Pending, Active, "),
        ({"ContractCommitmentPaymentUpfrontPercentage": "20"}, "expected a number from 0 to 1, found '20'"),
        (
            {"ContractCommitmentPaymentUpfrontPercentage": "0.2", "ContractCommitmentPaymentModel": "All Upfront"},
            "expected 1 where ContractCommitmentPaymentModel is All Upfront, found '0.2'",
        ),
        ({"ContractCommitmentId": "--"}, "ContractCommitmentId: expected an id with letters or digits, found '--'"),
        ({"x_Shortfall": "lost"}, "cloud_commitments.shortfall: expected one of forfeit, credit, rollover"),
        ({"x_EquityUsd": "much"}, "x_EquityUsd: expected a number, found 'much'"),
        ({"x_CloudTiers": "{}"}, "x_CloudTiers: expected rows as JSON"),
        ({"x_ChosenScale": "0"}, "x_ChosenScale: expected a number above 0, found '0'"),
        ({"x_Instrument": "loan"}, "x_Instrument: expected one of cloud_commitment, found 'loan'"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, case: Path, columns: dict[str, str], said: str) -> None:
    before = files_in(case)
    with pytest.raises(DataError, match=r"ea.csv:2") as caught:
        into(foreign(tmp_path / "ea.csv", YEARS[0], **columns), case)
    assert said in str(caught.value)
    assert files_in(case) == before


def test_ids_of_one_name_are_told_apart_by_the_user(tmp_path: Path, case: Path) -> None:
    file = foreign(tmp_path / "ea.csv", *YEARS[:1], *YEARS[:1])
    file.write_text(file.read_text().replace("CC-2", "cc 1"), encoding="utf-8")
    with pytest.raises(DataError, match="an id that does not make the name of line 2 too; --name gives another"):
        into(file, case)
    assert into(file, case, ImportOptions(Terms({"cc 1": "other"}))).offers == ("cc_1", "other")


def test_a_file_of_something_else_is_refused(tmp_path: Path, case: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"x.csv:1: expected a FOCUS file: .*found a, b"):
        into(tmp_path / "x.csv", case)
    (tmp_path / "x.csv").write_text("ContractCommitmentId\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match="ContractPeriodStart: expected this column, found no such column"):
        into(tmp_path / "x.csv", case)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"expected a folder with a case, with its case.toml"):
        into(tmp_path / "x.csv", tmp_path / "empty")


# the command


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_rows_that_are_there_are_replaced_only_where_that_is_asked_for(tmp_path: Path, case: Path) -> None:
    file = foreign(tmp_path / "ea.csv", *YEARS)
    assert run("import", file, "--into", case).exit_code == 0
    before = files_in(case)
    again = run("import", file, "--into", case)
    assert again.exit_code == 2
    assert "the case has rows of ea_7 already; --force replaces them" in again.output
    assert files_in(case) == before
    assert run("import", file, "--into", case, "--force").exit_code == 0
    assert files_in(case) == before


def test_what_is_left_is_told_kind_by_kind(tmp_path: Path, case: Path) -> None:
    told = run("import", foreign(tmp_path / "ea.csv", *YEARS), "--into", case, "--fill", "cloud_commitments.provider=x")
    assert "1 offer came into" in told.output
    assert "Left to fill, 9 cells" in told.output
    assert "cloud_terms.csv:6-8 capacity_gw: expected a number of at least 0, found a blank (from ea.csv:2-4)" in (
        told.output
    )
    assert "provider" not in told.output
    assert run("check", case).exit_code == 3


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "EA-7=Not A Name"), ("--name", "=x"), ("--kw-per-chip", "many"), ("--kw-per-chip", "tpu=0"),
        ("--fill", "cloud_tiers.colour=red"), ("--fill", "cloud_terms.capacity_gw=much"), ("--fill", "chips.chip=a"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(tmp_path: Path, case: Path, words: tuple[str, ...]) -> None:
    before = files_in(case)
    found = run("import", foreign(tmp_path / "ea.csv", *YEARS), "--into", case, *words)
    assert found.exit_code == 2
    assert words[0] in found.output
    assert files_in(case) == before


def test_whoever_stands_in_the_folder_is_told_to_go_there_again(
    tmp_path: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = foreign(tmp_path / "ea.csv", *YEARS)
    assert "cd to it again first" not in run("import", file, "--into", case).output
    monkeypatch.chdir(case)
    found = run("import", file, "--into", ".", "--force")
    assert (found.exit_code, "cd to it again first" in found.output) == (0, True)
    monkeypatch.chdir(tmp_path)
    assert (case / "case.toml").is_file()


def test_a_case_that_another_run_writes_is_left_alone(tmp_path: Path, case: Path) -> None:
    before = files_in(case)
    with locked(case):
        found = run("import", foreign(tmp_path / "ea.csv", *YEARS), "--into", case)
    assert (found.exit_code, "another run is writing" in found.output) == (2, True)
    assert files_in(case) == before
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
