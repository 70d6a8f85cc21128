"""The workers of a Dask scheduler as an executor that notices when none of them is left.

Dask waits in silence for workers that are gone. Here that is said, and after some time the calls fail. No worker comes
back to a scheduler that is gone itself, so the calls fail at once then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

from planner.basics.errors import MissingResource

P = ParamSpec("P")
T = TypeVar("T")

LOOK_S = 2.0
"""how often the workers are counted [s]"""
PATIENCE_S = 120.0
"""how long calls wait for a cluster without workers [s]"""
START_WORKERS = "Start a scheduler and workers, then the same command goes on."


@contextmanager
def cluster(
    address: str, on_notice: Callable[[str], None] = lambda _: None, patience_s: float = PATIENCE_S
) -> Iterator[Executor]:
    """The workers of a Dask scheduler. They need the planner installed, but no disk in common with this machine.

    `on_notice` is told when no worker is left, and when there are some again. Where none comes back within `patience_s`
    seconds, calls that are not done raise MissingResource. Raises ModuleNotFoundError where the extra `cluster` is not
    installed, ValueError where the address is none, OSError where no scheduler answers.
    """
    from distributed import Client

    with Client(address) as client:
        executor = ClusterExecutor(client, address, on_notice, patience_s)
        try:
            yield executor
        finally:
            executor.shutdown()


def checked(address: str) -> str:
    """An address of a Dask scheduler, such as `tcp://scheduler:8786`. Raises ValueError where it is none.

    Raises ModuleNotFoundError where the extra `cluster` is not installed.
    """
    from distributed.comm import get_address_host_port, parse_address

    parse_address(address, strict=False)
    get_address_host_port(address, strict=True)
    return address


class ClusterExecutor(Executor):
    """Passes calls on to a Dask client, and watches its workers."""

    def __init__(self, client: Any, address: str, on_notice: Callable[[str], None], patience_s: float) -> None:
        self._client, self._address, self._on_notice, self._patience_s = client, address, on_notice, patience_s
        self._executor = client.get_executor(pure=False)
        self._waiting: set[Future[Any]] = set()
        self._lost: MissingResource | None = None
        self._lock = threading.Lock()  # a call may come just as the cluster is given up
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="cluster", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker of the cluster call the function. Once the cluster is given up, the call fails at once."""
        future: Future[T] = Future()
        with self._lock:
            lost = self._lost
            if lost is None:
                self._waiting.add(future)
        if lost is not None:
            future.set_exception(lost)
            return future
        self._executor.submit(fn, *args, **kwargs).add_done_callback(lambda done: self._pass_on(done, future))
        return future

    def _pass_on(self, done: Future[Any], future: Future[Any]) -> None:
        """Give a future what Dask's future for it has found."""
        with self._lock:
            if future not in self._waiting:
                return
            self._waiting.discard(future)
        if done.cancelled():  # by Dask, whose client has lost its scheduler
            future.set_exception(self._gone())
        elif (error := done.exception()) is not None:
            future.set_exception(error)
        else:
            future.set_result(done.result())

    def _watch(self) -> None:
        """Count the workers until the end; say when there are none, and give up when none comes back."""
        since: float | None = None
        while not self._ended.wait(LOOK_S):
            count = self._count()
            if count is None:
                self._give_up(self._gone())
                return
            if count and since is not None:
                self._on_notice(f"There are workers at {self._address} again")
            if not count and since is None:
                self._on_notice(f"No worker is left at {self._address}; waiting {self._patience_s:.0f} s for one")
            since = None if count else time.monotonic() if since is None else since
            if since is not None and time.monotonic() - since >= self._patience_s:
                why = f"no worker has come back to {self._address} within {self._patience_s:.0f} s"
                self._give_up(MissingResource(why, START_WORKERS))
                return

    def _count(self) -> int | None:
        """How many workers there are; None where the scheduler is gone."""
        if self._client.status not in ("running", "connecting"):
            return None
        try:
            return len(self._client.nthreads())
        except Exception:  # whatever Dask raises when the connection breaks
            return None

    def _gone(self) -> MissingResource:
        return MissingResource(f"the scheduler at {self._address} is gone", START_WORKERS)

    def _give_up(self, error: MissingResource) -> None:
        with self._lock:
            self._lost = error
            waiting, self._waiting = self._waiting, set()
        for future in waiting:
            future.set_exception(error)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop watching. Calls that are not done are cancelled and not waited for: there may be nobody to do them."""
        self._ended.set()
        with suppress(Exception):  # the cluster may be gone
            self._executor.shutdown(wait=False)
