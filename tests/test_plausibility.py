"""Slips: valid entries that look wrong are reported with their place, and are errors only with `--strict`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.case import shipped
from planner.case.plausibility import slips
from planner.case.shipped import path
from planner.cli import main
from tests.inputs import TOML, write_case
from tests.small import sites

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")


def found(*changes: str, name: str = "starter") -> list[str]:
    return [str(slip) for slip in slips(Case.read(path(name)).change(*changes))]


@pytest.mark.parametrize("name", shipped.names())
def test_the_shipped_cases_are_plausible(name: str) -> None:
    assert found(name=name) == []


def test_gw_instead_of_mw_and_mw_instead_of_gw() -> None:
    assert found("site_leases[mesa_1].capacity_mw = 0.4") == [
        "site_leases.csv:3 capacity_mw: expected from 2 to 20,000 MW, or 0, found '0.4'"
    ]
    assert found("regions[west].grid_limit_gw = 1000") == [
        "regions.csv:2 grid_limit_gw: expected from 0.001 to 100 GW, or 0, found '1000'"
    ]


def test_a_price_in_another_unit() -> None:
    """120 USD per kW and month is 1,440 a year; 50 USD per MWh is 0.05 per kWh."""
    assert found("site_leases[mesa_1].rent_usd_per_kw_month = 1440") == [
        "site_leases.csv:3 rent_usd_per_kw_month: expected from 5 to 1,000 USD per kW and month, or 0, found '1440'"
    ]
    assert found("site_leases[mesa_1].power_usd_per_mwh = 0.05") == [
        "site_leases.csv:3 power_usd_per_mwh: expected from 2 to 1,000 USD per MWh, or 0, found '0.05'"
    ]


def halls(*rents: float) -> str:
    return sites(*({"offer": f"hall_{n}", "phase": n + 1, "power_usd_per_mwh": rent} for n, rent in enumerate(rents)))


def test_a_number_a_hundred_times_its_median(tmp_path: Path) -> None:
    case = Case.read(write_case(tmp_path, PRICED, site_leases=halls(4, 5, 6, 4.9, 500)))
    assert [str(slip) for slip in slips(case)] == [
        "site_leases.csv:6 power_usd_per_mwh: expected within a factor of 100 of the median 5, found '500'"
    ]
    less = Case.read(write_case(tmp_path / "less", PRICED, site_leases=halls(4, 5, 6, 4.9, 490)))
    assert slips(less) == []


def test_three_numbers_are_too_few_for_a_median(tmp_path: Path) -> None:
    assert slips(Case.read(write_case(tmp_path, PRICED, site_leases=halls(5, 5, 900)))) == []


def test_numbers_are_compared_within_a_chip_family(tmp_path: Path) -> None:
    chips = (
        "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year\n"
    )
    rows = [f"{f}_{n},{f},m,2026-01-01,{price},0,5,0" for f, price in (("tpu", 2), ("gpu", 250)) for n in range(4)]
    performance = "chip,workload,gw_equivalent\ntpu_1,training,1\n"
    tables = {"chip_performance": performance}
    case = Case.read(write_case(tmp_path, PRICED, chips=chips + "\n".join(rows) + "\n", **tables))
    assert slips(case) == []
    rows[-1] = rows[-1].replace("250", "2")
    case = Case.read(write_case(tmp_path / "slip", PRICED, chips=chips + "\n".join(rows) + "\n", **tables))
    assert [str(slip) for slip in slips(case)] == [
        "chips.csv:9 capex_usd_bn_per_gw: expected within a factor of 100 of the median 250 of gpu, found '2'"
    ]


def test_dates_decades_away_and_rates_that_are_percent(tmp_path: Path) -> None:
    loans = "facility,lender,limit_usd_bn,rate,repay_by\nloan,Bank,1,8.5,2127-01-01\n"
    toml = PRICED.replace("discount_rate = 0.1", "discount_rate = 0.9")
    case = Case.read(write_case(tmp_path, toml, term_loans=loans))
    assert [str(slip) for slip in slips(case)] == [
        "case.toml discount_rate: expected at most 0.5 per year, as in 0.08 for 8 %, found '0.9'",
        "term_loans.csv:2 rate: expected from 0 to 0.5 per year, or 0, found '8.5'",
        "term_loans.csv:2 repay_by: expected a date from 2006-01-01 to 2048-01-01, found '2127-01-01'",
    ]


SLIP = "expected from 0.001 to 100 GW, or 0, found '400'"


def test_a_slip_is_a_warning_and_with_strict_an_error(tmp_path: Path) -> None:
    demand = "from_date,region,workload,demand_gw\n2026-01-01,here,training,400\n"
    case, plan = write_case(tmp_path / "case", PRICED, demand=demand), tmp_path / "plan"

    def run(*words: str | Path) -> tuple[int, str, str]:
        result = CliRunner().invoke(main, [str(word) for word in words])
        return result.exit_code, result.stdout, result.stderr

    status, printed, _ = run("check", case)
    assert status == 0
    assert f"Looks like a slip (an error with --strict)\n  demand.csv:2 demand_gw: {SLIP}\n" in printed
    assert json.loads(run("check", case, "--json")[1])["slips"] == [f"demand.csv:2 demand_gw: {SLIP}"]
    strict = (3, "", f"demand.csv:2 demand_gw: {SLIP}\n1 problem; nothing was done\n")
    assert run("check", case, "--strict") == strict
    assert run("solve", case, "-o", plan, "--strict") == strict
    assert not plan.exists()
    status, _, warned = run("solve", case, "-o", plan)
    assert (status, warned) == (0, f"Looks like a slip: demand.csv:2 demand_gw: {SLIP}\n")
    assert run("check", path("starter"), "--strict")[0] == 0
