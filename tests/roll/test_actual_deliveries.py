"""An order of 1 GW at 20 USD bn per GW, a fifth of it paid in advance: half comes in 2027 and half in 2028.

0.5 GW are asked for in both years, shortage costs 100, upkeep 0.5, and chips lose a tenth of their price each year.
"""

from datetime import date
from pathlib import Path

import pytest

from planner.basics.errors import DataError
from planner.common.chips import SignedDelivery
from planner.plan.plan import Plan
from planner.roll.advance import Advanced, advance
from tests.plans import solved
from tests.small import demand, sites, small

DAY = date(2027, 1, 1)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    purchases = (
        "offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,price_usd_bn_per_gw,deposit_share\n"
        "order,tpu_a,maker,required,2026-01-01,2026-01-01,1,1,20,0.2\n"
    )
    return solved(
        small(
            tmp_path / "case",
            end=2029,
            demand=demand(0, 0.5, 0.5),
            site_leases=sites({}),
            resale_values="chip,age_years,value_share\ntpu_a,0,1\ntpu_a,10,0\n",
            chip_purchases=purchases,
            chip_deliveries="offer,months,delivered_share\norder,12,0.5\norder,24,0.5\n",
        )
    )


def arriving(plan: Plan, folder: Path, *rows: str) -> Advanced:
    """The case of the day with these rows of deliveries."""
    folder.mkdir()
    (folder / "deliveries.csv").write_text("\n".join(["offer,planned_on,delivered_on,gw", *rows, ""]), encoding="utf-8")
    return advance(plan, DAY, folder)


def deliveries(made: Advanced) -> list[tuple[str, float | None, float | None, float | None]]:
    rows = made.case.rows(SignedDelivery)
    return sorted((str(row.delivered_on), row.gw, row.cost_usd_bn, row.deposit_paid_usd_bn) for row in rows)


# A shortage of 50 in 2027, 0.25 less upkeep, and chips that are younger by a year sell for 1 more.
def test_what_comes_on_the_day_of_another_delivery_comes_together_with_it(plan: Plan, tmp_path: Path) -> None:
    made = arriving(plan, tmp_path / "actuals", "order,2027-01-01,2028-01-01,")
    assert deliveries(made) == [("2028-01-01", 1.0, 20.0, 4.0)]
    assert [each.by for each in made.effects] == pytest.approx([50 - 0.25 - 1])
    solved(made.case)


# The second delivery comes at the end: 8 and 0.25 of upkeep are not paid, and 9 of resale are not received.
@pytest.mark.parametrize("backwards", [False, True])
def test_all_of_them_may_slip(plan: Plan, tmp_path: Path, backwards: bool) -> None:
    rows = ["order,2027-01-01,2028-01-01,", "order,2028-01-01,2029-01-01,"]
    made = arriving(plan, tmp_path / "actuals", *(reversed(rows) if backwards else rows))
    assert deliveries(made) == [("2028-01-01", 0.5, 10.0, 2.0), ("2029-01-01", 0.5, 10.0, 2.0)]
    assert [each.by for each in made.effects] == pytest.approx([9 - 8 - 0.25, 50 - 0.25 - 1])


# Of 0.5 GW in 2027 a fifth comes. It costs 2, which the deposit pays: 8 are not paid, nor 0.2 of upkeep in each of two
# years, and 6.4 of resale are not received. 0.4 GW are short in 2027.
def test_a_part_of_a_delivery_costs_a_part_of_its_price(plan: Plan, tmp_path: Path) -> None:
    made = arriving(plan, tmp_path / "actuals", "order,2027-01-01,2027-01-01,0.1")
    assert deliveries(made)[0] == pytest.approx(("2027-01-01", 0.1, 2.0, 2.0))
    assert [each.by for each in made.effects] == pytest.approx([40 - 8 - 0.4 + 6.4])
    solved(made.case)


def test_nothing_of_a_delivery_costs_nothing_more(plan: Plan, tmp_path: Path) -> None:
    made = arriving(plan, tmp_path / "actuals", "order,2027-01-01,2027-01-01,0")
    assert deliveries(made)[0] == ("2027-01-01", 0.0, 0.0, 0.0)
    solved(made.case)


def test_days_are_not_exchanged(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"deliveries.csv:2 delivered_on: expected days that are not exchanged"):
        arriving(plan, tmp_path / "actuals", "order,2027-01-01,2028-01-01,", "order,2028-01-01,2027-01-01,")


def test_what_states_no_cost_does_not_come_together_with_what_does(plan: Plan, tmp_path: Path) -> None:
    """The chip's own price holds for what comes in 2028, so that it is not known for the whole."""
    open_price = plan.case.change("chip_purchases[order].price_usd_bn_per_gw = blank")
    later = advance(solved(open_price), date(2028, 1, 1))
    folder = tmp_path / "actuals"
    folder.mkdir()
    rows = "offer,planned_on,delivered_on,gw\norder,2027-01-01,2028-01-01,\n"
    (folder / "deliveries.csv").write_text(rows, encoding="utf-8")
    (folder / "cash.csv").write_text("day,cash_usd_bn\n2028-01-01,10\n", encoding="utf-8")
    with pytest.raises(DataError, match="nothing else of order arrives at another price"):
        advance(later.plan, date(2028, 1, 1), folder)
