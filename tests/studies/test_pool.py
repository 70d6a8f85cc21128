"""Worker processes: they need no guarded script, end with the study, and take only their own call with them."""

import os
import pickle
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

import pytest

from planner.basics.errors import MissingResource
from planner.studies import pool
from planner.studies.engine import processes
from planner.studies.pool import WorkerPool, can_travel
from planner.studies.worker import answer

SCRIPT = """
import sys
from planner import Case

swept = Case.read(sys.argv[1]).sweep("rate: case.discount_rate = 0.0 | 0.05", workers=2)
print(swept.table["objective_usd_bn"].round(3).tolist())
"""
STARTER = Path(__file__).parents[2] / "data" / "starter"
COSTS = "[57.691, 57.691, 53.438]"


def python(*words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], input=text, capture_output=True, text=True, check=False)


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "study.py"
    script.write_text(SCRIPT, encoding="utf-8")
    ended = python(str(script), str(STARTER))
    assert (ended.stdout.strip(), ended.stderr) == (COSTS, "")


def test_a_study_from_standard_input() -> None:
    ended = python("-", str(STARTER), text=SCRIPT)
    assert (ended.stdout.strip(), ended.stderr) == (COSTS, "")


OF_A_SCRIPT = """
import os
from planner.studies.pool import can_travel
from planner.studies.engine import processes


def own():
    return os.getpid()

"""
ASKED = """
if can_travel(own):
    with processes(1) as executor:
        print("elsewhere", executor.submit(own).result() != os.getpid())
else:
    print("here")
"""
GUARD = 'if __name__ == "__main__":\n'


def test_what_a_script_defines_travels_if_the_script_may_be_loaded_again(tmp_path: Path) -> None:
    open_, guarded = tmp_path / "open.py", tmp_path / "guarded.py"
    open_.write_text(OF_A_SCRIPT + ASKED, encoding="utf-8")
    guarded.write_text(OF_A_SCRIPT + GUARD + ASKED.replace("\n", "\n    "), encoding="utf-8")
    assert python(str(open_)).stdout == "here\n"
    assert python(str(guarded)).stdout == "elsewhere True\n"
    assert python("-", text=OF_A_SCRIPT + ASKED).stdout == "here\n"


def test_what_has_no_pickle_does_not_travel() -> None:
    assert can_travel({"a": 1})
    assert not can_travel(lambda: 1)


def leave(status: int) -> None:
    os._exit(status)


def unpicklable() -> Any:
    return lambda: 1


def test_a_worker_takes_only_its_own_call_with_it() -> None:
    with processes(1) as executor:
        first, lost, after = (executor.submit(f, *x) for f, x in ((abs, (-3,)), (leave, (7,)), (abs, (-4,))))
        assert first.result() == 3
        with pytest.raises(BrokenExecutor, match="exit status 7"):
            lost.result()
        assert after.result() == 4


def test_errors_come_back_even_if_they_have_no_pickle() -> None:
    with processes(1) as executor:
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result()
        with pytest.raises(Exception, match="pickle"):
            executor.submit(unpicklable).result()
        assert executor.submit(abs, -1).result() == 1
    returned, error = pickle.loads(answer(b""))
    assert (returned, type(error)) == (False, EOFError)


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(pool, "Worker", refused)
    with pytest.raises(MissingResource, match="no further thread or process"), processes(2) as executor:
        executor.submit(abs, -1).result()


def test_calls_that_wait_are_cancelled_when_the_block_fails() -> None:
    futures: list[Future[None]] = []

    def block() -> None:
        with processes(1) as executor:
            futures.extend(executor.submit(time.sleep, 1000.0) for _ in range(3))
            raise KeyError

    with pytest.raises(KeyError):
        block()
    assert futures[2].cancelled()
    with pytest.raises(BrokenExecutor):
        futures[0].result()


PARENT = """
import os, sys, time
from planner.studies.engine import processes

with processes(1) as executor:
    print(executor.submit(os.getpid).result(), flush=True)
    executor.submit(time.sleep, 1000.0)
    sys.stdin.read(1)
"""


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    while _runs(worker):
        time.sleep(0.05)
    parent.stdout.close()
    assert parent.stdin is not None
    parent.stdin.close()


def _runs(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def test_a_pool_that_was_never_used_ends() -> None:
    WorkerPool(2).shutdown()
