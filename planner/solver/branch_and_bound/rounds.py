"""Rounds of cuts: the first relaxation made tighter before a search divides it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.solver.branch_and_bound.cuts import Separator
from planner.solver.branch_and_bound.relaxation import Relaxation, Relaxed, State
from planner.solver.branch_and_bound.tree import Halted
from planner.solver.program import Program

ROUNDS = 12
"""at most"""
LAST = 3
"""rounds that must have gained something lately"""
SLOW = 0.02
"""share of all that was gained, below which the last rounds have gained too little to go on"""
PROMISING = 0.1
"""share of the way from the relaxation to where nothing is left to be searched that two rounds must go"""
WORTH = 0.2
"""share of that way that cuts must go to be kept"""


def tightened(relaxation: Relaxation, program: Program, root: Relaxed, cutoff: float) -> Relaxed:
    """The first relaxation with cuts, which stay in it; or as it was, without any, where they are not worth while.

    `cutoff` is the value from which on there is nothing left to be searched.
    """
    assert root.basis is not None
    separator, values = Separator(program), [root.value]
    best = relaxation.solve(relaxation.lower, relaxation.upper, root.basis, np.inf)
    while best.x is not None and _goes_on(values, cutoff):
        found = separator.cuts(best.x, relaxation.combinations(best.x), relaxation.cuts)
        if not found:
            break
        relaxation.add(found)
        best = relaxation.go_on()
        if best.basis is not None and relaxation.drop_loose_cuts(best.basis):
            best = relaxation.go_on()
        if best.state is State.SOLVED:
            values.append(best.value)
    if best.state is State.HALTED:
        raise Halted
    if best.state is State.SOLVED and _gone(values, cutoff) >= WORTH:
        return best
    relaxation.drop_cuts()
    return root


def _goes_on(values: Sequence[float], cutoff: float) -> bool:
    """Whether another round is to be expected to gain something; `values` are those after each so far."""
    rounds, gained = len(values) - 1, values[-1] - values[0]
    if rounds >= ROUNDS or values[-1] >= cutoff:
        return False
    if rounds == 2 and _gone(values, cutoff) < PROMISING:
        return False
    return rounds < LAST or values[-1] - values[-1 - LAST] >= SLOW * gained


def _gone(values: Sequence[float], cutoff: float) -> float:
    """Share of the way to where nothing is left to be searched; all of it where no solution says where that is."""
    if not values[0] < cutoff < np.inf:
        return 1.0
    return (values[-1] - values[0]) / (cutoff - values[0])
