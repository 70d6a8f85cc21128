"""Standard output and standard error that never stop a command: closed, full, broken or without a letter.

What cannot be written is dropped. Letters that the encoding of a stream does not have are written as others that look
like them, or as escapes. In the end it is said on standard error if output was lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, cast

LIKE = {"–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "×": "x", "·": "*"}
"""letters that look like those that an encoding may not have"""


class LenientStream:
    """A text stream whose errors are noted and not raised. After the first one, nothing more is written."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.lost = ""
        """why output was lost; empty where none was"""
        self.deliberate = stream is None
        """whether the reader does not want the output: it has closed the stream"""
        if stream is None:
            self.lost = "it is closed"

    @property
    def encoding(self) -> str:
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:
        """How the stream deals with letters that it lacks, once `LIKE` was consulted."""
        return "backslashreplace"

    def write(self, text: str) -> int:
        """Write a text, or drop it; returns its length."""
        if not isinstance(text, str):
            raise TypeError(f"a text is written, not {type(text).__name__}")
        self._try(
            lambda stream: stream.write(text if fits(text, self.encoding) else in_letters_of(text, self.encoding))
        )
        return len(text)

    def flush(self) -> None:
        """Write what is still held back."""
        self._try(lambda stream: stream.flush())

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:
            return False

    def fileno(self) -> int:
        """The descriptor of the stream; raises OSError where it has none."""
        if self._stream is None:
            raise OSError("the stream is closed")
        return self._stream.fileno()

    def _try(self, action: Callable[[TextIO], object]) -> None:
        if self.lost or self._stream is None:
            return
        try:
            action(self._stream)
        except (OSError, ValueError) as error:  # ValueError: closed by Python's own means
            self.lost = getattr(error, "strerror", None) or str(error)
            self.deliberate = isinstance(error, (BrokenPipeError, ValueError))
            self._discard()

    def _discard(self) -> None:
        """Lead the descriptor nowhere, so that what Python still holds back does not fail when the program ends."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, self.fileno())
            finally:
                os.close(nowhere)


def fits(text: str, encoding: str) -> bool:
    """Whether an encoding has all letters of a text.

    >>> fits("1 – 2", "utf-8"), fits("1 – 2", "cp1252"), fits("1 → 2", "cp1252"), fits("1 – 2", "ascii")
    (True, True, False, False)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def in_letters_of(text: str, encoding: str) -> str:
    r"""A text in the letters of an encoding.

    >>> print(in_letters_of("1 – 2 → ∑ é", "ascii"))
    1 - 2 -> \u2211 \xe9
    """
    likened = "".join(letter if fits(letter, encoding) else LIKE.get(letter, letter) for letter in text)
    return likened.encode(encoding, "backslashreplace").decode(encoding)


@contextmanager
def lenient_streams(written: Callable[[], list[str]]) -> Iterator[None]:
    """A block in which standard output and standard error are lenient.

    In the end standard error says what of the output was lost, and what was written to files nevertheless: `written`
    is asked for their names.
    """
    _open_descriptors()
    before = sys.stdout, sys.stderr
    out, err = LenientStream(sys.stdout), LenientStream(sys.stderr)
    sys.stdout, sys.stderr = cast("TextIO", out), cast("TextIO", err)
    try:
        yield
    finally:
        out.flush()
        if out.lost:
            _tell(out, err, written())
        err.flush()
        sys.stdout, sys.stderr = before


def _tell(out: LenientStream, err: LenientStream, places: list[str]) -> None:
    if not out.deliberate:
        err.write(f"Standard output cannot be written: {out.lost}\n")
    if places:
        err.write(f"Written to {', '.join(places)}\n")


def _open_descriptors() -> None:
    """Lead standard descriptors that are closed nowhere, so that no file takes their place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the least number that is free
