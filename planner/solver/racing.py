"""Our search and HiGHS's side by side, each in a thread of its own: whichever is done first.

Which of them that is depends on the machine, and so does the solution among those within the gap. They share what is
found and what is proven: the best solution of one narrows the search of the other, and the bound of one may prove the
solution of the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from planner.basics.arrays import Vector
from planner.solver.answer import Stop, why_stopped
from planner.solver.highs import Options, Outcome, finite, interrupted, load, propose
from planner.solver.program import Mask, Program
from planner.solver.running import GRACE_S, Board, at_work
from planner.solver.searching import searched


def raced(program: Program, options: Options, start: Vector | None, aside: Mask | None, board: Board) -> Outcome:
    """What comes of the two; the board has a gap and is shared."""
    import highspy

    outcomes: list[Outcome] = []
    failures: list[BaseException] = []

    def run(way: Callable[[], Outcome | None]) -> None:
        try:
            found = way()
            if found is not None:
                outcomes.append(found)
                board.over = True
        except BaseException as error:  # handed to the thread that waits for both
            failures.append(error)
            board.over = True

    def by_highs() -> Outcome:
        highs = load(program, options)
        if start is not None:
            propose(highs, start)
        return at_work(highs, program, board)

    other = threading.Thread(target=run, args=(by_highs,), name="HiGHS", daemon=True)
    other.start()
    run(lambda: searched(program, options, start, aside, board))
    other.join(GRACE_S if board.halted else None)
    if failures:
        raise failures[0]
    proofs = [found for found in outcomes if why_stopped(found.status) not in (Stop.INTERRUPTED, Stop.UNKNOWN)]
    found = [*proofs, *outcomes, interrupted("Interrupted by user", None, None, board.nodes)][0]
    if why_stopped(found.status) is Stop.INFEASIBLE and board.x is None:
        return found
    if board.closed:
        found = replace(found, status=highspy.HighsModelStatus.kOptimal, words="Optimal")
    return replace(found, x=board.x, bound=finite(board.bound))
