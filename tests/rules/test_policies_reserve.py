"""A reserve margin: what everything held could serve, running or not."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.plan.plan import Plan
from tests.plans import cost, line, solved
from tests.rules.deals import ALPHA, BETA, asking
from tests.small import demand, owned, sites, used, values

FULL = {**ALPHA, "capacity": 1.0}
"""all that is asked for, and no more"""
SECOND = {**BETA, "capacity": 0.3, "floor": 3.0}
"""0.3 GW more, of which 0.15 GW-years must be paid"""
MARGIN = "reserve_margin_min,{},2026-01-01,{},{}"


def margin(plan: Plan, about: str) -> tuple[float, float]:
    """(asked with the margin, could be served) in the first period."""
    return used(plan, "policies", f"reserve_margin_min/{about}")["2026-01-01"]


# 1 GW at 10 serves all. For 0.2 more beta's floor of 3 is paid, and its 0.15 GW-years replace 1.5 of alpha's.
@pytest.mark.parametrize(
    ("subject", "about"),
    [("here", "here: here/training"), ("here/training", "here/training"), ("", "(all): here/training")],
)
def test_a_contract_is_held_for_it(tmp_path: Path, subject: str, about: str) -> None:
    plan = solved(asking(tmp_path, MARGIN.format(subject, 0.2, ""), FULL, SECOND))
    assert cost(plan) == pytest.approx(8.5 + 3)
    assert margin(plan, about) == pytest.approx((1.2, 1.2))
    held = plan.service[plan.service["measure"] == "held"]
    assert held["gw"].sum() >= 1.2 - 1e-6
    assert set(held["about"]) == {subject or "(all)"}


def test_without_it_or_within_what_is_there(tmp_path: Path) -> None:
    case = asking(tmp_path, MARGIN.format("here", 0.2, ""), {**ALPHA, "capacity": 1.2}, SECOND)
    plan = solved(case)
    assert cost(plan) == pytest.approx(10)
    assert cost(solved(case.change("policies[p0].value = 0"))) == pytest.approx(10)


# 0.3 is all there is besides.
def test_beyond_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(Infeasible):
        solved(asking(tmp_path, MARGIN.format("here", 0.31, ""), FULL, SECOND))


# Beta costs 1.5 more than it saves. At 7 per reference GW a margin of 0.2 is missed for 1.4, at 8 it is kept.
def test_missed_at_a_price(tmp_path: Path) -> None:
    case = asking(tmp_path, MARGIN.format("here", 0.2, 7), FULL, SECOND)
    plan = solved(case)
    assert cost(plan) == pytest.approx(10 + 1.4)
    assert line(plan, "reserve_margin_min") == pytest.approx(1.4)
    assert values(plan, "miss", "policy", "about", "period") == {
        "p0 here: here/training 2026-01-01": pytest.approx(0.2)
    }
    assert cost(solved(case.change("policies[p0].penalty = 8"))) == pytest.approx(11.5)


# Chips that do half as much: 0.4 GW for 0.2. Of 0.3 GW delivered at 90 % only 0.27 count.
def test_work_and_availability_count(tmp_path: Path) -> None:
    weak = {**SECOND, "chip": "gpu_a"}
    half = "chip,workload,gw_equivalent\ntpu_a,training,1\ngpu_a,training,0.5\n"
    case = asking(tmp_path, MARGIN.format("here", 0.15, ""), FULL, weak, chip_performance=half)
    assert margin(solved(case), "here: here/training") == pytest.approx((1.15, 1.15))
    with pytest.raises(Infeasible):
        solved(case.change("policies[p0].value = 0.16"))
    with pytest.raises(Infeasible):
        solved(case.change("chips[gpu_a].availability_share = 0.99"))


# A product with a limit of its own gives no more than that to the margin.
def test_products_have_limits(tmp_path: Path) -> None:
    case = asking(tmp_path, MARGIN.format("here", 0.2, ""), FULL, SECOND)
    assert cost(solved(case.change("cloud_products[beta_deal,tpu_a,here].max_gw = 0.2"))) == pytest.approx(11.5)
    with pytest.raises(Infeasible):
        solved(case.change("cloud_products[beta_deal,tpu_a,here].max_gw = 0.19"))


class TestOwn:
    """0.2 GW of own chips, which need halls at 1.2 a GW-year; alpha asks for 1."""

    def case(self, folder: Path, value: float, gw: float = 0.2) -> Case:
        tables = owned(gw)
        tables["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
        policy = MARGIN.format("here", value, "")
        return asking(folder, policy, {**FULL, "price": 1.0}, site_leases=sites({}), **tables)

    # 0.2 GW of halls for 0.24; what runs there saves 0.2.
    def test_chips_need_halls(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 0.2))
        assert cost(plan) == pytest.approx(0.8 + 0.24)
        assert used(plan, "reserve", "halls/here/here/tpu") == {"2026-01-01": pytest.approx((0.2, 0.2))}

    # Halls of 0.5 GW are no use to chips of 0.2.
    def test_halls_need_chips(self, tmp_path: Path) -> None:
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path, 0.21))
        assert cost(solved(self.case(tmp_path / "more", 0.21, gw=0.21))) == pytest.approx(0.79 + 0.252)


class TestElsewhere:
    """Beta's machines stand there; a workload reaches them if it may wait."""

    def case(self, folder: Path, subject: str, latency: float) -> Case:
        links = f"region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,{latency},5\n"
        return asking(folder, MARGIN.format(subject, 0.2, ""), FULL, {**SECOND, "region": "there"}, links=links)

    # What is held for a margin is not sent, so pays no egress: the floor of 3 is the cheaper way to hold it idle.
    def test_within_reach(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, "here", 10))) == pytest.approx(10 + 3 - 0.15 * (10 - 5))

    def test_out_of_reach(self, tmp_path: Path) -> None:
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path, "here", 100_000))

    # Nothing is asked for there.
    def test_of_another_region(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, "there", 10))) == pytest.approx(10)


