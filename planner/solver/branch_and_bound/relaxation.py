"""The linear relaxation of a program, solved again and again while the bounds of its integers change.

HiGHS holds it and goes on from a basis with the dual simplex method, which such a change leaves dual feasible. Edge
weights are Devex: those of steepest edge would have to be worked out anew for every basis that is set, which takes
several times as long as the iterations that follow. Costs are not perturbed, as so few iterations hardly get stuck and
would be followed by others that take the perturbation away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.arrays import Vector
from planner.solver.branch_and_bound.cuts import Cut
from planner.solver.branch_and_bound.late import LARGE, LITTLE, LateRows
from planner.solver.highs import Options, load
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs, HighsBasis

UNLIMITED = 2**31 - 1
FRACTIONAL = 1e-5
"""how far off a whole number a value must be for a cut to be looked for"""
WARM: dict[str, str | int | float] = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_dual_edge_weight_strategy": 1,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
}
"""HiGHS's options once there is a basis to go on from"""


class State(Enum):
    """What became of a relaxation."""

    SOLVED = auto()
    PRUNED = auto()
    """it has no solution, or none below the ceiling"""
    CUT_SHORT = auto()
    """its iterations are spent; its value is a first idea"""
    HALTED = auto()
    """it was asked to stop"""
    FAILED = auto()
    """HiGHS cannot say, not from nothing either"""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A relaxation that was solved, or what is known of it."""

    state: State
    value: float
    """the least cost; of one that is pruned the ceiling at least, infinite where there is no solution"""
    x: Vector | None = None
    """shape (n,); None unless it is solved, and asked for"""
    reduced_costs: Vector | None = None
    """of the integers; shape (integers,)"""
    basis: HighsBasis | None = None
    """to go on from"""


class Relaxation:
    """The relaxation of a program. Bounds are those of its integers; of these a search has to see to the `searched`."""

    def __init__(self, program: Program, options: Options, halted: Callable[[], bool]) -> None:
        """`halted` is asked while HiGHS works whether it is to stop."""
        self.integers = np.flatnonzero(program.integer).astype(np.int32)
        self.searched = program.searched[self.integers]
        self.lower = program.lower[self.integers]
        self.upper = program.upper[self.integers]
        self.iterations = 0
        self.cuts: list[Cut] = []
        """rows after those of the program"""
        self._shape = len(program.cost), len(program.row_lower)
        self._halted = halted
        self._program = replace(program, integer=np.zeros_like(program.integer), implied=None)
        self._options = options
        self._highs = self._loaded(self._program)

    @property
    def size(self) -> int:
        """Of a basis: one byte for each column and row."""
        return sum(self._shape) + len(self.cuts)

    def _loaded(self, program: Program) -> Highs:
        from highspy import cb

        highs = load(program, self._options)
        highs.setCallback(self._called, None)
        kinds = cb.HighsCallbackType
        for kind in (kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt):
            highs.startCallback(kind)
        return highs

    def first(self, ceiling: float = np.inf, told: Callable[[float], None] = lambda _: None) -> Relaxed:
        """Solved from nothing, within the program's own bounds, as long as its value may stay below the ceiling.

        After that it is prepared. `told` hears of bounds of its value on the way, where there are any.
        """
        found = self._run(ceiling) if len(self._program.value) < LARGE else self._row_by_row(ceiling, told)
        self.prepare()
        return found

    def _row_by_row(self, ceiling: float, told: Callable[[float], None]) -> Relaxed:
        """Solved without some of the rows, then with those that turn out to be broken, and so on, at last with all."""
        late = LateRows(self._program)
        self._highs.clear()
        self._highs = self._loaded(late.core)
        known = -np.inf
        while True:
            found = self._run(ceiling)
            if found.state is State.FAILED:
                return self._with_all_rows(ceiling)
            if found.x is None or found.basis is None:
                return found
            told(found.value)
            broken = late.broken(found.x)
            if not len(broken) or found.value - known <= LITTLE * abs(found.value):
                break
            known = found.value
            self._from_here()
            late.add(self._highs, broken)
        found = self._with_all_rows(ceiling, late.whole(found.basis))
        return self._with_all_rows(ceiling) if found.state is State.FAILED else found

    def _with_all_rows(self, ceiling: float, basis: HighsBasis | None = None) -> Relaxed:
        """Solved from a basis, or from nothing: without some rows it may have no least value."""
        self._highs.clear()
        self._highs = self._loaded(self._program)
        if basis is not None:
            self._from_here()
            self._highs.setBasis(basis)
        return self._run(ceiling)

    def _from_here(self) -> None:
        """Let HiGHS go on from a basis, without presolve."""
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("solver", "simplex")

    def prepare(self) -> None:
        """Be ready to go on from a basis, that of another relaxation of the same program for instance."""
        self._highs.clearSolver()
        for name, value in WARM.items():
            self._highs.setOptionValue(name, value)

    def solve(self, lower: Vector, upper: Vector, basis: HighsBasis, ceiling: float) -> Relaxed:
        """Within bounds of the integers, from a basis, as long as its value may stay below the ceiling."""
        self._begin(lower, upper, basis, ceiling, UNLIMITED)
        found = self._run(ceiling)
        if found.state is State.FAILED:
            self._highs.clearSolver()
            found = self._run(ceiling)
        return found

    def tried(self, lower: Vector, upper: Vector, basis: HighsBasis, ceiling: float, iterations: int) -> Relaxed:
        """The same for so many iterations at most, without values of columns."""
        self._begin(lower, upper, basis, ceiling, iterations)
        return self._run(ceiling, asked=False)

    def _begin(self, lower: Vector, upper: Vector, basis: HighsBasis, ceiling: float, iterations: int) -> None:
        self._highs.changeColsBounds(len(self.integers), self.integers, lower, upper)
        self._highs.setBasis(basis)
        self._highs.setOptionValue("simplex_iteration_limit", iterations)
        self._highs.setOptionValue("objective_bound", ceiling)

    def add(self, cuts: Sequence[Cut]) -> None:
        """Add cuts; a basis from before is none of the relaxation with them."""
        start = np.append(0, np.cumsum([len(cut.index) for cut in cuts]))
        self._highs.addRows(
            len(cuts),
            np.full(len(cuts), -np.inf),
            np.array([cut.upper for cut in cuts]),
            int(start[-1]),
            start[:-1].astype(np.int32),
            np.concatenate([cut.index for cut in cuts]).astype(np.int32),
            np.concatenate([cut.value for cut in cuts]),
        )
        self.cuts += cuts

    def go_on(self) -> Relaxed:
        """Solved from where it is, with cuts that were added or taken away, within the same bounds."""
        return self._run(np.inf)

    def drop_loose_cuts(self, basis: HighsBasis) -> bool:
        """Take away the cuts that hold anyway in the solution of a basis; whether there were any."""
        import highspy

        rows = self._shape[1]
        status = list(basis.row_status)
        loose = [highspy.HighsBasisStatus.kBasic == each for each in status[rows:]]
        if not any(loose):
            return False
        self._highs.deleteRows(sum(loose), np.flatnonzero(loose).astype(np.int32) + np.int32(rows))
        left = highspy.HighsBasis()
        left.col_status = basis.col_status
        left.row_status = status[:rows] + [each for each, drop in zip(status[rows:], loose, strict=True) if not drop]
        left.valid = True
        self._highs.setBasis(left)
        self.cuts = [cut for cut, drop in zip(self.cuts, loose, strict=True) if not drop]
        return True

    def drop_cuts(self) -> None:
        """Take all cuts away; a basis from before there were any is one of the relaxation again."""
        if not self.cuts:
            return
        rows = np.arange(len(self.cuts), dtype=np.int32) + np.int32(self._shape[1])
        self._highs.deleteRows(len(rows), rows)
        self._highs.clearSolver()
        self.cuts = []

    def combinations(self, x: Vector) -> Iterator[Vector]:
        """Weights of the rows, cuts last, that leave one basic integer alone, for each that is not whole.

        As the relaxation was solved last, with x; shape (m + cuts,) each. (A row of the simplex tableau.)
        """
        highs: Any = self._highs  # what follows is missing in its types
        _, basic = highs.getBasicVariables()
        integers = self.integers[np.abs(x - np.round(x))[self.integers] > FRACTIONAL]
        for position in np.flatnonzero(np.isin(basic, integers)).tolist():
            _, weights = highs.getBasisInverseRow(position)
            yield np.array(weights)

    def close(self) -> None:
        """Let HiGHS go."""
        self._highs.setCallback(None, None)
        del self._highs  # highspy keeps what it calls back, which keeps this, so that neither would go by itself

    def _run(self, ceiling: float, asked: bool = True) -> Relaxed:
        from highspy import HighsModelStatus as Status

        self._highs.run()
        info, status = self._highs.getInfo(), self._highs.getModelStatus()
        self.iterations += max(0, info.simplex_iteration_count) + max(0, info.ipm_iteration_count)
        match status:
            case Status.kOptimal:
                value = info.objective_function_value
                if value >= ceiling:
                    return Relaxed(State.PRUNED, value)
                if not asked:
                    return Relaxed(State.SOLVED, value)
                solution = self._highs.getSolution()
                x, costs = np.array(solution.col_value), np.array(solution.col_dual)[self.integers]
                return Relaxed(State.SOLVED, value, x, costs, self._highs.getBasis())
            case Status.kInfeasible:
                return Relaxed(State.PRUNED, np.inf)
            case Status.kObjectiveBound:
                return Relaxed(State.PRUNED, ceiling)
            case Status.kIterationLimit:
                return Relaxed(State.CUT_SHORT, info.objective_function_value)
            case Status.kInterrupt | Status.kTimeLimit:
                return Relaxed(State.HALTED, -np.inf)
            case _:
                return Relaxed(State.FAILED, -np.inf)

    def _called(self, _kind: Any, _message: str, _found: Any, wish: Any, _data: Any) -> None:
        if self._halted():
            wish.user_interrupt = True
