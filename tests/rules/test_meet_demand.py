"""Meeting demand: who can serve whom, what it costs to reach them, and what is not served."""

from pathlib import Path

import numpy as np
import pytest

from planner import solver
from planner.api import Case
from planner.basics.errors import Infeasible
from planner.catalogue import CATALOGUE
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Labels
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.rules import serving
from tests.plans import cost, solved
from tests.small import by_date, cloud, keys, posted, small, used

REGIONS = """
    region
    here
    there
    between
    """


class TestReach:
    """1 GW asked for here, on offer there at 10. Direct it is 50 ms and 9 a GW-year, by way of a third region 10 + 20
    ms and 1 + 2.
    """

    def case(self, folder: Path) -> Case:
        return small(
            folder,
            end=2027,
            regions=REGIONS,
            links="""
                region_a,region_b,latency_ms,egress_usd_bn_per_gw_year
                here,there,50,9
                here,between,10,1
                between,there,20,2
                """,
            **cloud(region="there"),
        )

    def test_egress_on_the_quickest_path(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert cost(plan) == pytest.approx(13.0)
        assert by_date(plan, "egress") == pytest.approx({"2026-01-01": -3.0})

    def test_egress_by_half_years(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("case.period_months = 6"))
        assert cost(plan) == pytest.approx(13.0)
        assert by_date(plan, "egress") == pytest.approx({"2026-01-01": -1.5, "2026-07-01": -1.5})

    # The way by the third region takes 40 ms, then 60: the direct one is quickest, dear as it is.
    def test_the_quickest_is_not_the_cheapest(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert cost(solved(case.change("links[between,there].latency_ms = 30"))) == pytest.approx(13.0)
        assert cost(solved(case.change("links[between,there].latency_ms = 50"))) == pytest.approx(19.0)

    # Direct takes 30 ms too, at 2: of equally quick ways the cheaper.
    def test_the_cheapest_of_the_quickest(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change(
            "links[here,there].latency_ms = 30", "links[here,there].egress_usd_bn_per_gw_year = 2"
        )
        assert cost(solved(case)) == pytest.approx(12.0)

    # 30 ms is within 30 and not within 29; without links nothing reaches anybody else.
    def test_out_of_reach(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert cost(solved(case.change("workloads[training].max_latency_ms = 30"))) == pytest.approx(13.0)
        assert cost(solved(case.change("workloads[training].max_latency_ms = 29"))) == pytest.approx(100.0)
        assert cost(solved(case.change("-links[*,*]"))) == pytest.approx(100.0)

    # Egress is on reference GW: a chip that does 2 for 1 costs 5 for the GW that is served, and 3 to carry it.
    def test_egress_is_on_what_is_served(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change("chip_performance[tpu_a,training].gw_equivalent = 2")
        assert cost(solved(case)) == pytest.approx(8.0)


# 2 GW of training and 1 of batch, from 1 GW of each of two chips: only one way to set them to work serves all. The
# first does 2 of training, the second 1 of batch; the other way round 1 + 1.
def test_chips_do_what_they_are_best_at(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        end=2027,
        workloads="""
            workload,max_latency_ms,interruptible_share
            training,100,0
            batch,100,0
            """,
        demand="""
            from_date,region,workload,demand_gw
            2026-01-01,here,training,2
            2026-01-01,here,batch,1
            """,
        chips="""
            chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
            tpu_a,tpu,maker,2026-01-01,20,0,5,0
            tpu_b,tpu,maker,2026-01-01,20,0,5,0
            """,
        chip_performance="""
            chip,workload,gw_equivalent
            tpu_a,training,2
            tpu_a,batch,1
            tpu_b,training,1
            tpu_b,batch,1
            """,
        **{
            **cloud(capacity=2),
            "cloud_products": """
                offer,chip,region,price_factor,from_date,max_gw
                deal,tpu_a,here,1,2026-01-01,1
                deal,tpu_b,here,1,2026-01-01,1
                """,
        },
    )
    plan = solved(case)
    assert cost(plan) == pytest.approx(20.0)
    # A blank: the first cannot run batch at all, nor needs to. Where the second cannot, it does 1 of training, and the
    # first shares its time, 1 of training and 0.5 of batch: 0.5 is short.
    blank = case.change("chip_performance[tpu_a,batch].gw_equivalent = blank")
    assert cost(solved(blank)) == pytest.approx(20.0)
    assert cost(solved(case.change("chip_performance[tpu_b,batch].gw_equivalent = blank"))) == pytest.approx(20 + 50)


class TestShortage:
    # 1 GW until July and 3 after it are 2 GW over the year; 1.5 GW on offer at 10, and 0.5 short at 100.
    def test_has_a_price(self, tmp_path: Path) -> None:
        case = small(
            tmp_path,
            end=2027,
            demand="""
                from_date,region,workload,demand_gw
                2026-01-01,here,training,1
                2026-07-01,here,training,3
                """,
            **cloud(capacity=1.5),
        )
        plan = solved(case)
        assert cost(plan) == pytest.approx(15 + 50)
        assert used(plan, "meet_demand", "demand/here/training") == {"2026-01-01": pytest.approx((2.0, 2.0))}
        # In half-years the first is served whole, and half of the second: (1 + 1.5) / 2 · 10 and 1.5 / 2 · 100.
        assert cost(solved(case.change("case.period_months = 6"))) == pytest.approx(12.5 + 75)

    # At 5 it is cheaper to be short than to sign.
    def test_is_chosen_where_it_is_cheaper(self, tmp_path: Path) -> None:
        assert cost(solved(small(tmp_path, end=2027, shortage=5, **cloud()))) == pytest.approx(5.0)

    # In the middle of each year: at 21 %, 100/1.1 and 100/1.1³.
    def test_is_charged_in_the_middle_of_the_period(self, tmp_path: Path) -> None:
        assert cost(solved(small(tmp_path, rate=0.21))) == pytest.approx(100 / 1.1 + 100 / 1.1**3)

    # Without a price all is served or there is no plan: too little on offer, or nothing, which is seen before solving.
    def test_forbidden(self, tmp_path: Path) -> None:
        enough = small(tmp_path / "enough", end=2027, shortage=None, **cloud(capacity=1))
        assert cost(solved(enough)) == pytest.approx(10.0)
        assert not any(group.name == "shortage" for group in posted(enough).groups)
        with pytest.raises(Infeasible, match="no plan satisfies everything"):
            solved(enough.change("cloud_terms[deal,1].capacity_gw = 0.9"))
        with pytest.raises(Infeasible, match="demand/here/training: 1 reference GW against 0 in period 0"):
            solved(small(tmp_path / "nothing", end=2027, shortage=None))


class TestInterruptible:
    """Supply that can be recalled, stood in for by variables of its own: 2 GW of it in each region and year, free."""

    def portfolio(self, case: Case) -> Portfolio:
        ledgers = Ledgers(case.calendar)
        for each in (*CATALOGUE.posting, *CATALOGUE.rules):
            if each is serving.RULE:
                for region in ("here", "there"):
                    periods = list(case.calendar.periods)
                    spare = ledgers.declare(
                        "spare", f"use_{region}", ("period",), [(t,) for t in periods], unit="GW",
                        decided=Moment.DURING_PERIOD, upper=np.full(len(periods), 2.0),
                    )  # fmt: skip
                    labels = Labels(chip="tpu_a", family="tpu", region=region).supplying(firm=False)
                    ledgers.post("compute", labels, "use", [spare[(t,)] for t in periods], periods, 1.0)
            if each.post is not None:
                each.post(case, ledgers)
        limits = tuple(limit for rule in CATALOGUE.rules if rule.limits for limit in rule.limits(case, ledgers))
        return Portfolio(case, ledgers, limits)

    def case(self, folder: Path, **tables: str) -> Case:
        return small(
            folder,
            end=2027,
            workloads="""
                workload,max_latency_ms,interruptible_share
                training,100,0.6
                inference,100,0
                """,
            demand="""
                from_date,region,workload,demand_gw
                2026-01-01,here,training,1
                2026-01-01,here,inference,1
                """,
            chip_performance="""
                chip,workload,gw_equivalent
                tpu_a,training,1
                tpu_a,inference,1
                """,
            links="""
                region_a,region_b,latency_ms,egress_usd_bn_per_gw_year
                here,there,10,1
                """,
            **tables,
        )

    def solution(self, portfolio: Portfolio) -> Solution:
        answer = solver.solve(model(portfolio).program(), solver.Options(gap=1e-9))
        assert answer.x is not None
        return Solution(portfolio, answer.x)

    # It serves 0.6 of training, from either region together, and no inference: 0.4 + 1 GW are short at 100.
    def test_serves_its_share_only(self, tmp_path: Path) -> None:
        assert self.solution(self.portfolio(self.case(tmp_path))).objective == pytest.approx(140.0)

    # Firm supply at 10 serves the rest: 14. Where it is the only supply, all: 20.
    def test_firm_supply_serves_the_rest(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, **cloud())
        assert self.solution(self.portfolio(case)).objective == pytest.approx(14.0)
        assert cost(solved(case)) == pytest.approx(20.0)

    # The share is of what a region asks for, wherever it is served from: with none of it here, 0.6 comes from there at
    # an egress of 1, less than firm supply at 10.
    def test_the_share_is_of_what_is_asked_for(self, tmp_path: Path) -> None:
        portfolio = self.portfolio(self.case(tmp_path, **cloud()))
        portfolio.ledgers.find("spare", "use_here").upper[:] = 0.0
        assert self.solution(portfolio).objective == pytest.approx(14.0 + 0.6)

    def test_variables_and_limits(self, tmp_path: Path) -> None:
        portfolio = self.portfolio(self.case(tmp_path, **cloud()))
        flows = keys(portfolio.ledgers, "serving", "flow")
        recalled = [key for key in flows if key[0] == "interruptible"]
        assert recalled == [
            ("interruptible", "here", "here", "training", 0),
            ("interruptible", "there", "here", "training", 0),
        ]
        (share,) = (limit for limit in portfolio.limits if limit.subject == "interruptible/here/training")
        assert share.allowed.evaluate(np.zeros(portfolio.ledgers.size)).tolist() == [0.6]


# A path of 0.1 + 0.2 ms is within a limit of 0.3 ms, though its sum in binary is 0.30000000000000004.
def test_a_latency_exactly_at_the_limit(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        end=2027,
        regions="region\nhere\nmiddle\nthere\n",
        links="region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,middle,0.1,0\nmiddle,there,0.2,0\n",
        workloads="workload,max_latency_ms,interruptible_share\ntraining,0.3,0\n",
        **cloud(floors=(10,), region="there"),
    )
    assert cost(solved(case)) == pytest.approx(10.0)
