"""Tables that a case need not have: each means the same as the table that is written out here by hand."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.case.implied import implied_rows, spelled_out
from planner.case.shipped import path
from planner.catalogue import CATALOGUE
from planner.cli import main
from planner.futures.cases import case_of
from planner.plan.audit import audit
from planner.reports.check import Check
from planner.tables import csvtext

BURN_STAGE = Path(__file__).parent / "burn_stage"
RENTER, WHOLE = BURN_STAGE / "renter", BURN_STAGE / "case"
OFFER = (
    "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall,chip,region,price_usd_per_chip_hour,"
    "min_share,capacity_mw,floor_usd_m\n"
)
BARE = {
    "cloud_products": ("cloud_commitments", ("chip", "region")),
    "cloud_tiers": ("cloud_commitments", ("price_usd_per_chip_hour", "min_share")),
    "cloud_terms": ("cloud_commitments", ("capacity_mw", "floor_usd_m")),
    "chip_performance": ("chips", ("gw_equivalent",)),
    "chip_deliveries": ("chip_purchases", ("delivery_months",)),
}
"""by table, the other one and its columns that imply it"""
RENTED = {
    "regions": "region\nhere\n",
    "workloads": "workload,max_latency_ms,interruptible_share\ntraining,60000,0\n",
    "chip_performance": "chip,workload,gw_equivalent\nh100,training,1\n",
    "cloud_products": "offer,chip,region,price_factor\non_demand,h100,here,1\nreserved,h100,here,1\n",
    "cloud_tiers": "offer,tier,price_usd_per_chip_hour,scale_min,scale_max\non_demand,only,2.99,1,1\n"
    "reserved,only,1.99,0.25,1\n",
    "cloud_terms": "offer,contract_year,capacity_mw,floor_usd_m\non_demand,1,10,0\non_demand,2,10,0\non_demand,3,10,0\n"
    "reserved,1,8,90\nreserved,2,8,90\n",
}
"""what the files of the renter imply, written out"""
OWNED = {
    "chip_performance": "chip,workload,gw_equivalent,source\nh100,training,1,a_chips\nb200,training,1.5,a_chips\n",
    "chip_deliveries": "offer,months,delivered_share,source\ngpu_order,6,1,a_chips\n",
    "resale_values": "chip,age_years,value_share\nh100,0,0\nb200,0,0\n",
}
"""what the files of the whole company imply that the renter has not"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def without(files: dict[str, bytes], table: str, columns: tuple[str, ...]) -> dict[str, bytes]:
    """The files with blanks in some columns of a table."""
    raw = csvtext.parse(f"{table}.csv", files[f"{table}.csv"])
    at = {raw.header.index(name) for name in columns if name in raw.header}
    records = [
        row._replace(cells=tuple("" if i in at else cell for i, cell in enumerate(row.cells))) for row in raw.records
    ]
    return {**files, f"{table}.csv": csvtext.render(csvtext.RawTable(raw.header, tuple(records)))}


def written_out(files: dict[str, bytes], tables: dict[str, str]) -> dict[str, bytes]:
    """The files with tables written out, and blanks in the columns that imply them."""
    for name, text in tables.items():
        files = {**files, f"{name}.csv": text.encode()}
        if name in BARE:
            files = without(files, *BARE[name])
    return files


def same_rows(one: Case, other: Case) -> bool:
    return all(one.rows(table) == other.rows(table) for table in CATALOGUE.tables)


