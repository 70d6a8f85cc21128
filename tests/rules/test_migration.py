"""Migration: moving a workload to another family of chips or to another provider has a price."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.basics.errors import DataError
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.studies.stress import Event, stress
from tests.hedge.plans import hedged
from tests.plans import cost, line, lines, solved
from tests.roll.holding import held_on_every_day, rolls
from tests.rules.deals import AS_GOOD, BETA, CHIPS, deals
from tests.small import demand, owned, sites, small
from tests.studies.event_kinds import EventKind

ALPHA_A_YEAR: dict[str, str | float] = {"years": 1}
"""10 a GW-year in 2026 only"""
WORKLOADS = "workload,max_latency_ms,interruptible_share,migration_usd_bn_per_gw\ntraining,1000,0.5,{}\n"
HOMES = "workload,family,provider,gw\n"


def moving(
    folder: Path, price: float, asked: Sequence[float], *rows: dict[str, str | float], **tables: str | float | None
) -> Case:
    """A case whose training costs so much to move [USD bn per GW]; a year for each demand."""
    given = {
        "end": 2026 + len(asked), "demand": demand(*asked), "workloads": WORKLOADS.format(price), "chips": CHIPS,
        "chip_performance": AS_GOOD, **deals(*rows), **tables,
    }  # fmt: skip
    return small(folder, **given)  # type: ignore[arg-type]


def from_2028(tables: dict[str, str], offer: str) -> dict[str, str]:
    """The tables of `deals`, with the products of one offer from 2028 on."""
    lines = tables["cloud_products"].splitlines()
    late = [line.replace("2026-01-01", "2028-01-01") if line.startswith(offer) else line for line in lines]
    return {**tables, "cloud_products": "\n".join([*late, ""])}


def moved(plan: Plan) -> float:
    """Reference GW that moved."""
    table = plan.service
    return float(table[table["measure"] == "moves"]["gw"].sum())


class TestPrice:
    """1 GW in 2026 and 2027. Alpha costs 10 and ends with 2026, beta 12: moving saves 2."""

    @pytest.mark.parametrize(("price", "expected"), [(0.0, 22.0), (1.0, 23.0), (1.9, 23.9), (2.1, 24.0), (30.0, 24.0)])
    def test_it_is_paid_where_it_is_worth_it(self, tmp_path: Path, price: float, expected: float) -> None:
        plan = solved(moving(tmp_path, price, (1, 1), ALPHA_A_YEAR, {**BETA, "price": 12}))
        assert cost(plan) == pytest.approx(expected)
        assert line(plan, "migration") == pytest.approx(price if 0 < price < 2 else 0)
        held_on_every_day(plan)

    def test_without_a_price_there_is_nothing_to_decide(self, tmp_path: Path) -> None:
        ledgers = Portfolio.of(moving(tmp_path, 0, (1, 1), ALPHA_A_YEAR, BETA)).ledgers
        assert not [group for group in ledgers.groups if group.block in ("served_by", "migration")]

    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    def test_the_length_of_periods_does_not_matter(self, tmp_path: Path, months: int) -> None:
        plan = solved(moving(tmp_path, 1, (1, 1), ALPHA_A_YEAR, {**BETA, "price": 12}, months=months))  # type: ignore[arg-type]
        assert lines(plan) == pytest.approx({"spend": 22, "migration": 1})

    def test_it_is_paid_on_the_first_day_of_the_period_in_money(self, tmp_path: Path) -> None:
        """At 10 % a year: spend in the middle of each year, moving at the start of 2027; cash falls by as much."""
        case = moving(
            tmp_path,
            1,
            (1, 1),
            ALPHA_A_YEAR,
            {**BETA, "price": 12},
            rate=0.1,
            toml="opening_cash_usd_bn = 50\n",  # type: ignore[arg-type]
        )
        plan = solved(case)
        assert line(plan, "migration") == pytest.approx(1 / 1.1)
        assert float(plan.tables["cash"]["closing_usd_bn"].astype(float).iloc[-1]) == pytest.approx(50 - 10 - 12 - 1)

    def test_one_provider_s_other_family_is_a_move_and_both_at_once_are_one(self, tmp_path: Path) -> None:
        gpus = {**BETA, "price": 12, "chip": "gpu_a"}
        for provider in ("alpha", "beta"):
            plan = solved(moving(tmp_path / provider, 1, (1, 1), ALPHA_A_YEAR, {**gpus, "provider": provider}))
            assert lines(plan) == pytest.approx({"spend": 22, "migration": 1})

    def test_another_region_or_offer_of_the_same_provider_and_family_is_none(self, tmp_path: Path) -> None:
        links = "region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,1,0\n"
        there = {**BETA, "provider": "alpha", "price": 12, "region": "there"}
        plan = solved(moving(tmp_path, 5, (1, 1), ALPHA_A_YEAR, there, links=links))
        assert lines(plan) == pytest.approx({"spend": 22})

    def test_own_machines_are_a_home(self, tmp_path: Path) -> None:
        """Free halls for 1 GW of own chips from 2027 on save 10, for 3."""
        halls = sites({"capacity_mw": 1000, "rent_usd_per_kw_month": 0, "ready_date": "2027-01-01"})
        mine = owned(1)
        mine["chips"] += "gpu_a,gpu,maker,2026-01-01,20,0,20,0\n"
        plan = solved(moving(tmp_path, 3, (1, 1), {"chip": "gpu_a"}, site_leases=halls, **mine))
        assert lines(plan) == pytest.approx({"spend": 10, "migration": 3})
        (move,) = plan.service[plan.service["measure"] == "moves"].to_dict("records")
        assert move["about"] == "(own)"
        held_on_every_day(plan)


class TestHomes:
    def test_a_gap_in_service_moves_nothing(self, tmp_path: Path) -> None:
        """Alpha ends with 2026, beta's machines come in 2028. Between them nothing is served, at 1; moving costs 3."""
        rows = (ALPHA_A_YEAR, {**BETA, "price": 12})
        tables = from_2028(deals(*rows), "beta_deal")
        plan = solved(moving(tmp_path, 3, (1, 1, 1), *rows, shortage=20, **tables))
        assert lines(plan) == pytest.approx({"spend": 22, "shortage": 20, "migration": 3})
        held_on_every_day(plan)

    def test_what_was_never_served_lives_where_it_is_served_first(self, tmp_path: Path) -> None:
        rows = ({**BETA, "price": 12},)
        plan = solved(moving(tmp_path, 3, (1, 1, 1), *rows, shortage=20, **from_2028(deals(*rows), "beta_deal")))
        assert lines(plan) == pytest.approx({"spend": 12, "shortage": 40})
        rolls(plan)

    def test_growth_is_free_where_it_first_lives(self, tmp_path: Path) -> None:
        """Alpha has 1 GW at 10; the second GW comes to beta at 12."""
        plan = solved(moving(tmp_path, 3, (1, 2), {"capacity": 1}, {**BETA, "price": 12}))
        assert lines(plan) == pytest.approx({"spend": 32})
        held_on_every_day(plan)

    def test_what_grows_after_a_fall_is_growth(self, tmp_path: Path) -> None:
        """2, 1, 2 GW: alpha ends with 2026, so 1 GW moves in 2027, and 1 comes to beta in 2028 for nothing."""
        plan = solved(moving(tmp_path, 3, (2, 1, 2), ALPHA_A_YEAR, {**BETA, "price": 40}))
        assert lines(plan) == pytest.approx({"spend": 140, "migration": 3})
        held_on_every_day(plan)

    def test_where_it_lived_before_the_start(self, tmp_path: Path) -> None:
        """Three quarters lived with alpha, a quarter on own machines: only beta is on offer, so all of it moves."""
        homes = HOMES + "training,tpu,alpha,0.75\ntraining,tpu,,0.25\n"
        plan = solved(moving(tmp_path, 3, (1,), {**BETA, "price": 12}, workload_homes=homes))
        assert lines(plan) == pytest.approx({"spend": 12, "migration": 3})
        grown = solved(moving(tmp_path / "2", 3, (1.5,), {**BETA, "price": 12}, workload_homes=homes))
        assert lines(grown) == pytest.approx({"spend": 18, "migration": 3})

    def test_a_provider_may_be_called_own(self, tmp_path: Path) -> None:
        """It is another home than machines of one's own."""
        homes = HOMES + "training,tpu,,1\n"
        plan = solved(moving(tmp_path, 3, (1,), {"provider": "own"}, workload_homes=homes))
        assert lines(plan) == pytest.approx({"spend": 10, "migration": 3})
        others = solved(moving(tmp_path / "2", 3, (1,), {"provider": "others"}, workload_homes=homes))
        assert lines(others) == pytest.approx({"spend": 10, "migration": 3})

    def test_the_table(self, tmp_path: Path) -> None:
        homes = HOMES + "chat,tpu,alpha,1\ntraining,tpu,alpha,-1\ntraining,tpu,Alpha,1\n"
        with pytest.raises(DataError) as raised:
            moving(tmp_path, 3, (1,), {}, workload_homes=homes)
        found = str(raised.value)
        for line_, column in ((2, "workload"), (3, "gw"), (4, "provider")):
            assert f"workload_homes.csv:{line_} {column}" in found

    def test_machines_of_two_providers_are_told_apart_in_a_pool(self, tmp_path: Path) -> None:
        """Two workloads share 1 GW of alpha and 1 of beta, and one of them stays where it is."""
        workloads = WORKLOADS.format(3) + "chat,1000,0.5,0\n"
        asked = demand(1, 1) + "2026-01-01,here,chat,1\n2027-01-01,here,chat,1\n"
        performance = AS_GOOD + "    tpu_a,chat,1\n"
        rows = ({"capacity": 1}, {**BETA, "price": 12, "capacity": 1})
        case = moving(
            tmp_path, 3, (1, 1), *rows, workloads=workloads, demand=asked, chip_performance=performance,
            workload_homes=HOMES + "training,tpu,beta,1\n",
        )  # fmt: skip
        plan = solved(case)
        assert lines(plan) == pytest.approx({"spend": 44})
        assert moved(plan) == 0

    def test_a_share_of_a_provider_moves_work(self, tmp_path: Path) -> None:
        """From 2027 on alpha may do half: 0.5 GW moves to beta for 3 a GW; to be there before would cost 5."""
        policies = "policy,kind,subject,from_date,value\np,provider_share_max,alpha,2026-01-01,1\n"
        policies += "q,provider_share_max,alpha,2027-01-01,0.5\n"
        plan = solved(moving(tmp_path, 3, (1, 1), {}, BETA, policies=policies))
        assert lines(plan) == pytest.approx({"spend": 25, "migration": 1.5})
        held_on_every_day(plan)


