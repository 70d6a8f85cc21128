"""A search in a thread of its own, watched and stopped from the calling thread.

HiGHS works without Python's lock. The calling thread waits in short steps, so that signal handlers get their turn, and
reports progress. HiGHS hears a request to stop when it next calls back. Inside a long linear program or a heuristic
that can take minutes, so the thread is left behind after a while, and the incumbent is taken as it is.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from planner.basics.memory import release_memory
from planner.solver.answer import Snapshot
from planner.solver.highs import SearchResult, finite, interrupted_result, out_of_memory_result
from planner.solver.search_state import SearchState

REFRESH_S = 0.1
"""how often progress is reported [s]"""
GRACE_S = 5.0
"""how long a search may take to stop [s]"""


def supervise(
    work: Callable[[], SearchResult], state: SearchState, on_progress: Callable[[Snapshot], None] | None = None
) -> SearchResult:
    """The result of work that ends by itself, or that is left behind some time after it was asked to stop.

    `on_progress` is called in the calling thread every tenth of a second, and at the end. What it raises stops the work
    and is raised here. A KeyboardInterrupt is raised at once, while the work ends by itself. Work that finds no more
    memory ends with what the state holds by then; whatever else it raises is raised here.
    """
    began = time.perf_counter()
    ended = threading.Event()
    results: list[SearchResult] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again in the waiting thread
            failures.append(error)
        finally:
            try:
                _end_threads_of_highs()
            finally:
                ended.set()

    worker = threading.Thread(target=run, name="HiGHS", daemon=True)
    worker.start()
    patience = GRACE_S
    try:
        while not ended.wait(REFRESH_S) and patience >= 0.0 and worker.is_alive():
            if on_progress is not None:
                on_progress(state.snapshot(time.perf_counter() - began))
            if state.stop.is_set():
                patience -= REFRESH_S
    except BaseException as error:
        state.stop.set()
        if not isinstance(error, KeyboardInterrupt):
            worker.join(GRACE_S)
        raise
    if not results and (failures or not worker.is_alive()):
        results.append(_after(failures, state))
    if not results:  # HiGHS is still at work and may not be asked
        message = "Interrupted by user, left behind"
        results.append(interrupted_result(message, state.x, finite(state.bound), state.nodes))
    if on_progress is not None:
        on_progress(state.snapshot(time.perf_counter() - began))
    return results[0]


def _after(failures: list[BaseException], state: SearchState) -> SearchResult:
    """What is known after a failure for lack of memory. Raises any other failure.

    A thread that ends without a failure had not even the memory to note one.
    """
    error = failures.pop() if failures else MemoryError()
    if not isinstance(error, MemoryError):
        raise error
    error.__traceback__ = error.__context__ = None  # they hold the memory of the search
    release_memory()
    return out_of_memory_result(state.x, finite(state.bound), state.nodes)


def _end_threads_of_highs() -> None:
    """End the threads that HiGHS has started for this one, where HiGHS could be imported."""
    if (highspy := sys.modules.get("highspy")) is not None:
        highspy.Highs.resetGlobalScheduler(False)
