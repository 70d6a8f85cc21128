"""Policies on shares, own capacity and residency: kept, or missed at a price."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from tests.plans import cost, line, solved
from tests.rules.deals import ALPHA, BETA, asking
from tests.small import by_date, demand, owned, sites, used, values


class TestProviderShare:
    # 1 GW: 0.6 at 10, the rest at 20.
    def test_kept(self, tmp_path: Path) -> None:
        plan = solved(asking(tmp_path, "provider_share_max,alpha,2026-01-01,0.6,", ALPHA, BETA))
        assert cost(plan) == pytest.approx(6 + 8)
        assert used(plan, "policies", "provider_share_max/alpha") == {"2026-01-01": pytest.approx((0.6, 0.6))}

    # A GW moved costs 10 more. At 3 a GW-year it is missed by 0.4 GW, at 15 it is kept.
    @pytest.mark.parametrize("months", [12, 6, 3])
    def test_missed_at_a_price(self, tmp_path: Path, months: int) -> None:
        case = asking(tmp_path, "provider_share_max,alpha,2026-01-01,0.6,3", ALPHA, BETA, months=months)  # type: ignore[arg-type]
        plan = solved(case)
        assert cost(plan) == pytest.approx(10 + 1.2)
        assert line(plan, "provider_share_max") == pytest.approx(1.2)
        assert values(plan, "miss", "period")["2026-01-01"] == pytest.approx(0.4)
        kept = solved(case.change("policies[p0].penalty = 15"))
        assert cost(kept) == pytest.approx(14)
        assert not values(kept, "miss", "period")

    # A miss that costs nothing is told all the same, and exactly.
    def test_a_price_of_nothing(self, tmp_path: Path) -> None:
        plan = solved(asking(tmp_path, "provider_share_max,alpha,2026-01-01,0.6,0", ALPHA, BETA))
        assert cost(plan) == pytest.approx(10)
        assert values(plan, "miss", "period") == pytest.approx({"2026-01-01": 0.4})
        assert used(plan, "policies", "provider_share_max/alpha") == {"2026-01-01": pytest.approx((1.0, 1.0))}

    # 1 GW of one's own, in halls that cost nothing, and 1 from alpha: a half.
    def test_own_machines_are_in_the_total(self, tmp_path: Path) -> None:
        tables = owned(1)
        tables["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
        halls = sites({"capacity_mw": 1000, "rent_usd_per_kw_month": 0})
        case = asking(
            tmp_path, "provider_share_max,alpha,2026-01-01,0.5,", ALPHA, BETA,
            demand=demand(2), site_leases=halls, **tables,
        )  # fmt: skip
        assert cost(solved(case)) == pytest.approx(10)

    # From July on: in all of 2026 by years, in half of it by half-years. From 2027 on another row holds.
    def test_dates(self, tmp_path: Path) -> None:
        policies = "provider_share_max,alpha,2026-07-01,0.6,\nprovider_share_max,alpha,2027-01-01,1,"
        case = asking(tmp_path, policies, ALPHA, BETA, end=2028)  # type: ignore[arg-type]
        assert cost(solved(case)) == pytest.approx(14 + 10)
        assert cost(solved(case.change("case.period_months = 6"))) == pytest.approx(5 + 7 + 10)


# Chips of both families do as much; the dearer come from beta.
def test_family_share(tmp_path: Path) -> None:
    gpus = {**BETA, "chip": "gpu_a"}
    case = asking(tmp_path, "family_share_max,tpu,2026-01-01,0.7,", ALPHA, gpus)
    plan = solved(case)
    assert cost(plan) == pytest.approx(7 + 6)
    assert used(plan, "policies", "family_share_max/tpu") == {"2026-01-01": pytest.approx((0.7, 0.7))}
    assert cost(solved(case.change("policies[p0].penalty = 5"))) == pytest.approx(10 + 1.5)
    # Nothing else is to be had that is better than being short: half a GW needs half a GW of the other.
    assert cost(solved(case.change("cloud_terms[beta_deal,*].capacity_gw = 0"))) == pytest.approx(100)


class TestOwnCapacity:
    """Halls of 0.5 GW for 0.6 a year, which nobody needs, as 1 GW is to be had at 10."""

    def case(self, folder: Path, policy: str, **cells: str | float) -> Case:
        return asking(folder, f"own_capacity_min,{policy}", ALPHA, site_leases=sites({"term_years": 5, **cells}))

    def test_kept(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, ",2026-01-01,0.25,"))
        assert cost(plan) == pytest.approx(10 + 0.3)
        assert used(plan, "policies", "own_capacity_min/(all)") == {"2026-01-01": pytest.approx((0.25, 0.25))}

    # A GW of halls costs 1.2 a year.
    def test_missed_at_a_price(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, ",2026-01-01,2,1")
        assert cost(solved(case)) == pytest.approx(10 + 2)
        plan = solved(case.change("policies[p0].penalty = 2"))
        assert cost(plan) == pytest.approx(10 + 0.6 + 3)
        assert by_date(plan, "own_capacity_min") == pytest.approx({"2026-01-01": -3.0})

    def test_beyond_what_there_is(self, tmp_path: Path) -> None:
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path, ",2026-01-01,0.6,"))

    # Halls elsewhere do not count where a region is named.
    def test_in_a_region(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, "here,2026-01-01,0.5,1"))) == pytest.approx(10 + 0.5)
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path, "there,2026-01-01,0.5,"))

    # Signed for in 2026, halls of 2027 do not count before.
    def test_counts_from_commencement(self, tmp_path: Path) -> None:
        cells = {"ready_date": "2027-01-01", "lead_months": 12}
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path, ",2026-01-01,0.5,", **cells))


class TestServedInRegion:
    """1 GW asked for here: at 20 from here, or at 10 from there and 1 to reach it."""

    def case(self, folder: Path, policy: str) -> Case:
        links = "region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,10,1\n"
        there = {**ALPHA, "region": "there"}
        return asking(folder, f"served_in_region_min,{policy}", there, BETA, links=links)

    @pytest.mark.parametrize("subject", ["here", "here/training"])
    def test_kept(self, tmp_path: Path, subject: str) -> None:
        case = self.case(tmp_path, f"{subject},2026-01-01,0.5,")
        assert cost(solved(case)) == pytest.approx(0.5 * 11 + 0.5 * 20)
        assert cost(solved(case.change("policies[p0].penalty = 4"))) == pytest.approx(11 + 2)

    def test_of_another_region(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, "there,2026-01-01,1,"))) == pytest.approx(11)

    # Nobody here: then nothing is served at all.
    def test_what_is_not_served_does_not_count(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "here,2026-01-01,0.5,").change("cloud_terms[beta_deal,*].capacity_gw = 0")
        assert cost(solved(case)) == pytest.approx(100)
