"""Cutting planes: rows that the relaxation's solution violates and no solution of the program does.

These are Gomory's mixed-integer cuts. A row of the simplex tableau is a combination of the program's rows. For an
integer y that is not whole in the relaxation it says

    y + Σ_i a_i s_i + Σ_j a_j t_j = b,   f = b − ⌊b⌋,   f_i = a_i − ⌊a_i⌋

where s_i are the integers and t_j the other variables and rows, each as its distance from one of its bounds, so that
none is negative. Then

    Σ_i min(f_i / f, (1 − f_i) / (1 − f)) s_i + Σ_j max(a_j / f, −a_j / (1 − f)) t_j ≥ 1

(R. Gomory, An algorithm for the mixed integer problem, 1960). The cut is violated where all s_i and t_j are 0, as they
are in the relaxation. It is valid for any combination of rows, so that rounding in the weights does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.branch_and_bound.implied_bounds import implied_bounds
from planner.solver.program import Mask, Program

SMALL = 1e-6
"""a coefficient below this share of the largest in its cut is replaced by a bound of its variable"""
CANCELLED = 1e-11
"""a sum below this share of the sizes of its terms counts as 0"""
AWAY = 0.01
"""least distance of b from a whole number, as a cut divides by f and by 1 − f"""
VIOLATED = 1e-5
"""least Euclidean distance of the relaxation's solution from a cut that it violates"""
DENSE = 0.1
"""share of the variables that may enter a cut, besides `ALWAYS` more"""
ALWAYS = 100
PARALLEL = 0.98
"""cosine of two cuts from which on the weaker one is left out"""
FREED = 1e-10
"""what is added to the right-hand side of a cut of length 1, as it is computed with rounding"""


@dataclass(frozen=True, eq=False)
class Cut:
    """A cutting plane Σ_k value_k · x_{index_k} ≤ upper, of length 1."""

    index: Index
    value: Vector
    """shape (entries,) both"""
    upper: float
    beyond: float
    """distance of the solution that it cuts off"""

    def cosine(self, x: Vector) -> float:
        """Cosine with another cut, which is given by a coefficient for each variable."""
        return float(self.value @ x[self.index])


class RowMatrix:
    """The rows of a program and cuts after them, stored by rows, with the bounds of variables and rows alike."""

    def __init__(self, program: Program, cuts: Sequence[Cut] = ()) -> None:
        self.variables, rows = len(program.cost), len(program.row_lower)
        order = np.argsort(program.index, kind="stable")
        variable = np.repeat(np.arange(self.variables), np.diff(program.start))[order]
        entries = np.append(np.bincount(program.index, minlength=rows), [len(cut.index) for cut in cuts])
        self._index = np.concatenate([variable, *(cut.index for cut in cuts)])
        self._value = np.concatenate([program.value[order], *(cut.value for cut in cuts)])
        self._start = np.append(0, np.cumsum(entries)).astype(np.int64)
        none = np.full(len(cuts), -np.inf)
        lower = np.where(program.integer, np.ceil(program.lower), program.lower)
        upper = np.where(program.integer, np.floor(program.upper), program.upper)
        self.lower = np.concatenate([lower, program.row_lower, none])
        self.upper = np.concatenate([upper, program.row_upper, [cut.upper for cut in cuts]])
        """bounds of variables, rows and cuts; shape (n + m + cuts,)"""
        self.integer = np.append(program.integer, np.zeros(len(self.upper) - self.variables, dtype=np.bool_))

    def combined(self, rows: Index, weights: Vector) -> Vector:
        """The sum of some rows, each times its weight; shape (n,)."""
        first, count = self._start[rows], self._start[rows + 1] - self._start[rows]
        entries = np.repeat(first - np.append(0, np.cumsum(count)[:-1]), count) + np.arange(count.sum())
        index, value = self._index[entries], np.repeat(weights, count) * self._value[entries]
        sums = np.bincount(index, value, self.variables)
        sums[np.abs(sums) <= CANCELLED * np.bincount(index, np.abs(value), self.variables)] = 0.0
        return sums.astype(np.float64)

    def values(self, x: Vector) -> Vector:
        """The values of variables, rows and cuts in x; shape (n + m + cuts,)."""
        row = np.repeat(np.arange(len(self._start) - 1), np.diff(self._start))
        return np.append(x, np.bincount(row, self._value * x[self._index], len(self._start) - 1))


def gomory_cut(
    coefficients: Vector, right: float, integer: Mask, at_upper: Mask, bound: Vector
) -> tuple[Vector, float] | None:
    """The cut of Σ_k coefficients_k · x_k = right as Σ_k c_k x_k ≤ u; None where b is too near a whole number.

    Each x_k is measured from its `bound`, downwards where it is `at_upper`. All arrays have shape (k,).

    y + 0.5 s − 0.4 t = 2.6 with y, s and t from 0 up, y and s whole: f = 0.6, so that
    0 y + min(0.5 / 0.6, 0.5 / 0.4) s + 0.4 / 0.4 t ≥ 1.

    >>> c, u = gomory_cut(
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
    fraction = from_bound - np.floor(from_bound)
    of_integers = np.minimum(fraction / f, (1.0 - fraction) / (1.0 - f))
    of_others = np.maximum(from_bound / f, -from_bound / (1.0 - f))
    c = np.where(integer, of_integers, of_others)
    c = np.where(at_upper, c, -c)
    return c, float(c @ bound) - 1.0


class Separator:
    """Finds cuts for one program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._implied = implied_bounds(program)

    def cuts(self, x: Vector, combinations: Iterable[Vector], in_relaxation: Sequence[Cut]) -> list[Cut]:
        """Cuts that x violates, the most violated first, no two of them nearly parallel.

        Each combination weighs the rows and then the cuts that are in the relaxation already; shape (m + cuts,).
        """
        rows = RowMatrix(self._program, in_relaxation)
        at = rows.values(x)
        at_upper = rows.upper - at < at - rows.lower
        found = [cut for weights in combinations if (cut := self._cut(rows, at, at_upper, weights)) is not None]
        return _not_parallel(sorted(found, key=lambda cut: -cut.beyond), rows.variables)

    def _cut(self, rows: RowMatrix, at: Vector, at_upper: Mask, weights: Vector) -> Cut | None:
        n = rows.variables
        used = np.flatnonzero(np.abs(weights) > CANCELLED)
        sums = rows.combined(used, weights[used])
        index = np.append(np.flatnonzero(sums), n + used)
        coefficients = np.append(sums[sums != 0.0], -weights[used])
        bound = np.where(at_upper, rows.upper, rows.lower)[index]
        if not np.isfinite(bound).all():
            return None
        made = gomory_cut(coefficients, 0.0, rows.integer[index], at_upper[index], bound)
        if made is None:
            return None
        c, upper = made
        of_variables = np.bincount(index[index < n], c[index < n], n)
        return self._cleaned(of_variables + rows.combined(used, c[index >= n]), upper, at[:n])

    def _cleaned(self, cut: Vector, upper: float, x: Vector) -> Cut | None:
        """The cut without small coefficients; None where it is too dense or x does not clearly violate it."""
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
        return Cut(index, value, upper, beyond) if beyond > VIOLATED else None


def _not_parallel(cuts: Iterable[Cut], variables: int) -> list[Cut]:
    """The cuts without those that are nearly parallel to an earlier one."""
    kept: list[Cut] = []
    for cut in cuts:
        spread = np.zeros(variables)
        spread[cut.index] = cut.value
        if all(abs(other.cosine(spread)) <= PARALLEL for other in kept):
            kept.append(cut)
    return kept
