"""A command of the planner with a clock on HiGHS: `python -m tests.benchmarks.watched FILE solve CASE ...`.

The seconds go into the file as JSON, `{"wall": ..., "cpu": ...}`, added up over every run of HiGHS in the process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main(file: Path, arguments: list[str]) -> None:
    """Carry out the command; ends as it does."""
    import highspy

    from planner.cli import main as command

    seconds = {"wall": 0.0, "cpu": 0.0}
    run = highspy.Highs.run

    def watched(highs: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            return run(highs)
        finally:
            seconds["wall"] += time.perf_counter() - wall
            seconds["cpu"] += time.process_time() - cpu

    highspy.Highs.run = watched
    try:
        command(arguments)
    finally:
        file.write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
