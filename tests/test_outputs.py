"""Whenever and however a run is stopped, its output is the old one or the complete new one."""

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics import outputs
from planner.basics.outputs import locked, write_file
from planner.case.shipped import path
from planner.cli import main
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.solve.solve import WRITING
from tests.inputs import TOML, write_case
from tests.plans import solved

PRICED = TOML.replace("lease_rate", "shortage_cost_usd_bn_per_gw_year = 60\nlease_rate")

STOPPED = """
import json, os, resource, shutil, signal, sys
from pathlib import Path
from planner.plan.plan import Plan

old, new, place = map(Path, sys.argv[1:4])
how, least = sys.argv[4], json.loads(sys.argv[5])
plan = Plan.read(new)
EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def snapshot(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def stopping(n):
    left = n

    def hook(event, arguments):
        nonlocal left
        if event in EVENTS and str(place.parent) in str(arguments[0]):
            left -= 1
            if left < 0:
                left = 10**9
                os.kill(os.getpid(), getattr(signal, how))

    return hook


def run(n):
    if how == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))
    else:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        sys.addaudithook(stopping(n))
    try:
        plan.write(place, force=True)
    except (KeyboardInterrupt, OSError):
        return 8
    return 0


before, after = snapshot(old), snapshot(new)
stands, moments, hidden = set(), 0, set()
for n in least or range(10**6):
    if place.exists():
        shutil.rmtree(place)
    shutil.copytree(old, place)
    child = os.fork()
    if child == 0:
        os._exit(run(n))
    status = os.waitpid(child, 0)[1]
    now = snapshot(place)
    stands.add("old" if now == before else "new" if now == after else f"neither after {n}")
    hidden |= {p.name.split("-")[0] for p in place.parent.iterdir() if p != place}
    moments += 1
    if status == 0:
        break
plan.write(place, force=True)
left = [p.name for p in place.parent.iterdir() if p != place]
print(json.dumps({"stands": sorted(stands), "moments": moments, "hidden": sorted(hidden), "left": left}))
"""
"""Writes a plan over another again and again, in a process that is stopped at its n-th file operation."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two plans of different cost, in folders."""
    folder = tmp_path_factory.mktemp("plans")
    case = Case.read(write_case(folder / "case", PRICED))
    solved(case).write(folder / "old")
    solved(case.change("demand[*,here,training].demand_gw *= 2")).write(folder / "new")
    return folder / "old", folder / "new"


