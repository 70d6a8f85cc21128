"""Carries out runs with any `concurrent.futures.Executor`: this process, processes of this machine, or a cluster.

Results come back in the order of the runs, whichever run ends first. Where a folder is given, each result is kept there
as soon as it is known, and a study that is begun again solves only the runs that are missing. Runs are recognised by
their content, not by their names. A kept result is believed only if its seal, a hash over the run, the result and every
file of its plan, is the one that was kept with it; otherwise the run is solved again and its result replaces the kept
one. A run that fails does not stop the others. Where a process ends, its runs are tried again, and in the end each in a
process of its own, so that only the run at fault is lost.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

from planner.basics.errors import MissingResource
from planner.studies.packing import pack
from planner.studies.pool import WorkerPool, can_travel, cores
from planner.studies.runs import Base, Run, RunResult, RunStatus, perform

OUTCOME = "outcome.json"
PLAN = "plan"
LEARNT = "learnt.npz"
"""what the search of a run has learnt, where it teaches others"""
SEAL = "seal"
"""key of OUTCOME with the hash over the run, the result and its plan"""
TOGETHER = 2
"""how often runs are tried side by side before each is tried by itself"""

Engine: TypeAlias = Callable[[], AbstractContextManager[Executor]]
"""Makes the executor of a study."""
Perform: TypeAlias = Callable[[Base, Run], RunResult]
"""Carries out a run of a study; it must be able to travel to another process."""
OnDone: TypeAlias = Callable[[RunResult, int, int], None]
"""Is called with each result, the number of results so far, and the number of all runs."""

P = ParamSpec("P")
T = TypeVar("T")


class InThisProcess(Executor):
    """Calls what is submitted at once, in the thread that submits it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call the function; the future is done when this returns."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # the future raises it, as with any executor
            future.set_exception(error)
        return future


@contextmanager
def processes(workers: int | None = None) -> Iterator[Executor]:
    """Processes of this machine, one per core unless a number is given; an error in the block ends them at once."""
    executor = WorkerPool(workers or cores())
    try:
        yield executor
    except BaseException:
        executor.kill()
        raise
    executor.shutdown()


def local(workers: int | None = None) -> Engine:
    """The engine for a number of processes of this machine; with one, this process does the work."""
    count = workers or cores()
    return InThisProcess if count == 1 else partial(processes, count)


def carry_out(
    base: Base,
    runs: Sequence[Run],
    engine: Engine | None = None,
    *,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    doing: Perform | None = None,
) -> list[RunResult]:
    """The result of each run, in the order of the runs.

    `engine` is one process per core unless it is given. `folder` keeps results, and runs whose results it has are not
    solved again, unless what it has is damaged or was edited; `RunResult.replaced` then names it. `doing` carries
    out a run, by default as `perform` does. Raises KeyboardInterrupt where somebody stops it, and MissingResource where
    no process can be started or a cluster is gone; the results so far are kept.
    """
    keys = [base.key(run) for run in runs]
    wanted = dict(zip(reversed(keys), reversed(runs), strict=True))
    found: dict[str, RunResult] = {}
    damaged: dict[str, Path] = {}

    def done(key: str, outcome: RunResult) -> None:
        found[key] = outcome
        if on_done is not None:
            on_done(replace(outcome, run=wanted[key]), len(found), len(wanted))

    def ended(key: str, outcome: RunResult) -> None:
        if outcome.interrupted:
            raise KeyboardInterrupt
        if folder is not None and outcome.status is not RunStatus.FAILED:
            keep(folder, key, outcome)
        done(key, replace(outcome, replaced=damaged.get(key)))

    for key in dict.fromkeys(keys):
        outcome = None if folder is None else kept(folder, key)
        if outcome is not None:
            done(key, replace(outcome, catalogue=base.catalogue))
        elif folder is not None and os.path.lexists(folder / key):
            damaged[key] = folder / key
    make = engine or local()
    for _ in range(TOGETHER):
        missing = {key: wanted[key] for key in dict.fromkeys(keys) if key not in found}
        if missing:
            _together(base, missing, make, ended, doing or perform)
    for key in dict.fromkeys(keys):
        if key not in found:
            ended(key, _alone(base, wanted[key], doing or perform))
    return [replace(found[key], run=run) for key, run in zip(keys, runs, strict=True)]


def _together(
    base: Base, runs: Mapping[str, Run], make: Engine, ended: Callable[[str, RunResult], None], doing: Perform
) -> None:
    """Carry out runs side by side; runs whose process ended are left out."""
    with make() as made:
        executor = InThisProcess() if isinstance(made, WorkerPool) and not can_travel((base, runs, doing)) else made
        at_once = 1 if isinstance(executor, InThisProcess) else len(runs)
        for keys in batched(runs, at_once):
            futures: dict[Future[RunResult], str] = {}
            with suppress(BrokenExecutor):  # runs that were not submitted before it broke are tried again
                for key in keys:
                    futures[executor.submit(doing, base, runs[key])] = key
            for future in as_completed(futures):
                key = futures[future]
                try:
                    outcome = future.result()
                except BrokenExecutor:
                    continue
                except MissingResource:  # no run can be carried out
                    raise
                except Exception as error:  # an error of the executor; a run's own error is in its result
                    outcome = RunResult(runs[key], RunStatus.FAILED, message=f"{type(error).__name__}: {error}")
                ended(key, outcome)


def batched(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    """Keys in groups of a size.

    >>> list(batched("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    left = iter(keys)
    while group := list(islice(left, size)):
        yield group


def _alone(base: Base, run: Run, doing: Perform) -> RunResult:
    """One run in a process of its own."""
    with processes(1) as executor:
        try:
            return executor.submit(doing, base, run).result()
        except BrokenExecutor as error:
            return RunResult(run, RunStatus.FAILED, message=f"its process ended: {error}", lacking=True)


def keep(folder: Path, key: str, outcome: RunResult) -> None:
    """Put a result and its plan into a folder, complete or not at all. What is damaged there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / key
    partial_ = Path(tempfile.mkdtemp(prefix=f".{key}.partial-", dir=folder))
    try:
        outcome.unpack(partial_ / PLAN)
        if outcome.learnt is not None:
            (partial_ / LEARNT).write_bytes(outcome.learnt)
        told = {**outcome.json(), SEAL: outcome.seal(key)}
        (partial_ / OUTCOME).write_text(json.dumps(told, indent=2, ensure_ascii=False), encoding="utf-8")
        partial_.chmod(0o755)
        if os.path.lexists(place) and kept(folder, key) is None:
            with tempfile.TemporaryDirectory(prefix=f".{key}.partial-", dir=folder) as aside:
                place.rename(Path(aside) / key)
        if not os.path.lexists(place):
            partial_.rename(place)
    finally:
        shutil.rmtree(partial_, ignore_errors=True)


def kept(folder: Path, key: str) -> RunResult | None:
    """The result that a folder keeps of a run; None where there is none, or where it is not as it was kept."""
    place = folder / key
    try:
        names = {path.name for path in place.iterdir()}
        links = any(path.is_symlink() for path in (place, *place.rglob("*")))
        if links or not names <= {OUTCOME, PLAN, LEARNT} or not (place / OUTCOME).is_file():
            return None
        data: dict[str, Any] = json.loads((place / OUTCOME).read_text(encoding="utf-8"))
        seal = data.pop(SEAL)
        learnt = (place / LEARNT).read_bytes() if (place / LEARNT).is_file() else None
        outcome = RunResult.parse(data, pack(place / PLAN) if (place / PLAN).is_dir() else None, learnt)
        return outcome if outcome.seal(key) == seal else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
