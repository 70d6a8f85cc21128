"""Changes to a case: what each does, and every message, exactly."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.chips import Chip, OwnedChip
from planner.common.demand import Demand
from planner.common.guarantors import GuarantorCap
from planner.common.regions import Region
from planner.common.sources import Source
from planner.common.treasury import Finance
from tests.inputs import TOML, write_case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.read(
        write_case(
            tmp_path / "case",
            TOML + "\n[solver]\ngap = 0.01  # enough\n",
            demand="""
                from_date,region,workload,demand_gw
                2026-01-01,here,training,0.7
                2026-01-01,there,training,2
                2027-01-01,here,training,3
                """,
            regions="region,grid_limit_gw\nhere,4\nthere,\n",
            finance="from_date,revenue_usd_bn_per_year,other_cost_share\n2026-01-01,1,0.5\n",
            guarantors="guarantor,kind,families,fee_rate\nbank,lease,tpu,0.01\nbank,residual,tpu,0.01\n",
            guarantor_caps="""
                guarantor,kind,from_date,cap_usd_bn
                bank,lease,2026-01-01,10
                bank,residual,2026-01-01,20
                """,
            sources='key,title,kind\nweb,"Web, seen",public\n',
        )
    )


def demand(case: Case) -> list[tuple[str, str, float]]:
    return [(row.from_date.isoformat(), row.region, row.demand_gw) for row in case.rows(Demand)]


def test_one_cell(case: Case) -> None:
    changed = case.change("demand[2026-01-01, there, training].demand_gw = 5")
    assert demand(changed) == [("2026-01-01", "here", 0.7), ("2026-01-01", "there", 5.0), ("2027-01-01", "here", 3.0)]
    assert demand(case)[1] == ("2026-01-01", "there", 2.0)


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("demand[*,*,*].demand_gw *= 1.1", [0.77, 2.2, 3.3]),
        ("demand[*,here,*].demand_gw+=0.1", [0.8, 2, 3.1]),
        ("demand [ 2026-01-01 , * , * ] . demand_gw -= .5", [0.2, 1.5, 3]),
        ("demand[*,*,*].demand_gw *= 0", [0, 0, 0]),
        ("demand[*,*,*].demand_gw = 1e-3", [0.001, 0.001, 0.001]),
    ],
)
def test_operators(case: Case, change: str, values: list[float]) -> None:
    assert [row.demand_gw for row in case.change(change).rows(Demand)] == values


def test_blanks(case: Case) -> None:
    assert [row.grid_limit_gw for row in case.change("regions[*].grid_limit_gw = blank").rows(Region)] == [None, None]
    assert [row.grid_limit_gw for row in case.change("regions[*].grid_limit_gw *= 2").rows(Region)] == [8.0, None]
    assert [row.availability_share for row in case.change("chips[*].availability_share *= 0.9").rows(Chip)] == [0.9]


@pytest.mark.parametrize(
    ("change", "day"),
    [
        ("chips[*].available_from += 6 months", date(2026, 7, 1)),
        ("chips[*].available_from -= 1 month", date(2025, 12, 1)),
        ("chips[*].available_from+=0 months", date(2026, 1, 1)),
    ],
)
def test_dates_move_by_months(case: Case, change: str, day: date) -> None:
    assert [row.available_from for row in case.change(change).rows(Chip)] == [day]


def test_a_date_that_the_next_month_does_not_have(case: Case) -> None:
    changed = case.change("chips[*].available_from = 2026-08-31", "chips[*].available_from += 6 months")
    assert [row.available_from for row in changed.rows(Chip)] == [date(2027, 2, 28)]


def test_the_horizon_moves_by_months(case: Case) -> None:
    assert case.change("case.end += 12 months").calendar.end == date(2029, 1, 1)


def test_a_column_that_was_absent_is_added(case: Case) -> None:
    changed = case.change("guarantor_caps[bank,lease,*].used_usd_bn = 3")
    assert [row.used_usd_bn for row in changed.rows(GuarantorCap)] == [3.0, 0.0]
    assert changed.files["guarantor_caps.csv"] == (
        b"guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nbank,lease,2026-01-01,10,3\nbank,residual,2026-01-01,20,\n"
    )


def test_a_range_of_dates_holds_in_it_and_nowhere_else(case: Case) -> None:
    changed = case.change("demand[2026-07-01..2027-07-01,here,*].demand_gw += 1")
    assert demand(changed) == [
        ("2026-01-01", "here", 0.7),
        ("2026-07-01", "here", 1.7),
        ("2026-01-01", "there", 2.0),
        ("2027-01-01", "here", 4.0),
        ("2027-07-01", "here", 3.0),
    ]
    within = case.change("demand[2026-03-01..2026-05-01,*,*].demand_gw = 9")
    assert sorted(demand(within)) == [
        ("2026-01-01", "here", 0.7),
        ("2026-01-01", "there", 2.0),
        ("2026-03-01", "here", 9.0),
        ("2026-03-01", "there", 9.0),
        ("2026-05-01", "here", 0.7),
        ("2026-05-01", "there", 2.0),
        ("2027-01-01", "here", 3.0),
    ]


def test_a_range_that_ends_where_rows_do_splits_none(case: Case) -> None:
    changed = case.change("demand[2026-01-01..2027-01-01,here,*].demand_gw = 9")
    assert demand(changed) == [("2026-01-01", "here", 9.0), ("2026-01-01", "there", 2.0), ("2027-01-01", "here", 3.0)]


def test_a_range_may_be_open(case: Case) -> None:
    later = case.change("finance[2027-01-01..].min_cash_usd_bn = 5")
    assert [(row.from_date, row.min_cash_usd_bn) for row in later.rows(Finance)] == [
        (date(2026, 1, 1), None),
        (date(2027, 1, 1), 5.0),
    ]
    earlier = case.change("finance[..2027-01-01].min_cash_usd_bn = 5")
    assert [(row.from_date, row.min_cash_usd_bn) for row in earlier.rows(Finance)] == [
        (date(2026, 1, 1), 5.0),
        (date(2027, 1, 1), None),
    ]


def test_rows_are_removed_and_added(case: Case) -> None:
    changed = case.change(
        "-demand[2027-01-01..,*,*]",
        "+demand{from_date=2027-07-01, region=there, workload=training, demand_gw=4}",
        "-guarantor_caps[bank,residual,*]",
        "-guarantors[bank,residual]",
    )
    assert demand(changed) == [("2026-01-01", "here", 0.7), ("2026-01-01", "there", 2.0), ("2027-07-01", "there", 4.0)]
    assert [row.kind for row in changed.rows(GuarantorCap)] == ["lease"]


def test_rows_are_removed_until_the_day_before_a_range_ends(case: Case) -> None:
    changed = case.change("-demand[2026-01-01..2027-01-01,there,*]")
    assert demand(changed) == [("2026-01-01", "here", 0.7), ("2027-01-01", "here", 3.0)]
    with pytest.raises(DataError, match="found no such row"):
        case.change("-demand[2026-07-01..2027-01-01,here,*]")


def test_a_table_that_was_absent_gets_its_first_row(case: Case) -> None:
    changed = case.change(
        "+owned_chips{chip=tpu_a, gw=1, in_service=2025-01-01, cost_usd_bn=20}",
        "+resale_values{chip=tpu_a, age_years=0, value_share=1}",
    )
    assert changed.rows(OwnedChip) == (OwnedChip(chip="tpu_a", gw=1, in_service=date(2025, 1, 1), cost_usd_bn=20),)
    assert "owned_chips" in case.absent
    assert "owned_chips" not in changed.absent


def test_values_may_be_quoted(case: Case) -> None:
    changed = case.change(
        'sources[\'web\'].title = "said ""so"", twice"',
        "+sources{key=press, title='it''s, {here}', kind=public, note=\"blank\"}",
        'sources["press"].address = [somewhere].x = y',
    )
    assert changed.rows(Source) == (
        Source(key="web", title='said "so", twice', kind="public"),
        Source(key="press", title="it's, {here}", kind="public", note="blank", address="[somewhere].x = y"),
    )


def test_settings(case: Case) -> None:
    changed = case.change(
        "case.title = another",
        "case.end = 2027-01-01",
        "case.discount_rate *= 0.5",
        "case.horizon = charge",
        "case.shortage_cost_usd_bn_per_gw_year = 60",
        "case.recognise_leases = signing",
        "case.solver.gap = 0.002",
        "case.solver.seed += 2",
    )
    assert changed.files["case.toml"].decode() == (
        'title = "another"\nstart = 2026-01-01\nend = 2027-01-01\nperiod_months = 6\ndiscount_rate = 0.05\n'
        'lease_rate = 0.06\nhorizon = "charge"\nshortage_cost_usd_bn_per_gw_year = 60.0\n'
        'recognise_leases = "signing"\n\n[solver]\ngap = 0.002  # enough\nseed = 3\n'
    )
    assert changed.settings.solver.seed == 3
    assert changed.calendar.T == 2
    again = changed.change("case.shortage_cost_usd_bn_per_gw_year = blank")
    assert again.settings.shortage_cost_usd_bn_per_gw_year is None


def test_a_section_is_made(tmp_path: Path) -> None:
    changed = Case.read(write_case(tmp_path)).change("case.solver.threads = 2")
    assert changed.files["case.toml"].decode() == TOML + "\n[solver]\nthreads = 2\n"


def test_a_changed_case_is_written_and_read_again(case: Case, tmp_path: Path) -> None:
    changed = case.change("demand[2026-07-01..,here,*].demand_gw *= 2", "case.title = other")
    changed.write(tmp_path / "changed")
    again = Case.read(tmp_path / "changed")
    assert again.hashes == changed.hashes
    assert again.rows(Demand) == changed.rows(Demand)
    same = {name for name in case.files if case.files[name] == changed.files[name]}
    assert same == set(case.files) - {"demand.csv", "case.toml"}


def test_tables_that_do_not_change_are_handed_on(case: Case) -> None:
    changed = case.change("demand[*,there,*].demand_gw = 1", "case.lease_rate = 0.07")
    assert {row for row in changed.catalogue.tables if changed.rows(row) is not case.rows(row)} == {Demand}
    with pytest.raises(DataError, match=r"expected a region of regions\.csv, found 'here'"):
        case.change("-regions[here]")


def test_changes_apply_in_turn(case: Case) -> None:
    changed = case.change("demand[*,there,*].demand_gw = 1", "demand[*,there,*].demand_gw += 1")
    assert demand(changed)[1] == ("2026-01-01", "there", 2.0)


DEMAND = "from_date, region, workload, demand_gw, source"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "demand",
            "expected table[key, …].column = value, -table[key, …], +table{column=value, …} or case.key = value, "
            "found none of these",
        ),
        (
            "__import__('os')[*].x = 1",
            "expected table[key, …].column = value, -table[key, …], +table{column=value, …} or "
            "case.key = value, found none of these",
        ),
        ("demnad[*,*,*].demand_gw = 1", "expected a table of the case, found 'demnad'; did you mean 'demand'?"),
        (
            "../demand[*,*,*].demand_gw = 1",
            "expected table[key, …].column = value, -table[key, …], "
            "+table{column=value, …} or case.key = value, found none of these",
        ),
        (
            "demand[*,*,*].demand = 1",
            f"expected a column of demand ({DEMAND}), found 'demand'; did you mean 'demand_gw'?",
        ),
        ("demand[*,*].demand_gw = 1", "expected demand[from_date, region, workload], each a value or *, found 2 keys"),
        ("regions[*,*].region = a", "expected regions[region], each a value or *, found 2 keys"),
        ("demand[*].demand_gw = 1", "expected demand[from_date, region, workload], each a value or *, found 1 key"),
        ("demand[*,,*].demand_gw = 1", "expected keys separated by commas, found [*,,*]"),
        ("demand[].demand_gw = 1", "expected keys separated by commas, found []"),
        ("demand[*,heer,*].demand_gw = 1", "expected a region of demand.csv, or *, found 'heer'; did you mean 'here'?"),
        ("demand[2026-1-1,*,*].demand_gw = 1", "expected a date such as 2027-01-31 as from_date, found '2026-1-1'"),
        (
            "demand[2027-01-01,there,*].demand_gw = 1",
            "expected keys that some row of demand.csv has, found no such row",
        ),
        ("-demand[2027-01-01,there,*]", "expected keys that some row of demand.csv has, found no such row"),
        ("-finance[2030-01-01..]", "expected keys that some row of finance.csv has, found no such row"),
        ("finance[..2020-01-01].min_cash_usd_bn = 1", "expected a min_cash_usd_bn to change, found no such date"),
        (
            "demand[2027-01-01..2026-01-01,*,*].demand_gw = 1",
            "expected a range whose second date is later than its first, found '2027-01-01..2026-01-01'",
        ),
        (
            "demand[2026-07-01..2026-07-01,*,*].demand_gw = 1",
            "expected a range whose second date is later than its first, found '2026-07-01..2026-07-01'",
        ),
        ("demand[*,*,*].demand_gw = x", "expected a number of at least 0 as demand_gw, found 'x'"),
        ("demand[*,*,*].demand_gw = -1", "expected a number of at least 0 as demand_gw, found '-1'"),
        ("demand[*,*,*].demand_gw = blank", "expected a number of at least 0 as demand_gw, found blank"),
        ("demand[*,*,*].demand_gw =", "expected a value, or the word blank, found nothing after the operator"),
        ("demand[*,*,*].demand_gw *= two", "expected a number after *=, found 'two'"),
        ("demand[*,*,*].demand_gw *= blank", "expected a number after *=, found 'blank'"),
        ("demand[*,*,*].region += 1", "expected = for region, which is no number, found +="),
        (
            "chips[*].available_from += 6",
            "expected whole months after +=, such as 6 months, found '6'",
        ),
        ("chips[*].available_from *= 6 months", "expected = for available_from, which is no number, found *="),
        ("regions[there].grid_limit_gw += 1", "expected a grid_limit_gw to change, found a blank"),
        ("sources[web].title = 'so", "expected a value whose quotes are closed, found 'so"),
        ("owned_chips[*,*].gw = 1", "expected keys that some row of owned_chips.csv has, found no such row"),
        (
            "+demand{demand_gv=1}",
            f"expected a column of demand ({DEMAND}), found 'demand_gv'; did you mean 'demand_gw'?",
        ),
        ("+demand{region=here, region=there}", "expected each column once, found 'region' twice"),
        ("+demand{region}", "expected column=value, separated by commas, within the braces, found {region}"),
        ("+region{region=x}", "expected a table of the case, found 'region'; did you mean 'regions'?"),
        (
            "case.solver.gapp = 1",
            "expected a key of the case (gap, time_limit_s, threads, seed, search), found 'gapp'; did you mean 'gap'?",
        ),
        (
            "case.solver.race = true",
            "expected a key of the case (gap, time_limit_s, threads, seed, search), found 'race'; did you mean "
            "'search'?",
        ),
        ("case.solver.search = both", "expected one of own, highs, race, found 'both'"),
        (
            "case.solvr.gap = 1",
            "expected case.key or case.solver.key or case.risk.key or case.display.key, found 'solvr'; did you mean "
            "'solver'?",
        ),
        (
            "case.gap = 1",
            "expected a key of the case (title, start, end, period_months, discount_rate, lease_rate, "
            "shortage_cost_usd_bn_per_gw_year, resale_haircut_share, opening_cash_usd_bn, horizon, "
            "charge_beyond_horizon, recognise_leases, consolidate_spv), found 'gap'; did you mean 'case.solver.gap'?",
        ),
        ("case.period_months = 4", "expected one of 1, 3, 6, 12, found '4'"),
        ("case.start = blank", "expected a date such as 2027-01-31, found blank"),
        ("case.title += 1", "expected = for title, which is no number, found +="),
        (
            "case.shortage_cost_usd_bn_per_gw_year *= 2",
            "expected a number in shortage_cost_usd_bn_per_gw_year to change, found a blank",
        ),
    ],
)
def test_changes_that_cannot_be_made(case: Case, change: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        case.change(change)
    assert str(error.value) == f"change '{change}': {message}"


def test_all_changes_that_cannot_be_read_are_reported_at_once(case: Case) -> None:
    with pytest.raises(DataError) as error:
        case.change("nothing", "case.title = ok", "regions[].region = x")
    assert [problem.file for problem in error.value.problems] == ["change 'nothing'", "change 'regions[].region = x'"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["demand[*,there,*].demand_gw -= 3"],
            "demand.csv:3 demand_gw: expected a number of at least 0, found '-1'"
            " after demand[*,there,*].demand_gw -= 3",
        ),
        (
            ["case.title = x", "demand[*,there,*].region = ther"],
            "demand.csv:3 region: expected a region of regions.csv, found 'ther'; did you mean 'there'? "
            "after demand[*,there,*].region = ther",
        ),
        (
            ["case.title = x", "-guarantor_caps[bank,lease,*]"],
            "guarantors.csv:2 guarantor, kind: expected guarantor and kind with a row in guarantor_caps.csv, "
            "found 'bank', 'lease' after case.title = x; -guarantor_caps[bank,lease,*]",
        ),
        (
            ["+demand{from_date=2026-01-01, region=here, demand_gw=1}"],
            "demand.csv:5 workload: expected a name of lower-case words joined by underscores, "
            "found a blank after +demand{from_date=2026-01-01, region=here, demand_gw=1}",
        ),
        (
            ["case.period_months = 12", "case.end = 2026-07-01"],
            "case.toml:3 end: expected a date a whole number of periods of 12 months after start 2026-01-01, "
            "found '2026-07-01' after case.period_months = 12; case.end = 2026-07-01",
        ),
    ],
)
def test_a_changed_case_that_is_not_valid_names_the_change(case: Case, changes: list[str], message: str) -> None:
    with pytest.raises(DataError) as error:
        case.change(*changes)
    assert str(error.value) == message
