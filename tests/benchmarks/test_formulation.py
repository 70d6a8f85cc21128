from pathlib import Path

from planner.generate import write
from tests.benchmarks.cases import proven
from tests.benchmarks.formulation import GAPS, Watch, ours, plain
from tests.benchmarks.result import same_optimum


def test_both_formulations_come_to_the_same_optimum(tmp_path: Path) -> None:
    write(tmp_path / "case", 6, periods=6, period_months=6, seed=2)
    mine, other = ours(tmp_path / "case", 600.0, tmp_path / "plan"), plain(tmp_path / "case", 600.0)
    same_optimum(proven(tmp_path / "plan"), other, "six offers")
    same_optimum(mine, other, "six offers")
    assert mine["to"].keys() == other["to"].keys() == {str(gap) for gap in GAPS}
    assert other["columns"] > mine["columns"]


def test_the_first_moment_within_a_gap_counts() -> None:
    watch = Watch()
    watch.begin()
    for gap in (None, 0.5, 0.02):
        watch.look(gap)
    assert watch.to == {}
    watch.look(0.009)
    (first,) = watch.to.values()
    watch.look(0.0005)
    assert list(watch.to) == ["0.01", "0.001"]
    assert watch.to["0.01"] == first
