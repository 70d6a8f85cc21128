"""One member of the family, searched in several ways, each in seconds of the processor.

    ours       the planner's search as it is
    default    HiGHS with its own options, on the program as it is written
    highs      HiGHS as the planner sets it (`--search highs`)

All of them have one thread, the same seed, and the same limit of seconds of the processor.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from planner import solver
from planner.basics.search_method import SearchMethod
from planner.solver import Program
from planner.solver.highs import load
from planner.solver.highs_search import run_highs
from tests.benchmarks.family.members import member

WAYS = ("ours", "default", "highs")
TICK_S = 0.05


@contextmanager
def limited(seconds: float) -> Iterator[threading.Event]:
    """An event that is set after so many seconds of this process's processor time, told twice: some clocks err once."""
    end, stop, over = time.process_time() + seconds, threading.Event(), threading.Event()

    def watch() -> None:
        times = 0
        while not over.wait(TICK_S) and times < 2:
            times = times + 1 if time.process_time() >= end else 0
        if times == 2:
            stop.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield stop
    finally:
        over.set()
        watcher.join()


def searched(program: Program, way: str, gap: float, limit_s: float) -> dict[str, Any]:
    """One search: seconds of the processor, objective, bound, nodes, iterations, and whether it came to its end."""
    with limited(limit_s) as stop:
        began = time.process_time()
        found = _by_default(program, gap, stop) if way == "default" else _by_planner(program, way, gap, stop)
        return {"cpu": time.process_time() - began, **found}


def _by_planner(program: Program, way: str, gap: float, stop: threading.Event) -> dict[str, Any]:
    method = SearchMethod.OWN if way == "ours" else SearchMethod.HIGHS
    answer = solver.solve(program, solver.Options(gap, search=method), stop=stop)
    return {
        "objective": answer.objective, "bound": answer.bound, "nodes": answer.nodes,
        "iterations": answer.simplex_iterations, "proven": answer.proven,
    }  # fmt: skip


def _by_default(program: Program, gap: float, stop: threading.Event) -> dict[str, Any]:
    """HiGHS as it comes, but for the gap, the seed and the threads; integers that others imply are told to it too."""
    import highspy

    highs = load(program)
    for name, value in (("mip_rel_gap", gap), ("threads", 1), ("random_seed", 1)):
        highs.setOptionValue(name, value)
    result = run_highs(highs, program, stop)
    return {
        "objective": None if result.x is None else program.objective(result.x), "bound": result.bound,
        "nodes": result.nodes, "iterations": result.simplex_iterations,
        "proven": result.status == highspy.HighsModelStatus.kOptimal,
    }  # fmt: skip


def searched_all(name: str, ways: Sequence[str], gaps: Sequence[float], limit_s: float) -> dict[str, Any]:
    """Each way to each gap, by turns, after a small program that loads what has to be loaded."""
    from tests.benchmarks.family.knapsacks import correlated

    for way in ways:
        searched(correlated(1, 5), way, 0.0, limit_s)
    program = member(name).shape.make(member(name).seed)
    sizes = {"rows": len(program.row_lower), "variables": len(program.cost), "integers": int(program.searched.sum())}
    found = {str(gap): {way: searched(program, way, gap, limit_s) for way in ways} for gap in gaps}
    return {"name": name, **sizes, "gaps": found}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    click.echo(json.dumps(searched_all(asked["name"], asked["ways"], asked["gaps"], asked["limit_s"])))
    sys.stdout.flush()
    os._exit(0)  # HiGHS's threads may still run after an interrupted search, and end the process with a failure