class TestMachines:
    """What a careless optimiser would do to live elsewhere for nothing."""

    def test_shortage_in_place_of_a_move(self, tmp_path: Path) -> None:
        """By months a month's shortage of 1.2/12 is cheaper than 2 moves; to call service needless pays the rest.

        Beta is free in February 2026 only, alpha costs 10 a GW-year: the way out and back would cost 2 for 10/12.
        """
        rows = ({"years": 1}, {**BETA, "price": 0, "years": 1})
        tables = deals(*rows)
        tables["cloud_products"] = tables["cloud_products"].replace(
            "beta_deal,tpu_a,here,1,2026-01-01", "beta_deal,tpu_a,here,1,2026-12-01"
        )
        case = moving(tmp_path, 1, (1,), *rows, months=1, shortage=12.0, **tables)  # type: ignore[arg-type]
        plan = solved(case)
        assert lines(plan) == pytest.approx({"spend": 10})  # a move for a month would save 10/12 and cost 1
        there_and_back = solved(case.change("workloads[training].migration_usd_bn_per_gw = 0.5"))
        assert lines(there_and_back) == pytest.approx({"spend": 110 / 12, "migration": 0.5})

    def test_service_of_two_homes_at_once(self, tmp_path: Path) -> None:
        """Both cost nothing to use: more service than demand does not make a second home."""
        tables = deals({"price": 0, "years": 1}, {**BETA, "price": 0, "years": 2})
        plan = solved(moving(tmp_path, 3, (1, 1), **tables, workload_homes=HOMES + "training,tpu,alpha,1\n"))
        assert lines(plan) == pytest.approx({"migration": 3})

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        asked=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5]), min_size=3, max_size=3).filter(any),
        prices=st.lists(st.sampled_from([1, 8, 10, 12]), min_size=3, max_size=3),
        years=st.lists(st.integers(1, 3), min_size=3, max_size=3),
        lived=st.sampled_from(["", "training,tpu,alpha,1\n", "training,gpu,,0.5\ntraining,tpu,beta,0.25\n"]),
    )
    def test_what_is_paid_is_what_moved(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        asked: list[float],
        prices: list[float],
        years: list[int],
        lived: str,
    ) -> None:
        """What is paid is Σ max(0, home − home before) less growth; the cost rises with the price, ever less."""
        rows = [
            {"offer": f"{who}_deal", "provider": who, "price": price, "years": term, "chip": chip, "capacity": 1}
            for who, price, term, chip in zip(
                ("alpha", "beta", "beta2"), prices, years, ("tpu_a", "tpu_a", "gpu_a"), strict=True
            )
        ]
        homes = {"workload_homes": HOMES + lived} if lived else {}
        case = moving(tmp_path_factory.mktemp("m"), 2, asked, *rows, shortage=15, **homes)  # type: ignore[arg-type]
        plan = solved(case)
        assert line(plan, "migration") == pytest.approx(2 * _moved(plan, case), abs=1e-6)
        costs = [cost(case.change(f"workloads[training].migration_usd_bn_per_gw = {p}").solve()) for p in (0, 1, 3)]
        low, mid, high, most = costs[0], costs[1], cost(plan), costs[2]
        assert low <= mid + 1e-6 <= high + 2e-6 <= most + 3e-6
        assert mid - low >= high - mid - 1e-6
        assert high - mid >= most - high - 1e-6
        rolls(plan)


