"""Liquidity: cash at the end of every period, and what counts in it."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.reports.summary import text
from planner.rules.liquidity import minimum_cash
from tests.explain.deals import amounts, explained
from tests.plans import cost, solved
from tests.small import cloud, demand, owned, posted, sites, small, sums, used, values

# The first row holds half of the first year, the second the rest and the second year.
# Revenue: (20 + 40) / 2 = 30 and 40. Other costs: (0.5 · 20 + 0.1 · 40) / 2 = 7, not the mean share of the mean
# revenue, which would be 9; then 4. Minimum: the larger of 5 and 8, then 8.
FINANCE = """
    from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn
    2026-01-01,20,0.5,5
    2026-07-01,40,0.1,8
    """


class TestMeans:
    def test_revenue_and_other_costs(self, tmp_path: Path) -> None:
        case = small(tmp_path, finance=FINANCE)
        ledgers = posted(case)
        assert sums(ledgers, "revenue") == [("operating", 0.5, 30.0), ("operating", 1.5, 40.0)]
        assert sums(ledgers, "other_costs") == [
            ("operating", 0.5, pytest.approx(-7.0)),
            ("operating", 1.5, pytest.approx(-4.0)),
        ]
        assert [value for _, _, value in sums(posted(case.change("case.period_months = 6")), "revenue")] == [
            10,
            20,
            20,
            20,
        ]

    def test_the_strictest_minimum(self, tmp_path: Path) -> None:
        case = small(tmp_path, finance=FINANCE)
        assert minimum_cash(case).tolist() == [8.0, 8.0]
        assert minimum_cash(case.change("case.period_months = 6")).tolist() == [5.0, 8.0, 8.0, 8.0]
        # A blank is no limit: from July on there is none, yet half a year with a limit is a year with one.
        blank = case.change("finance[2026-07-01].min_cash_usd_bn = blank")
        assert minimum_cash(blank).tolist() == [5.0, -np.inf]

    # 3 + 30 − 7 and 100 of shortage, which is no cash: 26, and 26 + 40 − 4.
    def test_cash_of_a_plan(self, tmp_path: Path) -> None:
        plan = solved(small(tmp_path, toml="opening_cash_usd_bn = 3", finance=FINANCE))
        assert plan.cash["opening_usd_bn"].tolist() == pytest.approx([3.0, 26.0])
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([26.0, 62.0])
        assert plan.cash["headroom_usd_bn"].tolist() == pytest.approx([18.0, 54.0])
        # Operating cash is not in the objective.
        assert cost(plan) == pytest.approx(200.0)


class TestLost:
    """1 GW asked for at 100 a GW-year of shortage; each GW-year not served takes 12 from a revenue of 20."""

    LOSING = "workload,max_latency_ms,interruptible_share,revenue_usd_bn_per_gw_year\ntraining,1000,0.5,12\n"
    ROWS = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,debt_multiple_max,cover_min"

    def case(self, folder: Path, finance: str, **tables: str) -> Case:
        return small(folder, end=2027, workloads=self.LOSING, finance=f"{self.ROWS}\n{finance}\n", **tables)

    # Nothing is on offer: 20 − 12, a quarter of which are other costs. The cost stays that of shortage.
    def test_cash(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,20,0.25,,,"))
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([8 * 0.75])
        assert cost(plan) == pytest.approx(100)
        assert plan.record.penalties_usd_bn == pytest.approx(100)
        assert "Demand that is not served takes 12 USD bn from revenue" in text(plan)
        alone = solved(
            self.case(tmp_path, "2026-01-01,20,0.25,,,").change("workloads[training].revenue_usd_bn_per_gw_year = 0")
        )
        assert alone.cash["closing_usd_bn"].tolist() == pytest.approx([15])

    # A minimum of 10 needs half a GW to be served at 10, though shortage is cheaper: 20 − 6 − 5 = 9 with half of it,
    # so x GW with 20 − 12 · (1 − x) − 10 · x = 10 at least.
    def test_cash_makes_it_worth_serving(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "2026-01-01,20,0,8.5,,", **cloud()).change(
            "case.shortage_cost_usd_bn_per_gw_year = 1"
        )
        # 8 + 2 · x ≥ 8.5: a quarter is served, at 2.5, and the rest is short.
        assert cost(solved(case)) == pytest.approx(2.5 + 0.75)
        given = case.change("workloads[training].revenue_usd_bn_per_gw_year = blank")
        assert cost(solved(given)) == pytest.approx(1)

    # Rent of 0.6 a year must be covered ten times: by 20 − 12 = 8 where nothing is served, and by 6 under stress.
    def test_cover(self, tmp_path: Path) -> None:
        hall = sites({"status": "required", "min_share": 1, "term_years": 1})
        case = self.case(tmp_path, "2026-01-01,20,0,,,10", site_leases=hall)
        plan = solved(case)
        assert used(plan, "fixed_charge_cover", "net_revenue") == {"2026-01-01": pytest.approx((6, 8))}
        with pytest.raises(Infeasible):
            solved(case.change("finance[*].cover_min = 14"))
        stressed = case.change("finance[*].revenue_stress_share = 0.75")
        limit = used(solved(stressed), "fixed_charge_cover", "net_revenue_under_stress")
        assert limit == {"2026-01-01": pytest.approx((6, 6))}

    # What it takes to keep the rent: cover of 13.34 instead of 14, which counts what is lost.
    def test_less_cover_is_measured_by_what_is_left(self, tmp_path: Path) -> None:
        hall = sites({"status": "required", "min_share": 1, "term_years": 1})
        case = self.case(tmp_path, "2026-01-01,20,0,,,14", site_leases=hall)
        assert amounts(explained(case, include=("cover",))) == {
            "finance[*].cover_min -=": pytest.approx(14 - 8 / 0.6, abs=0.01)
        }

    # Debt of a lease of 2 against 0.2 times what is earned: 1.6 where nothing is served.
    def test_debt(self, tmp_path: Path) -> None:
        hall = sites({"status": "required", "min_share": 1, "term_years": 3})
        case = self.case(tmp_path, "2026-01-01,20,0,,0.3,", site_leases=hall)
        assert used(solved(case), "debt_cap", "multiple")["2026-01-01"][1] == pytest.approx(0.3 * 8)


def poor(folder: Path, *, opening: float, finance: str, **tables: str) -> Case:
    """1 GW asked for in each of two years, on offer at 10 a GW-year."""
    rows = f"from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n{finance}"
    given = {**cloud(floors=(0, 0)), **tables}
    return small(folder, toml=f"opening_cash_usd_bn = {opening}", finance=rows, **given)


class TestMinimum:
    # 15 at the start, 1 to be kept: 14 to spend on 1.4 GW-years, the rest short. The cost is 14 + 60 in whatever year.
    def test_cash_limits_what_is_bought(self, tmp_path: Path) -> None:
        case = poor(tmp_path, opening=15, finance="2026-01-01,0,0,1\n")
        plan = solved(case)
        assert cost(plan) == pytest.approx(74.0)
        assert plan.cash["closing_usd_bn"].iloc[-1] == pytest.approx(1.0)
        assert cost(solved(case.change("finance[2026-01-01].min_cash_usd_bn = blank"))) == pytest.approx(20.0)

    # It is at the end of every period: 4 to spend in the first year, when 0.6 GW is short; revenue of 100 in the second
    # comes too late for that.
    def test_at_the_end_of_every_period(self, tmp_path: Path) -> None:
        plan = solved(poor(tmp_path, opening=5, finance="2026-01-01,0,0,1\n2027-01-01,100,0,1\n"))
        assert cost(plan) == pytest.approx(4 + 60 + 10)
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([1.0, 91.0])

    # But within a period it is its end that counts: revenue of the first year, 10, pays for it.
    def test_revenue_of_the_same_period_counts(self, tmp_path: Path) -> None:
        assert cost(solved(poor(tmp_path, opening=5, finance="2026-01-01,10,0,5\n"))) == pytest.approx(20.0)

    # Equity of 6 is received on signing: 4 + 6 to spend in the first year, and no lower cost for it.
    def test_equity_is_cash(self, tmp_path: Path) -> None:
        case = poor(tmp_path, opening=5, finance="2026-01-01,0,0,1\n2027-01-01,100,0,1\n")
        assert cost(solved(case.change("cloud_commitments[deal].equity_usd_bn = 6"))) == pytest.approx(20.0)

    # Below the minimum whatever is decided.
    def test_none_to_spend(self, tmp_path: Path) -> None:
        with pytest.raises(Infeasible):
            solved(poor(tmp_path, opening=0.5, finance="2026-01-01,0,0,1\n"))


# Chips for 20 are worth 10 at the end, credited in the objective and not in cash: 15 at the start do not buy 1 GW, but
# 0.75; the rest is short in both years. 15 − 7.5 + 50.
def test_credits_are_not_cash(tmp_path: Path) -> None:
    tables = {
        **owned(0),
        "resale_values": "chip,age_years,value_share\ntpu_a,0,0.5\n",
        "chip_purchases": """
            offer,chip,vendor,status,sign_by,max_gw,price_usd_bn_per_gw
            order,tpu_a,maker,open,2026-01-01,5,20
            """,
        "chip_deliveries": "offer,months,delivered_share\norder,0,1\n",
        "site_leases": sites({"capacity_mw": 5000, "rent_usd_per_kw_month": 0}),
    }
    case = small(
        tmp_path,
        toml="opening_cash_usd_bn = 15",
        finance="from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n",
        **tables,
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(57.5)
    assert values(plan, "order", "offer") == pytest.approx({"order": 0.75})


# A deposit of half a year's rent, 0.3, is out of cash until it comes back, at the end of 2026: with 0.7 to spend and a
# rent of 0.6, 7/9 of the phase in the first year. It is back at the start of 2027, when the term is over.
def test_a_deposit_is_out_of_cash_until_it_is_back(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        toml="opening_cash_usd_bn = 0.7",
        demand=demand(0.5, 0),
        finance="from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n",
        site_leases=sites({"deposit_months": 6, "term_years": 1}),
        **owned(0.5),
    )
    plan = solved(case)
    share = 7 / 9
    assert values(plan, "share", "offer") == pytest.approx({"hall": share})
    assert cost(plan) == pytest.approx(0.6 * share + 50 * (1 - share))
    assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([0.0, 0.3 * share])
