from pathlib import Path

import pytest

from planner.generate import write
from tests.benchmarks.result import same_optimum
from tests.benchmarks.search import _row, searched


def test_either_search_comes_to_the_same_optimum(tmp_path: Path) -> None:
    write(tmp_path / "case", 6, periods=6, period_months=6, seed=2)
    ours, highs = (searched(way, tmp_path / "case", 6, 600.0) for way in ("ours", "highs"))
    same_optimum(ours, highs, "six offers")
    assert ours["proven"]
    assert highs["proven"]


@pytest.mark.parametrize(
    ("ours", "highs", "cut"), [(True, True, ""), (True, False, "≤"), (False, True, "≥"), (False, False, "?")]
)
def test_what_is_not_proven_is_a_bound(ours: bool, highs: bool, cut: str) -> None:
    row = _row("case", {"proven": ours, "cpu": 1.0, "nodes": 3}, {"proven": highs, "cpu": 2.0, "nodes": 5})
    assert (row.value, row.cut) == (0.5, cut)
    assert row.met is {"": True, "≤": True, "≥": None, "?": None}[cut]
