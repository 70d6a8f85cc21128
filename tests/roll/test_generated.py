from hypothesis import given, settings
from hypothesis import strategies as st

from tests.roll.generated import taken


@settings(max_examples=6)
@given(st.integers(1, 10_000))
def test_a_generated_case_says_the_same_on_every_later_day(seed: int) -> None:
    for each in taken(seed):
        assert each.right, each
