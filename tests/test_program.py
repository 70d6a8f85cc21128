"""The program as arrays: what is left of it once integers are known."""

import numpy as np

from planner.solver import Program


def test_integers_are_fixed_at_the_nearest_whole_number_within_their_bounds() -> None:
    integer = np.array([True, True, True, True, False])
    program = Program(
        cost=np.zeros(5),
        constant=0.0,
        lower=np.zeros(5),
        upper=np.array([9.0, 9.0, 2.0, 9.0, 9.0]),
        integer=integer,
        row_lower=np.empty(0),
        row_upper=np.empty(0),
        start=np.zeros(6, dtype=np.int32),
        index=np.empty(0, dtype=np.int32),
        value=np.empty(0),
    )
    left = program.with_integers_fixed(np.array([0.9999999, 3.0000001, 2.6, np.nan, 0.5]))
    assert left.lower.tolist() == [1.0, 3.0, 2.0, 0.0, 0.0]
    assert left.upper.tolist() == [1.0, 3.0, 2.0, 9.0, 9.0]
    assert left.integer.tolist() == [False, False, False, True, False]
