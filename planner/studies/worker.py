"""A process that carries out calls for the process that started it, and ends with it.

Each call comes as a message on standard input, and its answer goes out as a message on standard output. A message is
its length in eight bytes and a pickle. A thread reads all the time. When the other process ends, however it ends, the
pipe is at its end, and so is this process, also in the midst of a call.

The script that started the study is not run again, as `multiprocessing` would do. Only if a call refers to it is it
loaded, under the name `__mp_main__`.
"""

from __future__ import annotations

import io
import multiprocessing.spawn
import os
import pickle
import signal
import struct
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")


def send(channel: BinaryIO, message: bytes) -> None:
    """Write a message. Raises OSError where nobody reads it."""
    channel.write(LENGTH.pack(len(message)))
    channel.write(message)
    channel.flush()


def receive(channel: BinaryIO) -> bytes:
    """Read a message. Raises EOFError where the other side has ended."""
    (length,) = LENGTH.unpack(_exactly(channel, LENGTH.size))
    return _exactly(channel, length)


def _exactly(channel: BinaryIO, size: int) -> bytes:
    data = channel.read(size)
    if len(data) < size:
        raise EOFError("the other process has ended")
    return data


def serve() -> None:
    """Answer calls until the other process ends. Ctrl-C and the end of the terminal are left to that process."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    calls, answers = sys.stdin.buffer, _own_output()
    sys.stdin = io.StringIO()
    waiting: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(calls, waiting), daemon=True).start()
    while True:
        send(answers, answer(waiting.get()))


def _own_output() -> BinaryIO:
    """The channel of the answers. What is printed from now on goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    with suppress(OSError):  # standard error may be closed
        os.dup2(2, 1)
    return answers


def _read(calls: BinaryIO, waiting: SimpleQueue[bytes]) -> None:
    try:
        while True:
            waiting.put(receive(calls))
    finally:
        os._exit(1)


def answer(message: bytes) -> bytes:
    """Carry out the call of a message; the answer is a pickle of whether it returned, and of its result or error."""
    try:
        main, call = pickle.loads(message)
        if main:  # a second time nothing happens
            multiprocessing.spawn.prepare(main)
        function, args, kwargs = pickle.loads(call)
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:  # raised again in the process that asked
        return _told(error)


def _told(error: Exception) -> bytes:
    told: tuple[bool, Any] = (False, error)
    try:
        data = pickle.dumps(told)
        pickle.loads(data)
    except Exception:  # an error that cannot travel is told in words
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return data
