"""Our own search as one way to an outcome."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.memory import release_memory
from planner.solver.branch_and_bound import End, search
from planner.solver.branch_and_bound.standing import Standing
from planner.solver.exact import completed
from planner.solver.highs import Options, Outcome, finite, interrupted
from planner.solver.program import Mask, Program
from planner.solver.running import Board

FIRST_GAP = 0.02
"""how near a first solution must be to the best with some columns at 0"""


def searched(
    program: Program, options: Options, start: Vector | None, aside: Mask | None, board: Board
) -> Outcome | None:
    """What our own search comes to, its solutions on the board; None where HiGHS is to take over.

    `aside` are columns that are at 0 while a first solution is looked for. HiGHS takes over where the search is given
    up, and where it finds that there is no solution: HiGHS says so with more right.
    """
    import highspy

    until = float("inf") if options.time_limit_s is None else time.perf_counter() + options.time_limit_s
    standing = Standing(options.gap, options.target)
    known = None if start is None else completed(program, start, options)
    if known is not None:
        standing.improve(program.objective(known), known)

    def halted() -> bool:
        return board.halted or time.perf_counter() >= until

    def told(bound: float, parts: int) -> None:
        if standing.x is not None:
            board.found(standing.value, standing.x)
        if board.x is not None:
            standing.improve(board.value, board.x)
        board.told(bound, parts)

    told(float("-inf"), 0)
    if known is None and aside is not None:
        fewer, first = replace(program, upper=np.where(aside, 0.0, program.upper)), Standing(FIRST_GAP, options.target)
        search(fewer, options, first, halted, lambda _bound, _parts: None, iterations=0)
        release_memory()
        if first.x is not None:
            standing.improve(first.value, first.x)
            told(float("-inf"), 0)
    found = search(program, options, standing, halted, told)
    told(found.bound, found.parts)
    missed = options.target is not None and options.target < found.bound < float("inf")
    if found.end is End.GIVEN_UP or (found.end is End.CLOSED and standing.x is None and not missed):
        return None
    ended = interrupted("Interrupted by user", standing.x, finite(board.bound), found.parts, found.iterations)
    if found.end is End.CLOSED and options.target is None:
        return replace(ended, status=highspy.HighsModelStatus.kOptimal, words="Optimal")
    if found.end is End.HALTED and not board.halted:
        return replace(ended, status=highspy.HighsModelStatus.kTimeLimit, words="Time limit reached")
    return ended
