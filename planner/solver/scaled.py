"""A program in units in which its numbers are of usual size, and the way back.

HiGHS takes a row or a bound as fulfilled up to an absolute violation, and so does our search. What that means depends
on the units of the case: a millionth is nothing of 10 GW, and all of a millionth of a GW. So the program is solved in
units of its own,

    x_j = column_j · x′_j,    row i times row_i,    the cost times cost.

The best are those that minimise the sum of the squares of the logarithms of all its numbers: coefficients, costs,
right-hand sides and bounds, each once (A. Curtis and J. Reid, On the automatic scaling of matrices for Gaussian
elimination, 1972; there without costs, right-hand sides and bounds). Integers keep their unit. A program whose numbers
are of usual size already stays as it is.

Columns are only brought near to their best units, as far as `USUAL` from them, and the factors of rows and cost are the
best for that. HiGHS finds other cutting planes for columns in other units: where whole numbers of megawatts became
thirty-seconds of them, lot-sizing took a thousand nodes instead of one. A column that is bounded by less than 2^-TINY
then has its best unit all the same: HiGHS has called a program infeasible in which a millionth of a GW could be bought.
All units are powers of 2, so that not a digit is lost.

A row of which the right-hand side is small in these units is enlarged further, so that it is fulfilled up to a share of
its right-hand side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.program import SMALL_SIDE, Index32, Mask, Program

PASSES = 20
"""over all numbers, at most"""
SETTLED = 0.1
"""largest change of a unit's logarithm to base 2 in a pass after which no other follows"""
ROUNDING = 1e-13
"""right-hand side of a row, as a part of its largest coefficient, up to which it is what rounding leaves of 0"""
USUAL = 8.0
"""largest logarithm to base 2 of a unit of a program whose numbers are of usual size"""
TINY = 10.0
"""negative logarithm to base 2 of a bound from which on a column has its best unit"""


@dataclass(frozen=True, eq=False)
class Scaled:
    """A program in units of its own."""

    program: Program
    column: Vector
    """units of the variables; shape (n,)"""
    row: Vector
    """factors of the rows; shape (m,)"""
    cost: float
    """factor of the cost"""

    @staticmethod
    def of(program: Program) -> Scaled:
        """The program in its own units, with the bounds of integers rounded inwards."""
        program = program.with_whole_bounds()
        sizes = _Sizes.of(program)
        column = sizes.best_columns()
        row, cost = sizes.for_columns(column)
        usual = max(np.abs(column).max(initial=0.0), np.abs(row).max(initial=0.0), abs(cost)) <= USUAL
        if usual:
            column, row, cost = np.zeros_like(column), np.zeros_like(row), 0.0
        else:
            near = np.sign(column) * np.maximum(0.0, np.abs(column) - USUAL)
            bound, bounded = _log_of_larger(program.lower, program.upper)
            column = np.where(bounded & (bound - near < -TINY), column, near)
            row, cost = sizes.for_columns(column)
        row = row + _enlarged(program, row)
        if usual and not row.any():
            return Scaled(program, np.ones_like(column), np.ones_like(row), 1.0)
        return _scaled(program, np.exp2(np.round(column)), np.exp2(np.round(row)), float(np.exp2(np.round(cost))))

    def inside(self, x: Vector) -> Vector:
        """Values of the variables in the program's own units; shape (n,)."""
        return x / self.column

    def outside(self, x: Vector) -> Vector:
        """Values of the variables in the units of the case, of those in the program's own; shape (n,)."""
        return x * self.column


def _scaled(program: Program, column: Vector, row: Vector, cost: float) -> Scaled:
    of_entry = np.repeat(column, np.diff(program.start))
    made = replace(
        program,
        cost=cost * column * program.cost,
        constant=cost * program.constant,
        lower=program.lower / column,
        upper=program.upper / column,
        row_lower=row * program.row_lower,
        row_upper=row * program.row_upper,
        value=row[program.index] * program.value * of_entry,
    )
    return Scaled(made, column, row, cost)


