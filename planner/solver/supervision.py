"""A search in a thread of its own, watched and stopped from the calling thread.

HiGHS works without Python's lock. The calling thread waits in short steps, so that signal handlers get their turn, and
reports progress. HiGHS hears a request to stop when it next calls back. Inside a long linear program or a heuristic
that can take minutes, so the thread is left behind after a while, and the incumbent is taken as it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from planner.solver.answer import Snapshot
from planner.solver.highs import SearchResult, finite, interrupted_result
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
    and is raised here. A KeyboardInterrupt is raised at once, while the work ends by itself.
    """
    began = time.perf_counter()
    ended = threading.Event()
    results: list[SearchResult] = []
    failures: list[BaseException] = []

    def run() -> None:
        from highspy import Highs

        try:
            results.append(work())
        except BaseException as error:  # raised again in the waiting thread
            failures.append(error)
        finally:
            Highs.resetGlobalScheduler(False)  # HiGHS's threads of this one end with it
            ended.set()

    worker = threading.Thread(target=run, name="HiGHS", daemon=True)
    worker.start()
    patience = GRACE_S
    try:
        while not ended.wait(REFRESH_S) and patience >= 0.0:
            if on_progress is not None:
                on_progress(state.snapshot(time.perf_counter() - began))
            if state.stop.is_set():
                patience -= REFRESH_S
    except BaseException as error:
        state.stop.set()
        if not isinstance(error, KeyboardInterrupt):
            worker.join(GRACE_S)
        raise
    if failures:
        raise failures[0]
    if not results:  # HiGHS is still at work and may not be asked
        message = "Interrupted by user, left behind"
        results.append(interrupted_result(message, state.x, finite(state.bound), state.nodes))
    if on_progress is not None:
        on_progress(state.snapshot(time.perf_counter() - began))
    return results[0]
