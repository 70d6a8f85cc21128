"""Progress of long work, on one line of a terminal that is overwritten and cleared at the end."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from planner.solver import Snapshot


class Progress:
    """Shows the phase and, while the solver runs, incumbent, bound, gap and time.

    Without a terminal it is silent, except for what it is told to `say`.

    It is used as

        with Progress() as progress:
            progress.phase("building the model")
            ...
            answer = solve(program, options, on_progress=progress.solving)
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream` is standard error unless given."""
        self._stream = sys.stderr if stream is None else stream
        self._shows = self._stream.isatty()
        self._began = time.perf_counter()
        self._shown = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show("")

    def phase(self, name: str) -> None:
        """Show the phase that begins."""
        self._show(f"{name} … {time.perf_counter() - self._began:.0f} s")

    def solving(self, snapshot: Snapshot) -> None:
        """Show how far the solver has come."""
        self._show(solving_line(snapshot))

    def run(self, name: str, status: str, done: int, total: int) -> None:
        """Show how many solves of a study have ended, and the name and status of the last."""
        seconds = time.perf_counter() - self._began
        self._show(f"{done} of {total} solves  {name}: {status}  {seconds:.0f} s")

    def say(self, line: str) -> None:
        """Write a line that stays, with or without a terminal."""
        self._show("")
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def _show(self, line: str) -> None:
        if not self._shows:
            return
        width = shutil.get_terminal_size().columns - 1
        line = line[:width]
        clear = " " * (self._shown - len(line))
        back = "" if line else "\r"
        self._stream.write(f"\r{line}{clear}{back}")
        self._stream.flush()
        self._shown = len(line)


class Clock:
    """Wall clock time by phase [s]; a phase that occurs again is added up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        """End a phase: the time since the last one ended is its own."""
        now = time.perf_counter()
        self.seconds[phase] = round(self.seconds.get(phase, 0.0) + now - self._last, 3)
        self._last = now


def solving_line(snapshot: Snapshot) -> str:
    """A snapshot of a search on one line.

    >>> from planner.solver import Snapshot
    >>> solving_line(Snapshot(incumbent=200.0, bound=199.0, nodes=3, seconds=12.3))
    'solving  best 200.000  bound 199.000  gap 0.50 %  12 s'
    >>> solving_line(Snapshot(incumbent=None, bound=None, nodes=0, seconds=0.1))
    'solving  best –  bound –  gap –  0 s'
    """
    best, bound = (f"{value:.3f}" if value is not None else "–" for value in (snapshot.incumbent, snapshot.bound))
    gap = "–" if snapshot.gap is None else f"{100 * snapshot.gap:.2f} %"
    return f"solving  best {best}  bound {bound}  gap {gap}  {snapshot.seconds:.0f} s"
