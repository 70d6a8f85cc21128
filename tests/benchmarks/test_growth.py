from planner.case.shipped import path
from tests.benchmarks.growth import PARTS, phases


def test_every_part_is_measured() -> None:
    found = phases(path("starter"))
    assert all(found[part] > 0.0 for part in PARTS)
    assert found["peak"] > found["imported"] - 1.0 > 0.0  # Linux counts it a little late
    assert found["entries"] > found["columns"] > 0