def problems(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(DataError) as error:
        Case.made_of(files)
    return str(error.value).splitlines()


@pytest.mark.parametrize("table", RENTED)
def test_a_table_of_the_renter_that_is_missing_says_what_it_would_say(table: str) -> None:
    files = files_of(RENTER)
    implied, written = Case.made_of(files), Case.made_of(written_out(files, {table: RENTED[table]}))
    assert same_rows(implied, written)
    assert table in implied.implied.remarks
    assert table not in written.implied.remarks


@pytest.mark.parametrize("table", OWNED)
def test_a_table_of_the_whole_company_that_is_missing_says_what_it_would_say(table: str) -> None:
    files = files_of(WHOLE)
    files.pop("resale_values.csv")
    implied, written = Case.made_of(files), Case.made_of(written_out(files, {table: OWNED[table]}))
    assert same_rows(implied, written)
    assert table in implied.implied.remarks
    assert table not in written.implied.remarks


@pytest.mark.parametrize(("folder", "tables"), [(RENTER, RENTED), (WHOLE, OWNED)])
def test_the_plan_is_the_same_to_the_last_digit(folder: Path, tables: dict[str, str]) -> None:
    files = files_of(folder)
    files.pop("resale_values.csv", None)
    implied, written = Case.made_of(files).solve(), Case.made_of(written_out(files, tables)).solve()
    assert implied.record.objective_usd_bn == written.record.objective_usd_bn
    assert implied.values == written.values


def test_what_is_bought_is_worth_nothing_without_resale_values() -> None:
    """Nothing is earned at the end by selling what was bought."""
    files = files_of(WHOLE)
    files.pop("resale_values.csv")
    ledger = Case.made_of(files).solve().tables["ledger"]
    assert not (ledger["line"] == "resale").any()


def test_each_part_of_an_offer_may_stand_in_its_row_or_in_its_table() -> None:
    """Capacity that grows stands in cloud_terms, and the price stays in the row; both at once are refused."""
    files = without(files_of(RENTER), "cloud_commitments", ("floor_usd_m", "capacity_mw"))
    grows = RENTED["cloud_terms"].replace("on_demand,1,10", "on_demand,1,6")
    case = Case.made_of({**files, "cloud_terms.csv": grows.encode()})
    assert list(case.frame("cloud_terms")["capacity_gw"]) == [0.006, 0.01, 0.01, 0.008, 0.008]
    assert list(case.frame("cloud_tiers")["tier"]) == ["only", "only"]
    assert problems({**files_of(RENTER), "cloud_terms.csv": grows.encode()}) == [
        "cloud_commitments.csv:2 capacity_mw: expected a blank, as cloud_terms.csv has rows of on_demand, found '10'",
        "cloud_commitments.csv:3 capacity_mw: expected a blank, as cloud_terms.csv has rows of reserved, found '8'",
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("h100,,1.99,,8,90", "region: expected a name of lower-case words joined by underscores, found a blank"),
        (",here,,,8,", "chip: expected a name of lower-case words joined by underscores, found a blank"),
        ("h100,here,,0.5,8,90", "price_usd_per_chip_hour: expected a number of at least 0, found a blank"),
        ("h100,here,1.99,,,90", "capacity_mw: expected a number of at least 0, found a blank"),
        ("h100,here,1.99,1.5,8,90", "min_share: expected a number from 0 to 1, found '1.5'"),
        ("h100,here,dear,,8,90", "price_usd_per_chip_hour: expected a number of at least 0, found 'dear'"),
        ("h100,here,1.99,,-8,90", "capacity_mw: expected a number of at least 0, found '-8'"),
        ("h200,here,1.99,,8,90", "chip: expected a chip of chips.csv, found 'h200'; did you mean 'h100'?"),
    ],
)
def test_problems_of_implied_rows_are_told_of_the_rows_that_imply_them(row: str, message: str) -> None:
    files = files_of(RENTER)
    files["cloud_commitments.csv"] = f"{OFFER}reserved,hyperscaler,open,,,0,2,forfeit,{row}\n".encode()
    assert f"cloud_commitments.csv:2 {message}" in problems(files)
    assert not any(name in text for text in problems(files) for name in ("cloud_products.csv:", "cloud_tiers.csv:"))


def test_a_mistyped_region_is_not_a_new_one() -> None:
    """Regions are those that are asked for; what is offered elsewhere could serve nobody."""
    files = files_of(RENTER)
    files["cloud_commitments.csv"] = files["cloud_commitments.csv"].replace(b"h100,here,1.99", b"h100,heer,1.99")
    assert problems(files) == [
        "cloud_commitments.csv:3 region: expected a region of regions.csv (regions.csv is not there: the regions are"
        " those that demand.csv and links.csv name), found 'heer'; did you mean 'here'?"
    ]


def test_several_chips_must_say_what_they_do() -> None:
    """Of several kinds, nothing is taken for granted: a GW of one does not do what a GW of another does."""
    files = files_of(RENTER)
    chips = files["chips.csv"].decode()
    two = chips + chips.splitlines()[1].replace("h100", "b200") + "\n"
    assert problems({**files, "chips.csv": two.encode()}) == [
        "chip_performance.csv: expected this table, one row per chip and workload, or gw_equivalent in chips.csv, found"
        " no such file"
    ]
    header, *rows = two.splitlines()
    half = "\n".join([f"{header},gw_equivalent", f"{rows[0]},", f"{rows[1]},1.5", ""])
    assert problems({**files, "chips.csv": half.encode()}) == [
        "chips.csv:2 gw_equivalent: expected a value, as chip_performance.csv is not there and other rows of this table"
        " have one, found a blank"
    ]


