"""Our own search as one way to a result."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.memory import release_memory
from planner.solver.branch_and_bound import SearchEnd, branch_and_bound
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.suitability import suits
from planner.solver.exact_integers import solution_from
from planner.solver.highs import Options, SearchResult, finite, interrupted_result
from planner.solver.highs_search import highs_search
from planner.solver.program import Mask, Program
from planner.solver.search_state import SearchState

FIRST_GAP = 0.02
"""gap of the restricted search for a first solution"""


def own_search(
    program: Program, options: Options, start: Vector | None, restriction: Mask | None, state: SearchState
) -> SearchResult | None:
    """The result of our search, which notes its solutions in the state; None where HiGHS is to take over.

    Without a start, a first solution is looked for with the variables of `restriction` fixed at 0. HiGHS takes over
    where the search is given up, and where the search finds that there is no solution: HiGHS has better means to prove
    that. A program that does not suit our search goes to HiGHS's at once, with RENS and restarts.
    """
    import highspy

    until = float("inf") if options.time_limit_s is None else time.perf_counter() + options.time_limit_s
    incumbent = Incumbent(options.gap, options.target)
    known = None if start is None else solution_from(program, start, options)
    if known is not None:
        incumbent.improve(program.objective(known), known)

    def interrupted() -> bool:
        return state.must_stop or time.perf_counter() >= until

    def on_progress(bound: float, nodes: int) -> None:
        if incumbent.x is not None:
            state.found(incumbent.value, incumbent.x)
        if state.x is not None:
            incumbent.improve(state.value, state.x)
        state.proved(bound, nodes)

    on_progress(float("-inf"), 0)
    if known is None and restriction is not None:
        restricted = replace(program, upper=np.where(restriction, 0.0, program.upper))
        first = Incumbent(FIRST_GAP, options.target)
        branch_and_bound(restricted, options, first, interrupted, lambda _bound, _nodes: None, iterations=0)
        release_memory()
        if first.x is not None:
            incumbent.improve(first.value, first.x)
            on_progress(float("-inf"), 0)
    found = branch_and_bound(
        program, options, incumbent, interrupted, on_progress, if_suited=True, experience=state.experience
    )
    if found.end is not SearchEnd.UNSUITED:
        on_progress(found.bound, found.nodes)
    if found.end is SearchEnd.UNSUITED or (found.end is SearchEnd.GIVEN_UP and not suits(program)):
        left = None if options.time_limit_s is None else max(0.0, until - time.perf_counter())
        other = replace(options, time_limit_s=left, mostly_integers=True)
        return highs_search(program, other, start if state.x is None else state.x, state)
    missed = options.target is not None and options.target < found.bound < float("inf")
    if found.end is SearchEnd.GIVEN_UP or (found.end is SearchEnd.GAP_CLOSED and incumbent.x is None and not missed):
        return None
    result = interrupted_result("Interrupted by user", incumbent.x, finite(state.bound), found.nodes, found.iterations)
    result = replace(result, experience=found.experience)
    if found.end is SearchEnd.GAP_CLOSED and options.target is None:
        optimal = highspy.HighsModelStatus.kOptimal
        return replace(result, status=optimal, message="Optimal", checked=True, saved=found.saved)
    if found.end is SearchEnd.INTERRUPTED and not state.must_stop:
        return replace(result, status=highspy.HighsModelStatus.kTimeLimit, message="Time limit reached")
    return result
