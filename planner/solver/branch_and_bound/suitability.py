"""Whether our search suits a program, told from what it is before and after presolve.

A portfolio has few integers among many other variables: one to ten in a hundred. Where most variables are integers
(knapsacks, set cover, lot-sizing, unit commitment), a branching changes little of the relaxation, and much is gained by
cutting planes and restarts that HiGHS has and we have not.
"""

from __future__ import annotations

import numpy as np

from planner.solver.program import Program

MOST_SEARCHED = 0.2
"""share of the variables that may be integers to search"""
CALL = 8
"""simplex iterations in the time that a relaxation takes apart from its iterations"""
TRIAL = 400
"""work that the search may take on a small program that does not suit it, in simplex iterations"""


def suits(program: Program) -> bool:
    """Whether a program is one for our search: as it is written, and as presolve leaves it."""
    return int(np.count_nonzero(program.searched)) <= MOST_SEARCHED * len(program.cost)
