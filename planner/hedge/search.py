"""The search for the best plan for all futures: plans for single futures, first plans from them, then the tree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.deadline import Deadline
from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.futures.cases import case_of
from planner.futures.tree import Tree, expected_in
from planner.hedge.alone import Alone, impossible, signing_less, solve_alone
from planner.hedge.risk_program import at_full_weight, start_with_risk, with_most, with_risk
from planner.hedge.tree_program import FutureProgram, TreeProgram, future_program
from planner.solve.study_options import StudyOptions
from planner.solver import Answer, Snapshot
from planner.solver.program import Program

NOTHING_YET = "before any plan for all futures was found"


@dataclass(frozen=True)
class Watch:
    """Who is told how far the work is, and how long it may take."""

    options: solver.Options
    until: float
    """as `time.perf_counter` counts [s]"""
    on_phase: Callable[[str], None]
    on_progress: Callable[[Snapshot], None] | None

    @staticmethod
    def of(
        options: solver.Options, on_phase: Callable[[str], None], on_progress: Callable[[Snapshot], None] | None
    ) -> Watch:
        """A watch that begins now, with the time limit of the options for all that it is given to."""
        limit = float("inf") if options.time_limit_s is None else options.time_limit_s
        return Watch(options, time.perf_counter() + limit, on_phase, on_progress)

    def anew(self) -> Watch:
        """The same watch from now on."""
        return Watch.of(self.options, self.on_phase, self.on_progress)

    def part(self, share: float) -> Watch:
        """The same watch for a share of the time that is left."""
        now = time.perf_counter()
        return replace(self, until=now + share * max(0.0, self.until - now))

    @contextmanager
    def working(self) -> Iterator[None]:
        """A block for work besides a search. Raises Stopped where it is not done in time."""
        with Deadline(self.until).enforced(NOTHING_YET):
            yield

    @property
    def left(self) -> solver.Options:
        """The options with the time that is left."""
        left = None if self.until == float("inf") else max(0.0, self.until - time.perf_counter())
        return replace(self.options, time_limit_s=left)


def wait_and_see(futures: Sequence[FutureProgram], watch: Watch) -> list[Alone]:
    """The best plan for each future by itself, up to one that was interrupted. Each starts from the one before.

    All of them together may take half of the time that is left.
    """
    found: list[Alone] = []
    before: Mapping[str, float] | None = None
    half = watch.part(0.5)
    for i, each in enumerate(futures):
        watch.on_phase(f"future {each.future.name} by itself")
        options = half.part(1.0 / (len(futures) - i)).left
        found.append(signing_less(each, solve_alone(each, options, before), options))
        if found[-1].interrupted:
            break
        before = found[-1].decisions if found[-1].found else before
    return found


@dataclass(frozen=True, eq=False)
class Expected:
    """The expected future, in which the case is as it says."""

    place: int
    """its position in the tree; −1 where it is none of its futures"""
    alone: Alone


def expected_future(
    case: Case, tree: Tree, futures: Sequence[FutureProgram], alone: Sequence[Alone], study: StudyOptions, watch: Watch
) -> Expected:
    """The expected future and the plan for it, which is solved unless it is one of the tree's futures."""
    known = case_of(case, tree, expected_in(tree))
    for i, each in enumerate(futures):
        if each.portfolio.case.files == known.files:
            return Expected(i, alone[i])
    watch.on_phase("the expected future by itself")
    try:
        made = future_program(case, expected_in(tree), known, futures[0].portfolio, study)
    except Infeasible as error:
        return Expected(-1, impossible(error))
    return Expected(-1, signing_less(made, solve_alone(made, watch.left, alone[0].decisions), watch.left))


def search(
    tree: TreeProgram,
    risk: RiskSettings,
    watch: Watch,
    start: Vector | None,
    program: Program | None = None,
    target: float | None = None,
    most: float | None = None,
) -> Answer:
    """The best plan for all futures. `program` is that of the tree, or one with tighter bounds.

    Its objective is at most `most`, where that is given [USD bn].
    """
    chosen = with_risk(tree, tree.program if program is None else program, risk)
    chosen = chosen if most is None else with_most(chosen, most)
    x = None if start is None else start_with_risk(tree, start, risk)
    answer = solver.solve(chosen, replace(watch.left, target=target), start=x, on_progress=watch.on_progress)
    return at_full_weight(tree, answer, risk)