@dataclass(frozen=True, eq=False)
class _Sizes:
    """Logarithms to base 2 of a program's numbers, from which the best units follow."""

    variable: Index
    line: Index32
    """of each entry of the matrix"""
    of_row: Vector
    in_row: Vector
    """sums over a row's numbers, and how many those are; shape (m,) each"""
    of_column: Vector
    in_column: Vector
    """sums over a column's numbers, of which bounds count negatively, and how many those are; shape (n,) each"""
    price: Vector
    priced: Mask
    """of the costs, and which of them are not 0; shape (n,) each"""
    fixed: Mask
    """the integers, which keep their unit; shape (n,)"""

    @staticmethod
    def of(program: Program) -> _Sizes:
        n, m = len(program.cost), len(program.row_lower)
        variable, line = np.repeat(np.arange(n), np.diff(program.start)), program.index
        sizes = np.log2(np.abs(program.value), out=np.zeros(len(line)), where=program.value != 0.0)
        side, sided = _log_of_sides(program)
        bound, bounded = _log_of_larger(program.lower, program.upper)
        priced = program.cost != 0.0
        price = np.log2(np.abs(program.cost), out=np.zeros(n), where=priced)
        return _Sizes(
            variable,
            line,
            np.bincount(line, sizes, m) + side,
            np.maximum(1, np.bincount(line, minlength=m) + sided),
            np.bincount(variable, sizes, n) + price - bound,
            np.maximum(1, np.diff(program.start) + bounded + priced),
            price,
            priced,
            program.integer,
        )

    def best_columns(self) -> Vector:
        """The logarithms of the columns' units that are best together with the best rows and cost; shape (n,).

        Each pass sets every row's to the best for the columns', then every column's to the best for the rows'.
        """
        column = np.zeros(len(self.price))
        for _ in range(PASSES):
            row, cost = self.for_columns(column)
            sums = self.of_column + np.bincount(self.variable, row[self.line], len(column)) + cost * self.priced
            better = np.where(self.fixed, 0.0, -sums / self.in_column)
            moved = float(np.abs(better - column).max(initial=0.0))
            column = better
            if moved <= SETTLED:
                break
        return column

    def for_columns(self, column: Vector) -> tuple[Vector, float]:
        """The logarithms of the factors of rows and cost that are best for units of the columns."""
        row = -(self.of_row + np.bincount(self.line, column[self.variable], len(self.of_row))) / self.in_row
        return row, -float((self.price + column)[self.priced].mean()) if self.priced.any() else 0.0


def _enlarged(program: Program, row: Vector) -> Vector:
    """Logarithms to base 2 by which rows of a small right-hand side are enlarged beyond their factors."""
    side, sided = _log_of_sides(program)
    return np.where(sided, np.clip(-(side + row) - USUAL, 0.0, -np.log2(SMALL_SIDE) - USUAL) // 1.0, 0.0)


def _log_of_sides(program: Program) -> tuple[Vector, Mask]:
    """The logarithm to base 2 of the right-hand sides, and whether there is one; what is only rounding counts as 0."""
    side, sided = _log_of_larger(program.row_lower, program.row_upper)
    largest = np.zeros(len(side))
    np.maximum.at(largest, program.index, np.abs(program.value))
    sided &= np.exp2(side) > ROUNDING * largest
    return np.where(sided, side, 0.0), sided


def _log_of_larger(lower: Vector, upper: Vector) -> tuple[Vector, Mask]:
    """The logarithm to base 2 of the larger of two bounds, infinite ones left out, and whether there is one but 0."""
    sizes = np.maximum(
        np.where(np.isfinite(lower), np.abs(lower), 0.0), np.where(np.isfinite(upper), np.abs(upper), 0.0)
    )
    there = sizes > 0.0
    return np.log2(sizes, out=np.zeros(len(sizes)), where=there), there
