"""Processes of this machine that carry out calls, as an executor.

They are started by Python itself and not by `multiprocessing`, so that a study works in a script without `if __name__
== "__main__":`, in a notebook and from standard input. When this process ends, however it ends, they end too. A process
that ends takes only its own call with it.
"""

from __future__ import annotations

import ast
import multiprocessing.spawn
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, ParamSpec, TypeVar, cast

from planner.basics.resources import missing_resource
from planner.studies.worker import receive, send

P = ParamSpec("P")
T = TypeVar("T")

BEGIN = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from planner.studies.worker import serve
serve()
"""
"""what a worker runs; it finds modules where this process does"""
MAIN = b"__main__"
"""stands in the pickle of what the script itself has defined"""
LONGEST_END_S = 5.0
"""how long a process that has closed its pipe may take to end [s]"""


class Worker:
    """A process that carries out one call at a time."""

    def __init__(self) -> None:
        """Start the process. Raises OSError where the system starts none."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )  # fmt: skip
        with suppress(OSError):  # a process that has ended already is noticed by the first call
            self._calls.write(pickle.dumps(_module_folders()))
            self._calls.flush()

    @property
    def _calls(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdin)

    def call(self, message: bytes) -> tuple[bool, Any]:
        """Whether a call returned, and its result or its error. Raises BrokenExecutor where the process ends."""
        try:
            send(self._calls, message)
            data = receive(cast("BinaryIO", self._process.stdout))
        except (OSError, EOFError, ValueError):
            raise BrokenExecutor(self._how_it_ended()) from None
        returned, found = pickle.loads(data)
        return bool(returned), found

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(LONGEST_END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return "it gave no answer"
        if status >= 0:
            return f"exit status {status}"
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        return f"{name}{', as when the system is short of memory' * (name == 'SIGKILL')}"

    def close(self) -> None:
        """End the process, which is waiting for a call."""
        with suppress(OSError):
            self._calls.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()


class WorkerPool(Executor):
    """Workers that share the calls that are submitted. A worker is started when there is a call for it."""

    def __init__(self, workers: int) -> None:
        self._most = workers
        self._calls: SimpleQueue[tuple[Future[Any], bytes] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._workers: set[Worker] = set()
        self._ended = False
        self._changing = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker call the function.

        The future raises BrokenExecutor where the worker ends, and OSError where the system starts no worker.
        """
        future: Future[T] = Future()
        call = pickle.dumps((fn, args, kwargs))
        self._calls.put((future, pickle.dumps((_of_main() if MAIN in call else {}, call))))
        if len(self._threads) < self._most:
            thread = threading.Thread(target=self._attend, name="worker", daemon=True)
            try:
                thread.start()
                self._threads.append(thread)
            except RuntimeError:  # the system starts no further thread
                if not self._threads:
                    raise
        return future

    def _attend(self) -> None:
        """Pass calls on to one worker, and to another one where it has ended, until there are no more."""
        worker: Worker | None = None
        while (waiting := self._calls.get()) is not None:
            future, message = waiting
            try:
                worker = worker or self._started()
            except Exception as error:
                with self._changing:
                    others = bool(self._workers)
                if others:  # they carry it out
                    self._calls.put(waiting)
                    return
                future.set_exception(missing_resource(error) or error)
                continue
            if not future.set_running_or_notify_cancel():
                continue
            worker = self._carry_out(worker, future, message)
        if worker is not None:
            self._forget(worker)
            worker.close()

    def _carry_out(self, worker: Worker, future: Future[Any], message: bytes) -> Worker | None:
        """Have a call carried out; returns the worker, or None where it has ended."""
        try:
            returned, found = worker.call(message)
        except BaseException as error:  # the future raises it
            self._forget(worker)
            worker.kill()
            worker.close()
            future.set_exception(error)
            return None
        if returned:
            future.set_result(found)
        else:
            future.set_exception(found)
        return worker

    def _started(self) -> Worker:
        with self._changing:
            if self._ended:
                raise BrokenExecutor("the pool has ended")
            worker = Worker()
            self._workers.add(worker)
            return worker

    def _forget(self, worker: Worker) -> None:
        with self._changing:
            self._workers.discard(worker)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when all calls are done; calls that wait are cancelled where that is asked for."""
        if cancel_futures:
            while not self._calls.empty():
                if (waiting := self._calls.get()) is not None:
                    waiting[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """End the workers at once; calls under way are lost."""
        with self._changing:
            self._ended = True
            for worker in self._workers:
                worker.kill()
        self.shutdown(wait=False, cancel_futures=True)


def _module_folders() -> list[str]:
    """Where modules are found, with the present folder by its name; it may be gone."""
    with suppress(OSError):
        return [path or str(Path.cwd()) for path in sys.path]
    return [path for path in sys.path if path]


def can_travel(value: object) -> bool:
    """Whether a worker can be sent a value.

    It cannot where the value has no pickle, or refers to what a script defines that must not be run a second time.
    """
    try:
        return MAIN not in pickle.dumps(value) or bool(_of_main())
    except Exception:  # whatever keeps it from being pickled
        return False


def _of_main() -> dict[str, Any]:
    """From where a worker loads the script that is run; empty where it must not.

    A script may only be loaded again if what it does stands under `if __name__ == "__main__":`.
    """
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if file is None or not _is_guarded(Path(file)):
        return {}
    data = multiprocessing.spawn.get_preparation_data("worker")
    return {name: value for name, value in data.items() if name.startswith("init_main_from_")}


def _is_guarded(script: Path) -> bool:
    try:
        body = ast.parse(script.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return False
    tests = [ast.unparse(each.test) for each in body if isinstance(each, ast.If)]
    return any("__name__" in test and "__main__" in test for test in tests)


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
