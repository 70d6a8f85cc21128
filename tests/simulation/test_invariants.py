"""What must hold between policies in any worlds, and of the worlds themselves."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.futures.laws import read_law
from planner.simulation.simulate import simulate
from planner.simulation.simulation import Simulation
from planner.simulation.statistics import mean_of
from planner.simulation.worlds import drawn
from planner.studies.engine import InThisProcess, processes
from tests.hedge.test_by_hand import TestSeveralStages, growing, of_growth
from tests.plans import cost, solved
from tests.simulation.worlds import of, simulated, staying
from tests.small import demand, small

SOME = settings(max_examples=4, deadline=None)


def by_policy(found: Simulation) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """What each policy costs in each world."""
    return {str(policy): np.array(found.costs(policy)) for policy in found.asked.policies}


@SOME
@given(
    high=st.sampled_from([0.25, 0.5, 0.75]),
    now=st.integers(60, 130),
    letter=st.integers(90, 160),
    every=st.sampled_from([12, 24]),
)
def test_nobody_beats_foresight(high: float, now: int, letter: int, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = staying(Path(folder), high).change(
            f"site_leases[now].rent_usd_per_kw_month = {now}", f"site_leases[letter].rent_usd_per_kw_month = {letter}"
        )
    found = by_policy(simulated(case, worlds=8, every=every))
    for policy, told in found.items():
        assert (told >= found["foresight"] - 1e-6).all(), policy
    if every == 12:  # news comes on a day of planning, so the mean of the hedge is that of its tree, the least
        assert found["hedge"].mean() <= min(found["expected"].mean(), found["at_start"].mean()) + 1e-6


def test_one_future_is_the_plain_plan(tmp_path: Path) -> None:
    """Without events whoever plans again comes to the plan of the start."""
    case = growing(tmp_path, of_growth(0.5))
    plain = small(tmp_path / "plain", end=2029, shortage=10.0, demand=demand(1, 2, 2), **_tables(case))
    found = simulated(plain, worlds=3, policies=("expected", "hedge", "at_start", "foresight"))
    plan = solved(plain)
    for policy in ("expected", "hedge", "at_start", "foresight"):
        assert of(found, policy, "cost_usd_bn") == [cost(plan)] * 3
        assert of(found, policy, "plans") == [1] * 3
    assert found.comparisons[0].text == (
        "The hedge and planning for the expected future cost the same in every world."
    )  # fmt: skip


def _tables(case: Case) -> dict[str, str]:
    own = ("site_leases", "owned_chips", "resale_values", "chips")
    return {name: case.files[f"{name}.csv"].decode() for name in own}


def test_policies_live_through_the_same_worlds(tmp_path: Path) -> None:
    """A policy comes to the same alone as beside others, and worlds are those of the seed."""
    case = growing(tmp_path, TestSeveralStages.OUTCOMES, TestSeveralStages.EVENTS)
    both = simulated(case, worlds=10, policies=("foresight", "expected"), seed=3)
    alone = simulated(case, worlds=10, policies=("expected",), seed=3)
    assert alone.drawn.equals(both.drawn)
    assert of(alone, "expected", "cost_usd_bn") == of(both, "expected", "cost_usd_bn")
    assert not alone.drawn.equals(simulated(case, worlds=10, policies=("expected",), seed=4).drawn)


def test_the_order_of_workers_changes_nothing(tmp_path: Path) -> None:
    case = staying(tmp_path)
    one = simulate(case, 6, 12, engine=InThisProcess)
    two = simulate(case, 6, 12, engine=lambda: processes(2))
    assert two.table.equals(one.table)
    assert two.breaches.equals(one.breaches)
    assert two.json() == one.json()


def test_worlds_of_a_law_are_stratified(tmp_path: Path) -> None:
    """Ten worlds have one value in each tenth of the law, and the outcome that stands for it."""
    case = staying(tmp_path, high=0.4)
    law = read_law("growth: demand[2027-01-01..,here,training].demand_gw = uniform(1, 2)")
    worlds = drawn(case, 10, 1, [law])
    values = [told.value for world in worlds for told in world.told]
    assert sorted(int(10 * (value - 1.0)) for value in values if value is not None) == list(range(10))
    assert [told.outcome for world in worlds for told in world.told] == [
        "high" if value is not None and value < 1.4 else "low" for value in values
    ]
    assert all(world.probability is None for world in worlds)
    assert [world.number for world in worlds] == list(range(1, 11))


@pytest.mark.parametrize("count", [1, 2, 30])
def test_intervals(count: int) -> None:
    """One value has no interval; equal values have none around them; others hold their mean."""
    values = np.arange(count, dtype=float)
    found = mean_of(values, 1)
    assert found.value == pytest.approx((count - 1) / 2)
    assert np.isnan(found.low) == (count == 1)
    if count > 1:
        assert found.low <= found.value <= found.high
        assert mean_of(values, 1) == found
    assert mean_of(np.full(5, 3.0), 1).low == mean_of(np.full(5, 3.0), 1).high == 3.0


def test_intervals_by_hand() -> None:
    """Of four ones and four zeros a sample has n ones with the probability of n heads in eight throws of a coin.

    At most none with 1/256 = 0.4 %, at most one with 9/256 = 3.5 %: 2.5 % lie at or below 1/8, and as many at or above
    7/8. Of a one and a zero both are drawn twice in a quarter of the samples.
    """
    found = mean_of(np.array([1.0, 0.0] * 4), 1)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.125, 0.875))
    two = mean_of(np.array([0.0, 1.0]), 1)
    assert (two.value, two.low, two.high) == pytest.approx((0.5, 0.0, 1.0))
