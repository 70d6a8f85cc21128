"""The same case in other units has the same plan; two of these were once called infeasible."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.case import shipped
from planner.generate import case_files
from planner.ledgers.limits import sizes
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from tests.invariance import units
from tests.invariance.kinds import KINDS, compared, generated, solved
from tests.plans import cost
from tests.small import cloud, demand, small

CASES = {"small": lambda: SMALL, "starter": lambda: Case.read(shipped.path("starter"))}
SMALL = Case.made_of(case_files(3, periods=10, period_months=12, seed=113))


def _samples() -> Iterator[tuple[str, float, float]]:
    for name in ("6", "18", "3", "small"):
        for money, power in units.FACTORS:
            yield name, money, power
    yield "starter", 1e-4, 1.0
    yield "starter", 1.0, 1e-3
    yield "small", 1.0, 1e-6


@pytest.fixture(scope="module")
def plans() -> dict[str, tuple[Case, Plan | None]]:
    """Cases and their plans, each made once."""
    found = {name: made() for name, made in CASES.items()} | {name: generated(int(name)) for name in ("3", "6", "18")}
    return {name: (case, solved(case)) for name, case in found.items()}


@pytest.mark.parametrize(("name", "money", "power"), list(_samples()))
def test_a_case_in_other_units_has_the_same_plan(
    name: str, money: float, power: float, plans: dict[str, tuple[Case, Plan | None]]
) -> None:
    case, plan = plans[name]
    assert plan is not None
    other = solved(units.in_units(case, money, power))
    assert compared(plan, other, money) == ""
    assert other is not None
    assert other.proven


def test_the_case_that_was_called_infeasible_costs_what_it_does_in_gw() -> None:
    plan = solved(units.in_units(SMALL, 1.0, 1e-3))
    assert plan is not None
    told = solved(SMALL)
    assert told is not None
    assert cost(plan) == pytest.approx(cost(told), abs=1e-6)


def test_a_tight_gap_is_a_gap_in_every_unit() -> None:
    told = solved(SMALL)
    assert told is not None
    for factor in (1e-4, 1.0, 1e4):
        plan = solved(units.in_units(SMALL, factor, 1.0))
        assert plan is not None
        assert plan.record.gap is not None
        assert plan.record.gap <= SMALL.settings.solver.gap
        assert plan.record.bound_usd_bn is not None
        assert (1 - SMALL.settings.solver.gap) * cost(plan) <= plan.record.bound_usd_bn <= cost(plan)
        assert plan.record.bound_usd_bn <= cost(told) * factor * (1 + 1e-9)


def test_a_comparison_finds_a_plan_that_is_too_dear() -> None:
    plan = solved(SMALL)
    dearer = solved(SMALL.change("case.shortage_cost_usd_bn_per_gw_year = 200"))
    assert compared(plan, None, 1.0) != ""
    assert compared(plan, plan, 1.0) == ""
    assert compared(plan, dearer, 1.0) != ""
    assert list(KINDS) == ["units"]


def test_money_and_power_enter_every_column_as_its_unit_says() -> None:
    case = units.in_units(Case.read(shipped.path("starter")), 10.0, 2.0)
    was = Case.read(shipped.path("starter"))
    assert case.settings.opening_cash_usd_bn == pytest.approx(10.0 * was.settings.opening_cash_usd_bn)
    for row, rows in was.tables.by_class.items():
        for before, after in zip(rows, case.tables.by_class[row], strict=True):
            for name in row.fields():
                if name.endswith("_usd_bn_per_gw") and getattr(before, name):
                    assert getattr(after, name) == pytest.approx(5.0 * getattr(before, name))
                if name.endswith("_gw") and not name.endswith("_per_gw") and getattr(before, name):
                    assert getattr(after, name) == pytest.approx(2.0 * getattr(before, name))


def test_a_limit_of_a_millionth_is_not_broken_by_a_millionth(tmp_path: Path) -> None:
    portfolio = Portfolio.of(small(tmp_path, **cloud(), demand=demand(1e-6, 1e-6)))
    nothing = np.zeros(portfolio.ledgers.size)
    broken = Solution(portfolio, nothing).breaches()
    assert {limit.rule for limit, _ in broken} == {"meet_demand"}
    assert sizes(portfolio.limits, nothing)["reference GW"] == 1e-6
