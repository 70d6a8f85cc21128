"""A solve at work, watched and stopped from outside.

It works in a thread of its own, HiGHS without Python's lock. The calling thread waits in short steps, so that signal
handlers get their turn, and tells how things stand. A wish to stop is heard when HiGHS next calls back; inside a long
linear program or a heuristic that can take minutes, so it is left behind after a while, and the best solution that was
told of is taken as it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import ABSOLUTE_GAP, Snapshot
from planner.solver.highs import Outcome, finite, interrupted, read
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs

REFRESH_S = 0.1
"""how often progress is told [s]"""
GRACE_S = 5.0
"""how long it may take to stop [s]"""


class Board:
    """What the thread at work writes down and the waiting thread reads."""

    def __init__(self, stop: threading.Event, target: float | None = None, gap: float | None = None) -> None:
        """`stop` is the wish to stop; so is it to know whether a target is met.

        A gap is given where several write: what one has found and another has proven may be enough together.
        """
        self.stop = stop
        self.target = target
        self.gap = gap
        self.over = False
        """whether one of several has come to an end"""
        self.value = float("inf")
        self.x: Vector | None = None
        """the best solution so far, which costs `value`"""
        self.bound = float("-inf")
        self.nodes = 0
        self._writing = threading.Lock()

    def found(self, value: float, x: Vector) -> None:
        """Write down a solution if it is the best so far."""
        with self._writing:
            if value < self.value:
                self.value, self.x = value, x

    def told(self, bound: float, nodes: int) -> None:
        """Write down what is proven and how much of a tree was looked into."""
        with self._writing:
            self.bound, self.nodes = max(self.bound, bound), nodes

    @property
    def closed(self) -> bool:
        """Whether what is found is within the gap of what is proven."""
        if self.gap is None or self.x is None:
            return False
        return self.value - self.bound <= max(self.gap * abs(self.value), ABSOLUTE_GAP)

    @property
    def halted(self) -> bool:
        """Whether to stop."""
        if self.stop.is_set() or self.over or self.closed:
            return True
        return self.target is not None and (self.value <= self.target or self.bound > self.target)

    def snapshot(self, seconds: float) -> Snapshot:
        """How things stood when something was last written."""
        return Snapshot(finite(self.value), finite(self.bound), max(0, self.nodes), seconds)


def supervised(work: Callable[[], Outcome], board: Board, watch: Callable[[Snapshot], None] | None = None) -> Outcome:
    """Let work go on until it ends by itself, or is left behind some time after it was asked to stop.

    `watch` is called in the calling thread every tenth of a second, and at the end. What it raises stops the work and
    is passed on; a KeyboardInterrupt is passed on at once, and the work left to end by itself.
    """
    began = time.perf_counter()
    ended = threading.Event()
    outcomes: list[Outcome] = []
    failures: list[BaseException] = []

    def working() -> None:
        from highspy import Highs

        try:
            outcomes.append(work())
        except BaseException as error:  # handed to the waiting thread
            failures.append(error)
        finally:
            Highs.resetGlobalScheduler(False)  # this thread's helpers end with it
            ended.set()

    worker = threading.Thread(target=working, name="HiGHS", daemon=True)
    worker.start()
    patience = GRACE_S
    try:
        while not ended.wait(REFRESH_S) and patience >= 0.0:
            if watch is not None:
                watch(board.snapshot(time.perf_counter() - began))
            if board.stop.is_set():
                patience -= REFRESH_S
    except BaseException as error:
        board.stop.set()
        if not isinstance(error, KeyboardInterrupt):
            worker.join(GRACE_S)
        raise
    if failures:
        raise failures[0]
    if not outcomes:  # HiGHS may not be asked: it is still at work
        outcomes.append(interrupted("Interrupted by user, left behind", board.x, finite(board.bound), board.nodes))
    if watch is not None:
        watch(board.snapshot(time.perf_counter() - began))
    return outcomes[0]


def run(
    highs: Highs,
    program: Program,
    stop: threading.Event,
    watch: Callable[[Snapshot], None] | None = None,
    target: float | None = None,
) -> Outcome:
    """Run HiGHS, which holds the program, until it ends by itself, `stop` is set, or it is known if a target is met.

    `watch` as in `supervised`.
    """
    board = Board(stop, target)
    return supervised(lambda: at_work(highs, program, board), board, watch)


def at_work(highs: Highs, program: Program, board: Board) -> Outcome:
    """Run HiGHS in this thread, what it finds on the board; what the board knows to be better is kept."""
    from highspy import cb

    kinds = cb.HighsCallbackType
    improved, standing = kinds.kCallbackMipImprovingSolution, int(kinds.kCallbackMipInterrupt)
    due = 0.0

    def called(kind: Any, _message: str, found: Any, wish: Any, _data: Any) -> None:
        """HiGHS's callback: some thousand times a second, so it looks at most things only when they are due."""
        nonlocal due
        if int(kind) == int(improved):
            board.found(found.objective_function_value, np.array(found.mip_solution, dtype=np.float64))
            return
        if board.halted:
            wish.user_interrupt = True
        if int(kind) == standing and time.perf_counter() >= due:
            board.told(found.mip_dual_bound, found.mip_node_count)
            due = time.perf_counter() + REFRESH_S

    highs.setCallback(called, None)
    try:
        interrupts = (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt)
        for each in (*interrupts, improved):
            highs.startCallback(each)
        highs.run()
        found = read(highs, program)
    finally:
        highs.setCallback(None, None)
    if found.x is None or not program.integer.any():
        return found
    return _with_what_is_known(found, program, board)


def _with_what_is_known(found: Outcome, program: Program, board: Board) -> Outcome:
    """An outcome with the board's solution or bound where those are better; the board is brought up to date."""
    assert found.x is not None
    value = program.objective(found.x)
    if board.x is None or value <= board.value:
        board.value, board.x = value, found.x
    board.told(-np.inf if found.bound is None else found.bound, found.nodes)
    return replace(found, x=board.x, bound=finite(board.bound))
