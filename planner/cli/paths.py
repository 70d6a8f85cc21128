"""The paths that commands take: of folders and files that are read, and of those that are written."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from planner.cli.places import Places
from planner.common.recognised import described

if TYPE_CHECKING:
    from pathlib import Path

WORKBOOK = ".xlsx"
"""how the name of a workbook ends"""


class PathType(click.Path):
    """A path of pathlib, which is imported only when there is one, so that `--help` is fast."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises click.BadParameter where it is a file instead of a folder, or the reverse.

        Where it is known what stands there, the message says so, and which command takes it.
        """
        from pathlib import Path

        try:
            possible = b"\0" not in os.fsencode(value)
        except UnicodeEncodeError:
            possible = False
        if not possible:
            self.fail(f"{os.fspath(value)!a} is a name that no file can have", param, ctx)
        try:
            return Path(os.fsdecode(super().convert(value, param, ctx)))
        except click.BadParameter:
            if what := described(Path(os.fsdecode(value))):
                self.fail(f"{os.fspath(value)!r} is {what}", param, ctx)
            raise


class FileOf(PathType):
    """The path of a file of one kind, which is refused where it is known to be of another."""

    def __init__(self, kind: str) -> None:
        super().__init__(dir_okay=False)
        self.kind = kind
        """how `planner.common.recognised` begins to describe it, if it does"""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises click.BadParameter as `PathType` does, and where the file is known to be another one."""
        path = super().convert(value, param, ctx)
        what = described(path)
        if what and not what.startswith(self.kind):
            self.fail(f"'{path}' is {what}", param, ctx)
        return path


class OutputType(PathType):
    """The path of what a command writes. It is noted, so that the command can say what it has written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises click.BadParameter as `PathType` does."""
        path = super().convert(value, param, ctx)
        if ctx is not None:
            ctx.ensure_object(Places).note(path)
        return path


class CasePath(PathType):
    """The path of a case: a folder, or a workbook."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises click.BadParameter as `PathType` does, and where a file is not named as a workbook."""
        path = super().convert(value, param, ctx)
        if path.suffix.lower() != WORKBOOK and holds(path.is_file):
            what = described(path) or "a file"
            self.fail(f"'{path}' is {what}; a case is a folder, or a workbook that ends in {WORKBOOK}", param, ctx)
        return path


def is_workbook(path: Path) -> bool:
    """Whether a path is named like a workbook and is no folder."""
    return path.suffix.lower() == WORKBOOK and not holds(path.is_dir)


def holds(asked: Callable[[], bool]) -> bool:
    """What a path says of itself; no where the system cannot tell, as of a name that is too long."""
    try:
        return asked()
    except (OSError, ValueError):
        return False


FOLDER = PathType(file_okay=False)
FILE = PathType(dir_okay=False)
EVENTS_FILE, STUDY_FILE, FOCUS_FILE = FileOf("a file of events"), FileOf("a study"), FileOf("a FOCUS")
TO_FOLDER = OutputType(file_okay=False)
TO_FILE = OutputType(dir_okay=False)
TO_EITHER = OutputType()
CASE = CasePath()
