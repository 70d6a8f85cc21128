"""A program in units in which its numbers are of usual size, and the way back.

HiGHS takes a row or a bound as fulfilled up to an absolute violation, and so does our search. What that means depends
on the units of the case: a millionth is nothing of 10 GW, and all of a millionth of a GW. So the program is solved in
units of its own,

    x_j = column_j · x′_j,    row i times row_i,    the cost times cost,

which minimise the sum of the squares of the logarithms of all its numbers: coefficients, costs, right-hand sides and
bounds, each once (A. Curtis and J. Reid, On the automatic scaling of matrices for Gaussian elimination, 1972; there
without costs, right-hand sides and bounds). Integers keep their unit. The same case in other units has the same program
in its own, but for rounding: units are powers of 2, so that not a digit is lost. A program whose numbers are of usual
size already stays as it is.

A row of which the right-hand side is small in these units is enlarged further, so that it is fulfilled up to a share of
its right-hand side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.program import SMALL_SIDE, Mask, Program

PASSES = 20
"""over all numbers, at most"""
SETTLED = 0.1
"""largest change of a unit's logarithm to base 2 in a pass after which no other follows"""
ROUNDING = 1e-13
"""right-hand side of a row, as a part of its largest coefficient, up to which it is what rounding leaves of 0"""
USUAL = 8.0
"""largest logarithm to base 2 of a unit of a program whose numbers are of usual size"""


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
        column, row, cost = _units(program)
        usual = max(np.abs(column).max(initial=0.0), np.abs(row).max(initial=0.0), abs(cost)) <= USUAL
        if usual:
            column, row, cost = np.zeros_like(column), np.zeros_like(row), 0.0
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


def _units(program: Program) -> tuple[Vector, Vector, float]:
    """Logarithms to base 2 of the factors of columns, rows and cost.

    Each pass sets every row's to the best for the columns', then every column's to the best for the rows'.
    """
    n, m = len(program.cost), len(program.row_lower)
    variable, line = np.repeat(np.arange(n), np.diff(program.start)), program.index
    sizes = np.log2(np.abs(program.value), out=np.zeros(len(line)), where=program.value != 0.0)
    side, sided = _log_of_sides(program)
    bound, bounded = _log_of_larger(program.lower, program.upper)
    priced = program.cost != 0.0
    price = np.log2(np.abs(program.cost), out=np.zeros(n), where=priced)
    of_row = np.bincount(line, sizes, m) + side
    of_column = np.bincount(variable, sizes, n) + price - bound
    in_row = np.maximum(1, np.bincount(line, minlength=m) + sided)
    in_column = np.maximum(1, np.diff(program.start) + bounded + priced)
    column = np.zeros(n)
    row, cost = np.zeros(m), 0.0
    for _ in range(PASSES):
        row = -(of_row + np.bincount(line, column[variable], m)) / in_row
        cost = -float((price + column)[priced].mean()) if priced.any() else 0.0
        better = -(of_column + np.bincount(variable, row[line], n) + cost * priced) / in_column
        better[program.integer] = 0.0
        moved = float(np.abs(better - column).max(initial=0.0))
        column = better
        if moved <= SETTLED:
            break
    return column, row, cost


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
