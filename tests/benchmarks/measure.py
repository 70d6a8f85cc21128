"""Seconds and memory of processes, and of parts of one."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-P")
"""without the working folder in the path"""
PLANNER = (*PYTHON, "-m", "planner.cli")
KIB_PER_MIB = 1024
BYTES_PER_MIB = 1024**2


@dataclass(frozen=True)
class Run:
    """What a process took from start to end, with its children."""

    wall: float
    """[s]"""
    cpu: float
    """user and system [s]"""
    peak: float
    """largest resident memory of one process [MiB]"""
    status: int
    out: str = field(default="", repr=False)


@dataclass(frozen=True)
class Sample:
    """Repeats of one thing."""

    wall: tuple[float, ...]
    """[s]"""
    cpu: tuple[float, ...]
    """[s]"""

    @staticmethod
    def of(runs: Sequence[Run]) -> Sample:
        """The seconds of processes."""
        return Sample(tuple(run.wall for run in runs), tuple(run.cpu for run in runs))

    def median(self, clock: str) -> float:
        """The median by `wall` or `cpu` [s]."""
        return float(statistics.median(getattr(self, clock)))

    def least(self, clock: str) -> float:
        """The smallest [s]."""
        return float(min(getattr(self, clock)))

    def less(self, other: Sample) -> Sample:
        """What is left of each repeat without the median of another."""
        return Sample(
            tuple(value - other.median("wall") for value in self.wall),
            tuple(value - other.median("cpu") for value in self.cpu),
        )

    def times(self, factor: float) -> Sample:
        """So many of the same."""
        return Sample(tuple(value * factor for value in self.wall), tuple(value * factor for value in self.cpu))

    @staticmethod
    def added(samples: Collection[Sample]) -> Sample:
        """One after the other, repeat by repeat."""
        return Sample(
            tuple(map(sum, zip(*(sample.wall for sample in samples), strict=True))),
            tuple(map(sum, zip(*(sample.cpu for sample in samples), strict=True))),
        )


def run(command: Sequence[str | Path], *, allowed: Collection[int] = (0,), folder: Path | None = None) -> Run:
    """Run a command to its end, the checkout first in Python's path.

    Raises RuntimeError, with what it said, where it ends with a status that is not allowed.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=err, cwd=folder or tempfile.gettempdir(),
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        _, waited, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(waited)  # it is waited for, and nobody need do so again
        out.seek(0)
        err.seek(0)
        said = out.read()
        if process.returncode not in allowed:
            words = " ".join(map(str, command))
            raise RuntimeError(f"{words} ended with status {process.returncode}:\n{said[-2000:]}\n{err.read()[-4000:]}")
    return Run(wall, used.ru_utime + used.ru_stime, _mib(used.ru_maxrss), process.returncode, said)


def task(module: str, *arguments: str | Path | float, allowed: Collection[int] = (0,)) -> Run:
    """Run a module of this folder as a process of its own."""
    return run((*PYTHON, "-m", f"tests.benchmarks.{module}", *map(str, arguments)), allowed=allowed)


def interleaved(ways: Mapping[str, Callable[[], Run]], repeats: int) -> dict[str, list[Run]]:
    """Each way so many times, by turns, so that what the machine does besides falls on all alike."""
    found: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            found[name].append(way())
    return found


@contextmanager
def timed(seconds: list[tuple[float, float]]) -> Iterator[None]:
    """Add (wall, processor) seconds of this process [s] to a list, with no garbage left from before."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds.append((time.perf_counter() - wall, time.process_time() - cpu))


def peak() -> float:
    """The largest resident memory of this process so far [MiB]."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says may be of the process that started this one
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / KIB_PER_MIB
    return _mib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _mib(maxrss: int) -> float:
    """What getrusage says in bytes on macOS and in KiB elsewhere [MiB]."""
    return maxrss / (BYTES_PER_MIB if sys.platform == "darwin" else KIB_PER_MIB)
