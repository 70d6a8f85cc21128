"""Cash that no contract brings or takes: rounds of equity, taxes, dividends, and costs that do not follow revenue."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.common.treasury import OtherCash
from planner.plan.plan import Plan
from planner.reports.summary import text
from planner.roll.advance import advance
from tests.hedge.plans import costs, hedged, policy
from tests.plans import cost, solved
from tests.small import cloud, demand, posted, sites, small, sums, used

OTHER = """
    what,date,kind,amount_usd_bn
    series h,2026-07-01,equity,20
    taxes,2027-01-01,tax,-3
    taxes,2027-04-01,tax,-1
    dividend,2027-12-31,dividend,-2
    a fine,2026-03-01,other,-0.5
    before,2025-12-31,equity,7
    the day of the end,2028-01-01,equity,7
    """
FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn"


class TestSums:
    """Two years: 5 at the start, 2 a year earned."""

    def case(self, folder: Path, finance: str = "2026-01-01,4,0.5,", **tables: str) -> Case:
        given: dict[str, str] = {"other_cash": OTHER, "finance": f"{FINANCE}\n{finance}\n"} | tables
        return small(folder, toml="opening_cash_usd_bn = 5", **given)  # type: ignore[arg-type]

    # 5 + 2 + 20 − 0.5 = 26.5; 26.5 − 3 on the first day of 2027; 26.5 + 2 − 4 − 2 = 22.5 at its end.
    def test_on_their_days(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert plan.cash["opening_usd_bn"].tolist() == pytest.approx([5, 26.5])
        assert plan.cash["first_day_usd_bn"].tolist() == pytest.approx([5, 23.5])
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([26.5, 22.5])
        assert plan.cash["funding_usd_bn"].tolist() == pytest.approx([20, -2])
        assert plan.cash["operating_usd_bn"].tolist() == pytest.approx([1.5, -2])
        # They are no part of the cost: that of shortage alone.
        assert cost(plan) == pytest.approx(200)
        assert "Equity from others 20, Other cash -0.5, Tax -4" in text(plan)
        assert sum("lies outside the horizon" in note for note in plan.record.notes) == 2

    # Shorter periods only say more precisely when: the end of the first year is the same.
    @pytest.mark.parametrize("months", [6, 3, 1])
    def test_at_every_length_of_period(self, tmp_path: Path, months: int) -> None:
        plan = solved(self.case(tmp_path).change(f"case.period_months = {months}"))
        assert plan.cash["closing_usd_bn"].tolist()[12 // months - 1] == pytest.approx(26.5)
        assert plan.cash["closing_usd_bn"].tolist()[-1] == pytest.approx(22.5)

    # A cloud at 10 for the whole of 2026 is paid out of 5 + 2 only with the round; a minimum of 20 on the first day of
    # 2027 is broken by the tax of that day.
    def test_what_they_make_possible(self, tmp_path: Path) -> None:
        offered = cloud(floors=(10.0,), status="required")
        case = self.case(tmp_path, "2026-01-01,4,0.5,0", demand=demand(1, 0), **offered)
        assert solved(case).cash["closing_usd_bn"].tolist() == pytest.approx([16.5, 12.5])
        with pytest.raises(Infeasible):
            solved(case.change("other_cash[series h, 2026-07-01].amount_usd_bn = 0"))
        with pytest.raises(Infeasible):
            solved(case.change("finance[*].min_cash_usd_bn = 15"))

    def test_signs(self, tmp_path: Path) -> None:
        rows = "what,date,kind,amount_usd_bn\na,2026-01-01,equity,-1\nb,2026-01-01,dividend,1\nc,2026-01-01,tax,2\n"
        with pytest.raises(DataError) as refused:
            self.case(tmp_path, other_cash=rows)
        found = [(each.file, each.line, each.column, each.expected) for each in refused.value.problems]
        assert [each[:3] for each in found] == [("other_cash.csv", line, "amount_usd_bn") for line in (2, 3, 4)]
        assert found[0][3] == "a number not below 0, as equity is received (a buy-back is a dividend)"
        assert found[1][3] == "a number not above 0, as a dividend is paid (one that is received is other cash)"

    # What was received before the day is in the opening cash and is left out; the tax of the day itself is not.
    def test_on_a_later_day(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        later = advance(plan, date(2027, 1, 1))
        assert later.identity.error < 1e-12
        assert {row.what for row in later.case.rows(OtherCash)} == {"taxes", "dividend", "the day of the end"}
        assert solved(later.case).cash["closing_usd_bn"].tolist() == pytest.approx([22.5])


class TestNotKnown:
    """A listing of 20 on 1 January 2027, the day on which it is known whether it takes place. There is 5 before."""

    OFFERED = cloud(floors=(10.0,)) | {
        "cloud_commitments": (
            "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
            "deal,cloud,open,2027-01-01,2027-01-01,0,1,forfeit\n"
        )
    }

    def case(self, folder: Path, known: str = "2027-01-01", day: str = "2027-01-01") -> Case:
        return small(
            folder,
            shortage=15.0,
            toml="opening_cash_usd_bn = 5",
            demand=demand(0, 1),
            finance=f"{FINANCE}\n2026-01-01,0,0,0\n",
            other_cash=f"what,date,kind,amount_usd_bn\nlisting,{day},equity,20\n",
            events=f"event,known_on\nlisting,{known}\n",
            outcomes=(
                "event,outcome,given,probability,changes\n"
                'listing,yes,,0.5,"other_cash[listing, *].amount_usd_bn *= 1"\n'
                'listing,no,,0.5,"other_cash[listing, *].amount_usd_bn = 0"\n'
            ),
            **self.OFFERED,
        )

    # The deal of 10 on that day waits for the news: it is signed where there is money for it, else all is short at 15.
    def test_news_comes_before_the_signature(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path))
        assert costs(found) == pytest.approx({"yes": 10, "no": 15})
        assert policy(found, "sign") == {("listing:yes", "deal"): 1.0}

    def test_it_cannot_be_known_too_late(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"amount_usd_bn of listing, 2026-07-01 in other_cash\.csv"):
            hedged(self.case(tmp_path, day="2026-07-01"))


class TestFixedCosts:
    """Costs that do not follow revenue: 3 a year in the first half of 2026, then 5, so 4 in 2026."""

    ROWS = (
        "from_date,revenue_usd_bn_per_year,other_cost_share,other_cost_usd_bn_per_year,min_cash_usd_bn,"
        "revenue_stress_share,debt_multiple_max,cover_min\n"
    )
    LOAN = "facility,lender,limit_usd_bn,rate,repay_by,drawn_usd_bn\nbank,A bank,10,0,2030-01-01,{}\n"

    def case(self, folder: Path, *rows: str, **tables: str) -> Case:
        given: dict[str, str] = {"finance": self.ROWS + "\n".join([*rows, ""])} | tables
        return small(folder, end=2027, toml="opening_cash_usd_bn = 9", **given)  # type: ignore[arg-type]

    # A lab without revenue: 9 − 4.
    def test_without_revenue(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,0,0.5,3,0,,,", "2026-07-01,0,0.5,5,0,,,"))
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([5])
        assert sums(posted(plan.case), "fixed_costs") == [("operating", 0.5, pytest.approx(-4))]
        assert "Costs that do not follow revenue -4" in text(plan)

    # 10 of revenue, half of it other costs, less 2: 3 are earned, so debt of 2 · 3 = 6. Under stress of 0.6 the margin
    # is 3, of which 1 is left: 2.
    def test_debt(self, tmp_path: Path) -> None:
        plan = self.debts(tmp_path / "all", "2026-01-01,10,0.5,2,,0.6,2,", 2)
        assert used(plan, "debt_cap", "multiple") == {"2026-01-01": pytest.approx((2, 6))}
        assert used(plan, "debt_cap", "multiple_under_stress") == {"2026-01-01": pytest.approx((2, 2))}
        with pytest.raises(Infeasible):
            self.debts(tmp_path / "more", "2026-01-01,10,0.5,2,,0.6,2,", 2.01)

    def debts(self, folder: Path, row: str, drawn: float) -> Plan:
        return solved(self.case(folder, row, term_loans=self.LOAN.format(drawn)))

    # Where nothing is earned, no debt is allowed, and none is needed: neither a debt below 0 nor a cover of nothing. A
    # stress of 0 is no way round: without it 5 − 6 is below 0, with it 0 − 6.
    def test_nothing_earned(self, tmp_path: Path) -> None:
        plan = self.debts(tmp_path / "none", "2026-01-01,10,0.5,6,,0,2,1.5", 0)
        assert used(plan, "debt_cap", "multiple") == {"2026-01-01": (0, 0)}
        assert used(plan, "debt_cap", "multiple_under_stress") == {"2026-01-01": (0, 0)}
        assert used(plan, "fixed_charge_cover", "net_revenue") == {"2026-01-01": (0, 0)}
        with pytest.raises(Infeasible):
            self.debts(tmp_path / "some", "2026-01-01,10,0.5,6,,,2,", 0.01)

    # Rent of 0.6 a year is covered by 5 − 4.4 once.
    def test_cover(self, tmp_path: Path) -> None:
        hall = sites({"status": "required", "min_share": 1, "term_years": 1})
        case = self.case(tmp_path, "2026-01-01,10,0.5,4.4,,,,1", site_leases=hall)
        assert used(solved(case), "fixed_charge_cover", "net_revenue") == {"2026-01-01": pytest.approx((0.6, 0.6))}
        with pytest.raises(Infeasible):
            solved(case.change("finance[*].other_cost_usd_bn_per_year = 4.5"))

    # Unserved demand takes 6 of 10, half of which were other costs: 2 are left of 5, and 1 after the fixed costs. They
    # stay, as does what revenue does not bring.
    def test_revenue_lost(self, tmp_path: Path) -> None:
        losing = "workload,max_latency_ms,interruptible_share,revenue_usd_bn_per_gw_year\ntraining,1000,0.5,6\n"
        case = self.case(tmp_path, "2026-01-01,10,0.5,1,,,2,", workloads=losing, term_loans=self.LOAN.format(2))
        plan = solved(case)
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([9 + 2 - 1])
        assert used(plan, "debt_cap", "multiple") == {"2026-01-01": pytest.approx((2, 2))}
        with pytest.raises(Infeasible):
            solved(case.change("finance[*].other_cost_usd_bn_per_year = 1.1"))
