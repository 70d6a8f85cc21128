"""The futures solved by themselves, side by side: in this process, in processes of this machine, or on a cluster.

Every future is solved with the prices of the same step, and each from its own solution of the step before. So what is
found does not depend on how many are solved at once.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeAlias

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.errors import MissingResource
from planner.solver import Answer, Program

Engine: TypeAlias = Callable[[], AbstractContextManager[Executor]]
"""makes the executor"""
LOOKS_S = 0.1
"""how often somebody who waits looks whether to stop [s]"""
GRACE_S = 5.0
"""how long solves whose time is over are waited for [s]"""
TRIES = 3
"""how often a solve is begun whose process ends"""


class OutOfTime(Exception):
    """The time is over, and solves are still waiting for a process."""


@dataclass(frozen=True, eq=False)
class Task:
    """One solve."""

    program: Program
    options: solver.Options
    start: Vector | None = None
    """a solution to start from, NaN where unknown"""


@dataclass(frozen=True, eq=False)
class Solved:
    """What became of a task."""

    answer: Answer
    seconds: float
    """of the processor"""
    process: int
    """number of the process"""


def carried_out(task: Task) -> Solved:
    """Solve in whichever process this is."""
    began = time.process_time()
    answer = solver.solve(task.program, task.options, start=task.start)
    return Solved(answer, time.process_time() - began, os.getpid())


@dataclass(eq=False)
class Solves:
    """Carries out solves, and counts the processor time of those in other processes."""

    executor: Executor
    stop: threading.Event
    """set by Ctrl-C"""
    until: float
    """as `time.perf_counter` counts [s]"""
    elsewhere: float = 0.0
    """processor time of the solves in other processes [s]"""

    def all(self, tasks: Sequence[Task]) -> list[Answer]:
        """The answers in the order of the tasks.

        Raises KeyboardInterrupt where somebody stops them, OutOfTime where they are not done in time, MissingResource
        where processes end again and again.
        """
        found: dict[int, Answer] = {}
        for _ in range(TRIES):
            missing = [i for i in range(len(tasks)) if i not in found]
            if not missing:
                break
            self._some(tasks, missing, found)
        if len(found) < len(tasks):
            raise MissingResource("a process that solves a future ended again and again", "Use fewer with --workers 1.")
        return [found[i] for i in range(len(tasks))]

    def _some(self, tasks: Sequence[Task], numbers: Sequence[int], found: dict[int, Answer]) -> None:
        running: dict[Future[Solved], int] = {}
        for i in numbers:
            if self.stop.is_set():
                raise KeyboardInterrupt
            try:
                running[self.executor.submit(carried_out, self._timed(tasks[i]))] = i
            except BrokenExecutor:
                break
        left = set(running)
        while left:
            done, left = wait(left, LOOKS_S)
            for each in done:
                try:
                    solved = each.result()
                except BrokenExecutor:
                    continue
                found[running[each]] = solved.answer
                if solved.process != os.getpid():
                    self.elsewhere += solved.seconds
                if solved.answer.stop is solver.Stop.INTERRUPTED:
                    self.stop.set()
            if self.stop.is_set() and left:
                raise KeyboardInterrupt
            if left and time.perf_counter() > self.until + GRACE_S:
                raise OutOfTime

    def _timed(self, task: Task) -> Task:
        """The task with the time that is left; one that begins later has less."""
        if self.until == float("inf"):
            return task
        left = max(0.0, self.until - time.perf_counter())
        limit = task.options.time_limit_s
        return replace(task, options=replace(task.options, time_limit_s=left if limit is None else min(limit, left)))
