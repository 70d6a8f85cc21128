"""Files of the user: read whole, with an end to time and memory whatever stands at the path."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from planner.basics.errors import DataError, Problem

MOST_BYTES = 256_000_000
"""largest file of a table"""
MOST_BYTES_TOML = 4_000_000
"""largest file of settings or of a study"""
READABLE = "a file that can be read"

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_file(path: Path, most: int = MOST_BYTES, *, name: str = "", pipe: bool = False) -> bytes:
    """The content of a file of at most so many bytes.

    `name` is what messages call it, by default its own name. Where `pipe`, it may be a pipe, which is read to its end;
    a pipe that nobody writes to is empty. Raises DataError where there is no such file, where it is a folder or a
    device, where it is larger, or where it cannot be read.
    """
    name = name or path.name
    try:
        state = path.stat()
        size, piped = state.st_size, pipe and stat.S_ISFIFO(state.st_mode)
        if not stat.S_ISREG(state.st_mode) and not piped:
            raise DataError([Problem(name, None, "", READABLE, _kind(state.st_mode))])
        data = b""
        if size <= most:
            with open(path, "rb", buffering=0, opener=_without_waiting if piped else None) as file:
                data = b"".join(_parts(file.fileno(), most))
    except (OSError, ValueError) as error:
        raise DataError([Problem(name, None, "", READABLE, _reason(path, error))]) from None
    if max(size, len(data)) > most:
        found = f"{size:,} bytes" if size > most else "more"
        raise DataError([Problem(name, None, "", f"a file of at most {most:,} bytes", found)])
    return data


def names_in(folder: Path) -> list[str]:
    """The names in a folder, in alphabetical order.

    Raises DataError where there is no such folder or it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except (OSError, ValueError) as error:
        found = "no such folder" if isinstance(error, FileNotFoundError) else _reason(folder, error)
        raise DataError([Problem(str(folder), None, "", "a folder that can be read", found)]) from None


def kind_of(path: Path) -> str:
    """What stands at a path, in words; `a file` for a file or where it cannot be told."""
    try:
        return _kind(path.stat().st_mode)
    except (OSError, ValueError):
        return "a file"


def _kind(mode: int) -> str:
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "a file")


def _reason(path: Path, error: Exception) -> str:
    """Why a file cannot be read. A system may refuse to open a folder or a socket before its kind is known."""
    kind = kind_of(path)
    if kind != "a file":
        return kind
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "a name that no file can have"


def _without_waiting(path: str, flags: int) -> int:
    """Open a pipe that perhaps has no writer; reading it waits for those that it has."""
    file = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return file


def _parts(file: int, most: int) -> Iterator[bytes]:
    """The bytes of an open file; at least one byte more than `most` where it has more."""
    read = 0
    while read <= most and (part := os.read(file, min(1 << 24, most + 1 - read))):
        read += len(part)
        yield part
