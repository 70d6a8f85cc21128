import math

import pytest

from tests.benchmarks.measure import Sample
from tests.benchmarks.result import Row, exponent, ratio, same_optimum, table


@pytest.mark.parametrize(
    ("value", "at_least", "cut", "met"),
    [
        (1.0, False, "", True),
        (3.0, False, "", False),
        (1.0, True, "", False),
        (3.0, True, "", True),
        (3.0, True, "≥", True),  # more than what is known already
        (1.0, True, "≥", None),
        (1.0, True, "≤", False),
        (3.0, True, "≤", None),
        (1.0, False, "≤", True),
        (3.0, False, "≤", None),
        (1.0, False, "≥", None),
        (3.0, False, "≥", False),
    ],
)
def test_a_goal_is_met_as_far_as_a_cut_lets_one_know(value: float, at_least: bool, cut: str, met: bool | None) -> None:
    assert Row("what", value, 2.0, at_least, cut).met is met


def test_medians_are_divided() -> None:
    row = ratio("what", Sample((9.0, 2.0, 4.0), (1.0, 1.0, 3.0)), Sample((2.0, 2.0, 2.0), (2.0, 2.0, 2.0)), goal=1.0)
    assert row.value == 0.5
    assert row.met is True
    assert row.measured["first"]["wall_s"] == [9.0, 2.0, 4.0]
    assert row.measured["first"]["wall_least_s"] == 2.0
    wall = ratio("what", Sample((9.0, 2.0, 4.0), (1.0, 1.0, 3.0)), Sample((2.0,), (2.0,)), clock="wall")
    assert wall.value == 2.0


def test_a_power_law_gives_its_exponent_whatever_the_scale() -> None:
    sizes = [30, 100, 300, 1000]
    assert math.isclose(exponent(sizes, [0.7 * size**1.3 for size in sizes]), 1.3)


def test_optima_that_can_be_the_same_pass_and_others_do_not() -> None:
    same_optimum({"objective": 100.0, "bound": 99.0}, {"objective": 100.5, "bound": 99.5}, "case")
    same_optimum({"objective": 100.0, "bound": 100.0}, {"objective": 100.00005, "bound": 100.00005}, "case")
    with pytest.raises(RuntimeError, match="case: different optima"):
        same_optimum({"objective": 100.0, "bound": 99.0}, {"objective": 98.9, "bound": 98.0}, "case")
    with pytest.raises(RuntimeError, match="different optima"):
        same_optimum({"objective": 98.9, "bound": 98.0}, {"objective": 100.0, "bound": 99.0}, "case")


def test_a_table_shows_what_was_before() -> None:
    now = {"startup": [Row("help / click", 1.25, 1.5), Row("new", 2.0)]}
    then = {"results": {"startup": [Row("help / click", 1.75, 1.5).json()]}}
    lines = [line.split("  ") for line in table(now, then).splitlines()]
    shown = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert shown[0] == ["benchmark", "what", "before", "value", "goal", "met", "beside"]
    assert shown[1] == ["startup", "help / click", "1.75", "1.25", "≤ 1.5", "yes"]
    assert shown[2] == ["startup", "new", "—", "2"]
