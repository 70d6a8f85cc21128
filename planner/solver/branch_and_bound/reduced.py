"""A program as HiGHS's presolve leaves it, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.highs import Options, load
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs


@dataclass(frozen=True, eq=False)
class Reduced:
    """A smaller program with the same least cost."""

    program: Program
    highs: Highs | None
    """it knows the way back; None where presolve found nothing to do"""

    def back(self, x: Vector) -> Vector | None:
        """A solution of the smaller program as one of the program it came from; None where HiGHS finds no way."""
        import highspy

        if self.highs is None:
            return x
        known = highspy.HighsSolution()
        known.col_value = x.tolist()
        known.value_valid = True
        if self.highs.postsolve(known) == highspy.HighsStatus.kError:
            return None
        return np.array(self.highs.getSolution().col_value, dtype=np.float64)


def reduced(program: Program, options: Options) -> Reduced | None:
    """The program after presolve; None where presolve leaves nothing, or nothing to decide."""
    import highspy

    highs = load(program, options)
    highs.presolve()
    status = highs.getModelPresolveStatus()
    if status == highspy.HighsPresolveStatus.kNotReduced:
        return Reduced(program, None)
    if status != highspy.HighsPresolveStatus.kReduced:
        return None
    left = highs.getPresolvedLp()
    kinds = np.array([int(kind) for kind in left.integrality_], dtype=np.int8)
    integer = kinds != int(highspy.HighsVarType.kContinuous)
    searched = kinds == int(highspy.HighsVarType.kInteger)  # the others are implied
    if not searched.any():
        return None
    matrix = left.a_matrix_
    made = Program(
        cost=np.array(left.col_cost_),
        constant=left.offset_,
        lower=np.array(left.col_lower_),
        upper=np.array(left.col_upper_),
        integer=integer,
        row_lower=np.array(left.row_lower_),
        row_upper=np.array(left.row_upper_),
        start=np.array(matrix.start_, dtype=np.int32),
        index=np.array(matrix.index_, dtype=np.int32),
        value=np.array(matrix.value_),
        implied=integer & ~searched,
    )
    return Reduced(made, highs)
