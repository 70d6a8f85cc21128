"""Output folders and files: one run at a time writes there, and results appear complete or not at all.

While a run writes to `plans/base`, or after it was killed, these may stand in the same folder:

    plans/.base.lock          locked by the run; a lock ends with its process
    plans/.base.partial-…     the new folder as it is filled, or the old one just after it was replaced
    plans/.base.replaced-…    the old folder, on systems that cannot exchange two folders in one step

The next run that locks the folder removes them. If only the old folder is left, it puts it back.
"""

from __future__ import annotations

import ctypes
import errno
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
    """A folder or file that is locked, so that only this run may write it."""

    folder: Path

    def put(self, fill: Callable[[Path], object]) -> None:
        """Fill a new folder and put it in place of the old one in one step.

        `fill` is called with a new, empty folder beside the old one. If anything stops it, either the old folder or the
        complete new one stands in the place.
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
    """Write a file completely or not at all; a file that stood there is replaced."""
    file = resolved(file)
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
    """The file beside a locked one that is written first and then moved to its place."""
    return file.with_name(f".{file.name}.partial-{ending}")


@contextmanager
def locked(folder: str | Path) -> Iterator[OutputFolder]:
    """Lock a folder or a file, which need not exist yet, for this run. Its parent folders are made.

    Raises FileExistsError where another run has locked it, OSError where nothing can be written beside it.
    """
    from filelock import FileLock, Timeout

    folder = resolved(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.with_name(f".{folder.name}.lock")
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise FileExistsError(f"another run is writing {folder}") from None
    try:
        _clear(folder)
        yield OutputFolder(folder)
    finally:
        with suppress(OSError):  # Windows forbids it while the file is locked, and removes it by itself
            file.unlink()
        lock.release()


def resolved(path: str | Path) -> Path:
    """The path without links. Raises OSError where links lead in a circle."""
    try:
        return Path(path).resolve()
    except RuntimeError:  # before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def refuse_to_touch(source: Path, place: Path) -> None:
    """Raise FileExistsError where a folder that is written would lie in one that is read, or would replace it."""
    read, written = resolved(source), resolved(place)
    if read in written.parents:
        raise FileExistsError(f"{place} lies in {source}, which is read")
    if written in read.parents:
        raise FileExistsError(f"{source}, which is read, lies in {place}")


def _clear(folder: Path) -> None:
    """Remove what killed runs left beside a folder, and put back an old folder that they had moved away."""
    for replaced in sorted(folder.parent.glob(f".{_literal(folder.name)}.replaced-*")):
        if folder.exists():
            shutil.rmtree(replaced, ignore_errors=True)
        else:
            replaced.rename(folder)
    for partial in folder.parent.glob(f".{_literal(folder.name)}.partial-*"):
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _literal(name: str) -> str:
    """A pattern that matches only this name."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _replace(folder: Path, partial: Path) -> None:
    """Put a complete folder in place of another, which is removed."""
    if _exchange(folder, partial):
        return
    old = partial.with_name(partial.name.replace(".partial-", ".replaced-"))
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, so that neither is missing at any moment; False where that is not possible."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # an older C library
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
