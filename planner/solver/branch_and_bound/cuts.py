"""Cuts: rows that the relaxation's solution breaks and no solution of the program does.

Gomory's mixed-integer cuts. A combination of the rows that the simplex method has at hand says, for an integer y that
is not whole in the relaxation,

    y + Σ_i a_i s_i + Σ_j a_j t_j = b,   f = b − ⌊b⌋,   f_i = a_i − ⌊a_i⌋

where s_i are the integers and t_j the other columns and rows, each as its distance from one of its bounds, so that none
is negative. Then

    Σ_i min(f_i / f, (1 − f_i) / (1 − f)) s_i + Σ_j max(a_j / f, −a_j / (1 − f)) t_j ≥ 1

(R. Gomory, An algorithm for the mixed integer problem, 1960), which is broken where all s_i and t_j are 0, as they are
in the relaxation. Any combination of rows will do, so rounding in the weights makes no cut wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.branch_and_bound.implied import implied_bounds
from planner.solver.program import Mask, Program

SMALL = 1e-6
"""coefficient, relative to the largest of its cut, that is left out and made up for by a bound of its column"""
CANCELLED = 1e-11
"""sum, relative to the sum of its terms' sizes, that counts as 0"""
AWAY = 0.01
"""how far b must be from a whole number: a cut divides by f and by 1 − f"""
BROKEN = 1e-5
"""how far the relaxation's solution must be beyond a cut, as a distance"""
DENSE = 0.1
"""share of the columns that a cut may have, and `ALWAYS` more"""
ALWAYS = 100
ALIKE = 0.98
"""cosine of two cuts from which on the one that cuts off less is left out"""
FREED = 1e-10
"""what is added to what a cut of length 1 allows, as it was worked out with rounding"""


@dataclass(frozen=True, eq=False)
class Cut:
    """Σ_k value_k · x_{index_k} ≤ upper, of length 1."""

    index: Index
    value: Vector
    """shape (entries,) both"""
    upper: float
    beyond: float
    """how far the solution that it cuts off is beyond it"""

    def cosine(self, x: Vector) -> float:
        """With another cut, given for all columns."""
        return float(self.value @ x[self.index])


class Rows:
    """The rows of a program, and cuts below them, by rows; each is a column too, what it adds up to."""

    def __init__(self, program: Program, cuts: Sequence[Cut] = ()) -> None:
        """Cuts are rows after those of the program."""
        self.columns, rows = len(program.cost), len(program.row_lower)
        order = np.argsort(program.index, kind="stable")
        column = np.repeat(np.arange(self.columns), np.diff(program.start))[order]
        entries = np.append(np.bincount(program.index, minlength=rows), [len(cut.index) for cut in cuts])
        self._index = np.concatenate([column, *(cut.index for cut in cuts)])
        self._value = np.concatenate([program.value[order], *(cut.value for cut in cuts)])
        self._start = np.append(0, np.cumsum(entries)).astype(np.int64)
        none = np.full(len(cuts), -np.inf)
        lower = np.where(program.integer, np.ceil(program.lower), program.lower)
        upper = np.where(program.integer, np.floor(program.upper), program.upper)
        self.lower = np.concatenate([lower, program.row_lower, none])
        self.upper = np.concatenate([upper, program.row_upper, [cut.upper for cut in cuts]])
        """of columns and rows; shape (n + m,)"""
        self.integer = np.append(program.integer, np.zeros(len(self.upper) - self.columns, dtype=np.bool_))

    def combined(self, rows: Index, weights: Vector) -> Vector:
        """The sum of some rows, each times its weight; shape (n,)."""
        first, count = self._start[rows], self._start[rows + 1] - self._start[rows]
        entries = np.repeat(first - np.append(0, np.cumsum(count)[:-1]), count) + np.arange(count.sum())
        index, value = self._index[entries], np.repeat(weights, count) * self._value[entries]
        sums = np.bincount(index, value, self.columns)
        sums[np.abs(sums) <= CANCELLED * np.bincount(index, np.abs(value), self.columns)] = 0.0
        return sums.astype(np.float64)

    def values(self, x: Vector) -> Vector:
        """Of columns and rows; shape (n + m,)."""
        row = np.repeat(np.arange(len(self._start) - 1), np.diff(self._start))
        return np.append(x, np.bincount(row, self._value * x[self._index], len(self._start) - 1))


