"""The files and folders that a command may write, and which of them it has written."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import os
    from pathlib import Path

State: TypeAlias = tuple[object, ...] | None
"""What can be told of a place without reading it; None where there is nothing"""


@dataclass
class Places:
    """Places as they stood when the command began."""

    before: dict[Path, State] = field(default_factory=dict)

    def note(self, place: Path) -> None:
        """Note a place that the command may write."""
        self.before.setdefault(place, state(place))

    def written(self) -> list[str]:
        """The places that are not as they were."""
        return [str(place) for place, then in self.before.items() if state(place) != then]


def state(place: Path) -> State:
    """The state of a file, or of a folder and the folders in it. Locks and files half written do not count."""
    try:
        found = place.stat()
        if stat.S_ISDIR(found.st_mode):
            return found.st_ino, frozenset(map(_entry, _visible(place)))
    except OSError:
        return None
    return _of_file(found) if stat.S_ISREG(found.st_mode) else ()


def _entry(path: Path) -> tuple[object, ...]:
    inside = sorted(each.name for each in _visible(path)) if path.is_dir() else _of_file(path.lstat())
    return path.name, *inside


def _visible(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def _of_file(found: os.stat_result) -> tuple[object, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns
