"""Whether our search suits a program, told from what presolve leaves of it.

A portfolio has few integers among many other variables: one to ten in a hundred. Where most variables are integers
(knapsacks, set cover, lot-sizing, unit commitment), a branching changes little of the relaxation, and much is gained by
cutting planes and restarts that HiGHS has and we have not.
"""

from __future__ import annotations

import numpy as np

from planner.solver.highs import SMALL
from planner.solver.program import Program

MOST_SEARCHED = 0.2
"""share of the variables that may be integers to search"""


def suits(program: Program) -> bool:
    """Whether a program, as presolve leaves it, is one for our search. A small program is: it costs little to try."""
    searched = int(np.count_nonzero(program.searched))
    return len(program.value) <= SMALL or searched <= MOST_SEARCHED * len(program.cost)
