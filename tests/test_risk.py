"""Quantiles and CVaR of discrete costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basics.risk import cvar, expected, quantile, weighted

COSTS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6)


def test_of_four() -> None:
    """Equal chances of 10 … 40; the dearest 0.4: (40 · 0.25 + 30 · 0.15) / 0.4 = 36.25."""
    four = [10.0, 20.0, 30.0, 40.0]
    assert cvar(four, [0.25] * 4, 0.6) == pytest.approx(36.25)
    assert cvar(four, [0.25] * 4, 0.75) == pytest.approx(40.0)
    assert [quantile(four, [0.25] * 4, level) for level in (0.1, 0.25, 0.26, 0.5, 0.9)] == [10, 10, 20, 20, 40]


def test_a_level_that_a_sum_reaches_but_for_rounding() -> None:
    """0.1 + 0.2 is 0.30000000000000004, and 0.7 + 0.1 is 0.7999999999999999."""
    assert quantile([1.0, 2.0, 3.0], [0.7, 0.1, 0.2], 0.8) == 2.0


def test_without_end() -> None:
    assert quantile([np.inf, 1.0], [0.5, 0.5], 0.5) == 1.0
    assert quantile([np.inf, 1.0], [0.6, 0.4], 0.5) == np.inf


@given(COSTS, st.floats(0.0, 0.99))
def test_cvar_is_the_least_over_eta(costs: list[float], level: float) -> None:
    """No η gives less than the quantile does, and CVaR lies between the mean and the dearest."""
    p = [1.0 / len(costs)] * len(costs)
    found = cvar(costs, p, level)
    for eta in [*costs, float(np.mean(costs)), min(costs) - 1.0]:
        assert found <= eta + expected(np.maximum(0.0, np.array(costs) - eta), p) / (1.0 - level) + 1e-6
    assert expected(costs, p) - 1e-9 <= found <= max(costs) + 1e-6


@given(COSTS, st.floats(0.0, 0.99), st.floats(0.0, 1.0), st.floats(0.0, 100.0), st.integers(0, 5))
def test_no_cost_that_rises_lowers_the_objective(
    costs: list[float], level: float, weight: float, more: float, at: int
) -> None:
    p = [1.0 / len(costs)] * len(costs)
    dearer = [cost + more * (i == at) for i, cost in enumerate(costs)]
    assert weighted(dearer, p, level, weight) >= weighted(costs, p, level, weight) - 1e-6
