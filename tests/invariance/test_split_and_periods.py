"""A few cases told with other lengths of periods, and divided."""

from collections import Counter

import pytest

from tests.invariance import periods, split


def test_the_length_of_a_period_changes_no_cost() -> None:
    tried = Counter[str]()
    periods.hunt(10, tried)
    assert tried.total() >= 10


@pytest.mark.parametrize("number", [1, 2, 5])
def test_what_is_divided_costs_the_same(number: int) -> None:
    assert [*split.differences(number)] == []
