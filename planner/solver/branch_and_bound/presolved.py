"""A program as HiGHS's presolve leaves it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.highs import SMALL, Options, load
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs


@dataclass(frozen=True, eq=False)
class Presolved:
    """A smaller program with the same least cost."""

    program: Program
    highs: Highs | None
    """HiGHS as it presolved the original program; None where presolve changed nothing"""
    columns: Index | None = None
    """number of each variable in the original program; shape (n,); None where that was not asked for"""
    rows: Index | None = None
    """number of each row in it; shape (m,)"""

    def postsolve(self, x: Vector) -> Vector | None:
        """A solution of the original program from one of the smaller program; None where HiGHS finds none."""
        import highspy

        if self.highs is None:
            return x
        known = highspy.HighsSolution()
        known.col_value = x.tolist()
        known.value_valid = True
        if self.highs.postsolve(known) == highspy.HighsStatus.kError:
            return None
        return np.array(self.highs.getSolution().col_value, dtype=np.float64)


def presolve(program: Program, options: Options, *, numbered: bool = False) -> Presolved | None:
    """The program after presolve; None where presolve solves a large one, or leaves it no integers to search.

    Where `numbered`, it says which variables and rows it has kept.

    A small program stays as it is: HiGHS's presolve saves little there, and what is proven does not hang on it.
    """
    import highspy

    highs = load(program, options)
    if numbered:
        _number(highs, program)
    highs.presolve()
    status = highs.getModelPresolveStatus()
    if len(program.value) <= SMALL and status != highspy.HighsPresolveStatus.kInfeasible:
        return _as_it_is(program.with_whole_bounds())
    if status == highspy.HighsPresolveStatus.kNotReduced:
        return _as_it_is(program)
    if status != highspy.HighsPresolveStatus.kReduced:
        return None
    lp = highs.getPresolvedLp()
    kinds = np.array([int(kind) for kind in lp.integrality_], dtype=np.int8)
    integer = kinds != int(highspy.HighsVarType.kContinuous)
    searched = kinds == int(highspy.HighsVarType.kInteger)  # the other integers are implied
    if not searched.any():
        return None
    matrix = lp.a_matrix_
    smaller = Program(
        cost=np.array(lp.col_cost_),
        constant=lp.offset_,
        lower=np.array(lp.col_lower_),
        upper=np.array(lp.col_upper_),
        integer=integer,
        row_lower=np.array(lp.row_lower_),
        row_upper=np.array(lp.row_upper_),
        start=np.array(matrix.start_, dtype=np.int32),
        index=np.array(matrix.index_, dtype=np.int32),
        value=np.array(matrix.value_),
        implied=integer & ~searched,
    )
    return Presolved(
        smaller,
        highs,
        _numbers(lp.col_names_) if numbered else None,
        _numbers(lp.row_names_) if numbered else None,
    )


def _as_it_is(program: Program) -> Presolved:
    return Presolved(program, None, np.arange(len(program.cost)), np.arange(len(program.row_lower)))


def _number(highs: Highs, program: Program) -> None:
    """Name variables and rows by their numbers; presolve keeps the names of those that it keeps."""
    for j in range(len(program.cost)):
        highs.passColName(j, f"c{j}")
    for i in range(len(program.row_lower)):
        highs.passRowName(i, f"r{i}")


def _numbers(names: Sequence[str]) -> Index:
    return np.array([int(name[1:]) for name in names], dtype=np.int64)
