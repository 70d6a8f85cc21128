"""A mixed-integer linear program as plain arrays.

    minimise    cost · x + constant
    subject to  row_lower ≤ A x ≤ row_upper,   lower ≤ x ≤ upper,   x_j whole where integer_j.

This module says what a solution costs and what it violates. Nothing here solves a program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.labels import NO_LABELS, LabelSequence

Index32 = npt.NDArray[np.int32]
"""A vector of 32-bit integers, as HiGHS takes them."""
ROUNDING = 1e-9
"""by how much of its size a bound of an integer may be off a whole number and still be meant to be it"""
SMALL_SIDE = 2.0**-20
"""size with which a smaller right-hand side or bound counts, where a violation is measured as a share of it"""
Mask = npt.NDArray[np.bool_]
"""A vector of truth values."""


@dataclass(frozen=True, eq=False)
class Program:
    """Variables j = 0, …, n − 1 and rows i = 0, …, m − 1.

    A is stored by columns (CSC): the entries start[j] to start[j + 1] are those of variable j.
    """

    cost: Vector
    """shape (n,)"""
    constant: float
    lower: Vector
    """shape (n,); −inf where there is none"""
    upper: Vector
    """shape (n,); inf where there is none"""
    integer: Mask
    """shape (n,)"""
    row_lower: Vector
    """shape (m,); −inf where there is none"""
    row_upper: Vector
    """shape (m,); inf where there is none"""
    start: Index32
    """shape (n + 1,)"""
    index: Index32
    """row of each entry of A; shape (entries,)"""
    value: Vector
    """shape (entries,)"""
    implied: Mask | None = field(default=None, repr=False)
    """which integers are whole by themselves once the others are, so that no search branches on them; shape (n,)

    None: none of them."""
    variables: LabelSequence = field(default=NO_LABELS, repr=False)
    """what each variable stands for; empty where that is not known"""
    rows: LabelSequence = field(default=NO_LABELS, repr=False)
    """what each row stands for; empty where that is not known"""

    def objective(self, x: Vector) -> float:
        """cost · x + constant."""
        return float(self.cost @ x) + self.constant

    def activity(self, x: Vector) -> Vector:
        """A x; shape (m,)."""
        entries = self.value * np.repeat(x, np.diff(self.start))
        return np.bincount(self.index, weights=entries, minlength=len(self.row_lower)).astype(np.float64)

    def violation(self, x: Vector) -> float:
        """By how much x violates its worst row or bound, in that row's or variable's unit; 0 where it violates none."""
        activity = self.activity(x)
        excesses = (self.row_lower - activity, activity - self.row_upper, self.lower - x, x - self.upper)
        return max(0.0, *(float(excess.max(initial=0.0)) for excess in excesses))

    def relative_violation(self, x: Vector) -> float:
        """By how much x violates its worst row or bound, as a share of that row's right-hand side or that bound.

        Right-hand sides and bounds of more than 1, and those that are 0, count as 1; small ones as `SMALL_SIDE`.
        """
        activity = self.activity(x)
        worst = 0.0
        for least, value, most in ((self.row_lower, activity, self.row_upper), (self.lower, x, self.upper)):
            for side, excess in ((least, least - value), (most, value - most)):
                beyond = np.flatnonzero(excess > 0.0)
                size = np.clip(np.where(side[beyond] == 0.0, 1.0, np.abs(side[beyond])), SMALL_SIDE, 1.0)
                worst = max(worst, float((excess[beyond] / size).max(initial=0.0)))
        return worst

    def fractionality(self, x: Vector) -> float:
        """The distance of the worst integer from a whole number."""
        whole = x[self.integer]
        return float(np.abs(whole - np.round(whole)).max(initial=0.0))

    def fulfilled(self, x: Vector, tolerance: float) -> bool:
        """Whether x violates no row, no bound and no integrality by more than the tolerance."""
        return max(self.violation(x), self.fractionality(x)) <= tolerance

    @property
    def searched(self) -> Mask:
        """Integers that a search has to branch on; shape (n,)."""
        return self.integer if self.implied is None else self.integer & ~self.implied

    @property
    def unused(self) -> Mask:
        """Variables that enter no row and cost nothing; shape (n,)."""
        return np.asarray((np.diff(self.start) == 0) & (self.cost == 0.0))

    def nearest_to_zero(self) -> Vector:
        """For each variable the value within its bounds that is nearest to 0; shape (n,)."""
        inwards = self.with_whole_bounds()
        return np.minimum(np.maximum(0.0, inwards.lower), inwards.upper) + 0.0  # no negative zero

    def with_whole_bounds(self) -> Program:
        """The same program with the bounds of integers rounded inwards, which leaves out none of its solutions.

        A bound that is whole but for rounding is rounded to the nearest whole number.
        """
        lower = np.where(self.integer, np.ceil(self.lower - ROUNDING * np.maximum(1.0, np.abs(self.lower))), self.lower)
        upper = np.where(
            self.integer, np.floor(self.upper + ROUNDING * np.maximum(1.0, np.abs(self.upper))), self.upper
        )
        if np.array_equal(lower, self.lower) and np.array_equal(upper, self.upper):
            return self
        return replace(self, lower=lower + 0.0, upper=upper + 0.0)

    def with_integers_fixed(self, x: Vector) -> Program:
        """The program with every integer fixed at the whole number nearest to its value in x.

        Integers whose value is missing (NaN) stay free. The program is linear where none is missing.
        """
        known, inwards = self.integer & ~np.isnan(x), self.with_whole_bounds()
        fixed = np.clip(np.round(x), inwards.lower, inwards.upper)
        return replace(
            self,
            lower=np.where(known, fixed, self.lower),
            upper=np.where(known, fixed, self.upper),
            integer=self.integer & ~known,
            implied=None,
        )

    def without_cost(self) -> Program:
        """The same program without costs, of which any feasible solution is optimal."""
        return replace(self, cost=np.zeros_like(self.cost), constant=0.0)

    def without_unused(self) -> Program:
        """The same program without the variables that enter no row and cost nothing."""
        used = ~self.unused
        return replace(
            self,
            cost=self.cost[used],
            lower=self.lower[used],
            upper=self.upper[used],
            integer=self.integer[used],
            implied=None if self.implied is None else self.implied[used],
            start=np.append(self.start[:-1][used], self.start[-1:]),
            variables=self.variables.only(np.flatnonzero(used)) if self.variables else NO_LABELS,
        )

    def without_names(self) -> Program:
        """The same program without labels, so that nothing keeps the model in memory."""
        return replace(self, variables=NO_LABELS, rows=NO_LABELS)

    def variable_name(self, j: int) -> str:
        """The name of variable j; `x<j>` where it has no label."""
        return self.variables[j].name if self.variables else f"x{j}"

    def row_name(self, i: int) -> str:
        """The name of row i; `row<i>` where it has no label."""
        return self.rows[i].name if self.rows else f"row{i}"

    def variable_names(self) -> list[str]:
        """The names of all variables."""
        return [self.variable_name(j) for j in range(len(self.cost))]

    def row_names(self) -> list[str]:
        """The names of all rows."""
        return [self.row_name(i) for i in range(len(self.row_lower))]

    def faults(self) -> Iterator[str]:
        """What no solver can handle: NaN, infinite costs and coefficients, a lower bound of ∞ or an upper one of −∞."""
        for j in np.flatnonzero(~np.isfinite(self.cost)).tolist():
            yield f"the cost of {self.variable_name(j)} is {self.cost[j]}"
        for entry in np.flatnonzero(~np.isfinite(self.value)).tolist():
            row = self.row_name(int(self.index[entry]))
            variable = self.variable_name(int(np.searchsorted(self.start, entry, side="right")) - 1)
            yield f"the coefficient of {variable} in {row} is {self.value[entry]}"
        for j in np.flatnonzero(~((self.lower < np.inf) & (self.upper > -np.inf))).tolist():
            yield f"the bounds of {self.variable_name(j)} are {self.lower[j]} and {self.upper[j]}"
        for i in np.flatnonzero(~((self.row_lower < np.inf) & (self.row_upper > -np.inf))).tolist():
            yield f"the bounds of {self.row_name(i)} are {self.row_lower[i]} and {self.row_upper[i]}"
        if not np.isfinite(self.constant):
            yield f"the constant of the objective is {self.constant}"
