"""Tables as spreadsheet programs save them: the same rows where they can be meant in one way, else an error."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.demand import Demand
from planner.instruments.site_lease.tables import SiteLease
from planner.tables.spreadsheet_habits import table_of
from tests.small import cloud, demand, sites, small

PLAIN = "from_date,region,workload,demand_gw\n2026-01-01,here,training,0.5\n2026-07-01,here,training,12\n"
CELLS = [("2026-01-01", "here", "training", "0.5"), ("2026-07-01", "here", "training", "12")]


def rows(text: str | bytes) -> list[tuple[str, ...]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [record.cells for record in table_of(Demand, data).records]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", ",,,\n"),
        PLAIN + ",,,\n,,,\n",
        PLAIN.replace("training,0.5", "training,0.5,,"),
        "sep=,\r\n" + PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", ";").replace("0.5", "0,5"),
        "\ufeffsep=;\r\n" + PLAIN.replace(",", ";").replace("0.5", "0,5").replace("\n", ";;\r\n"),
        '"sep=;"\n' + PLAIN.replace(",", ";"),
        "sep=\t\n" + PLAIN.replace(",", "\t").replace("0.5", "0,5"),
    ],
)
def test_what_can_be_meant_in_one_way_is_read(text: str) -> None:
    assert rows(text) == CELLS


def test_lines_are_those_of_the_file() -> None:
    table = table_of(Demand, ("sep=;\n" + PLAIN.replace(",", ";").replace("0.5", "0,5") + ";;;\n").encode())
    assert [record.line for record in table.records] == [3, 4]


@pytest.mark.parametrize(
    ("numbers", "read"),
    [
        (("0,5", "1,234"), ("0.5", "1.234")),  # the first cannot be thousands, so the second is none either
        (("12,5", "1234"), ("12.5", "1234")),
        (("1,5E-05", "1,234"), ("1.5E-05", "1.234")),
        (("0.5", "1.234"), ("0.5", "1.234")),
        (("1234,567", "7"), ("1234.567", "7")),
    ],
)
def test_numbers_say_what_their_commas_are(numbers: tuple[str, str], read: tuple[str, str]) -> None:
    text = PLAIN.replace(",", ";").replace("0.5", "X").replace("12\n", "Y\n")
    found = rows(text.replace("X", numbers[0]).replace("Y", numbers[1]))
    assert tuple(cells[3] for cells in found) == read


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (("1,234", "7"), "found '1,234', which may be 1.234 or 1234, and no other number tells"),
        (("1.234", "7"), "found '1.234', which may be 1.234 or 1234, and no other number tells"),
        (("0,5", "0.5"), "expected one decimal sign in the whole table, found '0,5', and '0.5' in line 3"),
        (("0,5", "1.234"), "expected one decimal sign in the whole table, found '0,5', and '1.234' in line 3"),
    ],
)
def test_what_may_be_meant_in_two_ways_is_refused(numbers: tuple[str, str], says: str) -> None:
    text = PLAIN.replace(",", ";").replace("0.5", "X").replace("12\n", "Y\n")
    with pytest.raises(DataError) as raised:
        rows(text.replace("X", numbers[0]).replace("Y", numbers[1]))
    (problem,) = raised.value.problems
    assert str(problem).startswith("demand.csv:2 demand_gw: ")
    assert says in str(problem)


def test_commas_within_texts_stay() -> None:
    table = table_of(SiteLease, b"offer;site;capacity_mw;rent_usd_per_kw_month\nhall;0,5;12,5;100\n")
    assert table.records[0].cells == ("hall", "0,5", "12.5", "100")


def test_numbers_in_other_units_are_numbers_too() -> None:
    table = table_of(Demand, b"from_date;region;workload;demand_mw\n2026-01-01;here;training;12,5\n")
    assert table.records[0].cells[3] == "12.5"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("0.5", "0,5"),  # with commas between cells it is a cell more
        PLAIN.replace(",", ";").replace("0.5", "1.234,5"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        "sep=|\n" + PLAIN.replace(",", "|"),
        PLAIN.replace("12\n", "12,x\n"),
        PLAIN.replace("demand_gw\n", "demand_gw,\n").replace("12\n", "12,x\n"),
    ],
)
def test_all_else_is_refused_as_before(text: str, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        small(tmp_path / "case", demand=text, **cloud())


def test_capitals_of_truths(tmp_path: Path) -> None:
    lower = small(tmp_path / "a", demand=demand(1), site_leases=sites({"needs_guarantee": "false"}), **cloud())
    upper = small(tmp_path / "b", demand=demand(1), site_leases=sites({"needs_guarantee": "FALSE"}), **cloud())
    assert upper.rows(SiteLease) == lower.rows(SiteLease)
    with pytest.raises(DataError, match="needs_guarantee: expected true or false, found 'False'"):
        small(tmp_path / "c", demand=demand(1), site_leases=sites({"needs_guarantee": "False"}), **cloud())


def test_a_case_keeps_its_files_and_what_is_changed_is_written_plainly(tmp_path: Path) -> None:
    text = "sep=;\n" + demand(0.5, 1).replace(",", ";").replace("0.5", "0,5")
    case = small(tmp_path / "case", demand=text, **cloud())
    assert case.files["demand.csv"] == text.encode()
    changed = case.change("demand[2026-01-01,*,*].demand_gw = 0.75")
    assert changed.files["demand.csv"].decode() == demand(0.75, 1)
    case.write(tmp_path / "copy")
    assert Case.read(tmp_path / "copy").rows(Demand) == case.rows(Demand)
