"""Our search and HiGHS's side by side, each in a thread of its own, until the first is done.

They share what they find and prove: the incumbent of one narrows the search of the other, and the bound of one may
prove the incumbent of the other. Which one is done first depends on the machine, and so does the solution among those
within the gap.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from planner.basics.arrays import Vector
from planner.solver.answer import Stop, why_stopped
from planner.solver.highs import Options, SearchResult, finite, interrupted_result
from planner.solver.highs_search import highs_search
from planner.solver.own_search import own_search
from planner.solver.program import Mask, Program
from planner.solver.search_state import SearchState
from planner.solver.supervision import GRACE_S


def race(
    program: Program, options: Options, start: Vector | None, restriction: Mask | None, state: SearchState
) -> SearchResult:
    """The result of the two searches, which share the state."""
    import highspy

    results: list[SearchResult] = []
    failures: list[BaseException] = []

    def run(search: Callable[[], SearchResult | None]) -> None:
        try:
            found = search()
            if found is not None:
                results.append(found)
                state.over = True
        except BaseException as error:  # raised again in the thread that waits for both
            failures.append(error)
            state.over = True

    other = threading.Thread(
        target=run, args=(lambda: highs_search(program, options, start, state),), name="HiGHS", daemon=True
    )
    other.start()
    run(lambda: own_search(program, options, start, restriction, state))
    other.join(GRACE_S if state.must_stop else None)
    if failures:
        raise failures[0]
    proofs = [found for found in results if why_stopped(found.status) not in (Stop.INTERRUPTED, Stop.UNKNOWN)]
    found = [*proofs, *results, interrupted_result("Interrupted by user", None, None, state.nodes)][0]
    if why_stopped(found.status) is Stop.INFEASIBLE and state.x is None:
        return found
    if state.gap_closed:
        found = replace(found, status=highspy.HighsModelStatus.kOptimal, message="Optimal")
    return replace(found, x=state.x, bound=finite(state.bound))
