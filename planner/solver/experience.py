"""What a search has learnt of a program, for the search of a similar one.

    branchings     the tree that closed the gap
    pseudo-costs   of the integers
    basis          of the first relaxation
    cuts           whether cutting planes gained enough to be kept
    solutions      the integers of the best solutions

All of it is guidance. It says where to look first, and proves nothing: bounds, solutions and cuts are those of the
program that is searched. So it may come from any program. Variables and rows are told by their numbers in the whole
program, before presolve; `renumbered` goes from one program to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector

NOWHERE = -1
"""in place of a number: there is none"""
MOST_SOLUTIONS = 4
"""the last that were found, which are the best"""
Statuses = npt.NDArray[np.int8]
"""Of variables or rows in a basis, as HiGHS counts them."""
UNKNOWN = -1
"""in place of the status of what presolve has removed"""


@dataclass(frozen=True, eq=False)
class Experience:
    """What a search has learnt."""

    variable: Index
    """of each branching; shape (branchings,)"""
    floor: Vector
    below: Index
    """shape (branchings, 2)"""
    integers: Index
    """integers with pseudo-costs; shape (k,)"""
    gain: Vector
    """mean gain of rounding down and up [cost per unit]; shape (2, k)"""
    times: Index
    """how often they were rounded; shape (2, k)"""
    variables: Statuses
    """status in the basis, UNKNOWN where there is none; shape (n,)"""
    rows: Statuses
    """shape (m,)"""
    cuts: bool
    chosen: Index
    """variables that are whole numbers in the solutions; shape (i,)"""
    solutions: Vector
    """their values, the best solution first; shape (solutions, i)"""

    def renumbered(self, variables: Sequence[int], rows: Sequence[int], n: int, m: int) -> Experience:
        """The same of a program of n variables and m rows.

        `variables` and `rows` say which each variable and row of this program is in the other, NOWHERE for none.
        """
        of_variable, of_row = np.asarray(variables, dtype=np.int64), np.asarray(rows, dtype=np.int64)
        found = of_variable[self.variable] if len(self.variable) else self.variable
        kept, chosen = of_variable[self.integers] != NOWHERE, of_variable[self.chosen] != NOWHERE
        return Experience(
            found,
            self.floor,
            self.below,
            of_variable[self.integers][kept],
            self.gain[:, kept],
            self.times[:, kept],
            _moved(self.variables, of_variable, n),
            _moved(self.rows, of_row, m),
            self.cuts,
            of_variable[self.chosen][chosen],
            self.solutions[:, chosen],
        )


def _moved(statuses: Statuses, to: Index, size: int) -> Statuses:
    moved = np.full(size, UNKNOWN, dtype=np.int8)
    there = to != NOWHERE
    moved[to[there]] = statuses[there]
    return moved