def _moved(plan: Plan, case: Case) -> float:
    """Reference GW that moved, from the homes of the plan and the demand alone."""
    names = [row for row in plan.ledger.to_dict("records") if row["ledger"] == "homes"]
    starts = [case.calendar.start_of(t).isoformat() for t in case.calendar.periods]
    homes: dict[tuple[str, str], np.ndarray] = {}
    for row in names:
        mine = homes.setdefault((row["family"], row["about"]), np.zeros(len(starts)))
        mine[starts.index(str(row["period"]))] += row["value"]
    before = {}
    for row in case.frame("workload_homes").to_dict("records") if "workload_homes" in case.raw else ():
        before[str(row["family"]), str(row["provider"] or "(own)")] = float(row["gw"])
    total, first = 0.0, 0 if before else 1
    for t in range(first, len(starts)):
        now = {place: values[t] for place, values in homes.items()}
        last = {place: values[t - 1] for place, values in homes.items()} if t else before
        up = sum(max(0.0, gw - last.get(place, 0.0)) for place, gw in now.items())
        total += up - max(0.0, sum(now.values()) - sum(last.values()))
    return total


class TestNews:
    def test_growth_that_nobody_serves_waits_for_the_news(self, tmp_path: Path) -> None:
        """1 GW lives with alpha; from 2027 beta costs 2 or 12, as one knows then. Moving costs 3.

        Where beta is cheap, it saves 8 for 3 in 2027 (2 + 3); elsewhere alpha stays at 10: 10 + (5 + 10) / 2.
        """
        events = {
            "events": "event,known_on\nbeta,2027-01-01\n",
            "outcomes": (
                "event,outcome,probability,changes\nbeta,dear,0.5,\n"
                'beta,cheap,0.5,"cloud_tiers[beta_deal,only].price_usd_bn_per_gw_year = 2"\n'
            ),
        }
        tables = deals({}, {**BETA, "price": 12, "years": 2})
        tables["cloud_commitments"] = tables["cloud_commitments"].replace(
            "beta_deal,beta,open,2026-01-01", "beta_deal,beta,open,2027-01-01"
        )
        head, *rest = tables["cloud_commitments"].splitlines()
        named = [f"{head},sign_from", *(f"{row},{'2027-01-01' if 'beta' in row else ''}" for row in rest)]
        tables["cloud_commitments"] = "\n".join([*named, ""])
        found = hedged(moving(tmp_path, 3, (1, 1), **tables, **events))
        assert found.record.objective_usd_bn == pytest.approx(10 + (5 + 10) / 2)

    def test_demand_of_a_period_in_which_the_news_comes(self, tmp_path: Path) -> None:
        """Demand falls to 0 in mid-2026, or it does not: what is served beyond it needs no home and costs no move."""
        events = {
            "events": "event,known_on\nless,2026-07-01\n",
            "outcomes": (
                "event,outcome,probability,changes\nless,no,0.5,\n"
                'less,yes,0.5,"demand[2026-07-01..,here,training].demand_gw = 0.5"\n'
            ),
        }
        asked = demand(1, 1) + "2026-07-01,here,training,1\n"
        found = hedged(moving(tmp_path, 3, (1, 1), {}, demand=asked, **events))
        assert found.record.objective_usd_bn == pytest.approx(10 + (10 + 5) / 2)

    def test_what_is_kept_under_stress_and_what_it_costs_to_leave(self, tmp_path: Path) -> None:
        """Alpha fails at the end of 2026: beta serves for 20 in place of 10, and 1 GW moves for 3."""
        tables = deals({}, BETA)
        tables["cloud_commitments"] = tables["cloud_commitments"].replace("beta,open,2026", "beta,open,2027")
        plan = solved(moving(tmp_path, 3, (1, 1), **tables))
        gone = Event(event="e", kind=EventKind.PROVIDER_GONE, subject="alpha", from_date=date(2027, 1, 1), value=None)
        after = stress(plan, [gone]).outcomes[-1].after
        assert after is not None
        assert lines(after) == pytest.approx({"spend": 30, "migration": 3})
