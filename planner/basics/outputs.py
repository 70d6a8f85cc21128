"""Places that results are put in: held by one run at a time, filled beside, and put there whole or not at all.

Beside a folder `plans/base` there may stand, for as long as a run lasts or after one was killed,

    plans/.base.lock          the run that holds it has the file locked; a lock dies with its process
    plans/.base.partial-…     what is being filled, or what was just replaced
    plans/.base.replaced-…    what stood there, where a system cannot exchange two folders in one step

and whoever holds the place next removes what is left of them, or puts back what was replaced by nothing.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_EXCHANGE = 2
"""Linux: RENAME_EXCHANGE of renameat2"""
_HERE = -100
"""Linux: AT_FDCWD"""


@dataclass(frozen=True)
class OutputFolder:
    """A folder, or a file, that this run alone may write."""

    folder: Path

    def put(self, fill: Callable[[Path], object]) -> None:
        """Have an empty folder beside the place filled, and put it there once it is whole, in one step.

        Whatever stops this, what stood there before stands there still, or what is new does.
        """
        partial = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}.partial-", dir=self.folder.parent))
        try:
            partial.chmod(0o755)
            fill(partial)
            if self.folder.exists():
                _replace(self.folder, partial)
            else:
                partial.rename(self.folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def write_file(file: str | Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of what stood there."""
    file = Path(file).resolve()
    if file.exists() and not file.is_file():  # a device, such as the terminal
        file.write_bytes(data)
        return
    with locked(file):
        partial = partial_file(file)
        try:
            partial.write_bytes(data)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)


def partial_file(file: Path, ending: str = "") -> Path:
    """Where a file that is held may be filled before it is moved to its place."""
    return file.with_name(f".{file.name}.partial-{ending}")


@contextmanager
def locked(folder: str | Path) -> Iterator[OutputFolder]:
    """Hold a folder or a file, there or not yet, for this run alone; its parents are made.

    Raises FileExistsError where another run holds it and OSError where nothing can be written beside it.
    """
    from filelock import FileLock, Timeout

    folder = Path(folder).resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.with_name(f".{folder.name}.lock")
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise FileExistsError(f"another run is writing {folder}") from None
    try:
        _cleared(folder)
        yield OutputFolder(folder)
    finally:
        with suppress(OSError):  # another system forbids it while it is locked, and removes it by itself
            file.unlink()
        lock.release()


def _cleared(folder: Path) -> None:
    """Remove what runs that were killed left beside a place, and put back what they had taken away."""
    for replaced in sorted(folder.parent.glob(f".{_plain(folder.name)}.replaced-*")):
        if folder.exists():
            shutil.rmtree(replaced, ignore_errors=True)
        else:
            replaced.rename(folder)
    for partial in folder.parent.glob(f".{_plain(folder.name)}.partial-*"):
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _plain(name: str) -> str:
    """A name as a pattern that matches nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _replace(folder: Path, partial: Path) -> None:
    """Put a whole folder where another stands; that one goes."""
    if _exchanged(folder, partial):
        return
    old = partial.with_name(partial.name.replace(".partial-", ".replaced-"))
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders could be exchanged in one step, so that at no moment one is missing."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # an older C library
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
