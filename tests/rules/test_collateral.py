"""Cash that is locked up as collateral for a guarantor's exposure, as for a bank's letter of credit.

A hall of 0.5 GW at 0.6 a year has a cover of 4, and the bank locks half of its exposure for a fee of 1 %. 0.5 GW are
asked for; a GW-year that is not served costs 100.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.reports.page.plan_view import View
from planner.reports.page.sections.liquidity import collateral
from tests.instruments.test_chip_lease import GUARANTOR, lease_tables
from tests.plans import cost, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import demand, owned, posted, profile, sites, small, used, values

COVERED: dict[str, str | float] = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "min_share": 0,
}  # fmt: skip


def halls(
    folder: Path, cash: float, *, years: int = 1, months: int = 12, revenue: float = 0.0, **cells: object
) -> Case:
    """1 is the least cash; the cover falls to 0.6 in a year."""
    return small(
        folder,
        end=2026 + years,
        months=months,
        toml=f"opening_cash_usd_bn = {cash}",
        demand=demand(*[0.5] * years),
        site_leases=sites(COVERED | cells),
        cover_runoff="age_years,cover_share\n0,1\n1,0.6\n",
        guarantors="guarantor,kind,families,fee_rate,collateral_share\nbank,lease,tpu,0.01,0.5\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,100\n",
        finance=f"from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,{revenue},0,1\n",
        **owned(0.5),
    )


def view(plan: Plan, folder: Path) -> View:
    """A plan as a page shows it."""
    plan.write(folder)
    return View(plan, audit(folder))


class TestPlans:
    # A share s costs 0.64 · s in the year, and locks 2 · s: 2.32 − 0.64 · s ≥ 1 + 2 · s, so s = 0.5.
    # What is locked is no cost: 0.32, and 0.25 GW short.
    def test_at_the_end_of_a_period(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, 2.32))
        assert values(plan, "share", "backer") == pytest.approx({"bank": 0.5})
        assert cost(plan) == pytest.approx(0.32 + 25)
        assert plan.cash["minimum_usd_bn"].tolist() == pytest.approx([2.0])
        assert plan.cash["closing_usd_bn"].tolist() == pytest.approx([2.0])
        assert plan.cash["headroom_usd_bn"].tolist() == pytest.approx([0.0])
        assert used(plan, "liquidity", "cash") == {"2026-01-01": pytest.approx((2.0, 2.0))}
        (said,) = collateral(view(plan, tmp_path / "plan"))
        assert said == (
            "The minimum holds collateral that guarantors ask for (bank): at most 1.00 USD bn, in the period from"
            " 2026-01-01."
        )

    # Revenue of 10 comes in over the year, the cash is locked on the first day: 2 ≥ 1 + 2 · s.
    def test_on_the_first_day(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, 2.0, revenue=10.0))
        assert values(plan, "share", "backer") == pytest.approx({"bank": 0.5})
        assert used(plan, "liquidity", "cash_first_day") == {"2026-01-01": pytest.approx((2.0, 2.0))}
        assert plan.cash["headroom_usd_bn"].tolist() == pytest.approx([0.0])
        free = solved(plan.case.change("guarantors[*,*].collateral_share = 0"))
        assert collateral(view(free, tmp_path / "plan")) == []

    # It falls with the exposure, and comes back at the end of the term: 1 + 2, 1 + 1.2, then 1.
    def test_it_comes_back(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, 10.0, years=3, term_years=2))
        assert plan.cash["minimum_usd_bn"].tolist() == pytest.approx([3.0, 2.2, 1.0])
        at_every_start(plan)
        still_best(plan, "2027-01-01", "2028-01-01")

    # Nothing is locked before the cover counts.
    def test_from_the_commencement_on(self, tmp_path: Path) -> None:
        later: dict[str, str | float] = {"ready_date": "2027-01-01", "lead_months": 12, "cover_from": "commencement"}
        plan = solved(halls(tmp_path, 10.0, years=2, **later))
        assert plan.cash["minimum_usd_bn"].tolist() == pytest.approx([1.0, 3.0])
        signing = solved(plan.case.change("site_leases[hall].cover_from = signing"))
        assert signing.cash["minimum_usd_bn"].tolist() == pytest.approx([3.0, 3.0])

    # A second bank asks for no fee and locks everything. A part r of it, and the rest by the first, costs
    # 0.6 + 0.04 · (1 − r) and locks 2 + 2 · r, above the minimum of 1: 3.64 + 1.96 · r of cash is needed.
    @pytest.mark.parametrize(("cash", "free"), [(10.0, 1.0), (4.62, 0.5), (3.64, 0.0)])
    def test_the_dear_one_where_cash_is_short(self, tmp_path: Path, cash: float, free: float) -> None:
        case = halls(tmp_path, cash).change(
            "+guarantors{guarantor=other, kind=lease, families=tpu, fee_rate=0, collateral_share=1}",
            "+guarantor_caps{guarantor=other, kind=lease, from_date=2026-01-01, cap_usd_bn=100}",
        )
        plan = solved(case)
        assert values(plan, "share", "backer").get("other", 0.0) == pytest.approx(free)
        assert cost(plan) == pytest.approx(0.6 + 0.04 * (1 - free))


# Half of what the supporter of a lease of chips stands behind.
def test_of_residual_values(tmp_path: Path) -> None:
    tables = lease_tables(("A,debt,1,0,1,0.1,0.25,0.21,true",)) | GUARANTOR
    finance = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n"
    case = small(tmp_path, end=2029, **tables, finance=finance)
    case = case.change("guarantors[maker,residual].collateral_share = 0.5")
    ledgers = posted(case)
    held = [(post.labels.guarantor, post.line, post.values.tolist()) for post in ledgers.select("locked")]
    assert held == [("maker", "collateral", [0.5])] * len(list(ledgers.select("guarantees")))


# Without a least cash, locking some up would cost nothing.
def test_cash_must_be_limited(tmp_path: Path) -> None:
    case = halls(tmp_path, 10.0)
    with pytest.raises(DataError, match="min_cash_usd_bn: expected a number, be it 0, where a collateral_share"):
        case.change("finance[*].min_cash_usd_bn = blank")
    with pytest.raises(DataError, match=r"collateral_share: expected 0 where finance\.csv says no least cash"):
        case.change("-finance[*]")
    assert profile(posted(case), "locked", "collateral") == {0: 2.0}
