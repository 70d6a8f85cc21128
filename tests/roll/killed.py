"""Kill `planner advance --force` at random times: in the place stands the old case or the new one, always whole.

python -m tests.roll.killed --count 100 --seed 1
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from planner.api import Case
from planner.case import shipped

START = "import sys; from planner.cli import main; main(prog_name='planner')"


def content(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def advance(plan: Path, day: str, case: Path, after_s: float | None = None) -> int:
    """The exit status of a roll that is killed after some seconds, if they are given; −9 where it was killed."""
    words = ["advance", str(plan), "--to", day, "-o", str(case), "--force"]
    process = subprocess.Popen([sys.executable, "-c", START, *words], stdout=subprocess.DEVNULL)
    if after_s is not None:
        time.sleep(after_s)
        process.kill()
    return process.wait()


def killed(count: int, seed: int, folder: Path) -> Counter[str]:
    """How often the old case and the new one stood there after a kill. Raises AssertionError where neither did."""
    plan, case = folder / "plan", folder / "case"
    Case.read(shipped.path("starter")).solve().write(plan)
    assert advance(plan, "2029-01-01", folder / "other") == 0
    begun = time.monotonic()
    assert advance(plan, "2028-01-01", case) == 0
    longest = time.monotonic() - begun
    old, new, dice, found = content(case), content(folder / "other"), random.Random(seed), Counter[str]()
    assert old != new
    for _ in range(count):
        status = advance(plan, "2029-01-01", case, longest * dice.uniform(0.3, 1.3))
        there = content(case)
        assert there in (old, new), sorted(there)
        found["new" if there == new else "old"] += 1
        found[f"status {status}"] += 1
        if there == new:
            assert advance(plan, "2028-01-01", case) == 0
            assert content(case) == old
    assert advance(plan, "2029-01-01", case) == 0
    assert content(case) == new
    left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    assert left == [], left
    return found


def main() -> None:
    """Kill it as often as the command line says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=100)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{dict(killed(asked.count, asked.seed, Path(folder)))}\n")


if __name__ == "__main__":
    main()
