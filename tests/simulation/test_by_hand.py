"""Policies in worlds that are worked out with a pencil; see `tests.simulation.worlds`."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.simulation.simulation import Simulation
from tests.hedge.test_by_hand import TestSeveralStages, growing, of_growth
from tests.simulation.worlds import costs, of, simulated, staying
from tests.small import cloud, demand, small
from tests.waived import SECOND, leased

EXACT = 1e-9


def futures(*values: float) -> object:
    """Costs of high and low growth."""
    return pytest.approx(dict(zip(("high", "low"), values, strict=True)), abs=EXACT)


class TestExpectedIsHigh:
    """The expected plan signs `now`, which is too late later on: so does who waits. The hedge signs the letter if high.

    Half of the worlds are high: the hedge costs 5.1 on average, as its tree says, the others 6.0, foresight 4.8.
    """

    @pytest.fixture(scope="class")
    @staticmethod
    def found(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
        return simulated(growing(tmp_path_factory.mktemp("case"), of_growth(0.5)), worlds=40)

    def test_costs(self, found: Simulation) -> None:
        told = costs(found)
        assert told["hedge"] == futures(6.6, 3.6)
        assert told["foresight"] == futures(6.0, 3.6)
        for policy in ("expected", "at_start", "wait"):
            assert told[policy] == futures(6.0, 6.0)

    def test_means(self, found: Simulation) -> None:
        means = found.summary.set_index("policy")["mean_usd_bn"]
        assert means.to_dict() == pytest.approx(
            {"expected": 6.0, "hedge": 5.1, "at_start": 6.0, "wait": 6.0, "foresight": 4.8}, abs=EXACT
        )

    def test_sentence(self, found: Simulation) -> None:
        """The differences are 2.4 and −0.6, 20 worlds each: a deviation of 1.5, of the mean 1.5 / √40 = 0.237."""
        first = found.comparisons[0]
        assert (first.one, first.other, first.cheaper, first.dearer) == ("hedge", "expected", 20, 20)
        assert first.saved.value == pytest.approx(0.9, abs=EXACT)
        half = (first.saved.high - first.saved.low) / 2
        assert half == pytest.approx(1.96 * 1.5 / np.sqrt(40), rel=0.1)
        assert first.text == (
            "The hedge beats planning for the expected future in 50 % of worlds, by 0.900 ±"
            f" {half:.3f} USD bn on average."
        )

    def test_regret_is_against_foresight(self, found: Simulation) -> None:
        regret = found.summary.set_index("policy")[["regret_usd_bn", "largest_regret_usd_bn"]]
        assert regret.loc["hedge"].tolist() == pytest.approx([0.3, 0.6], abs=EXACT)
        assert regret.loc["expected"].tolist() == pytest.approx([1.2, 2.4], abs=EXACT)
        assert regret.loc["foresight"].tolist() == pytest.approx([0.0, 0.0], abs=EXACT)

    def test_worlds_are_those_of_the_tree(self, found: Simulation) -> None:
        assert found.drawn["future"].value_counts().to_dict() == {"high": 20, "low": 20}
        assert set(found.drawn["known"]) == {"growth:high", "growth:low"}


def test_one_future_at_a_time(tmp_path: Path) -> None:
    """Hedges that are sought so sign the same."""
    found = simulated(growing(tmp_path, of_growth(0.5)), policies=("hedge", "expected"), by_future=True)
    told = costs(found)
    assert told["hedge"] == futures(6.6, 3.6)
    assert told["expected"] == futures(6.0, 6.0)
    assert found.asked.by_future


def test_a_ration_of_breaches_is_refused_one_future_at_a_time(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--by-future solves every future by itself"):
        simulated(TestLimits.lent(tmp_path, "debt_cap,cap,1,,0.25\n"), by_future=True)


def test_several_stages(tmp_path: Path) -> None:
    """The tree costs 4.95 and own plans 4.74; 40 worlds are drawn as probable as they are, give or take less than 2."""
    case = growing(tmp_path, TestSeveralStages.OUTCOMES, TestSeveralStages.EVENTS)
    found = simulated(case, worlds=40, policies=("hedge", "foresight"))
    told = costs(found)
    assert told["hedge"] == pytest.approx(
        {"warm/high": 6.0, "warm/low": 6.0, "mixed/high": 6.6, "mixed/low": 3.6, "cold/none": 3.6}, abs=EXACT
    )
    assert told["foresight"] == pytest.approx(
        {"warm/high": 6.0, "warm/low": 3.6, "mixed/high": 6.0, "mixed/low": 3.6, "cold/none": 3.6}, abs=EXACT
    )
    chances = found.drawn.groupby("future")["probability"].agg(["first", "size"])
    assert ((chances["size"] - 40 * chances["first"]).abs() < 2).all()


def test_who_does_not_expect_it_signs_when_the_news_comes(tmp_path: Path) -> None:
    told = costs(simulated(staying(tmp_path)))
    for policy in ("expected", "hedge", "wait"):
        assert told[policy] == futures(6.6, 3.6)
    assert told["at_start"] == futures(23.6, 3.6)
    assert told["foresight"] == futures(6.0, 3.6)


def test_who_plans_every_two_years_misses_the_letter(tmp_path: Path) -> None:
    """The news of 2027 comes between two days of planning. Only the hedge has said beforehand what it signs then."""
    found = simulated(staying(tmp_path), every=24)
    told = costs(found)
    for policy in ("expected", "at_start", "wait"):
        assert told[policy] == futures(23.6, 3.6)
    assert told["hedge"] == futures(6.6, 3.6)
    assert sum(of(found, "expected", "shortage_gw_years")) == pytest.approx(4.0)
    summed = found.summary.set_index("policy").loc["expected"]
    assert (summed["shortage_gw_years"], summed["shortage_p90_gw_years"]) == pytest.approx((1.0, 2.0))


def test_news_within_a_period(tmp_path: Path) -> None:
    """High growth begins in the middle of 2026, which nothing can serve: 0.5 GW-years or 5.0 more for everybody.

    It is known on 2026-07-01, so the letter is still there; `now` is signed on 2026-01-01 by foresight alone.
    """
    changes = '"demand[2026-07-01..,here,training].demand_gw = 2"'
    found = simulated(staying(tmp_path, known_on="2026-07-01", changes=changes))
    told = costs(found)
    for policy in ("expected", "hedge", "wait"):
        assert told[policy] == futures(11.6, 3.6)
    assert told["at_start"] == futures(28.6, 3.6)
    assert told["foresight"] == futures(11.0, 3.6)


def test_discounting(tmp_path: Path) -> None:
    """At 10 % the hedge costs what its tree does, though it is carried out in two parts."""
    case = growing(tmp_path, of_growth(0.5)).change("case.discount_rate = 0.1")
    found = simulated(case, policies=("hedge", "foresight"))
    hedge = case.hedge()
    assert costs(found)["hedge"] == pytest.approx(
        {each.name: each.cost_usd_bn for each in hedge.record.futures}, rel=1e-9
    )
    assert costs(found)["foresight"] == pytest.approx(
        {each.name: each.own_cost_usd_bn for each in hedge.record.futures}, rel=1e-9
    )


def waiting(folder: Path, shortage: float | None) -> Case:
    """1 GW for three years, from a commitment that may be signed in 2026 or 2027, at 10 a GW-year."""
    tables = cloud(floors=(0.0, 0.0, 0.0)) | {
        "cloud_commitments": (
            "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
            "deal,cloud,open,2026-01-01,2027-01-01,0,3,forfeit\n"
        )
    }
    return small(folder, end=2029, shortage=shortage, demand=demand(1, 1, 1), **tables)


def test_who_waits_signs_on_the_last_day(tmp_path: Path) -> None:
    """The first year is not served, for 100: 120 instead of 30."""
    found = simulated(waiting(tmp_path, 100.0), worlds=1, policies=("wait", "expected"))
    assert of(found, "wait", "cost_usd_bn") == pytest.approx([120.0])
    assert of(found, "expected", "cost_usd_bn") == pytest.approx([30.0])


def test_who_cannot_wait_does_not(tmp_path: Path) -> None:
    """Where nothing may go unserved there is no plan that waits."""
    found = simulated(waiting(tmp_path, None), worlds=1, policies=("wait",))
    assert of(found, "wait", "cost_usd_bn") == pytest.approx([30.0])
    assert of(found, "wait", "says") == ["2026-01-01: could not wait: cloud_commitment[deal,2026-01-01,only]"]


class TestLimits:
    """Two years of halls for 0.6 a year; in half of the worlds the lender halves what it allows for the second one.

    Then SECOND / 2 of debt is too much. Who has signed half of the halls pays 0.6, and 50 for what is not served.
    """

    @staticmethod
    def lent(folder: Path, waivers: str | None) -> Case:
        return leased(
            folder, "2026-01-01,0,0,,,9\n2027-01-01,0,0,,,9\n", waivers,
            events="event,known_on\nlender,2027-01-01\n",
            outcomes="event,outcome,given,probability,changes\nlender,free,,0.5,\n"
            f"lender,tight,,0.5,finance[2027-01-01..].debt_cap_usd_bn = {SECOND / 2}\n",
        )  # fmt: skip

    def test_no_plan_is_told(self, tmp_path: Path) -> None:
        found = simulated(self.lent(tmp_path, None))
        told = costs(found)
        assert told["hedge"] == pytest.approx({"free": 50.6, "tight": 50.6}, abs=1e-6)
        assert told["foresight"] == pytest.approx({"free": 1.2, "tight": 50.6}, abs=1e-6)
        for policy in ("expected", "wait", "at_start"):
            assert told[policy] == pytest.approx({"free": 1.2, "tight": float("nan")}, abs=1e-6, nan_ok=True)
        tight = found.table[(found.table["policy"] == "expected") & found.table["cost_usd_bn"].isna()]
        assert tight["status"].tolist() == ["no plan", "no plan"]
        assert tight["no_plan_on"].tolist() == ["2027-01-01", "2027-01-01"]
        summed = found.summary.set_index("policy").loc["expected"]
        assert (summed["with_a_plan"], summed["without_a_plan"]) == (2, 2)
        first = found.comparisons[0]
        assert (first.both, first.only_one, first.only_other, first.cheaper) == (2, 2, 0, 2)
        assert not first.clear
        assert first.text == (
            "Not clearly: planning for the expected future has no plan in 2 worlds (50 %) in which the hedge has one,"
            " though it costs 49.400 ± 0.000 USD bn less on average where both have a plan."
        )
        assert found.proven

    def test_a_waiver_is_paid_for(self, tmp_path: Path) -> None:
        found = simulated(self.lent(tmp_path, "debt_cap,cap,1,,\n"))
        told = costs(found)
        for policy in told:
            assert told[policy] == pytest.approx({"free": 1.2, "tight": 1.2 + SECOND / 2}, abs=1e-6)
        rows = found.breaches.set_index("policy").loc["expected"]
        assert rows[["limit", "subject", "year", "worlds", "share_of_worlds"]].tolist() == [
            "debt_cap", "cap", "2027", 2, 0.5,
        ]  # fmt: skip
        assert rows["largest_breach"] == pytest.approx(SECOND / 2, abs=1e-6)

    def test_only_a_hedge_keeps_a_probability(self, tmp_path: Path) -> None:
        """It may break the limit in a quarter of its futures at most, so in neither; others find out that they do."""
        told = costs(simulated(self.lent(tmp_path, "debt_cap,cap,1,,0.25\n")))
        assert told["hedge"] == pytest.approx({"free": 50.6, "tight": 50.6}, abs=1e-6)
        assert told["expected"] == pytest.approx({"free": 1.2, "tight": 1.2 + SECOND / 2}, abs=1e-6)
