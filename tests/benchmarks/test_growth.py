from planner.shipped import path
from tests.benchmarks.growth import PARTS, phases


def test_every_part_is_measured() -> None:
    found = phases(path("starter"))
    assert all(found[part] > 0.0 for part in PARTS)
    assert found["peak"] >= found["imported"] > 0.0
    assert found["entries"] > found["columns"] > 0
