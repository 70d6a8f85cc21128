"""One solve: the warm start, the chosen search, the check of its solution, the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

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
from planner.solver.exact_integers import refined, solution_from, with_exact_integers
from planner.solver.experience import Experience
from planner.solver.highs import Options, SearchResult
from planner.solver.highs_search import highs_search
from planner.solver.interrupts import heeding_signals
from planner.solver.own_search import own_search
from planner.solver.program import Mask, Program
from planner.solver.racing import race
from planner.solver.scaled import Scaled
from planner.solver.search_state import SearchState
from planner.solver.supervision import supervise
from planner.solver.unbounded import endless_direction, may_be_unbounded
from planner.solver.warm_starts import completed

FINER = 1e-9
"""tolerance of a second search, where the solution of the first costs more than it seemed once it is within ours"""
NO_SOLUTION = (Stop.INFEASIBLE, Stop.UNBOUNDED, Stop.ERROR)
"""reasons to stop with which nothing that HiGHS holds is of use"""


def solve(
    program: Program,
    options: Options,
    *,
    start: Vector | None = None,
    restriction: Mask | None = None,
    experience: Experience | None = None,
    on_progress: Callable[[Snapshot], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """The best solution of a program, and what is proven of it.

    `start` (shape (n,), NaN where unknown) is a solution to start from; it is the answer where no other is found in
    time. Without a start, our search first looks for a solution with the variables of `restriction` (shape (n,)) fixed
    at 0; HiGHS's search alone does not. `experience` of a similar program, by the numbers of this one, guides our
    search. `on_progress` is called in the calling thread, some ten times a second and once
    at the end. Setting `stop` stops the solve, from another thread or before it begins; so do Ctrl-C and SIGTERM. The
    best solution so far is then the answer. A second Ctrl-C gives up.

    Raises RuntimeError where HiGHS refuses the program, KeyboardInterrupt on a second Ctrl-C, and what `on_progress`
    raises.
    """
    if start is not None and start.shape != program.cost.shape:
        raise ValueError(f"the start has shape {start.shape}, the program {program.cost.shape}")
    began = time.perf_counter()
    stop = threading.Event() if stop is None else stop
    scaled = Scaled.of(program)
    inner, options = scaled.program, _scaled_options(options, scaled)
    told = None if on_progress is None else lambda snapshot: on_progress(_in_units_of_the_case(snapshot, scaled))
    with heeding_signals(stop):
        if start is not None:
            start = completed(inner, scaled.inside(start), options, stop)
        found = _search(inner, _with_time_left(options, began), start, restriction, told, stop, experience)
        solved = _checked(inner, options, found, start, stop, began)
        if solved.stop is Stop.INEXACT and solved.x is not None and not stop.is_set():
            finer = replace(_with_time_left(options, began), tolerance=FINER, search=SearchMethod.HIGHS)
            found = _search(inner, finer, solved.x, None, told, stop)
            solved = _checked(inner, finer, found, solved.x, stop, began)
    return _answer(program, scaled, options, solved, found, time.perf_counter() - began)


def _scaled_options(options: Options, scaled: Scaled) -> Options:
    """The options with the target in the unit in which the program is solved."""
    return options if options.target is None else replace(options, target=options.target * scaled.cost)


def _in_units_of_the_case(snapshot: Snapshot, scaled: Scaled) -> Snapshot:
    incumbent, bound = (
        None if value is None else value / scaled.cost for value in (snapshot.incumbent, snapshot.bound)
    )
    return replace(snapshot, incumbent=incumbent, bound=bound)


@dataclass(frozen=True, eq=False)
class _Solved:
    """Why a search stopped, by our own checks, and its solution, in the units in which the program is solved."""

    stop: Stop
    feasibility: Feasibility = Feasibility.NONE
    x: Vector | None = None
    bound: float | None = None
    endless: tuple[int, ...] = ()
    """variables that move without end where the program is unbounded"""


def _checked(
    program: Program, options: Options, found: SearchResult, start: Vector | None, stop: threading.Event, began: float
) -> _Solved:
    """What a search found, with exact integers and within the tolerance, and whether that is proven."""
    why, x = why_stopped(found.status), found.x
    if why in (Stop.UNBOUNDED, Stop.INFEASIBLE) or (why is Stop.PROVEN and not _proven_bounded(program, found)):
        endless = endless_direction(program, options)
        if endless is not None or why is Stop.UNBOUNDED:
            why = _unbounded_or_infeasible(program, options, x, stop, began)
        if why is Stop.UNBOUNDED:
            if endless is not None:
                return _Solved(why, endless=tuple(endless.tolist()))
            why = Stop.UNKNOWN  # there are solutions, and no direction in which they are cheaper without end
    if why in NO_SOLUTION:
        return _Solved(why)
    with suppress(MemoryError):  # what the search has found is a solution even so
        if x is not None:
            x = with_exact_integers(program, x, options)
        elif start is not None:
            x = solution_from(program, start, options)
    if x is None:
        return _Solved(
            verified(why, Feasibility.NONE, None, found.bound, options.gap), Feasibility.NONE, None, found.bound
        )
    with suppress(MemoryError):
        x = refined(program, x, options)
    exact = program.fractionality(x) == 0.0 and program.relative_violation(x) <= TOLERANCE
    feasibility = Feasibility.FEASIBLE if exact else Feasibility.VIOLATED
    return _Solved(
        verified(why, feasibility, program.objective(x), found.bound, options.gap), feasibility, x, found.bound
    )


def _search(
    program: Program,
    options: Options,
    start: Vector | None,
    restriction: Mask | None,
    on_progress: Callable[[Snapshot], None] | None,
    stop: threading.Event,
    experience: Experience | None = None,
) -> SearchResult:
    shared = options.gap if options.search is SearchMethod.RACE else None
    state = SearchState(stop, options.target, shared, experience)
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


def _proven_bounded(program: Program, found: SearchResult) -> bool:
    """Whether the proof of a search leaves no doubt that there is a least cost.

    That of a linear program, and that of our search, have a bound that follows from duals. HiGHS's search may call a
    program solved that has no least cost.
    """
    return found.checked or not program.integer.any() or not may_be_unbounded(program)


def _unbounded_or_infeasible(
    program: Program, options: Options, x: Vector | None, stop: threading.Event, began: float
) -> Stop:
    """Which of the two a program is that can save without end if it has a solution."""
    if x is not None and program.fulfilled(x, TOLERANCE):
        return Stop.UNBOUNDED
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
    program: Program, scaled: Scaled, options: Options, solved: _Solved, found: SearchResult, seconds: float
) -> Answer:
    x = None if solved.x is None else scaled.outside(solved.x)
    objective = None if x is None else program.objective(x)
    bound = None if solved.bound is None else solved.bound / scaled.cost
    why = solved.stop
    if why not in NO_SOLUTION:
        target = None if options.target is None else options.target / scaled.cost
        why = with_target(why, objective if solved.feasibility is Feasibility.FEASIBLE else None, bound, target)
    return Answer(
        stop=why,
        feasibility=solved.feasibility,
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
        saved=found.saved / scaled.cost,
        endless=solved.endless,
        experience=found.experience,
    )
