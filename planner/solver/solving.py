"""One solve: the warm start, the chosen search, the check of its solution, the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from planner.basics.arrays import Vector
from planner.basics.search_method import SearchMethod
from planner.solver.answer import (
    TOLERANCE,
    Answer,
    Feasibility,
    Snapshot,
    Stop,
    relative_gap,
    verified,
    why_stopped,
    with_target,
)
from planner.solver.exact_integers import solution_from, with_exact_integers
from planner.solver.highs import Options, SearchResult
from planner.solver.highs_search import highs_search
from planner.solver.interrupts import heeding_signals
from planner.solver.own_search import own_search
from planner.solver.program import Mask, Program
from planner.solver.racing import race
from planner.solver.search_state import SearchState
from planner.solver.supervision import supervise
from planner.solver.warm_starts import completed

NO_SOLUTION = (Stop.INFEASIBLE, Stop.UNBOUNDED, Stop.ERROR)
"""reasons to stop with which nothing that HiGHS holds is of use"""


def solve(
    program: Program,
    options: Options,
    *,
    start: Vector | None = None,
    restriction: Mask | None = None,
    on_progress: Callable[[Snapshot], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """The best solution of a program, and what is proven of it.

    `start` (shape (n,), NaN where unknown) is a solution to start from; it is the answer where no other is found in
    time. Without a start, our search first looks for a solution with the variables of `restriction` (shape (n,)) fixed
    at 0; HiGHS's search alone does not. `on_progress` is called in the calling thread, some ten times a second and once
    at the end. Setting `stop` stops the solve, from another thread or before it begins; so do Ctrl-C and SIGTERM. The
    best solution so far is then the answer. A second Ctrl-C gives up.

    Raises RuntimeError where HiGHS refuses the program, KeyboardInterrupt on a second Ctrl-C, and what `on_progress`
    raises.
    """
    if start is not None and start.shape != program.cost.shape:
        raise ValueError(f"the start has shape {start.shape}, the program {program.cost.shape}")
    began = time.perf_counter()
    stop = threading.Event() if stop is None else stop
    with heeding_signals(stop):
        if start is not None:
            start = completed(program, start, options, stop)
        found = _search(program, _with_time_left(options, began), start, restriction, on_progress, stop)
        why = why_stopped(found.status)
        if why is Stop.UNBOUNDED:
            why = _unbounded_or_infeasible(program, options, stop, began)
        x = None if why in NO_SOLUTION else found.x
        with suppress(MemoryError):  # what the search has found is a solution even so
            if x is not None:
                x = with_exact_integers(program, x, options)
            elif start is not None and why not in NO_SOLUTION:
                x = solution_from(program, start, options)
    return _answer(program, options, why, found, x, time.perf_counter() - began)


def _search(
    program: Program,
    options: Options,
    start: Vector | None,
    restriction: Mask | None,
    on_progress: Callable[[Snapshot], None] | None,
    stop: threading.Event,
) -> SearchResult:
    state = SearchState(stop, options.target, options.gap if options.search is SearchMethod.RACE else None)
    return supervise(lambda: _search_here(program, options, start, restriction, state), state, on_progress)


def _search_here(
    program: Program, options: Options, start: Vector | None, restriction: Mask | None, state: SearchState
) -> SearchResult:
    """The search that the options choose. HiGHS's follows where ours gives up or there are no integers to search."""
    began = time.perf_counter()
    chosen = options.search if program.searched.any() else SearchMethod.HIGHS
    if chosen is SearchMethod.RACE:
        return race(program, options, start, restriction, state)
    if chosen is SearchMethod.OWN:
        found = own_search(program, options, start, restriction, state)
        if found is not None:
            return found
    best = start if state.x is None else state.x
    return highs_search(program, _with_time_left(options, began), best, state)


def _unbounded_or_infeasible(program: Program, options: Options, stop: threading.Event, began: float) -> Stop:
    """Which of the two it is, where HiGHS cannot tell."""
    if not program.cost.any():
        return Stop.INFEASIBLE  # without costs nothing is unbounded
    found = _search(program.without_cost(), _with_time_left(options, began), None, None, None, stop)
    if found.x is not None:
        return Stop.UNBOUNDED
    why = why_stopped(found.status)
    return Stop.INFEASIBLE if why is Stop.UNBOUNDED else why


def _with_time_left(options: Options, began: float) -> Options:
    """The options with the time that is left of the limit."""
    if options.time_limit_s is None:
        return options
    return replace(options, time_limit_s=max(0.0, options.time_limit_s - (time.perf_counter() - began)))


def _answer(
    program: Program, options: Options, why: Stop, found: SearchResult, x: Vector | None, seconds: float
) -> Answer:
    feasibility, objective, bound = Feasibility.NONE, None, None
    if x is not None:
        whole = program.fractionality(x) == 0.0
        feasibility = Feasibility.FEASIBLE if whole and program.violation(x) <= TOLERANCE else Feasibility.VIOLATED
        objective = program.objective(x)
    if why not in NO_SOLUTION:
        bound = found.bound
    why = verified(why, feasibility, objective, bound, options.gap)
    if why not in NO_SOLUTION:
        why = with_target(why, objective if feasibility is Feasibility.FEASIBLE else None, bound, options.target)
    return Answer(
        stop=why,
        feasibility=feasibility,
        x=x,
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        seconds=seconds,
        nodes=found.nodes,
        simplex_iterations=found.simplex_iterations,
        integrality=0.0 if x is None else program.fractionality(x),
        primal_violation=0.0 if x is None else program.violation(x),
        highs_status=found.message,
        highs_version=found.version,
    )
