"""Fixed-charge cover: what is earned in a year against what is payable in the next twelve months."""

from pathlib import Path

import pytest

from planner.api import Case
from tests.plans import cost, signed, solved
from tests.rules.deals import ALPHA, BETA, deals
from tests.small import demand, owned, sites, small, used

COLUMNS = "from_date,revenue_usd_bn_per_year,other_cost_share,cover_min,revenue_stress_share\n"


def choice(folder: Path, finance: str, *, months: int = 12) -> Case:
    """1 GW asked for in two years: at 10 a GW-year with a floor of 10 a year for three, or at 20 without any."""
    return small(folder, months=months, finance=COLUMNS + finance, **deals({**ALPHA, "floor": 10}, BETA))


# Earned: 24 · (1 − 0.5) = 12. It covers a floor of 10 once and a fifth; asked for once and a quarter, it does not.
def test_tightened_until_the_plan_changes(tmp_path: Path) -> None:
    case = choice(tmp_path, "2026-01-01,24,0.5,1.2,\n")
    plan = solved(case)
    assert cost(plan) == pytest.approx(20.0)
    assert used(plan, "fixed_charge_cover", "net_revenue") == {
        "2026-01-01": pytest.approx((12.0, 12.0)),
        "2027-01-01": pytest.approx((12.0, 12.0)),
    }
    tighter = solved(case.change("finance[*].cover_min = 1.25"))
    assert cost(tighter) == pytest.approx(40.0)
    assert signed(tighter) >= {"beta_deal"}
    assert signed(tighter).isdisjoint({"alpha_deal"})
    assert cost(solved(case.change("finance[*].cover_min = blank"))) == pytest.approx(20.0)


# A half of 12 does not cover a floor of 10, 0.9 of it does.
def test_under_stress(tmp_path: Path) -> None:
    case = choice(tmp_path, "2026-01-01,24,0.5,1,0.9\n")
    plan = solved(case)
    assert cost(plan) == pytest.approx(20.0)
    assert used(plan, "fixed_charge_cover", "net_revenue_under_stress")["2026-01-01"] == pytest.approx((10.0, 10.8))
    assert used(plan, "fixed_charge_cover", "net_revenue")["2026-01-01"] == pytest.approx((10.0, 12.0))
    assert cost(solved(case.change("finance[*].revenue_stress_share = 0.5"))) == pytest.approx(40.0)


# The first year earns (12 + 24) / 2 = 18, and 1.5 is the larger cover: 15. From July on no cover is asked for, so that
# half-years ask for it in the first only, at 12, where it fails.
def test_two_rows_in_a_period(tmp_path: Path) -> None:
    case = choice(tmp_path, "2026-01-01,24,0.5,1.5,\n2026-07-01,48,0.5,,\n")
    plan = solved(case)
    assert used(plan, "fixed_charge_cover", "net_revenue") == {"2026-01-01": pytest.approx((15.0, 18.0))}
    halves = solved(case.change("case.period_months = 6"))
    assert cost(halves) == pytest.approx(40.0)
    assert used(halves, "fixed_charge_cover", "net_revenue") == {"2026-01-01": pytest.approx((0.0, 12.0))}


# Rent from 2027 on, signed for in 2026: nothing of it falls due in the twelve months after the start of 2026; in
# half-years half a year of it does after July.
def test_rent_that_is_still_to_come(tmp_path: Path) -> None:
    phase = {"ready_date": "2027-01-01", "lead_months": 12}
    finance = COLUMNS + "2026-01-01,4,0.5,2,\n"
    case = small(tmp_path, demand=demand(0, 0.5), finance=finance, site_leases=sites(phase), **owned(0.5))
    charges = {
        months: [
            asked / 2
            for asked, _ in used(
                solved(case.change(f"case.period_months = {months}")), "fixed_charge_cover", "net_revenue"
            ).values()
        ]
        for months in (12, 6)
    }
    assert charges[12] == pytest.approx([0.0, 0.6])
    assert charges[6] == pytest.approx([0.0, 0.3, 0.6, 0.6])
