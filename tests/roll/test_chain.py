"""Twelve months in a row: each month's case comes from the plan of the month before."""

from datetime import date
from pathlib import Path

import pytest

from planner.basics.calendar import add_months
from planner.roll.actuals.reading import Actuals
from planner.roll.actuals.tables import ActualCash, ActualUse
from planner.roll.advance import advance
from tests.plans import cost, solved
from tests.roll.holding import holds
from tests.small import cloud, demand, small

START = date(2026, 1, 1)


def deal(tmp_path: Path) -> dict[str, str]:
    """Floors of 12 a year, which 1 GW at 10 does not meet; what is short is a credit later."""
    tables = cloud(floors=(12.0, 6.0), capacity=2.0)
    tables["cloud_commitments"] = tables["cloud_commitments"].replace("forfeit", "credit")
    return tables


def test_twelve_rolls_in_a_row(tmp_path: Path) -> None:
    """12 a year, and the credit of 2 pays for 2 of the 12 used in the second: cash of 100 is 88, then 78."""
    toml = "opening_cash_usd_bn = 100\n"
    case = small(tmp_path, end=2028, months=1, rate=0.1, demand=demand(1.0, 1.2), toml=toml, **deal(tmp_path))
    plan = solved(case)
    for month in range(1, 13):
        made = advance(plan, add_months(START, month))
        holds(made)
        plan = solved(made.case)
        assert cost(plan) == pytest.approx(made.identity.rest, rel=1e-9)
    assert plan.case.settings.opening_cash_usd_bn == pytest.approx(88.0)
    assert plan.cash["closing_usd_bn"].iloc[-1] == pytest.approx(78.0)


def test_twelve_rolls_in_a_row_with_actuals(tmp_path: Path) -> None:
    """Half of what was planned is used in each month of the first year: 7 are short, so 7 are a credit."""
    toml = "opening_cash_usd_bn = 100\n"
    case = small(tmp_path, end=2028, months=1, rate=0.1, demand=demand(1.0, 1.2), toml=toml, **deal(tmp_path))
    plan, cash = solved(case), 100.0
    for month in range(1, 13):
        day, before = add_months(START, month), add_months(START, month - 1)
        cash -= 5 / 12 + (7.0 if month == 12 else 0.0)
        use = ActualUse(offer="deal", chip="tpu_a", region="here", month=before, gw=0.5)
        actuals = Actuals(cash=(ActualCash(day=day, cash_usd_bn=cash),), usage=(use,))
        made = advance(plan, day, actuals)
        holds(made)
        plan = solved(made.case)
    row = next(row for row in plan.case.offers() if row.offer == "deal")
    assert getattr(row, "credits_left_usd_bn", None) == pytest.approx(7.0)
    assert plan.cash["closing_usd_bn"].iloc[-1] == pytest.approx(100 - 12 - (12 - 6))
