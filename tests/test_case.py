"""Cases are read, refused, shown and written; and what is wrong with `case.toml`, exactly."""

import pickle
import shutil
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.calendar import Calendar
from planner.basics.errors import DataError, NoPlan, Problem
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.common.demand import Demand
from planner.common.regions import Link, Region
from planner.common.settings import Recognition
from planner.common.treasury import Finance
from planner.ledgers.objective import Horizon
from tests.inputs import TOML, write_case

EVERYTHING = """\
title = "all keys"
start = 2026-07-01
end = 2036-07-01
period_months = 12
discount_rate = 0
lease_rate = 0.06
shortage_cost_usd_bn_per_gw_year = 60
resale_haircut_share = 0.2
opening_cash_usd_bn = -5
horizon = "charge"
recognise_leases = "signing"
consolidate_spv = true

[solver]
gap = 0
time_limit_s = 60
threads = 4
seed = 7
search = "race"
"""


def problems(folder: Path, toml: str) -> list[str]:
    with pytest.raises(DataError) as error:
        Case.read(write_case(folder, toml))
    return str(error.value).splitlines()


def test_settings_and_their_defaults(tmp_path: Path) -> None:
    small = Case.read(write_case(tmp_path / "small")).settings
    assert (small.shortage_cost_usd_bn_per_gw_year, small.resale_haircut_share, small.opening_cash_usd_bn) == (
        None,
        0,
        0,
    )
    assert (small.horizon, small.recognise_leases, small.consolidate_spv) == (
        Horizon.FAIR,
        Recognition.COMMENCEMENT,
        False,
    )
    assert small.solver.model_dump(mode="json") == {
        "gap": 0.001,
        "time_limit_s": 600.0,
        "threads": 1,
        "seed": 1,
        "search": "own",
    }
    large = Case.read(write_case(tmp_path / "large", EVERYTHING)).settings
    assert large.model_dump(mode="json") == {
        "title": "all keys",
        "start": "2026-07-01",
        "end": "2036-07-01",
        "period_months": 12,
        "discount_rate": 0.0,
        "lease_rate": 0.06,
        "shortage_cost_usd_bn_per_gw_year": 60.0,
        "resale_haircut_share": 0.2,
        "opening_cash_usd_bn": -5.0,
        "horizon": "charge",
        "charge_beyond_horizon": None,
        "recognise_leases": "signing",
        "consolidate_spv": True,
        "solver": {"gap": 0.0, "time_limit_s": 60.0, "threads": 4, "seed": 7, "search": "race"},
        "risk": {"level": 0.9, "weight": 0.0},
        "display": {"power": "GW", "money": "USD bn"},
    }


def test_an_empty_text_is_a_blank(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path, TOML + 'shortage_cost_usd_bn_per_gw_year = ""\n'))
    assert case.settings.shortage_cost_usd_bn_per_gw_year is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("period_months = 6", "period_months = 5", "4 period_months: expected one of 1, 3, 6, 12, found '5'"),
        ("period_months = 6", "period_months = 6.0", "4 period_months: expected one of 1, 3, 6, 12, found '6'"),
        ("discount_rate = 0.1", "discount_rate = 10", "5 discount_rate: expected a number from 0 to 1, found '10'"),
        ("discount_rate = 0.1", 'discount_rate = "0.1"', "5 discount_rate: expected a number from 0 to 1, found '0.1'"),
        ("discount_rate = 0.1", "discount_rate = nan", "5 discount_rate: expected a number from 0 to 1, found 'nan'"),
        ("discount_rate = 0.1", "discount_rate = true", "5 discount_rate: expected a number from 0 to 1, found 'true'"),
        ('title = "small"', 'title = ""', "1 title: expected text, found a blank"),
        ("2026-01-01", "2026-01-02", "2 start: expected the first day of a month, found '2026-01-02'"),
        (
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2 start: expected a date such as 2027-01-31, found '2026-01-01T00:00:00'",
        ),
        ("2028-01-01", "2025-01-01", "3 end: expected a date after start 2026-01-01, found '2025-01-01'"),
        (
            "2028-01-01",
            "2028-03-01",
            "3 end: expected a date a whole number of periods of 6 months after start 2026-01-01, found '2028-03-01'",
        ),
        (
            "lease_rate = 0.06\n",
            "lease_rate = 0.06\n[solver]\nmip_gap = 0.1\n",
            "8 solver.mip_gap: expected a key of [solver], found 'mip_gap'; did you mean 'gap'?",
        ),
        (
            "lease_rate = 0.06\n",
            "lease_rate = 0.06\n[solver]\n# threads\nthreads = 0\n",
            "9 solver.threads: expected a whole number from 1 to 1024, found '0'",
        ),
        (
            "lease_rate = 0.06\n",
            'lease_rate = 0.06\n[solver]\nsearch = "both"\n',
            "8 solver.search: expected one of own, highs, race, found 'both'",
        ),
        (
            "lease_rate = 0.06\n",
            "lease_rate = 0.06\n[solver]\nrace = true\n",
            "8 solver.race: expected a key of [solver], found 'race'; did you mean 'search'?",
        ),
        ("lease_rate = 0.06\n", "lease_rate = 0.06\nsolver = 3\n", "7 solver: expected a section [solver], found '3'"),
        (
            "lease_rate = 0.06\n",
            'lease_rate = 0.06\nrecognise_leases = "never"\n',
            "7 recognise_leases: expected one of signing, commencement, found 'never'",
        ),
        (
            "lease_rate = 0.06",
            "lease_rate = 0,06",
            "6: expected TOML, found 'lease_rate = 0,06' (expected newline or end of document after a statement)",
        ),
    ],
)
def test_what_is_wrong_with_settings(tmp_path: Path, old: str, new: str, message: str) -> None:
    wrong = problems(tmp_path, TOML.replace(old, new))
    assert wrong == [f"case.toml:{message}"]


