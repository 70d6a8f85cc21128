"""The same case in other units: MW, USD m, prices per chip. Every number is the same to the last bit."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import schema, shipped
from planner.case.plausibility import slips
from planner.case.shipped import path
from planner.catalogue import CATALOGUE
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.common.settings import Settings, setting_spellings
from planner.generate import case_files
from planner.instruments.cloud_commitment.tables import CloudTier
from planner.tables import csvtext
from planner.tables.spellings import spellings, spellings_of
from tests.small import small


def rewritten(files: Mapping[str, bytes], draw: Random | None = None) -> dict[str, bytes]:
    """The files with every column in another unit: the one with MW and USD m or, if `draw` is given, any."""
    made = dict(files)
    for row in CATALOGUE.tables:
        if row.about.file not in files:
            continue
        table = csvtext.parse(row.about.file, files[row.about.file])
        header, ways = list(table.header), {}
        for i, name in enumerate(header):
            others = [each for each in spellings_of(name) if each.column in spellings(row)]
            if others:
                ways[i] = others[-1] if draw is None else draw.choice(others)
                header[i] = ways[i].column
        records = [
            each._replace(cells=tuple(ways[i].from_own(c) if i in ways else c for i, c in enumerate(each.cells)))
            for each in table.records
        ]
        made[row.about.file] = csvtext.render(csvtext.RawTable(tuple(header), tuple(records)))
    lines = []
    for line in files["case.toml"].decode().splitlines():
        key, equals, value = line.partition(" = ")
        way = next((each for each in reversed(setting_spellings(Settings).values()) if each.own == key), None)
        lines.append(f"{way.column} = {way.from_own(value)}" if equals and way is not None else line)
    made["case.toml"] = "\n".join(lines).encode()
    return made


CASES = [*shipped.names(), "generated"]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_every_number_is_the_same_in_every_unit(name: str, seed: int | None) -> None:
    files = case_files(40, seed=3) if name == "generated" else Case.read(path(name)).files
    ours = Case.made_of(files)
    theirs = Case.made_of(rewritten(files, None if seed is None else Random(seed)))
    assert theirs.files != ours.files
    assert theirs.settings == ours.settings
    for row in CATALOGUE.tables:
        assert theirs.rows(row) == ours.rows(row), row.about.name


def test_no_other_unit_is_a_column_of_its_own() -> None:
    for row in CATALOGUE.tables:
        assert not set(spellings(row)) & set(row.fields())
    assert {"demand_mw"} == {each.column for each in spellings_of("demand_gw")}


def problems(folder: Path, **tables: str) -> list[str]:
    with pytest.raises(DataError) as wrong:
        small(folder, **tables)
    return [str(each) for each in wrong.value.problems]


DEMAND = "from_date,region,workload,demand_gw,demand_mw\n"
MIXED = DEMAND + "2026-01-01,here,training,1,\n2027-01-01,here,training,,1500\n"


def test_each_row_fills_one_of_two_columns(tmp_path: Path) -> None:
    case = small(tmp_path / "case", demand=MIXED)
    assert [row.demand_gw for row in case.rows(Demand)] == [1.0, 1.5]
    assert problems(tmp_path / "both", demand=MIXED.replace(",1,\n", ",1,1000\n")) == [
        "demand.csv:2 demand_gw, demand_mw: expected one of the two, found both"
    ]
    assert problems(tmp_path / "none", demand=MIXED.replace(",1,\n", ",,\n")) == [
        "demand.csv:2 demand_gw: expected a number of at least 0, found a blank"
    ]


def test_messages_are_about_what_the_user_wrote(tmp_path: Path) -> None:
    """A wrong cell, a name almost right, a row that is too long, and what a check of tables compares."""
    text = "from_date,region,workload,demand_mw\n2026-01-01,here,training,{}\n"
    for cell, found in (("-3", "'-3'"), ("1,5", "5"), ("x", "'x'"), ("", "a blank")):
        expected = "4 cells, as in the header" if "," in cell else "demand_mw: expected a number of at least 0"
        (said,) = problems(tmp_path / f"cell{len(cell)}{cell[:1]}", demand=text.format(cell))
        assert expected in said
        assert said.endswith(f"found {found}")
    wrong = problems(tmp_path / "name", demand=text.format(1).replace("_mw", "_mv"))
    assert "found 'demand_mv'; did you mean 'demand_mw'?" in wrong[0]
    huge = text.format("1e13")
    assert problems(tmp_path / "huge", demand=huge) == [
        "demand.csv:2 demand_mw: expected a number of at least 0, not beyond 1e+09, found '1e13', which is "
        "10000000000 GW"
    ]


def test_a_slip_says_both_numbers(tmp_path: Path) -> None:
    """kW in the place of MW: 2,000 MW are 2,000,000 kW."""
    case = small(tmp_path, regions="region,grid_limit_mw\nhere,2000000\nthere,\n")
    assert [str(slip) for slip in slips(case)] == [
        "regions.csv:2 grid_limit_mw: expected from 0.001 to 5 GW, or 0, found '2000000', which is 2000 GW; "
        "did you mean 2,000 MW?"
    ]


CHIPS = (
    "chip,family,vendor,available_from,capex_usd_per_chip,capex_decline_rate,life_years,opex_usd_per_chip_year,"
    "kw_per_chip\nh100,hopper,nvidia,2025-01-01,{price},0,5,650,{kw}\n"
)
RENTED = {
    "chip_performance": "chip,workload,gw_equivalent\nh100,training,1\n",
    "cloud_commitments": "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
    "deal,cloud,open,2026-01-01,2026-01-01,0,2,forfeit\n",
    "cloud_tiers": "offer,tier,price_usd_per_chip_hour,scale_min,scale_max\ndeal,only,2.6,1,1\n",
    "cloud_terms": "offer,contract_year,capacity_mw,floor_usd_m\ndeal,1,20,0\ndeal,2,20,0\n",
    "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,h100,here,1,2026-01-01\n",
}


def test_prices_per_chip(tmp_path: Path) -> None:
    """1.3 kW a chip: 39,000 USD are 30,000 per kW, which is 30 USD bn per GW; 2.6 an hour are 2 × 8,766 h a kW-year."""
    case = small(tmp_path, chips=CHIPS.format(price=39000, kw=1.3), **RENTED)
    (chip,), (tier,) = case.rows(Chip), case.rows(CloudTier)
    assert (chip.capex_usd_bn_per_gw, chip.opex_usd_bn_per_gw_year, chip.kw_per_chip) == (30.0, 0.5, 1.3)
    assert tier.price_usd_bn_per_gw_year == 17.532
    dearer = case.change("chips[h100].kw_per_chip = 1")  # the table of tiers stays as it is, its prices do not
    assert dearer.rows(CloudTier)[0].price_usd_bn_per_gw_year == pytest.approx(2.6 * 8.766, rel=1e-15)
    assert dearer.rows(Chip)[0].capex_usd_bn_per_gw == 39.0
    per_gw = case.change("cloud_tiers[deal,only].price_usd_bn_per_gw_year = 9")
    assert per_gw.rows(CloudTier)[0].price_usd_bn_per_gw_year == 9.0
    assert case.change("cloud_tiers[deal,only].price_usd_per_chip_hour *= 2").rows(CloudTier)[
        0
    ].price_usd_bn_per_gw_year == pytest.approx(2 * 17.532, rel=1e-15)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            ("cloud_products", ",1,2026", ",2,2026"),
            "a product of price_factor 1 in cloud_products.csv, whose",
        ),
        (("cloud_products", "deal,h100", "deal,h1000"), "a chip of chips.csv, found 'h1000'; did you mean 'h100'?"),
        (("chips", ",1.3", ","), "kw_per_chip of h100 in chips.csv, where a price is per chip, found a blank"),
        (("chips", ",1.3", ",0"), "chips.csv:2 kw_per_chip: expected a number above 0, found '0'"),
    ],
)
def test_a_price_per_chip_without_a_chip(tmp_path: Path, changed: tuple[str, str, str], says: str) -> None:
    tables = {"chips": CHIPS.format(price=39000, kw=1.3), **RENTED}
    name, old, new = changed
    tables[name] = tables[name].replace(old, new)
    wrong = problems(tmp_path, **tables)
    assert any(says in each for each in wrong), wrong
    assert len(wrong) == (3 if name == "chips" and new == "," else 1), wrong


def test_chips_of_two_powers_have_no_price_in_common(tmp_path: Path) -> None:
    chips = CHIPS.format(price=39000, kw=1.3) + "b200,blackwell,nvidia,2025-01-01,50000,0,5,650,1.9\n"
    products = RENTED["cloud_products"] + "deal,b200,here,1,2026-01-01\n"
    tables = {**RENTED, "chips": chips, "cloud_products": products}
    tables["chip_performance"] += "b200,training,1\n"
    assert problems(tmp_path / "two", **tables) == [
        "cloud_tiers.csv:2 price_usd_per_chip_hour: expected chips of one kw_per_chip among the products of "
        "price_factor 1, found 1.3 and 1.9"
    ]
    tables["cloud_products"] = products.replace("b200,here,1,", "b200,here,1.2,")
    assert small(tmp_path / "one", **tables).rows(CloudTier)[0].price_usd_bn_per_gw_year == 17.532


@pytest.mark.parametrize(
    ("change", "file", "line"),
    [
        ("demand[*,*,*].demand_gw = 0.3", "demand.csv", "2027-01-01,west,training,300,a_demand"),
        ("demand[*,*,*].demand_mw = 300.5", "demand.csv", "2027-01-01,west,training,300.5,a_demand"),
        ("demand[*,*,*].demand_gw += 0.001", "demand.csv", "2027-01-01,west,training,1001,a_demand"),
        ("demand[*,*,*].demand_mw -= 1", "demand.csv", "2027-01-01,west,training,999,a_demand"),
        ("demand[2027-06-01..2028-06-01,*,*].demand_gw *= 1.1", "demand.csv", "2027-06-01,west,training,1100,a_demand"),
        (
            "+demand{from_date=2030-01-01, region=west, workload=training, demand_gw=0.25}",
            "demand.csv",
            "2030-01-01,west,training,250,",
        ),
        ("case.opening_cash_usd_bn += 1", "case.toml", "opening_cash_usd_m = 21000.0"),
        ("case.opening_cash_usd_m = 12.5", "case.toml", "opening_cash_usd_m = 12.5"),
        ("case.opening_cash_usd_bn *= 2", "case.toml", "opening_cash_usd_m = 40000.0"),
    ],
)
def test_a_change_is_written_in_the_unit_of_the_file(change: str, file: str, line: str) -> None:
    case = Case.made_of(rewritten(Case.read(path("starter")).files)).change(change)
    assert line in case.files[file].decode().splitlines()


def test_settings_in_two_units() -> None:
    files = dict(Case.read(path("starter")).files)
    toml = files["case.toml"]
    files["case.toml"] = toml.replace(b"opening_cash_usd_bn", b"opening_cash_usd_m = 3\nopening_cash_usd_bn")
    with pytest.raises(DataError, match="opening_cash_usd_m or opening_cash_usd_bn, found both"):
        Case.made_of(files)
    was = b"shortage_cost_usd_bn_per_gw_year = 40"
    assert was in toml
    files["case.toml"] = toml.replace(was, b"shortage_cost_usd_m_per_mw_year = -1")
    with pytest.raises(DataError) as wrong:
        Case.made_of(files)
    (said,) = map(str, wrong.value.problems)
    assert said == "case.toml:9 shortage_cost_usd_m_per_mw_year: expected a number of at least 0, found '-1'"


def test_a_later_day_keeps_the_units(tmp_path: Path) -> None:
    """What a plan leaves to a later day is written in the units of the case; it is the same case as in the others."""
    ours = Case.read(path("starter"))
    theirs = Case.made_of(rewritten(ours.files))
    plans = ours.solve(), theirs.solve()
    assert plans[0].record.objective_usd_bn == plans[1].record.objective_usd_bn
    later = [plan.advance(date(2028, 1, 1)).case for plan in plans]
    for row in CATALOGUE.tables:
        assert later[1].rows(row) == later[0].rows(row), row.about.name
    for name, data in later[1].files.items():
        header = data.decode().splitlines()[0]
        assert not {"demand_gw", "max_gw", "cap_usd_bn"} & set(header.split(",")), name


def test_the_schema_lists_the_other_units() -> None:
    found = schema.json_schema(CATALOGUE)["properties"]
    assert isinstance(found, dict)
    columns = found["cloud_tiers"]["items"]["properties"]
    assert columns["price_usd_bn_per_gw_year"]["x-also"][-1] == "price_usd_per_chip_hour"
    assert found["demand"]["items"]["properties"]["demand_gw"]["x-also"] == ["demand_mw"]
