"""What stands in the folder of a hedge: its files, what cannot be read, and what no hedge writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.futures.tree import PATH, Tree
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit.finding import Finding
from planner.plan.contents import CASE, OF_FUTURES, Contents, entries, files_of_case, read_entry
from planner.plan.hedges.certificate import FILES
from planner.plan.hedges.tables import COLUMNS
from planner.plan.record import RECORD

NAMES = (RECORD, *(f"{stem}.csv" for stem in COLUMNS))
"""the files that stand in every hedge beside its case and its plans"""


def contents_of(folder: Path, catalogue: Catalogue) -> Contents:
    """The content of a hedge's folder without the plans; nothing but a hedge's files is opened, no link is followed.

    Raises DataError where there is no such folder, OSError where it cannot be listed.
    """
    if not folder.is_dir():
        raise DataError([Problem(str(folder), None, "", "the folder of a hedge", "no such folder")])
    known = {*NAMES, *FILES, *files_of_case(catalogue)}
    files: dict[str, bytes] = {}
    unread: dict[str, str] = {}
    foreign: list[str] = []
    for name, path in entries(folder, unread):
        if name == OF_FUTURES:
            continue
        if name not in known:
            foreign.append(name)
        elif isinstance(found := read_entry(path), bytes):
            files[name] = found
        else:
            unread[name] = found
    return Contents(files, unread, tuple(foreign))


def strange(contents: Contents) -> Iterator[Finding]:
    """What is missing beside the plans, what cannot be read, and what no hedge has."""
    for name in NAMES:
        if name not in contents.files and name not in contents.unread:
            yield Finding(name, None, "", "is missing")
    for name, why in contents.unread.items():
        yield Finding(name, None, "", f"cannot be read: it is {why}")
    for name in contents.foreign:
        if not name.startswith(f"{CASE}/"):
            yield Finding(name, None, "", "is no file of a hedge")


def strange_futures(folder: Path, tree: Tree) -> Iterator[Finding]:
    """What stands among the plans and is the plan of no future, and plans that are missing."""
    yield from _below(folder / OF_FUTURES, OF_FUTURES, [future.name.split(PATH) for future in tree.futures])


def _below(folder: Path, name: str, wanted: list[list[str]]) -> Iterator[Finding]:
    """As `strange_futures` for a folder that holds these paths and nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        there = "is a link" if folder.is_symlink() else "is no folder" if folder.exists() else "is missing"
        yield Finding(name, None, "", there)
        return
    try:
        there_are = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        yield Finding(name, None, "", f"cannot be read: {(error.strerror or str(error)).lower()}")
        return
    firsts = dict.fromkeys(path[0] for path in wanted)
    for each in there_are:
        if each not in firsts:
            yield Finding(f"{name}/{each}", None, "", "is the plan of no future")
    for first in firsts:
        inner = [path[1:] for path in wanted if path[0] == first and len(path) > 1]
        if inner:
            yield from _below(folder / first, f"{name}/{first}", inner)
        elif first not in there_are:
            yield Finding(f"{name}/{first}", None, "", "is missing")
        elif (folder / first).is_symlink() or not (folder / first).is_dir():
            yield Finding(f"{name}/{first}", None, "", "is no folder")
