"""Late rows: those of a large relaxation that seldom matter are left out until a solution breaks them.

Half of the rows of a large portfolio have two entries, such as use ≤ share · scale, and 3 in a hundred of them bind.
Without the others the simplex method is done sooner. And what the relaxation costs with some of its rows, it costs at
least with all of them: a bound, long before it is solved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs, HighsBasis

LARGE = 100_000
"""entries from which on a program is large"""
ENTRIES = 2
"""of a row that comes late"""
BROKEN = 1e-7
"""by how much a solution must break a row for that to be added: as much as HiGHS lets it"""
LITTLE = 1e-3
"""relative gain of the relaxation's value for which rows are not added some at a time, but all that are left"""


class LateRows:
    """The rows of a program that are left out of its relaxation, and those that are in it by now."""

    def __init__(self, program: Program) -> None:
        """At first those of two entries and one bound are left out."""
        self._program = program
        rows = len(program.row_lower)
        one_sided = np.isinf(program.row_lower) | np.isinf(program.row_upper)
        self._late = (np.bincount(program.index, minlength=rows) == ENTRIES) & one_sided
        self._order = np.flatnonzero(~self._late)
        """rows that are in, as HiGHS has them"""
        of_late = np.flatnonzero(self._late[program.index])
        of_late = of_late[np.argsort(program.index[of_late], kind="stable")]
        column = np.repeat(np.arange(len(program.cost), dtype=np.int32), np.diff(program.start))
        self._column = column[of_late].reshape(-1, ENTRIES)
        self._value = program.value[of_late].reshape(-1, ENTRIES)
        self._place = np.cumsum(self._late) - 1
        """of a row that comes late, in these"""

    @property
    def core(self) -> Program:
        """The program without them."""
        program, early = self._program, ~self._late
        kept = early[program.index]
        entries = np.append(0, np.cumsum(kept))
        return replace(
            program,
            row_lower=program.row_lower[early],
            row_upper=program.row_upper[early],
            start=entries[program.start].astype(np.int32),
            index=(np.cumsum(early) - 1)[program.index[kept]].astype(np.int32),
            value=program.value[kept],
        )

    def broken(self, x: Vector) -> Index:
        """Those that are left out and that a solution breaks."""
        program, activity = self._program, self._program.activity(x)
        beyond = (activity < program.row_lower - BROKEN) | (activity > program.row_upper + BROKEN)
        return np.flatnonzero(self._late & beyond)

    def add(self, highs: Highs, rows: Index) -> None:
        """Let HiGHS, which holds the others that are in, have some more."""
        place = self._place[rows]
        highs.addRows(
            len(rows),
            self._program.row_lower[rows],
            self._program.row_upper[rows],
            ENTRIES * len(rows),
            np.arange(0, ENTRIES * len(rows), ENTRIES, dtype=np.int32),
            self._column[place].ravel(),
            self._value[place].ravel(),
        )
        self._order = np.append(self._order, rows)
        self._late[rows] = False

    def whole(self, basis: HighsBasis) -> HighsBasis:
        """A basis of the relaxation with the rows that are in as one with all of them."""
        import highspy

        status = [highspy.HighsBasisStatus.kBasic] * len(self._program.row_lower)
        for row, known in zip(self._order.tolist(), basis.row_status, strict=True):
            status[row] = known
        made = highspy.HighsBasis()
        made.col_status, made.row_status, made.valid = basis.col_status, status, True
        return made
