"""Ctrl-C, SIGTERM and SIGHUP as a request to stop that leaves time to keep the best solution."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""that ask for a stop; not every system has the last, which says that the terminal is gone"""


@contextmanager
def heeding_signals(stop: threading.Event) -> Iterator[None]:
    """Let the first of these signals set `stop`. A second one does what it did before, usually end the program.

    Only the main thread can receive signals: elsewhere nothing is changed. A signal that the program was told to ignore
    stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.getsignal(number) for number in SIGNALS}
    heeded = [number for number, handler in previous.items() if handler not in (signal.SIG_IGN, None)]

    def restore() -> None:
        for number in heeded:
            signal.signal(number, previous[number])

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            restore()
            signal.raise_signal(number)
        stop.set()

    for number in heeded:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        restore()
