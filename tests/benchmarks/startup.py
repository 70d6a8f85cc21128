"""Starting up: help and check against the import of click, which every command needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.benchmarks.measure import PLANNER, PYTHON, ROOT, Sample, interleaved, run
from tests.benchmarks.result import Row, Size, ratio


def measure(size: Size) -> Sequence[Row]:
    """Whole processes."""
    ways = {
        "click": partial(run, (*PYTHON, "-c", "import click")),
        "help": partial(run, (*PLANNER, "--help")),
        "check": partial(run, (*PLANNER, "check", ROOT / "data" / "starter")),
    }
    for way in ways.values():
        way()  # byte code and disk
    found = {name: Sample.of(runs) for name, runs in interleaved(ways, size.pick(3, 15, 40)).items()}
    return [
        ratio("planner --help / import click", found["help"], found["click"], goal=1.5),
        ratio("planner check starter / import click", found["check"], found["click"]),
    ]