def test_a_lease_of_chips_asks_for_their_resale_values() -> None:
    """A supporter stands for the value of leased chips, so 0 would not be cautious there."""
    files = files_of(path("starter"))
    del files["resale_values.csv"], files["README.md"]
    assert any("a chip with rows in resale_values.csv" in text for text in problems(files))


def test_a_table_with_a_header_only_is_no_missing_table() -> None:
    found = problems({**files_of(RENTER), "regions.csv": b"region\n"})
    assert "regions.csv: expected at least one row, one row per region, found only a header" in found


def test_a_change_of_an_implied_table_writes_it_out(tmp_path: Path) -> None:
    case = Case.read(RENTER)
    changed = case.change("cloud_terms[reserved,2].floor_usd_m = 80", "+regions{region=there}")
    assert list(changed.frame("cloud_terms")["floor_usd_bn"]) == [0, 0, 0, 0.09, 0.08]
    assert list(changed.frame("regions")["region"]) == ["here", "there"]
    changed.write(tmp_path / "case")
    assert {"cloud_terms.csv", "regions.csv"} == {each.name for each in (tmp_path / "case").iterdir()} - set(case.files)
    assert same_rows(Case.read(tmp_path / "case"), changed)
    dearer = case.change("cloud_commitments[*].price_usd_per_chip_hour *= 1.1")
    assert set(dearer.files) == set(case.files)
    assert dearer.frame("cloud_tiers")["price_usd_bn_per_gw_year"].tolist() == pytest.approx(
        [1.1 * 2.99 * 8.766 / 1.3, 1.1 * 1.99 * 8.766 / 1.3], rel=1e-12
    )


def test_a_part_of_a_year_is_a_contract_year_of_its_own() -> None:
    terms = Case.read(RENTER).change("cloud_commitments[reserved].term_years = 1.5").frame("cloud_terms")
    assert terms.loc[terms["offer"] == "reserved", "contract_year"].tolist() == [1, 2]


def test_spelling_everything_out_leaves_nothing_implied() -> None:
    for folder in (RENTER, WHOLE):
        case = Case.read(folder)
        raw = spelled_out(case.raw, [table.about.name for table in CATALOGUE.tables], CATALOGUE.tables)
        assert implied_rows(raw, CATALOGUE.tables).remarks == {}
        made = {f"{name}.csv": csvtext.render(table) for name, table in raw.items()}
        assert same_rows(case, Case.made_of({**case.files, **made}))


def test_what_is_implied_is_said_by_check_and_kept_with_the_plan(tmp_path: Path) -> None:
    """`planner check` names each table; a plan has the same remarks, and the audit finds one that is struck."""
    said = CliRunner().invoke(main, ["check", str(RENTER)]).output
    assert set(re.findall(r"(\w+)\.csv is not there", said)) == set(RENTED)
    assert "the regions are those that demand.csv and links.csv name: here" in said
    plan = Case.read(RENTER).solve()
    assert set(Case.read(RENTER).implied.remarks.values()) <= set(plan.record.notes)
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees
    (tmp_path / "plan/case/regions.csv").write_text("region\nhere\n")
    assert not audit(tmp_path / "plan").agrees


def test_an_outcome_may_change_what_is_implied() -> None:
    """The future in which reserved chips are dearer has the table written out; the other has the files as they are."""
    files = files_of(RENTER)
    files["cloud_commitments.csv"] = files["cloud_commitments.csv"].replace(
        b"er,open,2026-01-01", b"er,open,2026-07-01"
    )
    files["events.csv"] = b"event,known_on\nprice,2026-07-01\n"
    files["outcomes.csv"] = (
        b"event,outcome,given,probability,changes\n"
        b'price,dear,,0.5,"cloud_tiers[reserved,only].price_usd_per_chip_hour *= 2"\nprice,kept,,0.5,\n'
    )
    case = Case.made_of(files)
    tree = Check.of(case).tree
    dear, kept = (case_of(case, tree, future) for future in tree.futures)
    assert dear.frame("cloud_tiers")["price_usd_bn_per_gw_year"].tolist() == pytest.approx(
        [2.99 * 8.766 / 1.3, 2 * 1.99 * 8.766 / 1.3], rel=1e-12
    )
    assert set(dear.files) - set(kept.files) == {"cloud_tiers.csv"}
    early = files | {"events.csv": b"event,known_on\nprice,2027-01-01\n"}
    with pytest.raises(DataError, match="the news would come too late"):
        Check.of(Case.made_of(early))
