"""HiGHS at work, watched and stopped from outside.

HiGHS runs in a thread of its own and without Python's lock. The calling thread waits in short steps, so that signal
handlers get their turn, and tells how things stand. A wish to stop reaches HiGHS when it next calls back; inside a
long linear program or a heuristic that can take minutes, so it is left behind after a while, and the best solution it
has told of is taken as it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.arrays import Vector
from planner.solver.answer import Snapshot
from planner.solver.highs import Outcome, finite, read
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs

REFRESH_S = 0.1
"""how often progress is told [s]"""
GRACE_S = 5.0
"""how long HiGHS may take to stop [s]"""


def run(
    highs: Highs,
    program: Program,
    stop: threading.Event,
    watch: Callable[[Snapshot], None] | None = None,
    target: float | None = None,
) -> Outcome:
    """Run HiGHS, which holds the program, until it ends by itself, `stop` is set, or it is known if a target is met.

    `watch` is called in the calling thread every tenth of a second, and at the end. What it raises stops HiGHS and is
    passed on; a KeyboardInterrupt is passed on at once, and HiGHS left to end by itself.
    """
    began = time.perf_counter()
    board = _Board(highs, program, stop, target)
    worker = threading.Thread(target=board.work, name="HiGHS", daemon=True)
    worker.start()
    patience = GRACE_S
    try:
        while not board.ended.wait(REFRESH_S) and patience >= 0.0:
            if watch is not None:
                watch(board.snapshot(time.perf_counter() - began))
            if stop.is_set():
                patience -= REFRESH_S
    except BaseException as error:
        stop.set()
        if not isinstance(error, KeyboardInterrupt):
            worker.join(GRACE_S)
        raise
    if board.failure is not None:
        raise board.failure
    outcome = board.outcome if board.outcome is not None else board.left_behind()
    if watch is not None:
        watch(board.snapshot(time.perf_counter() - began))
    return outcome


class _Board:
    """What HiGHS's thread writes down and the waiting thread reads."""

    def __init__(self, highs: Highs, program: Program, stop: threading.Event, target: float | None) -> None:
        from highspy import cb

        kinds = cb.HighsCallbackType
        self.interrupts = (
            kinds.kCallbackMipInterrupt,
            kinds.kCallbackSimplexInterrupt,
            kinds.kCallbackIpmInterrupt,
        )
        self.standing = int(kinds.kCallbackMipInterrupt)
        self.improved = kinds.kCallbackMipImprovingSolution
        self.solution = int(self.improved)
        self.highs = highs
        self.program = program
        self.stop = stop
        self.target = target
        self.ended = threading.Event()
        self.failure: BaseException | None = None
        self.outcome: Outcome | None = None
        self.best: tuple[float, Vector | None] = (float("inf"), None)
        self.bound = float("-inf")
        self.nodes = 0
        self.due = 0.0

    def work(self) -> None:
        """Run HiGHS and read what it found."""
        from highspy import Highs

        try:
            self.highs.setCallback(self.called, None)
            for kind in (*self.interrupts, self.improved):
                self.highs.startCallback(kind)
            self.highs.run()
            found = read(self.highs, self.program)
            if found.x is not None and self.program.integer.any():
                self.best = (self.program.objective(found.x), found.x)
                self.bound, self.nodes = found.bound if found.bound is not None else self.bound, found.nodes
            self.outcome = found
        except BaseException as error:  # handed to the waiting thread
            self.failure = error
        finally:
            self.highs.setCallback(None, None)
            Highs.resetGlobalScheduler(False)  # this thread's helpers end with it
            self.ended.set()

    def called(self, kind: Any, _message: str, found: Any, wish: Any, _data: Any) -> None:
        """HiGHS's callback: some thousand times a second, so it looks at most things only when they are due."""
        kind = int(kind)
        if kind == self.solution:
            self.best = (found.objective_function_value, np.array(found.mip_solution, dtype=np.float64))
            return
        if self.stop.is_set() or self.decided():
            wish.user_interrupt = True
        if kind == self.standing and time.perf_counter() >= self.due:
            self.bound, self.nodes = found.mip_dual_bound, found.mip_node_count
            self.due = time.perf_counter() + REFRESH_S

    def decided(self) -> bool:
        """Whether it is known if the target is met."""
        return self.target is not None and (self.best[0] <= self.target or self.bound > self.target)

    def snapshot(self, seconds: float) -> Snapshot:
        """How things stood when HiGHS last told."""
        return Snapshot(finite(self.best[0]), finite(self.bound), max(0, self.nodes), seconds)

    def left_behind(self) -> Outcome:
        """What HiGHS had told when it was waited for no longer. It may not be asked: it is still at work."""
        from highspy import HighsModelStatus

        return Outcome(
            status=HighsModelStatus.kInterrupt,
            words="Interrupted by user, left behind",
            x=self.best[1],
            bound=finite(self.bound),
            nodes=max(0, self.nodes),
            simplex_iterations=0,
            version=self.highs.version(),
        )
