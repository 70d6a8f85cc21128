"""One fault, and what becomes of it: planted in a copy of the checkout, in which the tests named are then run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("planner", "data", "notebooks", "tests", "pyproject.toml", "README.md", "LICENSE")
FAILED = 1
"""pytest's exit status where tests ran and some failed"""


@dataclass(frozen=True)
class Fault:
    """A small edit of the source."""

    name: str
    """what is wrong with it, in words"""
    where: str
    """the file, or a folder in one of whose files the text stands"""
    before: str
    """a text that stands there exactly once"""
    after: str
    tests: str
    """the tests that should notice, as pytest takes them, separated by blanks"""

    def places(self, root: Path = ROOT) -> list[tuple[Path, int]]:
        """The files in which the text stands, and how often."""
        place = root / self.where
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        counts = [(file, file.read_text(encoding="utf-8").count(self.before)) for file in files]
        return [(file, count) for file, count in counts if count]

    @contextmanager
    def planted(self, root: Path) -> Iterator[None]:
        """The fault stands in the source under `root` meanwhile; LookupError where its text is not there just once."""
        places = self.places(root)
        if [count for _, count in places] != [1]:
            raise LookupError(f"{self.name}: {self.before!r} stands {sum(n for _, n in places)} times in {self.where}")
        ((file, _),) = places
        sound = file.read_text(encoding="utf-8")
        file.write_text(sound.replace(self.before, self.after), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(sound, encoding="utf-8")


@dataclass(frozen=True)
class Verdict:
    """What became of a fault."""

    fault: Fault
    killed_by: str
    """the first test that failed; blank: none did"""
    seconds: float
    said: str
    """what pytest printed last"""

    @property
    def lives(self) -> bool:
        """Whether no test noticed."""
        return not self.killed_by


def copy_of_checkout(folder: Path) -> Path:
    """Copy what the tests need into a folder."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, folder / name)
    return folder


def judged(fault: Fault, root: Path) -> Verdict:
    """Plant a fault in a copy of the checkout and run its tests."""
    began = time.perf_counter()
    with fault.planted(root):
        ended = run(fault.tests.split(), root)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", ended.stdout, flags=re.MULTILINE)
    killed_by = failed[1] if ended.returncode == FAILED and failed is not None else ""
    last = ended.stdout.strip().rpartition("\n")[2]
    return Verdict(fault, killed_by, time.perf_counter() - began, last or ended.stderr.strip()[-200:])


def run(tests: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy of the checkout, up to the first that fails."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *tests],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
