"""Policies on shares, own capacity and residency: kept, or missed at a price."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from tests.explain.deals import explained
from tests.plans import cost, line, solved
from tests.rules.deals import ALPHA, AS_GOOD, BETA, asking
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


class TestStrictest:
    """Two rows about alpha in 2026: the strictest holds all year. A GW of alpha costs 10, of beta 20."""

    def case(self, folder: Path, first: str, second: str) -> Case:
        rows = (f"provider_share_max,alpha,{row}" for row in (f"2026-01-01,{first}", f"2026-12-01,{second}"))
        return asking(folder, "\n".join(rows), ALPHA, BETA)

    # Of two that must be kept, 0.2 counts: 2 + 16, whichever comes first.
    @pytest.mark.parametrize(("first", "second"), [("0.2,", "1,"), ("1,", "0.2,"), ("0.2,", "0.2,")])
    def test_both_must_be_kept(self, tmp_path: Path, first: str, second: str) -> None:
        plan = solved(self.case(tmp_path, first, second))
        assert cost(plan) == pytest.approx(2 + 16)
        assert used(plan, "policies", "provider_share_max/alpha") == {"2026-01-01": pytest.approx((0.2, 0.2))}

    # By months it is a matter of months: eleven at 0.2 and one at 1.
    def test_by_months(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "0.2,", "1,").change("case.period_months = 1")
        assert cost(solved(case)) == pytest.approx((11 * 18 + 10) / 12)

    # 0.6 must be kept; below it, each GW down to 0.3 has a price of 4, which is less than the 10 that beta costs more.
    @pytest.mark.parametrize(("first", "second"), [("0.6,", "0.3,4"), ("0.3,4", "0.6,")])
    def test_one_must_be_kept_and_a_stricter_one_has_a_price(self, tmp_path: Path, first: str, second: str) -> None:
        plan = solved(self.case(tmp_path, first, second))
        assert cost(plan) == pytest.approx(6 + 8 + 0.3 * 4)
        assert used(plan, "policies", "provider_share_max/alpha") == {"2026-01-01": pytest.approx((0.6, 0.6))}
        kept = used(plan, "policies", "provider_share_max/alpha (no penalty)")
        assert kept == {"2026-01-01": pytest.approx((0.6, 0.6))}

    # A looser one with a price leaves nothing to pay for.
    def test_a_looser_one_with_a_price_does_not_matter(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "0.3,", "0.6,4"))
        assert cost(plan) == pytest.approx(3 + 14)
        assert not values(plan, "miss", "period")

    # Both have a price: the strictest value and the highest price count. At 15 it is kept, at 4 missed by 0.7.
    @pytest.mark.parametrize(
        ("first", "second", "expected"), [("0.3,1", "0.6,4", 10 + 2.8), ("0.6,15", "0.3,4", 3 + 14)]
    )
    def test_both_have_a_price(self, tmp_path: Path, first: str, second: str, expected: float) -> None:
        assert cost(solved(self.case(tmp_path, first, second))) == pytest.approx(expected)

    # A row ends on the day on which the next begins: what ended before 2027 is of no concern there.
    def test_a_row_ends_where_the_next_begins(self, tmp_path: Path) -> None:
        rows = "provider_share_max,alpha,2026-01-01,0.2,\nprovider_share_max,alpha,2027-01-01,1,"
        case = asking(tmp_path, rows, ALPHA, BETA, end=2028)  # type: ignore[arg-type]
        assert cost(solved(case)) == pytest.approx(18 + 10)

    # Of a least size the largest counts.
    def test_at_least(self, tmp_path: Path) -> None:
        rows = "own_capacity_min,,2026-01-01,0.1,\nown_capacity_min,,2026-07-01,0.4,\nown_capacity_min,,2026-09-01,0,"
        case = asking(tmp_path, rows, ALPHA, site_leases=sites({"term_years": 5}))
        assert cost(solved(case)) == pytest.approx(10 + 0.48)

    # To make room for halls of 0.5 GW, both rows give way, the stricter one by more.
    def test_what_it_takes_to_loosen_it(self, tmp_path: Path) -> None:
        rows = "own_capacity_min,,2026-01-01,0.8,\nown_capacity_min,,2026-07-01,1,"
        found = explained(asking(tmp_path, rows, ALPHA, site_leases=sites({})), include=("policies",))
        (repair,) = found.repairs
        assert sorted(repair.changes) == ["policies[p0].value -= 0.3", "policies[p1].value -= 0.5"]


GAMMA = {**BETA, "offer": "gamma_deal", "provider": "gamma"}


class TestServed:
    """1 GW of work: alpha's chips do it for 10, beta's cost 1 a GW and do a thousandth of it, gamma's cost 20."""

    POLICY = "provider_share_max,alpha,2026-01-01,0.5,"
    USELESS = AS_GOOD.replace("gpu_a,training,1", "gpu_a,training,0.001")

    def case(self, folder: Path, policy: str, *others: dict[str, str | float]) -> Case:
        beta = {**BETA, "chip": "gpu_a", "price": 1.0}
        return asking(folder, policy, ALPHA, beta, *others, chip_performance=self.USELESS)

    # As many GW of beta make a half of nameplate, and do a thousandth of it; half of the work has to be done by gamma.
    def test_machines_that_do_no_work_are_in_no_share(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, self.POLICY, GAMMA))
        assert cost(plan) == pytest.approx(5 + 10)
        assert used(plan, "policies", "provider_share_max/alpha") == {"2026-01-01": pytest.approx((0.5, 0.5))}
        assert cost(solved(self.case(tmp_path / "gw", f"{self.POLICY},nameplate", GAMMA))) == pytest.approx(11 / 1.001)

    # 5 GW of beta do 0.005, so that alpha may do as much; that costs 5 and spares 1 of shortage. So nobody serves.
    def test_a_little_work_lets_in_as_little(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, self.POLICY)
        assert cost(solved(case)) == pytest.approx(100)
        cheaper = solved(case.change("cloud_tiers[beta_deal,only].price_usd_bn_per_gw_year = 0.1"))
        assert cost(cheaper) == pytest.approx(100 - 1 + 0.5 + 0.05)

    # Alpha must be paid for 1 GW, but serves 0.4.
    def test_machines_that_run_idle_serve_nobody(self, tmp_path: Path) -> None:
        alpha = {**ALPHA, "floor": 10.0}
        rows = "provider_share_max,alpha,2026-01-01,0.4,"
        case = asking(tmp_path, rows, alpha, BETA).change("cloud_commitments[alpha_deal].status = required")
        plan = solved(case)
        assert cost(plan) == pytest.approx(10 + 12)
        served = plan.service[(plan.service["measure"] == "serves") & (plan.service["gw"] > 1e-9)]
        assert dict(zip(served["about"], served["gw"], strict=True)) == pytest.approx({"alpha": 0.4, "(others)": 0.6})

    # Alpha and beta are both paid for all of the work, and could each say that the other does it. Each may do two
    # fifths, so that nobody does anything.
    def test_policies_agree_on_who_serves(self, tmp_path: Path) -> None:
        rows = "\n".join(f"provider_share_max,{name},2026-01-01,0.4," for name in ("alpha", "beta"))
        case = asking(tmp_path, rows, {**ALPHA, "floor": 10.0}, {**BETA, "floor": 20.0})
        case = case.change("cloud_commitments[*].status = required")
        assert cost(solved(case)) == pytest.approx(10 + 20 + 100)
        half = case.change("policies[*].value = 0.5")
        assert cost(solved(half)) == pytest.approx(10 + 20)

    # Chips of one family do three quarters of the other's work: of 1 GW served, at most half by them is 2/3 GW.
    def test_a_family_is_measured_by_its_work(self, tmp_path: Path) -> None:
        able = AS_GOOD.replace("gpu_a,training,1", "gpu_a,training,0.75")
        rows = "family_share_max,gpu,2026-01-01,0.5,"
        case = asking(tmp_path, rows, BETA, {**ALPHA, "chip": "gpu_a"}, chip_performance=able)
        plan = solved(case)
        assert cost(plan) == pytest.approx(10 * 0.5 / 0.75 + 10)
        assert used(plan, "policies", "family_share_max/gpu") == {"2026-01-01": pytest.approx((0.5, 0.5))}


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