def test_a_mistyped_key_is_missing_too(tmp_path: Path) -> None:
    assert problems(tmp_path, TOML.replace("lease_rate", "lease_rates")) == [
        "case.toml lease_rate: expected a number from 0 to 1, found no such key",
        "case.toml:6 lease_rates: expected a key of the case, found 'lease_rates'; did you mean 'lease_rate'?",
    ]


def test_settings_that_are_missing(tmp_path: Path) -> None:
    assert problems(tmp_path, "") == [
        "case.toml title: expected text, found no such key",
        "case.toml start: expected a date such as 2027-01-31, found no such key",
        "case.toml end: expected a date such as 2027-01-31, found no such key",
        "case.toml period_months: expected one of 1, 3, 6, 12, found no such key",
        "case.toml discount_rate: expected a number from 0 to 1, found no such key",
        "case.toml lease_rate: expected a number from 0 to 1, found no such key",
    ]


def test_a_folder_that_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        Case.read(tmp_path / "none")
    assert str(error.value) == f"{tmp_path / 'none'}: expected a folder with a case, found no such folder"
    with pytest.raises(DataError) as error:
        Case.read(tmp_path)
    assert error.value.problems[0] == Problem("case.toml", None, "", "the settings of the case", "no such file")


def test_a_folder_of_a_plan_in_place_of_its_case(tmp_path: Path) -> None:
    inside = tmp_path / "case"
    shutil.copytree(shipped.path("starter"), inside)
    (tmp_path / "cash.csv").write_text("period\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        Case.read(tmp_path)
    assert str(error.value) == f"{tmp_path}: expected a folder with a case, found one with a case in it, {inside}"


def test_settings_and_tables_are_refused_together(tmp_path: Path) -> None:
    write_case(
        tmp_path, TOML.replace("0.06", "6"), demand="from_date,region,workload,demand_gw\n2026-01-01,here,training,x\n"
    )
    with pytest.raises(DataError) as error:
        Case.read(tmp_path)
    assert str(error.value).splitlines() == [
        "case.toml:6 lease_rate: expected a number from 0 to 1, found '6'",
        "demand.csv:2 demand_gw: expected a number of at least 0, found 'x'",
    ]


def test_a_case_knows_its_calendar_its_rows_and_what_is_absent(tmp_path: Path) -> None:
    case = Case.read(
        write_case(tmp_path, links="region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,5,0\n")
    )
    assert case.calendar == Calendar(date(2026, 1, 1), date(2028, 1, 1), 6)
    assert case.calendar is case.calendar
    assert case.rows(Link) == (Link(region_a="here", region_b="there", latency_ms=5, egress_usd_bn_per_gw_year=0),)
    assert case.rows(Finance) == ()
    there = {"regions", "links", "workloads", "demand", "chips", "chip_performance"}
    tables = [row.about for row in CATALOGUE.tables if not row.about.opening]
    assert case.absent == tuple(about.name for about in tables if about.name not in there)
    assert repr(case) == "<Case 'small'>"


def test_the_order_of_rows_and_columns_changes_no_row(tmp_path: Path) -> None:
    one = "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2027-01-01,here,training,2\n"
    two = "demand_gw,workload,from_date,region\n2,training,2027-01-01,here\n1,training,2026-01-01,here\n"
    rows = [
        set(Case.read(write_case(tmp_path / name, demand=text)).rows(Demand)) for name, text in (("1", one), ("2", two))
    ]
    assert rows[0] == rows[1]


def test_a_subclass_stays_one(tmp_path: Path) -> None:
    class Solvable(Case):
        """A case that can do more."""

    case = Solvable.read(write_case(tmp_path))
    assert type(case) is Solvable
    assert type(case.change("case.title = other")) is Solvable


def test_frames_hold_what_rows_hold(tmp_path: Path) -> None:
    case = Case.read(
        write_case(
            tmp_path,
            regions="region,grid_limit_gw\nhere,4\nthere,\n",
            guarantors="guarantor,kind,families,fee_rate\nbank,lease,tpu|gpu,0.01\n",
            guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,1\n",
        )
    )
    regions = case.frame("regions")
    assert list(regions.columns) == ["region", "grid_limit_gw", "reference_rent_usd_per_kw_month", "source"]
    assert regions["region"].tolist() == ["here", "there"]
    assert regions["grid_limit_gw"].isna().tolist() == [False, True]
    assert case.frame("guarantors")["families"].tolist() == ["gpu|tpu"]
    assert str(case.frame("demand")["from_date"].dtype) == "datetime64[ns]"
    assert case.frame("guarantor_caps")["used_usd_bn"].tolist() == [0.0]
    empty = case.frame("cloud_commitments")
    assert (len(empty), str(empty["term_years"].dtype), str(empty["sign_by"].dtype)) == (0, "float64", "datetime64[ns]")
    with pytest.raises(DataError, match=r"expected a table of a case, found 'region'; did you mean 'regions'\?"):
        case.frame("region")


def test_a_case_is_written_byte_for_byte_and_nothing_else(tmp_path: Path) -> None:
    write_case(tmp_path / "one", TOML + "# a remark\n", regions='region,source\r\n"here",\r\n\r\nthere,\r\n')
    (tmp_path / "one" / "README.md").write_text("words")
    (tmp_path / "one" / "links.csv").write_bytes(
        b"\xef\xbb\xbfregion_a,region_b,latency_ms,egress_usd_bn_per_gw_year\n"
    )
    case = Case.read(tmp_path / "one")
    case.write(tmp_path / "a" / "two")
    written = {path.name: path.read_bytes() for path in (tmp_path / "a" / "two").iterdir()}
    assert written == {
        path.name: path.read_bytes() for path in (tmp_path / "one").iterdir() if path.name != "README.md"
    }
    assert case.hashes == {name: sha256(data).hexdigest() for name, data in written.items()}
    case.write(tmp_path / "a" / "two")


def test_a_case_is_read_again_with_the_tables_of_another_where_the_files_are_the_same(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path))
    demand = "from_date,region,workload,demand_gw\n\n2026-01-01,here,training,2\n"
    (tmp_path / "demand.csv").write_text(demand, encoding="utf-8")
    again, anew = case.reread(tmp_path), Case.read(tmp_path)
    assert again.rows(Demand) == anew.rows(Demand) != case.rows(Demand)
    assert again.rows(Demand)[0].line == anew.rows(Demand)[0].line == 3
    assert again.rows(Region) is case.rows(Region)
    assert again.tables == anew.tables
    assert again.files == anew.files
    assert again.catalogue is case.catalogue


