"""HiGHS's own search, or its simplex method, with what it finds noted in a state that others can read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.answer import Snapshot
from planner.solver.dual_bounds import DualBounds
from planner.solver.highs import (
    Options,
    SearchResult,
    finite,
    load,
    needs_no_presolve,
    read_result,
    row_duals,
    set_start,
)
from planner.solver.program import Program
from planner.solver.search_state import SearchState
from planner.solver.supervision import REFRESH_S, supervise

if TYPE_CHECKING:
    from highspy import Highs


def highs_search(program: Program, options: Options, start: Vector | None, state: SearchState) -> SearchResult:
    """Solve a program by HiGHS in this thread, from a start if there is one."""
    highs = load(program, options)
    if needs_no_presolve(program):
        highs.setOptionValue("presolve", "off")
    if start is not None:
        set_start(highs, start)
    return run_in_this_thread(highs, program, state)


def run_highs(
    highs: Highs,
    program: Program,
    stop: threading.Event,
    on_progress: Callable[[Snapshot], None] | None = None,
    target: float | None = None,
) -> SearchResult:
    """Run HiGHS, which holds the program, until it ends, `stop` is set, or it is known whether the target can be met.

    `on_progress` as in `supervise`.
    """
    state = SearchState(stop, target)
    return supervise(lambda: run_in_this_thread(highs, program, state), state, on_progress)


def run_in_this_thread(highs: Highs, program: Program, state: SearchState) -> SearchResult:
    """Run HiGHS and note what it finds; a better incumbent or bound of the state goes into the result."""
    from highspy import cb

    kinds = cb.HighsCallbackType
    improved, under_way = kinds.kCallbackMipImprovingSolution, int(kinds.kCallbackMipInterrupt)
    due = 0.0

    def called(kind: Any, _message: str, found: Any, wish: Any, _data: Any) -> None:
        """HiGHS's callback. It is called some thousand times a second, so most things are looked at only when due."""
        nonlocal due
        if int(kind) == int(improved):
            state.found(found.objective_function_value, np.array(found.mip_solution, dtype=np.float64))
            return
        if state.must_stop:
            wish.user_interrupt = True
        if int(kind) == under_way and time.perf_counter() >= due:
            state.proved(found.mip_dual_bound, found.mip_node_count)
            due = time.perf_counter() + REFRESH_S

    highs.setCallback(called, None)
    try:
        interrupts = (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt)
        for each in (*interrupts, improved):
            highs.startCallback(each)
        highs.run()
        result = read_result(highs, program)
    finally:
        highs.setCallback(None, None)
    if not program.integer.any():
        return _with_proven_bound(result, highs, program)
    if result.x is None:
        return result
    return _with_what_is_known(result, program, state)


def _with_proven_bound(result: SearchResult, highs: Highs, program: Program) -> SearchResult:
    """The result of a linear program with the bound that its duals prove."""
    if result.bound is None or not len(program.cost):
        return result
    proven = DualBounds(program).of(row_duals(highs), program.lower, program.upper)
    return replace(result, bound=finite(min(result.bound, proven)))


def _with_what_is_known(result: SearchResult, program: Program, state: SearchState) -> SearchResult:
    """A result with the state's incumbent or bound where those are better; the state is brought up to date."""
    assert result.x is not None
    value = program.objective(result.x)
    if state.x is None or value <= state.value:
        state.value, state.x = value, result.x
    state.proved(-np.inf if result.bound is None else result.bound, result.nodes)
    return replace(result, x=state.x, bound=finite(state.bound))
