"""What stands in the folder of a plan: its files, what cannot be read, and what no plan writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.common import settings
from planner.common.recognised import described
from planner.interfaces.catalogue import Catalogue
from planner.plan.record import RECORD
from planner.plan.tables import EXPORTS

CASE = "case"
NAMES = (RECORD, *(f"{stem}.csv" for stem, _ in EXPORTS))
"""the files that stand in every plan beside its case"""
MISSING = "no such file"
OF_A_HEDGE = "that of a hedge, which holds a plan for each future"
OF_FUTURES = "futures"
"""the folder of a hedge that holds the plans"""


@dataclass(frozen=True)
class Contents:
    """The content of a plan's folder. Paths are those within the folder, with slashes."""

    files: Mapping[str, bytes]
    """content of each file that a plan may have"""
    unread: Mapping[str, str]
    """what stands where such a file should stand, in words: a folder, a link, a file that may not be read"""
    foreign: tuple[str, ...]
    """files and folders that no plan has; of a folder only the folder itself"""

    @staticmethod
    def of(folder: Path, catalogue: Catalogue) -> Contents:
        """The content of a folder; nothing but the files of a plan is opened, and no link is followed.

        Raises DataError where there is no such folder or where it is known to hold something else, OSError where it
        cannot be listed.
        """
        if not folder.is_dir():
            instead = described(folder) or "no such folder"
            raise DataError([Problem(str(folder), None, "", "the folder of a plan", instead)])
        if not os.path.lexists(folder / RECORD) and (what := described(folder)):
            raise DataError([Problem(str(folder), None, "", "the folder of a plan", what)])
        known = {*NAMES, *files_of_case(catalogue)}
        files: dict[str, bytes] = {}
        unread: dict[str, str] = {}
        foreign: list[str] = []
        for name, path in entries(folder, unread):
            if name not in known:
                foreign.append(name)
            elif isinstance(found := read_entry(path), bytes):
                files[name] = found
            else:
                unread[name] = found
        return Contents(files, unread, tuple(foreign))

    def problems(self) -> Iterator[Problem]:
        """Every file of a plan that is missing or cannot be read."""
        for name, why in self.unread.items():
            yield Problem(name, None, "", "a file that can be read" if name != CASE else "a folder with a case", why)
        for name in NAMES:
            if name not in self.files and name not in self.unread:
                yield Problem(name, None, "", f"a plan with {name}", MISSING)


def is_of_a_hedge(folder: Path, file: str) -> Problem:
    """What is wrong where a plan is asked for and the folder is that of a hedge; it names the plan of a future."""
    plans = sorted(each.parent for each in (folder / OF_FUTURES).rglob(RECORD))
    such = f", such as that in {plans[0]}" if plans else ""
    return Problem(file, None, "", f"the record of a plan{such}", OF_A_HEDGE)


def files_of_case(catalogue: Catalogue) -> set[str]:
    """The paths of the files that the case of a plan may have."""
    return {f"{CASE}/{name}" for name in (settings.FILE, *(row.about.file for row in catalogue.tables))}


def of_case(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a plan's case, by name, of all files of the plan by path."""
    return {name.removeprefix(f"{CASE}/"): data for name, data in files.items() if name.startswith(f"{CASE}/")}


def entries(folder: Path, unread: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """What stands in the folder and in that of its case, by the path within the folder, in order."""
    for path in _listed(folder):
        if path.name != CASE:
            yield path.name, path
        elif path.is_symlink() or not path.is_dir():
            unread[CASE] = "a link" if path.is_symlink() else "no folder"
        else:
            try:
                for inner in _listed(path):
                    yield f"{CASE}/{inner.name}", inner
            except OSError as error:
                unread[CASE] = _why(error)


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def read_entry(path: Path) -> bytes | str:
    """The content of a file; in words what stands there where it is none that can be read."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            return path.read_bytes()
    except OSError as error:
        return _why(error)
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a link" if stat.S_ISLNK(mode) else "a device, pipe or socket"


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
