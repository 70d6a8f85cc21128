"""Brute force over what is signed at the root, a sample: `python -m tests.hedge.brute` tries as many as it is told."""

import pytest

from tests.hedge.brute import tried


@pytest.mark.parametrize("seed", [3, 117])
def test_no_way_to_sign_at_the_root_is_cheaper_than_the_plan_for_all_futures(seed: int) -> None:
    """The first has a weight on risk."""
    found = tried(seed, scip=True)
    assert found is not None
    assert found.ways > 1
    assert found.agrees, found
