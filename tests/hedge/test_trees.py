"""Random trees, a sample: `python -m tests.hedge.trees` looks at as many as it is told."""

import pytest

from tests.hedge.trees import judged


@pytest.mark.parametrize("seed", [2, 3, 7, 8])
def test_what_must_hold_between_plans_for_many_futures(seed: int) -> None:
    """The last of them has no plan for all futures."""
    told = judged(seed)
    assert told.faults == []
    assert told.possible == (seed != 8)
