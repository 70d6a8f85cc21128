"""Separation: rounds of cutting planes that tighten the first relaxation before the search branches on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.solver.branch_and_bound.cutting_planes import Separator
from planner.solver.branch_and_bound.nodes import Interrupted
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationResult, RelaxationStatus
from planner.solver.program import Program

ROUNDS = 12
"""of separation, at most"""
LAST = 3
"""rounds that must have gained something lately"""
SLOW = 0.02
"""share of all that was gained, below which the last rounds gain too little to go on"""
PROMISING = 0.1
"""share of the way from the relaxation to the cut-off that the first two rounds must go"""
WORTH = 0.2
"""share of that way that cuts must go to be kept"""


def separate(relaxation: Relaxation, program: Program, root: RelaxationResult, cutoff: float) -> RelaxationResult:
    """The first relaxation with cuts, which stay in it; as it was, without cuts, where they gain too little.

    `cutoff` is the value at which the search would be over.
    """
    assert root.basis is not None
    separator, values = Separator(program), [root.value]
    best = relaxation.solve(relaxation.lower, relaxation.upper, root.basis, np.inf)
    while best.x is not None and _goes_on(values, cutoff):
        found = separator.cuts(best.x, relaxation.tableau_rows(best.x), relaxation.cuts)
        if not found:
            break
        relaxation.add_cuts(found)
        best = relaxation.resolve()
        if best.basis is not None and relaxation.drop_slack_cuts(best.basis):
            best = relaxation.resolve()
        if best.status is RelaxationStatus.OPTIMAL:
            values.append(best.value)
    if best.status is RelaxationStatus.INTERRUPTED:
        raise Interrupted
    if best.status is RelaxationStatus.OPTIMAL and _gone(values, cutoff) >= WORTH:
        return best
    relaxation.drop_cuts()
    return root


def _goes_on(values: Sequence[float], cutoff: float) -> bool:
    """Whether another round is expected to gain something; `values` are the relaxation's before and after each."""
    rounds, gained = len(values) - 1, values[-1] - values[0]
    if rounds >= ROUNDS or values[-1] >= cutoff:
        return False
    if rounds == 2 and _gone(values, cutoff) < PROMISING:
        return False
    return rounds < LAST or values[-1] - values[-1 - LAST] >= SLOW * gained


def _gone(values: Sequence[float], cutoff: float) -> float:
    """How far the rounds have raised the bound towards the cut-off, as a share; 1 where there is no cut-off yet."""
    if not values[0] < cutoff < np.inf:
        return 1.0
    return (values[-1] - values[0]) / (cutoff - values[0])
