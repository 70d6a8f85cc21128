"""Lazy rows: rows of a large relaxation that are left out until a solution violates them.

Half of the rows of a large portfolio have two entries, such as use ≤ share · scale, and 3 in a hundred of them bind.
The simplex method is faster without the others. The optimum with some rows left out is a bound for the whole
relaxation, and it is known long before the whole relaxation is solved.
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
"""entries from which on a program has lazy rows"""
ENTRIES = 2
"""of a lazy row"""
VIOLATED = 1e-7
"""by how much a solution must violate a row for the row to be added: HiGHS's own tolerance"""
LITTLE = 1e-3
"""relative gain of the relaxation's value below which all rows that are left are added at once"""


class LazyRows:
    """The rows of a program, of which some are not yet in its relaxation."""

    def __init__(self, program: Program) -> None:
        """At first all rows of two entries and one bound are left out."""
        self._program = program
        rows = len(program.row_lower)
        one_sided = np.isinf(program.row_lower) | np.isinf(program.row_upper)
        self._lazy = (np.bincount(program.index, minlength=rows) == ENTRIES) & one_sided
        """which rows are still left out"""
        self._order = np.flatnonzero(~self._lazy)
        """rows of the program in the order in which HiGHS holds them"""
        of_lazy = np.flatnonzero(self._lazy[program.index])
        of_lazy = of_lazy[np.argsort(program.index[of_lazy], kind="stable")]
        variable = np.repeat(np.arange(len(program.cost), dtype=np.int32), np.diff(program.start))
        self._variable = variable[of_lazy].reshape(-1, ENTRIES)
        self._value = program.value[of_lazy].reshape(-1, ENTRIES)
        self._position = np.cumsum(self._lazy) - 1
        """of a lazy row in the two arrays above"""

    @property
    def order(self) -> Index:
        """Rows of the program in the order in which HiGHS holds them."""
        return self._order

    @property
    def core(self) -> Program:
        """The program without the rows that are left out."""
        program, kept_rows = self._program, ~self._lazy
        kept = kept_rows[program.index]
        entries = np.append(0, np.cumsum(kept))
        return replace(
            program,
            row_lower=program.row_lower[kept_rows],
            row_upper=program.row_upper[kept_rows],
            start=entries[program.start].astype(np.int32),
            index=(np.cumsum(kept_rows) - 1)[program.index[kept]].astype(np.int32),
            value=program.value[kept],
        )

    def violated(self, x: Vector) -> Index:
        """The rows that are left out and that a solution violates."""
        program, activity = self._program, self._program.activity(x)
        beyond = (activity < program.row_lower - VIOLATED) | (activity > program.row_upper + VIOLATED)
        return np.flatnonzero(self._lazy & beyond)

    def add(self, highs: Highs, rows: Index) -> None:
        """Add rows to HiGHS, which holds those that are not left out."""
        position = self._position[rows]
        highs.addRows(
            len(rows),
            self._program.row_lower[rows],
            self._program.row_upper[rows],
            ENTRIES * len(rows),
            np.arange(0, ENTRIES * len(rows), ENTRIES, dtype=np.int32),
            self._variable[position].ravel(),
            self._value[position].ravel(),
        )
        self._order = np.append(self._order, rows)
        self._lazy[rows] = False

    def full_basis(self, basis: HighsBasis) -> HighsBasis:
        """A basis of the whole relaxation, from a basis of the rows that were added; the other rows are basic."""
        import highspy

        status = [highspy.HighsBasisStatus.kBasic] * len(self._program.row_lower)
        for row, known in zip(self._order.tolist(), basis.row_status, strict=True):
            status[row] = known
        made = highspy.HighsBasis()
        made.col_status, made.row_status, made.valid = basis.col_status, status, True
        return made