class TestOthers:
    """Training asks for 1, chat for 1; alpha has 2.3 GW at 10."""

    def case(self, folder: Path, *policies: str) -> Case:
        return asking(
            folder, "\n".join(policies), {**ALPHA, "capacity": 2.3}, SECOND,
            workloads="workload,max_latency_ms,interruptible_share\ntraining,1000,0\nchat,1000,0\n",
            demand=demand(1) + "2026-01-01,here,chat,1\n",
            chip_performance="chip,workload,gw_equivalent\ntpu_a,training,1\ntpu_a,chat,1\n",
        )  # fmt: skip

    # A margin of 0.3 on one, or of 0.15 on both, is there; 0.3 on both asks for 2.6, which is all that beta has.
    def test_they_are_served_as_well(self, tmp_path: Path) -> None:
        one = self.case(tmp_path / "one", MARGIN.format("here/chat", 0.3, ""))
        assert cost(solved(one)) == pytest.approx(20)
        assert cost(solved(one.change("policies[p0].subject = here", "policies[p0].value = 0.15"))) == pytest.approx(20)
        both = solved(one.change("policies[p0].subject = here"))
        assert cost(both) == pytest.approx(18.5 + 3)

    # Each of two policies is about its own subject only: 0.3 more is enough for either.
    def test_one_after_another(self, tmp_path: Path) -> None:
        twice = [MARGIN.format(f"here/{workload}", 0.3, "") for workload in ("chat", "training")]
        assert cost(solved(self.case(tmp_path, *twice))) == pytest.approx(20)

    # What goes unserved is not asked for a second time: 2.3 GW do 1.6 of chat and 0.7 of training.
    def test_less_what_goes_unserved(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, MARGIN.format("here/chat", 0.6, ""))
        plan = solved(case.change("cloud_commitments[beta_deal].status = closed"))
        assert cost(plan) == pytest.approx(1.7 * 10 + 0.3 * 100)
        assert used(plan, "reserve", "demand/here/chat/here/training")


# Machines that can be recalled may do half of the work, and of what is asked for with the margin.
def test_interruptible(tmp_path: Path) -> None:
    spare = (
        "offer,provider,chip,region,max_gw,fee_usd_bn_per_month,min_months,notice_months,firm\n"
        "idle,gamma,tpu_a,here,2,0.25,0,0,false\n"
    )
    workloads = "workload,max_latency_ms,interruptible_share\ntraining,1000,0.5\n"
    one = asking(tmp_path, MARGIN.format("here", 0.2, ""), FULL, spare_capacity=spare, workloads=workloads)
    plan = solved(one)
    # 3 for all of the machines, which then do half of the work.
    assert cost(plan) == pytest.approx(5 + 3)
    assert margin(plan, "here: here/training") == pytest.approx((1.2, 1.2))
    with pytest.raises(Infeasible):  # 1 firm and half of 2.1
        solved(one.change("policies[p0].value = 1", "cloud_terms[alpha_deal,*].capacity_gw = 0.9"))
    solved(one.change("policies[p0].value = 0.8", "cloud_terms[alpha_deal,*].capacity_gw = 0.9"))


# What is paid by use is held as far as it is used, so it brings no margin.
def test_spare_paid_by_use(tmp_path: Path) -> None:
    spare = "offer,provider,chip,region,max_gw,price_usd_bn_per_gw_year,firm\nidle,gamma,tpu_a,here,2,20,true\n"
    case = asking(tmp_path, MARGIN.format("here", 0.2, ""), FULL, spare_capacity=spare)
    plan = solved(case)
    assert cost(plan) == pytest.approx(8 + 4)


# From July on: in all of 2026 by years, in half of it by half-years.
def test_dates(tmp_path: Path) -> None:
    case = asking(tmp_path, "reserve_margin_min,here,2026-07-01,0.2,7", FULL, SECOND)
    assert cost(solved(case)) == pytest.approx(11.4)
    assert cost(solved(case.change("case.period_months = 6"))) == pytest.approx(10.7)
