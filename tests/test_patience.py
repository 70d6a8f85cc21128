"""When a search is given up, and when it looks for better solutions on its way."""

import pytest

from planner.solver.branch_and_bound.patience import LEAST_ITERATIONS, LIGHT, Patience
from planner.solver.branch_and_bound.suitability import TRIAL


@pytest.mark.parametrize(
    ("work", "most_iterations", "on_trial", "expected"),
    [
        (1000, None, False, 21_000),
        (10, None, False, 10 + LEAST_ITERATIONS),
        (10, None, True, 10 + TRIAL),
        (10, 30, False, 40),
    ],
)
def test_a_search_may_take_twenty_times_its_first_relaxation(
    work: int, most_iterations: int | None, on_trial: bool, expected: int
) -> None:
    assert Patience(work, work, most_iterations, on_trial=on_trial).most == expected


def test_checks_come_after_eight_nodes_and_then_ever_later() -> None:
    patience = Patience(10, 10, None, on_trial=False)
    assert (patience.check, patience.is_first_check) == (8, True)
    patience.wait(8)
    assert (patience.check, patience.is_first_check) == (12, False)


def test_a_wide_gap_is_hopeless_where_relaxations_are_quick() -> None:
    light, heavy = (Patience(first, first, None, on_trial=False) for first in (LIGHT, LIGHT + 1))
    assert light.is_hopeless(-100.0, -101.1)
    assert not light.is_hopeless(-100.0, -100.9)
    assert not light.is_hopeless(float("inf"), 0.0)
    assert not heavy.is_hopeless(-100.0, -101.1)
