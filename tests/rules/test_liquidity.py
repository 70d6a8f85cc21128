"""Liquidity: cash at the end of every period and after its first day, and what counts in it."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.reports.summary import text
from planner.rules.liquidity import NAME, ON_FIRST_DAY, minimum_cash
from planner.studies.stress import Event, stress
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

    # 8 + 30 − 7 and 100 of shortage, which is no cash: 31, and 31 + 40 − 4. Nothing is dated on a first day.
    def test_cash_of_a_plan(self, tmp_path: Path) -> None:
        plan = solved(small(tmp_path, toml="opening_cash_usd_bn = 8", finance=FINANCE))
        assert plan.cash["opening_usd_bn"].tolist() == pytest.approx([8.0, 31.0])
        assert plan.cash["first_day_usd_bn"].tolist() == pytest.approx([8.0, 31.0])
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([31.0, 67.0])
        assert plan.cash["headroom_usd_bn"].tolist() == pytest.approx([0.0, 23.0])
        # Operating cash is not in the objective.
        assert cost(plan) == pytest.approx(200.0)


class TestLost:
    """1 GW asked for at 100 a GW-year of shortage; each GW-year not served takes 12 from a revenue of 20."""

    LOSING = "workload,max_latency_ms,interruptible_share,revenue_usd_bn_per_gw_year\ntraining,1000,0.5,12\n"
    ROWS = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,debt_multiple_max,cover_min"

    def case(self, folder: Path, finance: str, end: int = 2027, **tables: str) -> Case:
        return small(folder, end=end, workloads=self.LOSING, finance=f"{self.ROWS}\n{finance}\n", **tables)

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

    # A minimum of 8.5 on the first day of 2027, when nothing more is asked for, needs x GW to be served at 10 in 2026,
    # though shortage is cheaper: 20 − 12 · (1 − x) − 10 · x = 8 + 2 · x is 8.5 at least.
    def test_cash_makes_it_worth_serving(self, tmp_path: Path) -> None:
        rows = "2026-01-01,20,0,0,,\n2027-01-01,20,0,8.5,,"
        case = self.case(tmp_path, rows, end=2028, demand=demand(1, 0), **cloud()).change(
            "case.shortage_cost_usd_bn_per_gw_year = 1"
        )
        # A quarter is served, at 2.5, and the rest is short.
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

    # 10 of revenue, of which a quarter are other costs, where all demand would bring 12: it takes 10 and no more. Half
    # of the demand takes 5. Debt is 0, so that a multiple holds even where nothing is earned.
    @pytest.mark.parametrize(("served", "left"), [(0.0, 0.0), (0.5, 5 * 0.75)])
    def test_no_more_is_lost_than_there_is(self, tmp_path: Path, served: float, left: float) -> None:
        offered = cloud(capacity=served, status="open") if served else {}
        plan = solved(self.case(tmp_path, "2026-01-01,10,0.25,,0.3,1", **offered))
        spent = 10 * served
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([left - spent])
        assert used(plan, "debt_cap", "multiple")["2026-01-01"] == pytest.approx((0, 0.3 * left))

    # In the first half of the year 1 GW-year takes 12, in the second 6: 9 of 20.
    def test_what_demand_brings_changes(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "2026-01-01,20,0,,,\n2026-07-01,20,0,,,")
        plan = solved(case.change("finance[2026-07-01].lost_revenue_factor = 0.5"))
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([20 - 9])

    # Revenue falls by half in 2027, and so does what 1 GW-year takes away: 20 − 12 in 2026, 10 − 6 in 2027.
    def test_revenue_down(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,20,0,,,", end=2028, demand=demand(1, 1)))
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([8, 16])
        fall = Event(event="fall", kind="revenue_down", subject=None, from_date=date(2027, 1, 1), value=0.5)
        after = stress(plan, [fall]).outcomes[0].after
        assert after is not None
        assert after.cash["closing_usd_bn"].tolist() == pytest.approx([8, 12])

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


class TestFirstDay:
    """Two years of 10 at a cloud that asks for 6 up front; 12 a year come in.

    With 7 at the start there is 1 on the first day of 2026, 3 at its end and on the first day of 2027, then 5.
    """

    def case(self, folder: Path, opening: float, least: float, later: float) -> Case:
        given = cloud(floors=(0, 0))
        given["cloud_tiers"] = (
            given["cloud_tiers"].replace("scale_max\n", "scale_max,upfront_usd_bn\n").rstrip() + ",6\n"
        )
        rows = f"2026-01-01,12,0,{least}\n2027-01-01,12,0,{later}\n"
        finance = f"from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n{rows}"
        return small(folder, toml=f"opening_cash_usd_bn = {opening}", finance=finance, shortage=None, **given)

    def test_what_is_paid_then_must_be_there(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path / "seven", opening=7, least=1, later=0))
        assert plan.cash["first_day_usd_bn"].tolist() == pytest.approx([1.0, 3.0])
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([3.0, 5.0])
        assert plan.cash["headroom_usd_bn"].tolist() == pytest.approx([0.0, 3.0])
        assert used(plan, NAME, ON_FIRST_DAY) == {"2026-01-01": pytest.approx((1.0, 1.0))}
        poorer = self.case(tmp_path / "six", opening=6, least=1, later=0)
        with pytest.raises(Infeasible):
            solved(poorer)
        # Equity is received on the same day.
        assert cost(solved(poorer.change("cloud_commitments[deal].equity_usd_bn = 1"))) == pytest.approx(26.0)

    # A minimum that rises is kept from the first day on, also where nothing is dated then: 3, not 5, is there.
    def test_a_minimum_that_rises(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path / "three", opening=7, least=0, later=3))
        assert used(plan, NAME, ON_FIRST_DAY)["2027-01-01"] == pytest.approx((3.0, 3.0))
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "four", opening=7, least=0, later=4))

    # 1 is missing on the first day alone: 1 less to be kept, or 1 more at the start.
    def test_repairs(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, opening=6, least=1, later=1)
        assert amounts(explained(case, include=("cash", "opening_cash"))) == {
            "finance[2026-01-01..2027-01-01].min_cash_usd_bn -=": pytest.approx(1),
            "case.opening_cash_usd_bn +=": pytest.approx(1),
        }

    # An instalment in arrears belongs to the period that ends, a repayment of the whole to the day on which it is due.
    def test_in_arrears_and_on_the_day(self, tmp_path: Path) -> None:
        loan = (
            "facility,lender,from_date,to_date,limit_usd_bn,rate,repay_by,amortises,drawn_usd_bn\n"
            "bank,A bank,2026-01-01,2026-01-01,6,0.1,2027-01-01,{},6\n"
        )
        finance = (
            "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,7,0,0\n2027-01-01,0,0,0\n"
        )
        for word, first, closing in (("true", [0.0, 0.4], [0.4, 0.4]), ("false", [0.0, 0.4], [6.4, 0.4])):
            case = small(tmp_path / word, finance=finance, term_loans=loan.format(word))
            plan = solved(case)
            assert plan.cash["first_day_usd_bn"].tolist() == pytest.approx(first)
            assert plan.cash["closing_usd_bn"].tolist() == pytest.approx(closing)
