"""Obligations: what is owed under signed contracts stays within a cap."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.plan.plan import Plan
from tests.plans import cost, solved
from tests.small import by_date, cloud, demand, owned, sites, small, used, values


def capped(caps: str) -> str:
    return f"from_date,revenue_usd_bn_per_year,other_cost_share,obligations_cap_usd_bn\n{caps}"


ORDER = {
    **owned(0),
    "chip_purchases": """
        offer,chip,vendor,status,sign_by,max_gw,price_usd_bn_per_gw,deposit_share
        order,tpu_a,maker,open,2026-01-01,5,20,0.25
        """,
    "resale_values": "chip,age_years,value_share\ntpu_a,0,0\n",
    "site_leases": sites({"capacity_mw": 5000, "rent_usd_per_kw_month": 0}),
}
"""Chips at 20 a GW, a quarter on order; a hall that costs nothing."""


class TestOrders:
    # Delivered on the day of the order, its balance is paid that day and never owed: a cap of 0 is no hindrance.
    def test_a_balance_due_on_the_day_is_paid(self, tmp_path: Path) -> None:
        deliveries = "offer,months,delivered_share\norder,0,1\n"
        case = small(tmp_path, finance=capped("2026-01-01,0,0,0\n"), chip_deliveries=deliveries, **ORDER)
        assert cost(solved(case)) == pytest.approx(20.0)

    # Delivered after a year, 15 a GW is owed in the first: a cap of 9 allows 0.6 GW. 100 short, then 40 and 12 paid.
    # In 2027, when it is paid, a cap of 0 would do.
    def test_a_balance_still_to_come_is_owed(self, tmp_path: Path) -> None:
        deliveries = "offer,months,delivered_share\norder,12,1\n"
        caps = capped("2026-01-01,0,0,9\n2027-01-01,0,0,0\n")
        plan = solved(small(tmp_path, finance=caps, chip_deliveries=deliveries, **ORDER))
        assert cost(plan) == pytest.approx(100 + 40 + 12)
        assert used(plan, "obligations", "all") == {
            "2026-01-01": pytest.approx((9.0, 9.0)),
            "2027-01-01": pytest.approx((0.0, 0.0)),
        }


class TestRent:
    def case(self, folder: Path, caps: str, **cells: str | float) -> Case:
        """0.5 GW for three years from 2027 on: 1.8 of rent, owed from signing, a year before."""
        phase = {"lead_months": 12, "ready_date": "2027-01-01", "term_years": 3, **cells}
        return small(folder, demand=demand(0, 0.5), finance=capped(caps), site_leases=sites(phase), **owned(0.5))

    # A cap of 0.9 allows half of the phase: rent 0.3 and 0.25 GW short in 2027.
    def test_owed_from_signing_undiscounted(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,0,0,0.9\n2027-01-01,0,0,\n"))
        assert values(plan, "share", "offer") == pytest.approx({"hall": 0.5})
        assert cost(plan) == pytest.approx(0.3 + 25)
        # Blank: no cap from 2027 on.
        assert list(used(plan, "obligations", "all")) == ["2026-01-01"]

    # A cap from a date inside a period holds in the whole of it, the smaller of two.
    def test_the_strictest_of_the_period(self, tmp_path: Path) -> None:
        caps = "2026-01-01,0,0,0.9\n2026-04-01,0,0,0.45\n2027-01-01,0,0,\n"
        assert values(solved(self.case(tmp_path, caps)), "share", "offer") == pytest.approx({"hall": 0.25})

    def test_no_cap_at_all(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,0,0,\n"))
        assert cost(plan) == pytest.approx(0.6)
        assert not used(plan, "obligations", "all")


class TestPrepaid:
    """Floors of 10, 10 and 10, the last one after the end, of which a part is prepaid; 1 GW a year is used at 10."""

    def case(self, folder: Path, prepay: float) -> Case:
        tables = cloud(floors=(10, 10, 10), status="required", capacity=1)
        case = small(folder, rate=0.1, finance=capped("2026-01-01,40,0,30\n"), **tables)
        return case.change(f"cloud_commitments[deal].prepay_share = {prepay}")

    def owed(self, plan: Plan, ledger: str) -> list[float]:
        return [by_date(plan, "floor", ledger).get(day, 0.0) for day in ("2026-01-01", "2027-01-01")]

    # 30 are paid on the start, and nothing is owed any more. Of 15, 5 are left after the first year, when 10 are used.
    @pytest.mark.parametrize(
        ("prepay", "owed", "soon"),
        [(1.0, [0, 0], [0, 0]), (0.5, [15, 15], [0, 5]), (0.2, [24, 20], [4, 10]), (0.0, [30, 20], [10, 10])],
    )
    def test_what_is_prepaid_is_not_owed(
        self, tmp_path: Path, prepay: float, owed: list[float], soon: list[float]
    ) -> None:
        plan = solved(self.case(tmp_path, prepay))
        assert self.owed(plan, "obligations") == pytest.approx(owed)
        assert self.owed(plan, "fixed_charges") == pytest.approx(soon)
        assert [owes for owes, _ in used(plan, "obligations", "all").values()] == pytest.approx(owed)

    # 15 in 2026, of which 10 are for 2026; then 5 of 2027, and all of 2028.
    def test_when_it_falls_due(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 0.5))
        due = plan.maturities.groupby(["kind", "year"])["owed_usd_bn"].sum()
        due = due[due.abs() > 1e-9].to_dict()
        assert due == pytest.approx({("prepayment", "2026"): 15, ("floor", "2027"): 5, ("floor", "2028"): 10})

    # All 30 are prepaid, and 20 are used within the horizon: the last 10 pay the floor of 2028.
    def test_what_is_left_pays_the_floors_after_the_end(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 1.0))
        due = plan.maturities.groupby(["kind", "year"])["owed_usd_bn"].sum()
        assert due[due.abs() > 1e-9].to_dict() == pytest.approx({("prepayment", "2026"): 30})

    # It starts a year after it is signed, until when all floors are to come.
    def test_before_the_start(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0.5).change("cloud_commitments[deal].lead_months = 12")
        plan = solved(case)
        assert self.owed(plan, "obligations") == pytest.approx([30, 15])
        assert self.owed(plan, "fixed_charges") == pytest.approx([0, 0])

    # Under way since 2025, when 10 of the 15 prepaid were used: 5 are left, and floors of 10 and 10 to come.
    def test_under_way(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0.5).change(
            "cloud_commitments[deal].status = signed",
            "cloud_commitments[deal].start_date = 2025-01-01",
            "cloud_commitments[deal].sign_from = blank",
            "cloud_commitments[deal].sign_by = blank",
            "cloud_commitments[deal].lead_months = blank",
        )
        plan = solved(case)
        assert self.owed(plan, "obligations") == pytest.approx([15, 10])
        assert self.owed(plan, "fixed_charges") == pytest.approx([5, 10])
        due = plan.maturities.groupby(["kind", "year"])["owed_usd_bn"].sum()
        assert due[due.abs() > 1e-9].to_dict() == pytest.approx({("floor", "2026"): 5, ("floor", "2027"): 10})

    # A cap of 15 is kept by paying a half in advance, and not without.
    def test_a_cap(self, tmp_path: Path) -> None:
        cap = "finance[2026-01-01].obligations_cap_usd_bn = 15"
        solved(self.case(tmp_path, 0.5).change(cap))
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "none", 0.0).change(cap))


# Floors of 10, 10 and 10, the last one after the end: 30, 20 owed at the start of each year, in half-years 30, 25, 20,
# 15. Required, it needs a cap of 30; and a second contract's rent would come on top.
def test_floors(tmp_path: Path) -> None:
    tables = cloud(floors=(10, 10, 10), status="required")
    case = small(tmp_path, finance=capped("2026-01-01,0,0,30\n"), **tables)
    plan = solved(case)
    assert used(plan, "obligations", "all") == {
        "2026-01-01": pytest.approx((30.0, 30.0)),
        "2027-01-01": pytest.approx((20.0, 30.0)),
    }
    finer = used(solved(case.change("case.period_months = 6")), "obligations", "all")
    assert [owed for owed, _ in finer.values()] == pytest.approx([30.0, 25.0, 20.0, 15.0])
    with pytest.raises(Infeasible):
        solved(case.change("finance[2026-01-01].obligations_cap_usd_bn = 29"))