def gomory(
    coefficients: Vector, right: float, integer: Mask, at_upper: Mask, bound: Vector
) -> tuple[Vector, float] | None:
    """The cut of Σ_k coefficients_k · x_k = right, as Σ_k c_k x_k ≤ u; None where b is too near a whole number.

    Each x_k is within a bound of its own, from above where it is at its upper one. Shape (k,) all.

    y + 0.5 s − 0.4 t = 2.6 with y, s and t from 0 up, y and s whole: f = 0.6, so that
    0 y + min(0.5 / 0.6, 0.5 / 0.4) s + 0.4 / 0.4 t ≥ 1.

    >>> c, u = gomory(
    ...     np.array([1.0, 0.5, -0.4]), 2.6, np.array([True, True, False]), np.zeros(3, dtype=bool), np.zeros(3)
    ... )
    >>> (c + 0.0).round(3).tolist(), u
    ([0.0, -0.833, -1.0], -1.0)
    """
    from_bound = np.where(at_upper, -coefficients, coefficients)
    b = right - coefficients @ bound
    f = b - np.floor(b)
    if not AWAY <= f <= 1.0 - AWAY:
        return None
    part = from_bound - np.floor(from_bound)
    whole = np.minimum(part / f, (1.0 - part) / (1.0 - f))
    other = np.maximum(from_bound / f, -from_bound / (1.0 - f))
    c = np.where(integer, whole, other)
    c = np.where(at_upper, c, -c)
    return c, float(c @ bound) - 1.0


class Separator:
    """Finds cuts for one program."""

    def __init__(self, program: Program) -> None:
        """With the bounds that its rows imply."""
        self._program = program
        self._implied = implied_bounds(program)

    def cuts(self, x: Vector, combinations: Iterable[Vector], held: Sequence[Cut]) -> list[Cut]:
        """Cuts that x breaks, those first that it breaks most, no two of which are alike.

        By combinations of the rows, those of `held` last; shape (m + cuts,) each.
        """
        rows = Rows(self._program, held)
        at = rows.values(x)
        at_upper = rows.upper - at < at - rows.lower
        found = [cut for weights in combinations if (cut := self._cut(rows, at, at_upper, weights)) is not None]
        return _unlike(sorted(found, key=lambda cut: -cut.beyond), rows.columns)

    def _cut(self, rows: Rows, at: Vector, at_upper: Mask, weights: Vector) -> Cut | None:
        n = rows.columns
        used = np.flatnonzero(np.abs(weights) > CANCELLED)
        sums = rows.combined(used, weights[used])
        index = np.append(np.flatnonzero(sums), n + used)
        coefficients = np.append(sums[sums != 0.0], -weights[used])
        bound = np.where(at_upper, rows.upper, rows.lower)[index]
        if not np.isfinite(bound).all():
            return None
        made = gomory(coefficients, 0.0, rows.integer[index], at_upper[index], bound)
        if made is None:
            return None
        c, upper = made
        columns = np.bincount(index[index < n], c[index < n], n)
        return self._tidy(columns + rows.combined(used, c[index >= n]), upper, at[:n])

    def _tidy(self, cut: Vector, upper: float, x: Vector) -> Cut | None:
        """The cut without small coefficients; None where it has too many others, or x is not clearly beyond it."""
        lower_bounds, upper_bounds = self._implied
        small = np.flatnonzero((cut != 0.0) & (np.abs(cut) < SMALL * np.abs(cut).max(initial=0.0)))
        most = np.where(cut[small] > 0.0, lower_bounds[small], upper_bounds[small])
        if not np.isfinite(most).all():
            return None
        upper -= float(cut[small] @ most)
        cut[small] = 0.0
        index = np.flatnonzero(cut)
        if not 0 < len(index) <= ALWAYS + DENSE * len(cut):
            return None
        length = float(np.linalg.norm(cut[index]))
        value, upper = cut[index] / length, upper / length + FREED
        beyond = float(value @ x[index]) - upper
        return Cut(index, value, upper, beyond) if beyond > BROKEN else None


def _unlike(cuts: Iterable[Cut], columns: int) -> list[Cut]:
    """Cuts, without those that are like one before."""
    kept: list[Cut] = []
    for cut in cuts:
        spread = np.zeros(columns)
        spread[cut.index] = cut.value
        if all(abs(other.cosine(spread)) <= ALIKE for other in kept):
            kept.append(cut)
    return kept
