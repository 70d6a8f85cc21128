"""A deadline: the moment by which a plan must be found, whatever is being done until then.

Searches ask how much time is left. Everything before them (reading, posting, paths, the model) does not ask. It is done
in a block that ends at the deadline, wherever it is, as it would end at Ctrl-C: so nothing is left half written. Only
the main thread of a process can be interrupted in this way. In another thread a block ends at its own end.
"""

from __future__ import annotations

import _thread
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from planner.basics.errors import LONGER, Stopped

EXPIRY: signal.Signals = getattr(signal, "SIGVTALRM", getattr(signal, "SIGBREAK", signal.SIGINT))
"""the signal of which the handler runs in the main thread at the deadline; it is not sent to anybody"""
AGAIN_S = 0.2
"""how long after that it runs once more, where the block goes on [s]"""
IMPORTS = "<frozen importlib._bootstrap>"
"""the code that imports modules, which is not cut short: a module that is half imported could not be imported again"""


class _Expired(BaseException):
    """The deadline has passed; as with Ctrl-C, nothing but the block itself may take it as dealt with."""


@dataclass(frozen=True)
class Deadline:
    """A moment by which work must be done; without one there is no limit."""

    at: float = math.inf
    """as `now` counts [s]"""
    now: Callable[[], float] = field(default=time.perf_counter, repr=False)

    def within(self, seconds: float) -> Deadline:
        """The deadline so many seconds from now, or this one where it is earlier."""
        return Deadline(min(self.at, self.now() + seconds), self.now)

    @property
    def left(self) -> float:
        """The time that is left [s]; infinite where there is no limit."""
        return max(0.0, self.at - self.now())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.now() >= self.at

    def part(self, share: float) -> Deadline:
        """The deadline for a share of the time that is left."""
        return self if math.isinf(self.at) else Deadline(self.now() + share * self.left, self.now)

    @contextmanager
    def enforced(self, before: str = "before any plan was found") -> Iterator[None]:
        """A block that ends at the deadline. Raises Stopped then, also where it had passed before the block began.

        `before` says in the message what there is not yet.
        """
        try:
            self._check()
            if math.isfinite(self.at) and threading.current_thread() is threading.main_thread():
                with _ending_in(self.left):
                    yield
            else:
                yield
            self._check()
        except _Expired:
            raise Stopped(f"stopped by time limit {before}", LONGER) from None

    def _check(self) -> None:
        if self.passed:
            raise _Expired


@contextmanager
def _ending_in(seconds: float) -> Iterator[None]:
    """A block of the main thread in which _Expired is raised after so many seconds."""
    ended = threading.Event()
    timer = threading.Thread(target=_ring, args=(seconds, ended), name="deadline", daemon=True)

    def on_time(_number: int, frame: FrameType | None) -> None:
        if not ended.is_set() and not _importing(frame):
            raise _Expired

    before = signal.signal(EXPIRY, on_time)
    try:
        timer.start()
        yield
    finally:
        try:
            ended.set()
        finally:  # it may expire in the line before
            ended.set()
            if timer.ident is not None:
                timer.join()
            signal.signal(EXPIRY, before or signal.SIG_DFL)


def _ring(seconds: float, ended: threading.Event) -> None:
    """Have the handler run in the main thread after a time, and again until the block has ended."""
    wait = min(seconds, threading.TIMEOUT_MAX)
    while not ended.wait(wait):
        _thread.interrupt_main(EXPIRY)
        wait = AGAIN_S


def _importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename == IMPORTS:
            return True
        frame = frame.f_back
    return False
