"""Slips: valid entries that look wrong are reported with their place, and are errors only with `--strict`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError
from planner.basics.text import number
from planner.case import shipped
from planner.case.on_offer import gw_on_offer
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
        "site_leases.csv:3 capacity_mw: expected from 2 to 20,000 MW, or 0, found '0.4'; did you mean 0.4 GW?"
    ]
    assert found("regions[west].grid_limit_gw = 1000") == [
        "regions.csv:2 grid_limit_gw: expected from 0.001 to 10 GW, or 0, found '1000'; did you mean 1,000 MW?"
    ]


def test_a_price_in_another_unit() -> None:
    """120 USD per kW and month is 1,440 a year; 50 USD per MWh is 0.05 per kWh."""
    assert found("site_leases[mesa_1].rent_usd_per_kw_month = 1440") == [
        "site_leases.csv:3 rent_usd_per_kw_month: expected from 5 to 1,000 USD per kW and month, or 0, found '1440'; "
        "did you mean 1,440 USD per kW and year?"
    ]
    assert found("site_leases[mesa_1].power_usd_per_mwh = 0.05") == [
        "site_leases.csv:3 power_usd_per_mwh: expected from 2 to 1,000 USD per MWh, or 0, found '0.05'; "
        "did you mean 0.05 USD per kWh?"
    ]


@pytest.mark.parametrize(
    ("change", "slip"),
    [
        (  # 2 GW are asked for at most, so 80 × 2
            "guarantor_caps[cirrus,lease,*].cap_usd_bn *= 1000",
            "guarantor_caps.csv:2 cap_usd_bn: expected from 0.0001 to 160 USD bn, or 0, found '8000'; "
            "did you mean 8,000 USD m?",
        ),
        (
            "finance[2027-01-01].min_cash_usd_bn *= 1000",
            "finance.csv:2 min_cash_usd_bn: expected from 0.0001 to 160 USD bn, or 0, found '5000'; "
            "did you mean 5,000 USD m?",
        ),
        (
            "guarantors[cirrus,lease].fee_rate = 0.5",
            "guarantors.csv:2 fee_rate: expected from 0.0001 to 0.15 per year, or 0, found '0.5'; "
            "did you mean 0.5 % per year?",
        ),
        (
            "workloads[training].max_latency_ms = 1",
            "workloads.csv:2 max_latency_ms: expected from 2 to 60,000 ms, or 0, found '1'; did you mean 1 s?",
        ),
        (
            "site_leases[mesa_1].rent_usd_per_kw_month = 120000",
            "site_leases.csv:3 rent_usd_per_kw_month: expected from 5 to 1,000 USD per kW and month, or 0, "
            "found '120000'; did you mean 120,000 USD per MW and month?",
        ),
        (
            "case.opening_cash_usd_bn = 3000",
            "case.toml opening_cash_usd_bn: expected from 0.0001 to 160 USD bn, or 0, found '3000'; "
            "did you mean 3,000 USD m?",
        ),
    ],
)
def test_the_unit_that_was_probably_meant(change: str, slip: str) -> None:
    assert slip in found(change)


def test_a_number_many_times_those_of_the_dates_beside_it(tmp_path: Path) -> None:
    """0.5 GW before and after 26 GW: 26 > 50 × 0.5; 25 GW is not more than that."""
    header = "from_date,region,workload,demand_gw\n"

    def said(gw: float) -> list[str]:
        days = zip(("2026-01-01", "2026-07-01", "2027-01-01"), (0.5, gw, 0.5), strict=True)
        rows = "".join(f"{day},here,training,{size}\n" for day, size in days)
        return [str(slip) for slip in slips(Case.read(write_case(tmp_path / str(gw), PRICED, demand=header + rows)))]

    assert said(26) == [
        "demand.csv:3 demand_gw: expected within a factor of 50 of 0.5, the median of the dates beside it, found '26'"
    ]
    assert said(25) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_case_is_plausible(tmp_path: Path, seed: int) -> None:
    generate.write(tmp_path / "case", 10, periods=10, period_months=6, seed=seed)
    assert slips(Case.read(tmp_path / "case")) == []


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
        "case.toml discount_rate: expected at most 0.5 per year, as in 0.08 for 8 %, found '0.9'; "
        "did you mean 0.9 % per year?",
        "term_loans.csv:2 rate: expected from 0.002 to 0.5 per year, or 0, found '8.5'; did you mean 8.5 % per year?",
        "term_loans.csv:2 repay_by: expected a date from 2006-01-01 to 2048-01-01, found '2127-01-01'",
    ]


SLIP = "expected from 0.001 to 100 GW, or 0, found '400'; did you mean 400 MW?"


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


def test_a_family_that_no_chip_has_is_a_slip_and_one_mistyped_an_error() -> None:
    """A hall may be fitted for chips that the case does not have; `gpus` is `gpu` with a slip of the pen."""
    assert found("site_leases[lake].families = gpu|cerebras") == [
        "site_leases.csv:5 families: expected a family of chips.csv, found 'cerebras'"
    ]
    with pytest.raises(DataError) as wrong:
        Case.read(path("starter")).change(
            "site_leases[lake].families = gpus|tpu", "guarantors[cirrus,lease].families = tpuu"
        )
    assert [str(each).partition(" after ")[0] for each in wrong.value.problems] == [
        "guarantors.csv:2 families: expected a family of chips.csv, found 'tpuu'; did you mean 'tpu'?",
        "site_leases.csv:5 families: expected a family of chips.csv, found 'gpus'; did you mean 'gpu'?",
    ]


def test_demand_far_from_what_is_on_offer() -> None:
    """The starter offers some GW: 1,000 GW asked for are MW; 2 asked for in MW, with GW on offer, are GW."""
    offered = gw_on_offer(Case.read(path("starter")))
    assert 2 < offered < 20
    many = [slip for slip in found("demand[2027-01-01,west,*].demand_gw = 1999") if "on offer" in slip]
    assert many == [
        f"demand.csv:2 demand_gw: expected at most 100 times what is on offer, {number(offered)} GW, found '1999'; did "
        "you mean 1,999 MW?"
    ]
    files = dict(Case.read(path("starter")).files)
    files["demand.csv"] = b"from_date,region,workload,demand_mw\n2027-01-01,west,training,2\n"
    few = [str(slip) for slip in slips(Case.made_of(files)) if "on offer" in str(slip)]
    assert few == [
        f"demand.csv:2 demand_mw: expected at least a hundredth of what is on offer, {number(offered)} GW, somewhere, "
        "found '2', which is 0.002 GW; did you mean 2 GW?"
    ]
    assert not [slip for slip in found("demand[*,*,*].demand_gw *= 10") if "on offer" in slip]
