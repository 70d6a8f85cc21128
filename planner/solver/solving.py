"""One solve from first to last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from planner.basics.arrays import Vector
from planner.basics.search_method import SearchMethod
from planner.solver.answer import TOLERANCE, Answer, Snapshot, Solution, Stop, aimed, judged, relative_gap, why_stopped
from planner.solver.exact import completed, exact
from planner.solver.highs import Options, Outcome, load, propose
from planner.solver.interrupts import heeding_signals
from planner.solver.program import Mask, Program
from planner.solver.racing import raced
from planner.solver.running import Board, at_work, supervised
from planner.solver.searching import searched
from planner.solver.starts import filled

NO_SOLUTION = (Stop.INFEASIBLE, Stop.UNBOUNDED, Stop.ERROR)
"""reasons to stop with which nothing that HiGHS holds is of use"""


def solve(
    program: Program,
    options: Options,
    *,
    start: Vector | None = None,
    aside: Mask | None = None,
    on_progress: Callable[[Snapshot], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """The best x of a program, and what is known of it.

    `start` (shape (n,), NaN where unknown) is a solution to start from, and the answer where no other is found in time.
    Without a start, our search looks for a first solution with the columns `aside` (shape (n,)) at 0, where they are
    given; HiGHS's search alone does not.
    `on_progress` is called in the calling thread, some ten times a second and once at the end. Setting `stop`, from
    another thread or before, stops the solve; so do Ctrl-C and SIGTERM, which set it too. The best solution so far is
    then the answer. A second Ctrl-C gives up.

    Raises RuntimeError where HiGHS refuses the program, KeyboardInterrupt on a second Ctrl-C, and what `on_progress`
    raises.
    """
    if start is not None and start.shape != program.cost.shape:
        raise ValueError(f"the start has shape {start.shape}, the program {program.cost.shape}")
    began = time.perf_counter()
    stop = threading.Event() if stop is None else stop
    with heeding_signals(stop):
        if start is not None:
            start = filled(program, start, options, stop)
        found = _run(program, _with_time_left(options, began), start, aside, on_progress, stop)
        why = why_stopped(found.status)
        if why is Stop.UNBOUNDED:
            why = _unbounded_or_not(program, options, stop, began)
        x = found.x
        if why in NO_SOLUTION:
            x = None
        elif x is not None:
            x = exact(program, x, options)
        elif start is not None:
            x = completed(program, start, options)
    return _answer(program, options, why, found, x, time.perf_counter() - began)


def _run(
    program: Program,
    options: Options,
    start: Vector | None,
    aside: Mask | None,
    on_progress: Callable[[Snapshot], None] | None,
    stop: threading.Event,
) -> Outcome:
    board = Board(stop, options.target, options.gap if options.search is SearchMethod.RACE else None)
    return supervised(lambda: _work(program, options, start, aside, board), board, on_progress)


def _work(program: Program, options: Options, start: Vector | None, aside: Mask | None, board: Board) -> Outcome:
    """The search that the options choose; HiGHS's too where ours gives up or there is nothing to search."""
    began = time.perf_counter()
    chosen = options.search if program.searched.any() else SearchMethod.HIGHS
    if chosen is SearchMethod.RACE:
        return raced(program, options, start, aside, board)
    if chosen is SearchMethod.OWN:
        found = searched(program, options, start, aside, board)
        if found is not None:
            return found
    highs = load(program, _with_time_left(options, began))
    if board.x is not None:
        propose(highs, board.x)
    elif start is not None:
        propose(highs, start)
    return at_work(highs, program, board)


def _unbounded_or_not(program: Program, options: Options, stop: threading.Event, began: float) -> Stop:
    """Whether a program whose cost has no lower bound in sight has a solution at all."""
    if not program.cost.any():
        return Stop.INFEASIBLE  # nothing can fall without end, so HiGHS means "or infeasible"
    found = _run(program.without_cost(), _with_time_left(options, began), None, None, None, stop)
    if found.x is not None:
        return Stop.UNBOUNDED
    why = why_stopped(found.status)
    return Stop.INFEASIBLE if why is Stop.UNBOUNDED else why


def _with_time_left(options: Options, began: float) -> Options:
    """The options with what is left of the longest time."""
    if options.time_limit_s is None:
        return options
    return replace(options, time_limit_s=max(0.0, options.time_limit_s - (time.perf_counter() - began)))


def _answer(program: Program, options: Options, why: Stop, found: Outcome, x: Vector | None, seconds: float) -> Answer:
    solution, objective, bound = Solution.NONE, None, None
    if x is not None:
        whole = program.fractionality(x) == 0.0
        solution = Solution.FEASIBLE if whole and program.violation(x) <= TOLERANCE else Solution.VIOLATED
        objective = program.objective(x)
    if why not in NO_SOLUTION:
        bound = found.bound
    why = judged(why, solution, objective, bound, options.gap)
    if why not in NO_SOLUTION:
        why = aimed(why, objective if solution is Solution.FEASIBLE else None, bound, options.target)
    return Answer(
        stop=why,
        solution=solution,
        x=x,
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        seconds=seconds,
        nodes=found.nodes,
        simplex_iterations=found.simplex_iterations,
        integrality=0.0 if x is None else program.fractionality(x),
        primal_violation=0.0 if x is None else program.violation(x),
        highs_status=found.words,
        highs_version=found.version,
    )
