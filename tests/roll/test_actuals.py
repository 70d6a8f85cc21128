"""A deal for 1 GW at 10 USD bn per GW-year with floors of 8 in each of three years, of which 0.8 GW are used."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.basics.errors import DataError
from planner.cli import main
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.plan.plan import Plan
from planner.roll.actuals.reading import read
from planner.roll.advance import Advanced, advance
from tests.plans import solved
from tests.roll.holding import holds
from tests.small import cloud, demand, small

DAY = date(2027, 1, 1)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    toml = "opening_cash_usd_bn = 100\n"
    tables = cloud(floors=(8.0, 8.0, 8.0), capacity=1.0)
    return solved(small(tmp_path / "case", end=2029, months=6, demand=demand(0.8, 0.8, 0.8), toml=toml, **tables))


def advanced(plan: Plan, folder: Path, **files: str) -> Advanced:
    """The case of the day, by actuals with these rows under their headers."""
    headers = {
        "cash": "day,cash_usd_bn", "usage": "offer,chip,region,month,gw",
        "deliveries": "offer,planned_on,delivered_on,gw", "demand": "from_date,region,workload,demand_gw",
        "prices": "name,price",
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(f"{headers[name]}\n{rows}\n", encoding="utf-8")
    return advance(plan, DAY, folder)


def said(made: Advanced) -> list[str]:
    return [each.what for each, _ in made.news]


def test_without_a_difference_nothing_is_said(plan: Plan, tmp_path: Path) -> None:
    """8 were spent on the floor of 8, so 92 are left."""
    months = "\n".join(f"deal,tpu_a,here,2026-{month:02}-01,0.8" for month in range(1, 13))
    made = advanced(plan, tmp_path / "actuals", cash=f"{DAY},92", usage=months)
    assert said(made) == []
    assert made.case.files == made.planned.files
    holds(made)


def test_less_use_than_planned_is_a_shortfall_that_is_paid_all_the_same(plan: Plan, tmp_path: Path) -> None:
    """Half of the first half-year at 0.8 GW and half at 0.2: 0.5 on average, so 6.5 spent and 1.5 short; 8 in all."""
    months = "\n".join(f"deal,tpu_a,here,2026-{month:02}-01,0.2" for month in (4, 5, 6))
    made = advanced(plan, tmp_path / "actuals", usage=months)
    assert said(made) == ["0.65 GW-years of deal were used, not 0.8; 8.000 USD bn were paid, not 8.000"]
    assert made.case.settings.opening_cash_usd_bn == pytest.approx(92.0)


def test_more_use_than_planned_costs_cash(plan: Plan, tmp_path: Path) -> None:
    months = "\n".join(f"deal,tpu_a,here,2026-{month:02}-01,1" for month in range(7, 13))
    made = advanced(plan, tmp_path / "actuals", usage=months)
    assert said(made) == ["0.9 GW-years of deal were used, not 0.8; 9.000 USD bn were paid, not 8.000"]
    assert made.case.settings.opening_cash_usd_bn == pytest.approx(91.0)


def test_cash_is_what_it_is(plan: Plan, tmp_path: Path) -> None:
    made = advanced(plan, tmp_path / "actuals", cash=f"{DAY},90")
    assert [each.text for each in made.effects] == [
        "cash is 90.000 USD bn, not 92.000: the time to come costs the same"
    ]
    assert said(made) == ["cash is 90.000 USD bn, not 92.000"]
    assert made.case.settings.opening_cash_usd_bn == 90.0


def test_demand_is_expected_anew_from_a_date_on(plan: Plan, tmp_path: Path) -> None:
    made = advanced(plan, tmp_path / "actuals", demand="2027-07-01,here,training,0.9\n2028-07-01,here,training,0.95")
    assert [(row.from_date, row.demand_gw) for row in made.case.rows(Demand)] == [
        (date(2027, 1, 1), 0.8), (date(2027, 7, 1), 0.9), (date(2028, 7, 1), 0.95),
    ]  # fmt: skip
    assert len(said(made)) == 1
    # 8.5 in 2027 and 9.25 in 2028 are spent above the floors of 8 each.
    assert [each.by for each in made.effects] == pytest.approx([1.75])


def test_of_past_demand_the_last_row_counts(plan: Plan, tmp_path: Path) -> None:
    rows = "2026-01-01,here,training,0.5\n2026-07-01,here,training,0.9\n2028-01-01,here,training,1"
    made = advanced(plan, tmp_path / "actuals", demand=rows)
    assert [(str(row.from_date), row.demand_gw) for row in made.case.rows(Demand)] == [
        ("2026-07-01", 0.9), ("2028-01-01", 1.0),
    ]  # fmt: skip


def test_a_chip_costs_what_it_costs(plan: Plan, tmp_path: Path) -> None:
    made = advanced(plan, tmp_path / "actuals", prices="tpu_a,12.5")
    assert [row.capex_usd_bn_per_gw for row in made.case.rows(Chip) if row.chip == "tpu_a"] == [12.5]


@pytest.mark.parametrize(
    ("table", "rows", "problem"),
    [
        ("cash", "2027-07-01,90", "cash.csv:2 day: expected the day of the later case, 2027-01-01"),
        ("usage", "deel,tpu_a,here,2026-01-01,0.5", "usage.csv:2 offer: expected an offer whose machines"),
        ("usage", "deal,tpu_a,there,2026-01-01,0.5", "usage.csv:2 chip, region: expected a chip and a region"),
        ("usage", "deal,tpu_a,here,2026-01-15,0.5", "usage.csv:2 month: expected the first day of a month"),
        ("usage", "deal,tpu_a,here,2027-01-01,0.5", "usage.csv:2 month: expected the first day of a month"),
        ("usage", "deal,tpu_a,here,2026-01-01,9", "usage.csv:2 gw: expected at most 1 GW of deal on average"),
        ("usage", "deal,tpu_a,here,2026-01-01,-1", "usage.csv:2 gw: expected a number of at least 0"),
        ("usage", "deal,tpu_a,here,2026-01-01,1\ndeal,tpu_a,here,2026-01-01,1", "usage.csv:3 offer, chip, region"),
        ("deliveries", "deel,2027-01-01,2027-07-01,", "deliveries.csv:2 offer: expected an offer of the case"),
        ("deliveries", "deal,2027-01-01,2027-07-01,", "deliveries.csv:2 planned_on: expected a day on which the plan"),
        ("demand", "2027-01-01,mars,training,1", "demand.csv:2 region, workload: expected a region and a workload"),
        ("prices", "deal,9", "prices.csv:2 name: expected a chip, or an offer that is not signed"),
        ("prices", "tpu_x,9", "prices.csv:2 name: expected a chip or an offer of the case, found 'tpu_x'"),
        ("prices", "tpu_a,dear", "prices.csv:2 price: expected a number"),
    ],
)
def test_what_cannot_be_is_an_error(plan: Plan, tmp_path: Path, table: str, rows: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        advanced(plan, tmp_path / "actuals", **{table: rows})
    assert problem in str(caught.value)


def test_all_problems_come_at_once(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        advanced(
            plan, tmp_path / "actuals", cash="2027-07-01,90", usage="deel,tpu_a,here,2026-01-01,1", prices="tpu_x,1"
        )
    assert [problem.file for problem in caught.value.problems] == ["cash.csv", "prices.csv", "usage.csv"]


def test_a_folder_without_actuals_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"at least one of cash.csv"):
        read(tmp_path)
    (tmp_path / "usages.csv").write_text("offer\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"usages.csv: expected only .*did you mean 'usage.csv'"):
        read(tmp_path)


@pytest.mark.parametrize(("file", "what"), [("plan.json", "a plan"), ("case.toml", "a case")])
def test_a_folder_of_another_kind_is_one_error(tmp_path: Path, file: str, what: str) -> None:
    for name in (file, "offers.csv", "cash.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=rf"expected a folder of actuals, of .*, found {what}, with {file}") as caught:
        read(tmp_path)
    assert len(caught.value.problems) == 1


def test_the_command_names_each_difference(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan")
    (tmp_path / "actuals").mkdir()
    (tmp_path / "actuals" / "cash.csv").write_text("day,cash_usd_bn\n2027-01-01,90\n", encoding="utf-8")
    words = ["advance", tmp_path / "plan", "--to", DAY, "-o", tmp_path / "later", "--actuals", tmp_path / "actuals"]
    result = CliRunner().invoke(main, list(map(str, words)))
    assert result.exit_code == 0, result.output
    assert "cash is 90.000 USD bn, not 92.000" in result.output
    assert "cash is 90.000 USD bn" in (tmp_path / "later" / "README.md").read_text(encoding="utf-8")