def test_a_case_read_again_has_the_problems_of_one_read_anew(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path))
    (tmp_path / "regions.csv").write_text("region\nheer\n", encoding="utf-8")
    (tmp_path / "chip.csv").touch()
    messages = []
    for read in (case.reread, Case.read):
        with pytest.raises(DataError) as error:
            read(tmp_path)
        messages.append(str(error.value).splitlines())
    assert messages[0] == messages[1]
    assert messages[0] == [
        "chip.csv: expected a table of a case, found 'chip.csv'; did you mean 'chips.csv'?",
        "demand.csv:2 region: expected a region of regions.csv, found 'here'; did you mean 'heer'?",
    ]
    (tmp_path / "chips.csv").unlink()
    with pytest.raises(DataError, match=r"chips\.csv: expected this table"):
        case.reread(tmp_path)


def test_a_case_is_not_written_beside_tables_of_another(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path / "one"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "finance.csv").touch()
    with pytest.raises(FileExistsError, match=r"two holds files that are not of this case: finance\.csv"):
        case.write(tmp_path / "two")


def test_shipped_cases_read() -> None:
    assert "frontier-lab" in shipped.names()
    for name in shipped.names():
        case = Case.read(shipped.path(name))
        assert {row.region for row in case.rows(Demand)} <= {row.region for row in case.rows(Region)}


def test_reading_loads_neither_pandas_nor_pyomo() -> None:
    code = (
        "import sys; from planner.api import Case; Case.read(sys.argv[1]); "
        "print(sorted({'pandas', 'pyomo'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, shipped.path("frontier-lab")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "error",
    [DataError([Problem("a.csv", 2, "x", "y", "z"), Problem("b.csv", None, "", "y", "z")]), NoPlan("why", "do")],
)
def test_errors_survive_a_process(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))


def test_why_there_is_no_plan() -> None:
    assert str(NoPlan("too little cash")) == "too little cash"
    assert str(NoPlan("too little cash", "planner explain case")) == "too little cash\nplanner explain case"
