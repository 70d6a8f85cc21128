"""What may happen to a command, and the exit statuses that are right then."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MIB = 2**20
LACKING, STOPPED, UNREADABLE, UNPROVEN = 1, 5, 8, 6


@dataclass(frozen=True)
class Misfortune:
    """Something that goes wrong in a process."""

    name: str
    statuses: frozenset[int] = frozenset()
    """right besides that of a run in which nothing goes wrong"""
    says: tuple[str, ...] = ()
    """one of these is on standard error where the status is one of these"""
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    """is called in the new process before the program starts"""
    silent: bool = False
    """whether what is on standard error cannot be known"""
    kills: bool = False
    """whether the process has no chance to tidy up"""
    cwd_gone: bool = False
    reader_gone: bool = False


def _closed(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


def _full(number: int) -> Callable[[], None]:
    return lambda: void(os.dup2(os.open("/dev/full", os.O_WRONLY), number))


def _limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def void(_: Any) -> None:
    """Nothing."""


def _signal(number: str, at: str, status: int) -> Misfortune:
    statuses = frozenset({status}) if status < 0 else frozenset({status, UNPROVEN})
    says = () if status < 0 else ("Stopped by interruption", "stopped by interruption")
    moment = at.rpartition(".")[2]
    return Misfortune(
        f"{number} at {moment}", statuses, says, {"UNLUCKY_SIGNAL": f"{at} {number}"}, kills=status < 0
    )  # fmt: skip


def _memory(mib: int) -> Misfortune:
    return Misfortune(
        f"memory {mib}", frozenset({LACKING, UNPROVEN}), ("not enough memory", "lack of memory"),
        {"OPENBLAS_NUM_THREADS": "1"}, _limited(resource.RLIMIT_AS, mib * MIB),
    )  # fmt: skip


NO_SPACE = (os.strerror(errno.EFBIG), os.strerror(errno.ENOSPC))
STARTED = frozenset({LACKING, UNPROVEN})
MISFORTUNES = (
    Misfortune("stdout closed", prepare=_closed(1)),
    Misfortune("stderr closed", prepare=_closed(2), silent=True),
    Misfortune("all closed", prepare=_closed(0, 1, 2), silent=True),
    Misfortune("reader gone", reader_gone=True),
    Misfortune("stdout full", prepare=_full(1)),
    Misfortune("stderr full", prepare=_full(2), silent=True),
    Misfortune("ascii", environment={"PYTHONIOENCODING": "ascii"}),
    Misfortune("cp1252", environment={"PYTHONIOENCODING": "cp1252"}),
    Misfortune("narrow", environment={"COLUMNS": "20"}),
    Misfortune("no home", environment={"HOME": ""}),
    Misfortune("no folder", cwd_gone=True),
    *(
        Misfortune(f"no {name}", frozenset({LACKING}), (f"{name} is not installed",), {"UNLUCKY_WITHOUT": name})
        for name in ("highspy", "pyomo")
    ),
    *(_memory(mib) for mib in (60, 120, 160, 200, 260, 500)),
    Misfortune("files of 0", frozenset({UNREADABLE, LACKING}), NO_SPACE, prepare=_limited(resource.RLIMIT_FSIZE, 0)),
    Misfortune(
        "files of 300", frozenset({UNREADABLE, LACKING}), NO_SPACE, prepare=_limited(resource.RLIMIT_FSIZE, 300)
    ),
    Misfortune("no process", STARTED, ("no further thread or process",), {"UNLUCKY_START": "process"}),
    Misfortune("no thread", STARTED, ("no further thread or process",), {"UNLUCKY_START": "thread"}),
    *(
        Misfortune(f"worker {how}", STARTED, ("its process ended", "not enough memory"), {"UNLUCKY_WORKER": how})
        for how in ("kill", "exit", "memory")
    ),
    _signal("SIGINT", "planner.case.case", STOPPED),
    _signal("SIGTERM", "planner.model.model", STOPPED),
    _signal("SIGHUP", "highspy", STOPPED),
    _signal("SIGINT", "write", STOPPED),
    _signal("SIGHUP", "write", STOPPED),
    _signal("SIGINT", "planner.reports.summary", STOPPED),
    _signal("SIGKILL", "write", -9),
)
