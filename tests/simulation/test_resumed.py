"""A simulation that is stopped, killed or damaged half-way goes on to the same tables."""

import json
from pathlib import Path

import pytest

from planner.simulation import simulate as module
from planner.simulation.simulate import simulate
from planner.simulation.simulation import Simulation
from planner.studies.engine import InThisProcess, processes
from planner.studies.runs import RunResult
from tests.simulation.deadly import FUSE, deadly
from tests.simulation.worlds import staying

FILES = ("worlds.csv", "results.csv", "summary.csv", "breaches.csv", "simulate.json")


def written(found: Simulation, folder: Path) -> dict[str, bytes]:
    """The files of a simulation by name."""
    found.write(folder)
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a simulation that nobody stopped."""
    place = tmp_path_factory.mktemp("whole")
    return written(simulate(staying(place / "case"), 4, 12, engine=InThisProcess), place / "out")


def test_stopped_by_ctrl_c(whole: dict[str, bytes], tmp_path: Path) -> None:
    case, kept, names = staying(tmp_path / "case"), tmp_path / "runs", list[str]()

    def stop(result: RunResult, done: int, total: int) -> None:
        names.append(result.run.name)
        if len(names) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(case, 4, 12, engine=InThisProcess, folder=kept, on_done=stop)
    there = {path.name for path in kept.iterdir()}
    assert 0 < len(there) <= 7
    found = simulate(case, 4, 12, engine=InThisProcess, folder=kept)
    assert written(found, tmp_path / "out") == whole
    assert there <= {path.name for path in kept.iterdir()}


def test_nothing_is_solved_twice(whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, kept = staying(tmp_path / "case"), tmp_path / "runs"
    simulate(case, 4, 12, engine=InThisProcess, folder=kept)
    monkeypatch.setattr(module, "carry_out_run", lambda *_: pytest.fail("solved again"))
    again = simulate(case, 4, 12, engine=InThisProcess, folder=kept)
    assert written(again, tmp_path / "out") == whole
    more = simulate(case, 40, 12, engine=InThisProcess, folder=kept)  # the same two futures, more often
    assert len(more.worlds) == 40


def test_a_worker_that_is_killed_loses_nothing(
    whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuse = tmp_path / "fuse"
    fuse.write_text("")
    monkeypatch.setenv(FUSE, str(fuse))
    monkeypatch.setattr(module, "carry_out_run", deadly)
    found = simulate(staying(tmp_path / "case"), 4, 12, engine=lambda: processes(2), folder=tmp_path / "runs")
    assert not fuse.exists()
    assert written(found, tmp_path / "out") == whole


def test_what_was_edited_is_solved_again(whole: dict[str, bytes], tmp_path: Path) -> None:
    case, kept = staying(tmp_path / "case"), tmp_path / "runs"
    simulate(case, 4, 12, engine=InThisProcess, folder=kept)
    segment = next(path for path in sorted(kept.glob("*/plan/segment.json")))
    told = json.loads(segment.read_text())
    segment.write_text(json.dumps({**told, "posted_usd_bn": told["posted_usd_bn"] - 1.0}))
    replaced = []
    found = simulate(
        case, 4, 12, engine=InThisProcess, folder=kept, on_done=lambda result, *_: replaced.append(result.replaced)
    )  # fmt: skip
    assert [place for place in replaced if place is not None] == [segment.parents[1]]
    assert written(found, tmp_path / "out") == whole
