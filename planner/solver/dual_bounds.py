"""Lower bounds of a linear program that follow from duals, whatever those duals are.

For any y and any x within its bounds,

    cost · x = d · x + y · A x ≥ Σ_j min(d_j lower_j, d_j upper_j) + Σ_i min(y_i row_lower_i, y_i row_upper_i)

with d = cost − Aᵀy. So a solver need not be believed: what it calls dual feasible may be so within a tolerance only, or
not at all (A. Neumaier and O. Shcherbina, Safe bounds in linear and mixed-integer linear programming, 2004). A reduced
cost that is 0 within the tolerance counts as 0 where the variable has no bound on that side. Above the tolerance there
is no lower bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.program import Program

NO_COST = 1e-7
"""largest reduced cost that counts as 0, the tolerance of HiGHS's simplex method"""
IN_RAY = 1e-7
"""the same in a proof that there is no solution, as a share of the terms that it is the sum of"""
CLEARLY = 1e-9
"""by how much of its terms such a proof must exceed 0"""


class DualBounds:
    """Lower bounds of the costs of one program without its integers, with rows added after its own."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._variable = np.repeat(np.arange(len(program.cost)), np.diff(program.start))

    def of(
        self, duals: Vector, lower: Vector, upper: Vector, more: Sequence[tuple[Index, Vector, float]] = ()
    ) -> float:
        """The lower bound by the duals of the program's rows and of further ones, with other bounds of the variables.

        `more` are rows Σ_k value_k · x_{index_k} ≤ most, the duals of which come last. −∞ where nothing follows.
        """
        program, own = self._program, len(self._program.row_lower)
        used, sides = _sides(duals[:own], program.row_lower, program.row_upper)
        reduced, total = program.cost - self._combined(used), sides + program.constant
        for dual, (index, value, most) in zip(duals[own:].tolist(), more, strict=True):
            if dual < 0.0:
                reduced[index] -= dual * value
                total += dual * most
        return total + _least(reduced, lower, upper, np.full(len(reduced), NO_COST))

    def no_solution(
        self, ray: Vector, lower: Vector, upper: Vector, more: Sequence[tuple[Index, Vector, float]] = ()
    ) -> bool:
        """Whether the duals of the rows prove that there is no x: their bound without costs is above 0."""
        program, own = self._program, len(self._program.row_lower)
        used, sides = _sides(ray[:own], program.row_lower, program.row_upper)
        combined = -self._combined(used)
        terms = np.abs(program.value * used[program.index])
        sizes = np.bincount(self._variable, terms, len(program.cost)).astype(np.float64)
        for dual, (index, value, most) in zip(ray[own:].tolist(), more, strict=True):
            if dual < 0.0:
                combined[index] -= dual * value
                sizes[index] += np.abs(dual * value)
                sides += dual * most
        gained = sides + _least(combined, lower, upper, IN_RAY * sizes)
        return gained > CLEARLY * max(abs(sides), float(np.abs(used).max(initial=0.0)))

    def _combined(self, duals: Vector) -> Vector:
        """Aᵀy; shape (n,)."""
        program = self._program
        return np.bincount(self._variable, program.value * duals[program.index], len(program.cost)).astype(np.float64)


def _sides(duals: Vector, row_lower: Vector, row_upper: Vector) -> tuple[Vector, float]:
    """The duals, 0 where a row has no bound on their side, and Σ_i min(y_i row_lower_i, y_i row_upper_i)."""
    side = np.where(duals > 0.0, row_lower, row_upper)
    used = np.where(np.isfinite(side), duals, 0.0)
    return used, float(used @ np.where(used != 0.0, side, 0.0))


def _least(reduced: Vector, lower: Vector, upper: Vector, nothing: Vector) -> float:
    """Σ_j min(d_j lower_j, d_j upper_j), in which a d_j up to `nothing` counts as 0 where that bound is infinite."""
    bound = np.where(reduced > 0.0, lower, upper)
    there = np.isfinite(bound)
    if (np.abs(reduced) > nothing)[~there].any():
        return -np.inf
    return float(reduced @ np.where(there, bound, 0.0))
