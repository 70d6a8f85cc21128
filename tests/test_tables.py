"""Every message about a table, exactly."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.common.guarantors import Guarantor
from planner.common.regions import Region
from planner.common.sources import Source
from planner.instruments.cloud_commitment.tables import CloudCommitment, Shortfall
from planner.instruments.site_lease.tables import SiteLease
from planner.tables.offer import OfferStatus
from tests.inputs import TOML, write_case

CLOUD = {
    "cloud_commitments": """
        offer,provider,status,start_date,lead_months,term_years,shortfall,rollover_share
        cloud,aws,open,,6,2,forfeit,
        """,
    "cloud_tiers": """
        offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max
        cloud,full,10,1,1
        """,
    "cloud_terms": """
        offer,contract_year,capacity_gw,floor_usd_bn
        cloud,1,1,5
        cloud,2,1,5
        """,
    "cloud_products": """
        offer,chip,region,price_factor,from_date
        cloud,tpu_a,here,1,2026-01-01
        """,
}

SITE_COLUMNS = (
    "offer,site,phase,after,region,developer,stage,status,lead_months,ready_date,ready_by,capacity_mw,min_share,"
    "rent_usd_per_kw_month,escalator_rate,term_years,pue,power_usd_per_mwh,load_factor_share,families,needs_guarantee,"
    "cover_measure,cover_usd_bn_per_gw,cover_share\n"
)


def site(
    offer: str,
    after: str = "",
    status: str = "open",
    ready_by: str = "",
    guarantee: str = "false,,,",
    region: str = "here",
) -> str:
    """A row of site_leases."""
    return (
        f"{offer},Site,1,{after},{region},Landlord,loi,{status},6,2026-07-01,{ready_by},100,0.25,"
        f"120,0.03,10,1.2,60,0.9,tpu|gpu,{guarantee}\n"
    )


PURCHASE = {
    "chip_purchases": """
        offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,lot_gw
        order,tpu_a,maker,open,2026-01-01,2026-12-31,0,1,
        """,
    "chip_deliveries": """
        offer,months,delivered_share
        order,0,0.5
        order,6,0.5
        """,
    "resale_values": """
        chip,age_years,value_share
        tpu_a,0,1
        """,
}


def problems(folder: Path, **tables: str | None) -> list[str]:
    """What is wrong with the small case with these tables."""
    with pytest.raises(DataError) as error:
        Case.read(write_case(folder, TOML, **tables))
    return [str(problem) for problem in error.value.problems]


def test_values_are_typed_and_blanks_have_the_default_of_the_column(tmp_path: Path) -> None:
    case = Case.read(
        write_case(
            tmp_path,
            **CLOUD,
            regions="""
                grid_limit_gw , region
                 4.5 ,"here"

                ,there
                """,
            site_leases=SITE_COLUMNS + site("site"),
        )
    )
    assert case.rows(Region) == (Region(region="here", grid_limit_gw=4.5), Region(region="there"))
    assert [row.line for row in case.rows(Region)] == [2, 4]
    (cloud,) = case.rows(CloudCommitment)
    assert (cloud.status, cloud.shortfall, cloud.lead_months, cloud.term_years) == (
        OfferStatus.OPEN,
        Shortfall.FORFEIT,
        6,
        2.0,
    )
    assert (cloud.start_date, cloud.sign_by, cloud.prepay_share, cloud.signing_fee_usd_bn) == (None, None, 0.0, 0.0)
    (hall,) = case.rows(SiteLease)
    assert (hall.ready_date, hall.families) == (date(2026, 7, 1), frozenset({"tpu", "gpu"}))
    assert (hall.needs_guarantee, hall.delay_months, hall.deposit_months) == (False, 0, 0.0)
    assert case.rows(Chip)[0].availability_share == 1.0
    assert case.rows(Guarantor) == ()


def test_a_row_is_frozen_and_equal_to_one_of_the_same_values_elsewhere() -> None:
    row = Region(region="here")
    with pytest.raises(ValueError, match="frozen"):
        row.region = "there"  # type: ignore[misc]
    assert {row, Region(region="here").at(7)} == {row}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abc", "'abc'"),
        ("-0.1", "'-0.1'"),
        ("1,000", None),
        ('"1,000"', "'1,000'"),
        ('"0,5"', "'0,5'"),
        ("1_000", "'1_000'"),
        ("nan", "'nan'"),
        ("inf", "'inf'"),
        ("1e999", "'1e999'"),
        ("0x10", "'0x10'"),
        ("1 000", "'1 000'"),
        ("٣", "'٣'"),
        ("", "a blank"),
        ("  ", "a blank"),
        ("1 GW", "'1 GW'"),
    ],
)
def test_numbers_have_one_spelling(tmp_path: Path, text: str, found: str | None) -> None:
    wrong = problems(tmp_path, demand=f"from_date,region,workload,demand_gw\n2026-01-01,here,training,{text}\n")
    if found is None:
        assert wrong == ["demand.csv:2: expected 4 cells, as in the header, found 5"]
    else:
        assert wrong == [f"demand.csv:2 demand_gw: expected a number of at least 0, found {found}"]


@pytest.mark.parametrize("text", ["1", "1.", "+1", "1.0", "1e0", "10E-1", " 1 ", '"1"'])
def test_numbers_may_have_a_sign_a_point_and_an_exponent(tmp_path: Path, text: str) -> None:
    demand = f"from_date,region,workload,demand_gw\n2026-01-01,here,training,{text}\n"
    assert Case.read(write_case(tmp_path, demand=demand)).rows(Demand)[0].demand_gw == 1.0


@pytest.mark.parametrize(
    "text", ["2026-1-1", "01/01/2026", "46023", "20260101", "2026-02-30", "2026-01-01T00:00", "1.1.2026", "2026-W01-1"]
)
def test_dates_have_one_spelling(tmp_path: Path, text: str) -> None:
    wrong = problems(tmp_path, demand=f"from_date,region,workload,demand_gw\n{text},here,training,1\n")
    assert wrong == [f"demand.csv:2 from_date: expected a date such as 2027-01-31, found '{text}'"]


def test_dates_and_numbers_far_out_of_range_are_refused(tmp_path: Path) -> None:
    wrong = problems(tmp_path, demand="from_date,region,workload,demand_gw\n0026-01-01,here,training,2e9\n")
    assert wrong == [
        "demand.csv:2 from_date: expected a date such as 2027-01-31, from 1970-01-01 to 2199-12-31, found '0026-01-01'",
        "demand.csv:2 demand_gw: expected a number of at least 0, not beyond 1e+09, found '2e9'",
    ]


def test_bounds_choices_names_and_truths(tmp_path: Path) -> None:
    row = site("Site A", status="maybe", guarantee="yes,rent,,2").replace(",6,", ",6.5,").replace("tpu|gpu", "tpu;gpu")
    row = (
        row.replace(",0.25,", ",1.5,")
        .replace(",10,1.2,", ",0.3,0.9,")
        .replace(",0.03,", ",-0.01,")
        .replace(",100,", ",0,")
    )
    assert problems(tmp_path, site_leases=SITE_COLUMNS + row) == [
        "site_leases.csv:2 offer: expected a name of lower-case words joined by underscores, found 'Site A'",
        "site_leases.csv:2 status: expected one of open, required, signed, closed, found 'maybe'",
        "site_leases.csv:2 lead_months: expected a whole number from 0 to 600, found '6.5'",
        "site_leases.csv:2 capacity_mw: expected a number above 0, found '0'",
        "site_leases.csv:2 min_share: expected a number from 0 to 1, found '1.5'",
        "site_leases.csv:2 escalator_rate: expected a number from 0 to 1, found '-0.01'",
        "site_leases.csv:2 term_years: expected a number above 0 and at most 100 that make whole months, found '0.3'",
        "site_leases.csv:2 pue: expected a number from 1 to 10, found '0.9'",
        "site_leases.csv:2 families: expected names of lower-case words joined by underscores, joined by |, "
        "found 'tpu;gpu'",
        "site_leases.csv:2 needs_guarantee: expected true or false, found 'yes'",
        "site_leases.csv:2 cover_measure: expected one of termination, remaining_rent, pv_rent, found 'rent'",
        "site_leases.csv:2 cover_share: expected a number from 0 to 1, found '2'",
    ]


def test_headers(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path,
        workloads="workload,max_latency,interruptible_share,workload,\ntraining,1000,0.5,training,x\n",
        regions="Region\nhere\nthere\n",
    )
    assert wrong == [
        "regions.csv:1 Region: expected a column of this table (region, grid_limit_gw, "
        "reference_rent_usd_per_kw_month, source), found 'Region'; did you mean 'region'?",
        "regions.csv:1 region: expected this column, found no such column",
        "workloads.csv:1 max_latency: expected a column of this table (workload, max_latency_ms, interruptible_share, "
        "revenue_usd_bn_per_gw_year, migration_usd_bn_per_gw, source), found 'max_latency'; did you mean"
        " 'max_latency_ms'?",
        "workloads.csv:1 workload: expected each column once, found it again as column 4",
        "workloads.csv:1: expected a name for every column, found a blank as column 5",
        "workloads.csv:1 max_latency_ms: expected this column, found no such column",
    ]


def test_rows_too_short_too_long_and_blank(tmp_path: Path) -> None:
    demand = "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2026-07-01,here\n,,,\n"
    assert problems(tmp_path, demand=demand) == [
        "demand.csv:3: expected 4 cells, as in the header, found 2",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "regions.csv: expected a header and rows, found an empty file"),
        (b"\n\n", "regions.csv: expected a header and rows, found an empty file"),
        (b"region\n", "regions.csv: expected at least one row, one row per region, found only a header"),
        (b"sep=;\nregion,source\nhere,\n", "regions.csv:2: expected columns separated by semicolons, found commas"),
        (b"region\tsource\nhere\t\n", "regions.csv:1: expected columns separated by commas, found tabs"),
        (b"region\nh\xe9re\n", "regions.csv:2: expected UTF-8 text, found the byte 0xe9"),
        ("region\nhere\n".encode("utf-16"), "regions.csv: expected UTF-8 text, found UTF-16 text"),
        ("region\nhere\n".encode("utf-16-le"), "regions.csv:1: expected UTF-8 text, found the byte 0x00"),
        (b'region\n"here\n', "regions.csv:2: expected a row of comma-separated cells, found unexpected end of data"),
        (b'region\n"he"re\n', "regions.csv:2: expected a row of comma-separated cells, found ',' expected after '\"'"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, data: bytes, message: str) -> None:
    write_case(tmp_path, demand="from_date,region,workload,demand_gw\n")
    (tmp_path / "regions.csv").write_bytes(data)
    with pytest.raises(DataError) as error:
        Case.read(tmp_path)
    empty = "demand.csv: expected at least one row, one row per date, region and workload, found only a header"
    assert str(error.value) == f"{empty}\n{message}"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, end: bytes) -> None:
    write_case(tmp_path)
    (tmp_path / "regions.csv").write_bytes(b"\xef\xbb\xbfregion" + end + b"here" + end + b"there")
    assert [(row.region, row.line) for row in Case.read(tmp_path).rows(Region)] == [("here", 2), ("there", 3)]


def test_lines_are_counted_through_cells_of_several_lines(tmp_path: Path) -> None:
    sources = 'key,title,kind,note\na,A,public,"one\ntwo"\nb,B,public,\n'
    assert [row.line for row in Case.read(write_case(tmp_path, sources=sources)).rows(Source)] == [2, 4]


def test_files_missing_and_unknown(tmp_path: Path) -> None:
    write_case(tmp_path, regions=None)
    (tmp_path / "region.CSV").touch()
    (tmp_path / "README.md").touch()
    (tmp_path / "links.csv").mkdir()
    with pytest.raises(DataError) as error:
        Case.read(tmp_path)
    assert str(error.value).splitlines() == [
        "links.csv: expected a file that can be read, found a folder",
        "region.CSV: expected a table of a case, found 'region.CSV'; did you mean 'regions.csv'?",
    ]


def test_keys_occur_once(tmp_path: Path) -> None:
    demand = "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2026-01-01,here,training,2\n"
    assert problems(tmp_path, demand=demand, regions="region\nhere\nthere\nhere\n") == [
        "demand.csv:3 from_date, region, workload: expected each from_date and region and workload once "
        "(line 2 has this one), found '2026-01-01', 'here', 'training'",
        "regions.csv:4 region: expected each region once (line 2 has this one), found 'here'",
    ]


def test_names_refer_to_rows_of_other_tables(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path,
        demand="from_date,region,workload,demand_gw,source\n2026-01-01,heer,training,1,web\n",
        site_leases=SITE_COLUMNS + site("site_a", after="site_b", region="mars"),
        guarantors="guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,site_c\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,1\n",
    )
    assert wrong == [
        "demand.csv:2 region: expected a region of regions.csv, found 'heer'; did you mean 'here'?",
        "demand.csv:2 source: expected a key of sources.csv, found 'web'",
        "guarantors.csv:2 requires_offer: expected an offer of any offer table, found 'site_c'; did you mean 'site_a'?",
        "site_leases.csv:2 after: expected an offer of site_leases.csv, found 'site_b'; did you mean 'site_a'?",
        "site_leases.csv:2 region: expected a region of regions.csv, found 'mars'",
    ]


def test_the_name_of_an_invalid_row_may_be_referred_to(tmp_path: Path) -> None:
    wrong = problems(tmp_path, regions="region,grid_limit_gw\nhere,x\nthere,\n")
    assert wrong == ["regions.csv:2 grid_limit_gw: expected a number of at least 0, found 'x'"]


def test_series_begin_by_the_start_of_the_case_in_any_order_of_rows(tmp_path: Path) -> None:
    demand = (
        "from_date,region,workload,demand_gw\n"
        "2027-01-01,here,training,1\n2027-01-01,there,training,1\n"
        "2026-02-01,there,training,1\n2025-01-01,here,training,1\n"
    )
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share\n2026-01-02,1,0.5\n"
    assert problems(tmp_path, demand=demand, finance=finance) == [
        "demand.csv:4 from_date: expected a date not after the case's start 2026-01-01, as the first of there, "
        "training, found '2026-02-01'",
        "finance.csv:2 from_date: expected a date not after the case's start 2026-01-01, as the first,"
        " found '2026-01-02'",
    ]


def test_links_and_demand_and_guarantors(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path,
        links="""
            region_a,region_b,latency_ms,egress_usd_bn_per_gw_year
            here,there,10,0
            here,here,10,0
            there,here,20,0
            """,
        chip_performance="chip,workload,gw_equivalent\ntpu_a,training,\n",
        guarantors="guarantor,kind,families,fee_rate\nbank,lease,tpu,0\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,residual,2026-01-01,1\n",
    )
    assert wrong == [
        "demand.csv:2 workload: expected a workload that some chip can run by chip_performance.csv, found 'training'",
        "guarantor_caps.csv:2 guarantor, kind: expected guarantor and kind with a row in guarantors.csv, "
        "found 'bank', 'residual'",
        "guarantors.csv:2 guarantor, kind: expected guarantor and kind with a row in guarantor_caps.csv, "
        "found 'bank', 'lease'",
        "links.csv:3 region_b: expected a region other than region_a 'here', found 'here'",
        "links.csv:4 region_a, region_b: expected each pair of regions once, in either order (line 2 has this one), "
        "found 'there', 'here'",
    ]


def cloud(**tables: str) -> dict[str, str]:
    return {**CLOUD, **tables}


COMMITMENT = "offer,provider,status,sign_from,sign_by,start_date,lead_months,term_years,shortfall,rollover_share\n"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "open,2026-07-01,2026-01-01,,6,2,forfeit,",
            "sign_by: expected a date not before sign_from 2026-07-01, found '2026-01-01'",
        ),
        ("open,,,2026-07-01,6,2,forfeit,", "lead_months: expected a blank where start_date is given, found '6'"),
        ("open,,,,,2,forfeit,", "start_date: expected a date here or a whole number in lead_months, found a blank"),
        (
            "signed,,,,6,2,forfeit,",
            "start_date: expected the date on which it started or will start, as its status is signed, found a blank",
        ),
        (
            "open,2026-07-01,,2026-01-01,,2,forfeit,",
            "start_date: expected a date not before sign_from 2026-07-01, found '2026-01-01'",
        ),
        (
            "open,,,,6,2,rollover,",
            "rollover_share: expected a number from 0 to 1 where shortfall is rollover, found a blank",
        ),
        ("open,,,,6,2,credit,0.5", "rollover_share: expected a blank where shortfall is credit, found '0.5'"),
        (
            "open,,,,6,3.5,forfeit,",
            "term_years: expected a row in cloud_terms.csv for each contract year from 1 to 4, or capacity_gw here,"
            " found none for 3, 4",
        ),
    ],
)
def test_columns_of_a_cloud_commitment_are_checked_together(tmp_path: Path, row: str, message: str) -> None:
    wrong = problems(tmp_path, **cloud(cloud_commitments=f"{COMMITMENT}cloud,aws,{row}\n"))
    assert wrong == [f"cloud_commitments.csv:2 {message}"]


def test_a_cloud_commitment_has_tiers_terms_and_products(tmp_path: Path) -> None:
    tables = {name: text.strip().splitlines()[0] + "\n" for name, text in CLOUD.items() if name != "cloud_commitments"}
    assert problems(tmp_path, **cloud(**tables)) == [
        "cloud_commitments.csv:2 offer: expected an offer with at least one row in cloud_tiers.csv, "
        "or its price here, found 'cloud'",
        "cloud_commitments.csv:2 term_years: expected a row in cloud_terms.csv for each contract year from 1 to 2, "
        "or capacity_gw here, found none for 1, 2",
        "cloud_commitments.csv:2 offer: expected an offer with at least one row in cloud_products.csv, "
        "or its chip here, found 'cloud'",
    ]


def test_nothing_is_reported_missing_where_a_row_could_not_be_read(tmp_path: Path) -> None:
    wrong = problems(tmp_path, **cloud(cloud_terms=CLOUD["cloud_terms"].replace("cloud,2,1", "cloud,2,x")))
    assert wrong == ["cloud_terms.csv:3 capacity_gw: expected a number of at least 0, found 'x'"]


def test_contract_years_and_scales(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path,
        **cloud(
            cloud_terms=CLOUD["cloud_terms"] + "        cloud,3,1,5\n",
            cloud_tiers="offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step\ncloud,full,10,2,1,0\n"
            "cloud,less,10,2,1,\n",
        ),
    )
    assert wrong == [
        "cloud_terms.csv:4 contract_year: expected at most 2, the last contract year of cloud, found '3'",
        "cloud_tiers.csv:2 scale_step: expected a number above 0, found '0'",
        "cloud_tiers.csv:3 scale_max: expected a number not below scale_min 2, found '1'",
    ]


SIGNED = COMMITMENT.replace("\n", ",signed_tier,signed_scale\n")
TWO_TIERS = "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ncloud,full,10,1,2\ncloud,less,10,1,1\n"


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        (",", "signed_tier: expected the tier that was signed, as status is signed: one of full, less, found a blank"),
        (
            "full,",
            "scale_max: expected the same as scale_min 1, or the scale that was signed in signed_scale of cloud, as its"
            " status is signed, found '2'",
        ),
        ("more,1", "signed_tier: expected a tier of cloud: one of full, less, found 'more'"),
        ("full,2.1", "signed_scale: expected a scale of tier full, from 1 to 2, found '2.1'"),
    ],
)
def test_a_signed_cloud_commitment_has_a_tier_and_a_scale(tmp_path: Path, cells: str, wrong: str) -> None:
    row = f"cloud,aws,signed,,,2025-01-01,,2,forfeit,,{cells}\n"
    found = problems(tmp_path, **cloud(cloud_commitments=SIGNED + row, cloud_tiers=TWO_TIERS))
    file = "cloud_tiers" if wrong.startswith("scale_max") else "cloud_commitments"
    assert found == [f"{file}.csv:2 {wrong}"]


@pytest.mark.parametrize("column", ["signed_tier", "signed_scale", "equity_received_usd_bn", "paid_usd_bn"])
def test_only_a_signed_cloud_commitment_has_a_past(tmp_path: Path, column: str) -> None:
    value = "only" if column == "signed_tier" else "1"
    row = f"cloud,aws,open,,,2027-01-01,,2,forfeit,{value}\n"
    header = COMMITMENT.replace("rollover_share", column)
    assert problems(tmp_path, **cloud(cloud_commitments=header + row)) == [
        f"cloud_commitments.csv:2 {column}: expected a blank where status is not signed, found '{value}'"
    ]


def test_columns_of_a_site_lease_are_checked_together(tmp_path: Path) -> None:
    rows = [
        site("site_a", ready_by="2026-01-01"),
        site("site_b", guarantee="true,,,"),
        site("site_c", guarantee="true,termination,,0.5"),
        site("site_d", guarantee="true,pv_rent,8,"),
        site("site_e", after="site_f"),
        site("site_f", after="site_e"),
    ]
    runoff = "age_years,cover_share\n1,0.5\n2,0\n"
    assert problems(tmp_path, site_leases=SITE_COLUMNS + "".join(rows), cover_runoff=runoff) == [
        "cover_runoff.csv:2 age_years: expected 0 as the first age, found '1'",
        "site_leases.csv:2 ready_by: expected a date not before ready_date 2026-07-01, found '2026-01-01'",
        "site_leases.csv:3 cover_measure: expected one of termination, remaining_rent, pv_rent where needs_guarantee is"
        " true, found a blank",
        "site_leases.csv:4 cover_usd_bn_per_gw: expected a number where cover_measure is termination, found a blank",
        "site_leases.csv:5 cover_share: expected a number where cover_measure is pv_rent, found a blank",
        "site_leases.csv:6 after: expected phases in an order, found a circle: site_e after site_f after site_e",
    ]


def test_a_termination_cover_runs_off(tmp_path: Path) -> None:
    assert problems(tmp_path, site_leases=SITE_COLUMNS + site("site_a", guarantee="false,termination,8,")) == [
        "site_leases.csv:2 cover_measure: expected a row in cover_runoff.csv where it is termination, found none"
    ]


ORDER = "offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,lot_gw\n"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "open,2026-07-01,2026-01-01,0,1,",
            "sign_by: expected a date not before sign_from 2026-07-01, found '2026-01-01'",
        ),
        ("open,,,2,1,", "max_gw: expected a number not below min_gw 2, found '1'"),
        (
            "signed,2026-01-01,,1,2,",
            "max_gw: expected the same as min_gw 1 where status is signed, or rows in signed_deliveries.csv, found '2'",
        ),
        (
            "signed,,,1,1,",
            "sign_from: expected the date on which it was ordered, as its status is signed, found a blank",
        ),
        ("open,,,0,1,1.5", "lot_gw: expected a number not above max_gw 1, found '1.5'"),
        ("open,,,0.9,1,0.4", "lot_gw: expected a lot with a multiple from min_gw 0.9 to max_gw 1, found '0.4'"),
    ],
)
def test_columns_of_an_order_are_checked_together(tmp_path: Path, row: str, message: str) -> None:
    wrong = problems(tmp_path, **{**PURCHASE, "chip_purchases": f"{ORDER}order,tpu_a,maker,{row}\n"})
    assert wrong == [f"chip_purchases.csv:2 {message}"]


def test_orders_are_delivered_in_full_and_chips_held_have_resale_values(tmp_path: Path) -> None:
    wrong = problems(
        tmp_path,
        chip_purchases=f"{ORDER}order,tpu_a,maker,open,,,0,1,\nother,tpu_a,maker,open,,,0,1,\n",
        chip_deliveries="offer,months,delivered_share\norder,0,0.5\norder,6,0.4\n",
        resale_values="chip,age_years,value_share\n",
    )
    assert wrong == [
        "chip_deliveries.csv:2 delivered_share: expected parts that add to 1 over all rows of order, found 0.9",
        "chip_purchases.csv:2 chip: expected a chip with rows in resale_values.csv, found 'tpu_a'",
        "chip_purchases.csv:3 offer: expected an order with at least one row in chip_deliveries.csv, "
        "or delivery_months here, found 'other'",
    ]


def test_deliveries_are_of_orders_and_leases_of_chips(tmp_path: Path) -> None:
    wrong = problems(tmp_path, chip_deliveries="offer,months,delivered_share\nlost,0,1\n")
    assert (
        "chip_deliveries.csv:2 offer: expected an offer of chip_leases.csv or chip_purchases.csv, found 'lost'" in wrong
    )


def test_resale_values_begin_at_age_0(tmp_path: Path) -> None:
    resale = "chip,age_years,value_share\ntpu_a,2,0.5\ntpu_a,1,1\n"
    owned = "chip,gw,in_service,cost_usd_bn\ntpu_a,1,2025-01-01,20\n"
    assert problems(tmp_path, resale_values=resale, owned_chips=owned) == [
        "resale_values.csv:3 age_years: expected 0 as the first age of tpu_a, found '1'"
    ]
    assert problems(tmp_path / "none", resale_values=resale.splitlines()[0] + "\n", owned_chips=owned) == [
        "owned_chips.csv:2 chip: expected a chip with rows in resale_values.csv, found 'tpu_a'"
    ]


def test_offers_of_all_tables_together(tmp_path: Path) -> None:
    columns = SITE_COLUMNS.replace("offer,site", "exclusive_group,requires_offer,offer,site")
    rows = [
        f"one,,{site('cloud')}",
        f"two,,{site('site_a', status='required')}",
        f"two,,{site('site_b', status='signed')}",
        f",site_d,{site('site_c')}",
        f",site_c,{site('site_d')}",
        f",site_e,{site('site_e')}",
    ]
    assert problems(tmp_path, **CLOUD, site_leases=columns + "".join(rows)) == [
        "site_leases.csv:2 offer: expected one name for one offer across tables (cloud_commitments.csv:2 has this one),"
        " found 'cloud'",
        "site_leases.csv:4 status: expected open or closed, as site_a of the same exclusive_group 'two' is required, "
        "found 'signed'",
        "site_leases.csv:5 requires_offer: expected an offer that does not itself require this one, "
        "found a circle: site_c requires site_d requires site_c",
        "site_leases.csv:7 requires_offer: expected an offer that does not itself require this one, "
        "found a circle: site_e requires site_e",
    ]
