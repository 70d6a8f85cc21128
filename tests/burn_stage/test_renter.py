"""A company that rents and lives on two rounds of equity, from nothing to a plan in eight files or fewer."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case.plausibility import slips
from planner.plan.audit import audit
from planner.roll.advance import advance

RENTER = Path(__file__).parent / "renter"
MOST = 8
"""files that such a company may need"""
DEMAND, FEWEST = 3e-3, 8e-3
"""GW in 2026, and from 2027 on"""
LIST, RESERVED = (price * 8.766 / 1.3 for price in (2.99, 1.99))
"""USD bn per GW and year: 2.99 and 1.99 USD an hour for a chip of 1.3 kW"""


def test_so_many_files_in_its_own_words() -> None:
    """Six files with two rounds of equity, in MW, USD m and prices per chip-hour, without a slip."""
    case = Case.read(RENTER)
    assert len(case.files) == len(list(RENTER.iterdir())) == 6 <= MOST
    headers = {column for table in case.raw.values() for column in table.header}
    assert {"demand_mw", "capacity_mw", "floor_usd_m", "amount_usd_m", "min_cash_usd_m"} <= headers
    assert {"price_usd_per_chip_hour", "capex_usd_per_chip", "opex_usd_per_chip_year"} <= headers
    assert not any("usd_bn" in column or ("_gw" in column and column != "gw_equivalent") for column in headers)
    assert [row.kind for row in case.tables.by_class[case.catalogue.table("other_cash")]] == ["equity", "equity"]
    assert slips(case) == []


def test_the_plan_by_hand(tmp_path: Path) -> None:
    """On demand in 2026, 8 MW reserved for 2027 and 2028.

    3 MW at the list price are 60.485 USD m a year, 8 MW reserved are 107.350 and above the floor of 90. Undiscounted
    that is 60.485 + 2 × 107.350 = 275.185. To reserve a year earlier costs the floor of 90 in 2026 and a year at the
    list price, 161.294, in 2028: 358.644. Half a year earlier: 30.243 + 90 + 107.350 + 80.647 = 308.240.
    """
    case = Case.read(RENTER).change("case.discount_rate = 0", "case.lease_rate = 0")
    plan = case.solve()
    cost = DEMAND * LIST + 2 * FEWEST * RESERVED
    assert cost == pytest.approx(0.275185, abs=1e-6)
    assert plan.record.objective_usd_bn == pytest.approx(cost, rel=1e-9)
    assert DEMAND * LIST / 2 + 0.09 + FEWEST * RESERVED + FEWEST * LIST / 2 == pytest.approx(0.308240, abs=1e-6)
    assert set(plan.offers.loc[plan.offers["signed"] == "yes", "offer"]) == {"on_demand", "reserved"}
    closing = plan.tables["cash"]["closing_usd_bn"].tolist()
    before_the_round = 0.090 - DEMAND * LIST / 2 - 0.015
    assert closing[0] == pytest.approx(before_the_round, rel=1e-9)
    assert closing[-1] == pytest.approx(0.090 + 0.850 - 0.135 - cost, rel=1e-9)
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees


def test_without_its_rounds_there_is_no_plan() -> None:
    """Costs other than compute are 135 USD m in three years; the opening balance is 90."""
    with pytest.raises(Infeasible):
        Case.read(RENTER).change("-other_cash[*,*]", "finance[*].min_cash_usd_m = 0").solve()


@pytest.mark.parametrize(("day", "more"), [(date(2027, 1, 1), set[str]()), (date(2026, 7, 1), {"cloud_terms.csv"})])
def test_rolled_forward(day: date, more: set[str]) -> None:
    """The later case says the same of the time to come. Only what was spent in a year under way needs its own table."""
    found = advance(Case.read(RENTER).solve(), day)
    assert found.identity.error < 1e-9
    assert not found.identity.broken
    assert set(found.case.files) - set(found.plan.case.files) == more
    again = found.case.solve()
    assert again.record.objective_usd_bn == pytest.approx(found.identity.rest, rel=1e-6)