def stopped(plans: tuple[Path, Path], folder: Path, how: str, *least: int) -> dict[str, list[str] | int]:
    (folder / "here").mkdir()
    words = [*map(str, plans), str(folder / "here" / "plan"), how, json.dumps(least)]
    done = subprocess.run([sys.executable, "-c", STOPPED, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert audit(folder / "here" / "plan").agrees
    found: dict[str, list[str] | int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_stopped_at_every_file_operation(plans: tuple[Path, Path], tmp_path: Path, how: str) -> None:
    found = stopped(plans, tmp_path, how)
    assert found["stands"] == ["new", "old"]
    assert found["left"] == []
    assert isinstance(found["moments"], int)
    assert found["moments"] > 20
    if how == "SIGKILL":
        assert found["hidden"] == [".plan.lock", ".plan.partial"]


def test_a_full_disk(plans: tuple[Path, Path], tmp_path: Path) -> None:
    """Files may not grow beyond a size, so that the first one, a later one or only the largest does not fit."""
    largest = max(file.stat().st_size for file in plans[1].rglob("*") if file.is_file())
    found = stopped(plans, tmp_path, "full", 0, 60, 300, largest - 1)
    assert found["stands"] == ["old"]
    assert (found["hidden"], found["left"]) == ([], [])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_file_cannot_be_opened(
    plans: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    plan, place = Plan.read(plans[1]), tmp_path / "plan"
    count = 0
    with monkeypatch.context() as patched:
        patched.setattr(io, "open", failing(io.open, 3, code))
        with pytest.raises(OSError, match=re.escape(os.strerror(code))):
            plan.write(place)
    while not place.exists():
        with monkeypatch.context() as patched:
            patched.setattr(io, "open", failing(io.open, count, code))
            with suppress(OSError):
                plan.write(place)
        assert place.exists() or list(tmp_path.iterdir()) == []
        count += 1
    assert count == 1 + sum(1 for file in place.rglob("*") if file.is_file())
    assert audit(place).agrees


def failing(opens: Callable[..., object], after: int, code: int) -> Callable[..., object]:
    """`open`, but the file to be written after `after` others fails."""
    left = after

    def open_(file: object, mode: str = "r", *more: object, **words: object) -> object:
        nonlocal left
        if "w" in mode:
            if left == 0:
                raise OSError(code, os.strerror(code), str(file))
            left -= 1
        return opens(file, mode, *more, **words)

    return open_


@contextmanager
def another_process_holds(place: Path) -> Iterator[subprocess.Popen[str]]:
    words = "print('held', flush=True); sys.stdin.read()"
    code = f"import sys; from planner.basics.outputs import locked\nwith locked(sys.argv[1]): {words}"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "plan"
    with another_process_holds(place) as process:
        with pytest.raises(FileExistsError, match=f"another run is writing {place}"), locked(place):
            pass
        with locked(tmp_path / "other"):  # its neighbours are free
            pass
        process.kill()
        process.wait()
        assert (tmp_path / ".plan.lock").exists()
        with locked(place):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_second_thread_is_refused_too(tmp_path: Path) -> None:
    refused = []

    def other() -> None:
        try:
            with locked(tmp_path / "plan"):
                pass
        except FileExistsError:
            refused.append(True)

    with locked(tmp_path / "plan"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused == [True]


def test_leftovers_of_killed_runs_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    for name in (".a[1].partial-x", ".a[1].replaced-y", ".a1.partial-x", ".b.partial-x", "a[1]"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name, encoding="utf-8")
    with locked(tmp_path / "a[1]"):
        pass
    assert sorted(file.name for file in tmp_path.iterdir()) == [".a1.partial-x", ".b.partial-x", "a[1]"]


def test_a_folder_that_was_moved_away_is_put_back(tmp_path: Path) -> None:
    (tmp_path / ".plan.replaced-x").mkdir()
    (tmp_path / ".plan.replaced-x" / "file").write_text("old", encoding="utf-8")
    with locked(tmp_path / "plan"):
        assert (tmp_path / "plan" / "file").read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["plan"]


def test_where_folders_cannot_be_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes two steps. If the second fails, the first is undone."""
    monkeypatch.setattr(outputs, "_exchange", lambda one, other: False)
    fill = lambda text: lambda folder: (folder / "file").write_text(text, encoding="utf-8")  # noqa: E731
    with locked(tmp_path / "plan") as place:
        place.put(fill("one"))
        place.put(fill("two"))
        assert (tmp_path / "plan" / "file").read_text(encoding="utf-8") == "two"
        rename = Path.rename

        def refuses(self: Path, target: Path) -> Path:
            if ".partial-" in self.name:
                raise OSError(errno.EIO, "broken")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", refuses)
        with pytest.raises(OSError, match="broken"):
            place.put(fill("three"))
    assert (tmp_path / "plan" / "file").read_text(encoding="utf-8") == "two"
    assert [file.name for file in tmp_path.iterdir()] == ["plan"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with locked(tmp_path / "link") as place:
        place.put(lambda folder: (folder / "file").touch())
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").exists()


def test_a_file_is_written_completely_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "table.csv"
    write_file(file, b"one")
    write_file(file, b"two")
    (tmp_path / ".table.csv.partial-").write_bytes(b"left by a killed run")
    write_file(file, b"two")
    write_file("/dev/null", b"two")
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
    with pytest.raises(OSError, match="broken"):
        write_file(file, b"three")
    assert file.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]


PHASES = """
import json, os, shutil, signal, sys
from pathlib import Path
from planner.cli import main
from planner.solve.progress import Progress
from planner import solver
from planner.model import model
from planner.plan import audit, plan
from planner.solve import solve
from planner.reports import summary

case, old, place = sys.argv[1], *map(Path, sys.argv[2:4])
snapshot = lambda folder: {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
found = []
for phase in ("reading the contracts", "building the model", "solving", solve.WRITING):
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        printed = place.parent / "printed"
        shutil.copytree(old, place)
        child = os.fork()
        if child == 0:
            os.dup2(os.open(printed, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 2)

            def stopping(self, begun):
                if begun == phase:
                    os.kill(os.getpid(), getattr(signal, name))

            Progress.phase = stopping
            status = 99
            try:
                main(["solve", case, "-o", str(place), "--force"])
            except SystemExit as ended:
                status = ended.code
            finally:
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        left = sorted(p.name for p in place.parent.iterdir())
        found.append([phase, name, status, printed.read_text(), snapshot(place) == snapshot(old), left])
        printed.unlink()
        shutil.rmtree(place)
print(json.dumps(found))
"""
"""`planner solve` over a plan, stopped at the start of each phase."""


def test_solve_stopped_in_every_phase(plans: tuple[Path, Path], tmp_path: Path) -> None:
    """Before a plan is found nothing changes. Once there is one it is still written."""
    words = [sys.executable, "-c", PHASES, str(path("starter")), str(plans[0]), str(tmp_path / "plan")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    stopped_early, stopped_late = [5, "Stopped by interruption: nothing was written\n", True], [0, "", False]
    assert json.loads(done.stdout.splitlines()[-1]) == [
        [phase, name, *(stopped_late if phase == WRITING else stopped_early), ["plan", "printed"]]
        for phase in ("reading the contracts", "building the model", "solving", WRITING)
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
    ]


def test_signals_are_as_before_afterwards() -> None:
    from planner.cli.options import terminated_like_ctrl_c

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminated_like_ctrl_c():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def solve(case: Path, place: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["solve", str(case), "-o", str(place)])
    return result.exit_code, result.stderr


def test_a_folder_that_cannot_be_written_is_reported_before_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, place = write_case(tmp_path / "case", PRICED), tmp_path / "plan"
    with another_process_holds(place):
        assert solve(case, place) == (2, f"Nothing was written: another run is writing {place}\n")
    (tmp_path / "file").touch()
    status, printed = solve(case, tmp_path / "file" / "plan")
    assert (status, printed.partition(":")[0]) == (2, "Nothing was written")
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    assert solve(case, place) == (8, "Nothing was written: No space left\n")
    monkeypatch.setattr("planner.solve.solve.solve", lambda *_, **__: pytest.fail("the search has begun"))
    monkeypatch.setattr(os, "open", lambda name, *_, **__: (_ for _ in ()).throw(PermissionError(13, "no", str(name))))
    assert solve(case, place) == (8, f"Nothing was written: {tmp_path / '.plan.lock'}: no\n")


def test_a_case_that_cannot_be_read_is_invalid(tmp_path: Path) -> None:
    case = write_case(tmp_path, PRICED, regions=None)
    (case / "regions.csv").symlink_to("nowhere")
    result = CliRunner().invoke(main, ["check", str(case)])
    assert result.exit_code == 3
    assert "regions.csv: expected a file that can be read, found no such file or directory" in result.stderr
