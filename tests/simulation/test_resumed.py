"""A simulation that is stopped, killed or damaged half-way goes on to the same tables."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.simulation import simulate as module
from planner.simulation.simulate import simulate
from planner.simulation.simulation import Simulation
from planner.studies.cluster import cluster
from planner.studies.engine import InThisProcess, processes
from planner.studies.runs import RunResult
from tests.dask_workers import two_workers
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


KILLED = """
import os, signal, sys
from pathlib import Path
from planner.api import Case
from planner.simulation.simulate import simulate
from planner.studies.engine import processes

def end(result, done, total, seen=[]):
    seen.append(result)
    if len(seen) == 7:
        os.kill(os.getpid(), signal.SIGKILL)

simulate(Case.read(sys.argv[1]), 4, 12, engine=lambda: processes(2), folder=Path(sys.argv[2]), on_done=end)
"""
"""a program that is killed as soon as it has kept seven runs"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_the_program_is_killed(whole: dict[str, bytes], tmp_path: Path) -> None:
    case, kept = staying(tmp_path / "case"), tmp_path / "runs"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "case"), str(kept)], check=False)
    assert ended.returncode == -signal.SIGKILL
    there = {path.name: path.stat().st_mtime_ns for path in kept.iterdir() if not path.name.startswith(".")}
    assert len(there) >= 6
    found = simulate(case, 4, 12, engine=lambda: processes(2), folder=kept)
    assert written(found, tmp_path / "out") == whole
    assert {name: (kept / name).stat().st_mtime_ns for name in there} == there  # none was solved again


class TestCluster:
    """The workers of a Dask cluster find the same, whether or not one of them is killed."""

    def test_the_same(self, whole: dict[str, bytes], tmp_path: Path) -> None:
        with two_workers() as address:
            found = simulate(staying(tmp_path / "case"), 4, 12, engine=lambda: cluster(address))
        assert written(found, tmp_path / "out") == whole

    def test_a_worker_is_killed(self, whole: dict[str, bytes], tmp_path: Path) -> None:
        from distributed import Client

        with two_workers() as address:
            with Client(address) as client:
                workers = list(client.run(os.getpid).values())
            kept = tmp_path / "runs"
            found = simulate(
                staying(tmp_path / "case"), 4, 12, engine=lambda: cluster(address), folder=kept,
                on_done=_killing(workers[0]),
            )  # fmt: skip
        assert written(found, tmp_path / "out") == whole


def _killing(process: int) -> Callable[[RunResult, int, int], None]:
    """Kills a process after seven runs."""
    names: list[str] = []

    def ended(result: RunResult, done: int, total: int) -> None:
        names.append(result.run.name)
        if len(names) == 7:
            os.kill(process, signal.SIGKILL)

    return ended


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
