"""Two policies beside one another, in a plain sentence."""

import pytest

from planner.basics.display import Display, Money
from planner.simulation.policies import SimulatedPolicy
from planner.simulation.statistics import Compared, compared

NONE = float("nan")


def beside(costs: list[float], others: list[float], gap: float = 0.0) -> Compared:
    return compared(SimulatedPolicy.HEDGE, SimulatedPolicy.EXPECTED, costs, others, 1, gap)


@pytest.mark.parametrize(
    ("costs", "others", "gap", "text"),
    [
        (
            [1.0, 1.0, 1.0, 1.0], [3.0, 3.0, 3.0, 3.0], 0.0,
            "The hedge beats {other} in 100 % of worlds, by 2.000 ± 0.000 USD bn on average.",
        ),
        (
            [3.0, 3.0, 3.0, 2.0], [1.0, 1.0, 1.0, 2.0], 0.0,
            "Planning for the expected future beats the hedge in 75 % of worlds, by 1.500 ± 0.750 USD bn on average.",
        ),
        (
            [1.0, 3.0, 1.0], [2.0, 1.0, 2.5], 0.0,
            "Not clearly: the hedge beats {other} in 67 % of worlds, by 0.167 USD bn on average,"
            " but the interval from -2.000 to 1.500 USD bn holds 0.",
        ),
        ([1.0, 2.0], [1.0, 2.0], 0.1, "The hedge and {other} cost the same in every world."),
        (
            [1.0], [2.0], 0.0,
            "The hedge costs 1.000 USD bn less than {other} in the only world; one world proves"
            " nothing.",
        ),
        (
            [100.0, 100.0], [101.0, 101.0], 0.02,
            "The hedge beats {other} in 100 % of worlds, by 1.000 ± 0.000 USD bn on average, which"
            " is less than the gaps of the plans, 2.000 USD bn.",
        ),
        (
            [5.0, 5.0, 5.0, 5.0], [1.0, 1.0, 1.0, NONE], 0.0,
            "Not clearly: {other} has no plan in 1 world (25 %) in which the hedge has one, though"
            " it costs 4.000 ± 0.000 USD bn less on average where both have a plan.",
        ),
        (
            [1.0, 1.0, 1.0, NONE], [2.0, 2.0, NONE, NONE], 0.0,
            "The hedge beats {other} in 75 % of worlds, by 1.000 ± 0.000 USD bn on average where"
            " both have a plan; {other} has no plan in 1 world (25 %) in which the hedge has one;"
            " neither has a plan in 1 world (25 %).",
        ),
        (
            [1.0, NONE], [NONE, NONE], 0.0,
            "The hedge and {other} cannot be compared, as in no world both have a plan; {other}"
            " has no plan in 1 world (50 %) in which the hedge has one; neither has a plan in 1"
            " world (50 %).",
        ),
    ],
)  # fmt: skip
def test_sentence(costs: list[float], others: list[float], gap: float, text: str) -> None:
    assert beside(costs, others, gap).text == text.format(other=SimulatedPolicy.EXPECTED.called)


def test_units() -> None:
    """Amounts are told in the units of the case."""
    found = beside([1.0, 1.0], [3.0, 3.0]).text_in(Display(money=Money.USD_M))
    assert "by 2,000 ± 0 USD m on average" in found


def test_the_order_changes_the_side_only() -> None:
    one = beside([1.0, 3.0, 1.0], [2.0, 1.0, 4.0])
    other = compared(SimulatedPolicy.EXPECTED, SimulatedPolicy.HEDGE, [2.0, 1.0, 4.0], [1.0, 3.0, 1.0], 1, 0.0)
    assert one.text == other.text
    assert one.json()["saved"]["value"] == pytest.approx(-other.json()["saved"]["value"])
