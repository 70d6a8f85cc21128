"""The linear relaxation of a program, solved again and again while the bounds of its integers change.

HiGHS holds it and goes on from a basis with the dual simplex method: changed bounds leave the basis dual feasible. Edge
weights are Devex. Those of steepest edge would have to be computed anew for every basis that is set, which takes
several times as long as the iterations that follow. Costs are not perturbed: so few iterations hardly ever stall, and
more iterations would be needed to take the perturbation away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.branch_and_bound.cutting_planes import Cut
from planner.solver.branch_and_bound.lazy_rows import LARGE, LITTLE, LazyRows
from planner.solver.dual_bounds import DualBounds
from planner.solver.highs import Options, load
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs, HighsBasis, HighsSolution

UNLIMITED = 2**31 - 1
FRACTIONAL = 1e-5
"""distance from a whole number from which on a cut is looked for"""
WARM: dict[str, str | int | float] = {
    "presolve": "off",
    "solver": "simplex",
    "simplex_dual_edge_weight_strategy": 1,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
}
"""HiGHS's options for warm starts from a basis"""


class RelaxationStatus(Enum):
    """How a relaxation ended."""

    OPTIMAL = auto()
    CUT_OFF = auto()
    """it is infeasible, or its value is not below the cut-off"""
    ITERATION_LIMIT = auto()
    """its value is a first estimate"""
    INTERRUPTED = auto()
    FAILED = auto()
    """HiGHS has no answer, not even without the basis"""


@dataclass(frozen=True, eq=False)
class RelaxationResult:
    """What is known of a relaxation."""

    status: RelaxationStatus
    value: float
    """the least cost; where it is cut off, at least the cut-off, or infinite where it is infeasible"""
    x: Vector | None = None
    """shape (n,); None unless it is optimal and was asked for"""
    reduced_costs: Vector | None = None
    """of the integers; shape (integers,)"""
    basis: HighsBasis | None = None
    """for a warm start"""


class Relaxation:
    """The relaxation of a program. Its bounds are those of the integers, of which a search branches on `searched`."""

    def __init__(self, program: Program, options: Options, interrupted: Callable[[], bool]) -> None:
        """HiGHS asks `interrupted` while it works, and stops where that says yes."""
        self.integers = np.flatnonzero(program.integer).astype(np.int32)
        self.searched = program.searched[self.integers]
        self.lower = program.lower[self.integers]
        self.upper = program.upper[self.integers]
        self.iterations = 0
        self.calls = 0
        """how often it was solved"""
        self.cuts: list[Cut] = []
        """rows after those of the program"""
        self._shape = len(program.cost), len(program.row_lower)
        self._interrupted = interrupted
        self._program = replace(program, integer=np.zeros_like(program.integer), implied=None)
        self._options = options
        self._bounds = DualBounds(self._program)
        self._within = self.lower, self.upper
        """bounds of the integers in what HiGHS holds"""
        self._order: Index | None = None
        """rows of the program in the order in which HiGHS holds them; None: all, in their own"""
        self._highs = self._loaded(self._program)

    @property
    def basis_bytes(self) -> int:
        """Memory of a basis: one byte for each variable and row."""
        return sum(self._shape) + len(self.cuts)

    def _loaded(self, program: Program) -> Highs:
        from highspy import cb

        highs = load(program, self._options)
        highs.setCallback(self._called, None)
        kinds = cb.HighsCallbackType
        for kind in (kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt):
            highs.startCallback(kind)
        return highs

    def solve_root(
        self,
        cutoff: float = np.inf,
        on_bound: Callable[[float], None] = lambda _: None,
        basis: HighsBasis | None = None,
    ) -> RelaxationResult:
        """The relaxation within the program's own bounds, and ready for warm starts after that.

        `on_bound` is called with lower bounds of its value on the way, where there are any. `basis` may be that of a
        similar relaxation, which is a place to begin.
        """
        if basis is not None:
            self.prepare_warm_starts()
            self._highs.setBasis(basis)
            found = self._run(cutoff)
            if found.status is not RelaxationStatus.FAILED:
                return found
            self._highs.clearSolver()
        found = self._run(cutoff) if len(self._program.value) < LARGE else self._with_lazy_rows(cutoff, on_bound)
        self.prepare_warm_starts()
        return found

    def _with_lazy_rows(self, cutoff: float, on_bound: Callable[[float], None]) -> RelaxationResult:
        """Solved without lazy rows, then with those that are violated, and so on; in the end with all of them."""
        lazy = LazyRows(self._program)
        self._highs.clear()
        self._highs, self._order = self._loaded(lazy.core), lazy.order
        known = -np.inf
        while True:
            found = self._run(cutoff)
            if found.status is RelaxationStatus.FAILED:
                return self._with_all_rows(cutoff)
            if found.x is None or found.basis is None:
                return found
            on_bound(found.value)
            violated = lazy.violated(found.x)
            if not len(violated) or found.value - known <= LITTLE * abs(found.value):
                break
            known = found.value
            self._keep_basis()
            lazy.add(self._highs, violated)
            self._order = lazy.order
        found = self._with_all_rows(cutoff, lazy.full_basis(found.basis))
        return self._with_all_rows(cutoff) if found.status is RelaxationStatus.FAILED else found

    def _with_all_rows(self, cutoff: float, basis: HighsBasis | None = None) -> RelaxationResult:
        """Solved with all rows from a basis, or without one: with some rows left out it may be unbounded."""
        self._highs.clear()
        self._highs, self._order = self._loaded(self._program), None
        if basis is not None:
            self._keep_basis()
            self._highs.setBasis(basis)
        return self._run(cutoff)

    def _keep_basis(self) -> None:
        """Let HiGHS go on from a basis, without presolve."""
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("solver", "simplex")

    def prepare_warm_starts(self) -> None:
        """Get ready to go on from a basis, which may be that of another relaxation of the same program."""
        self._highs.clearSolver()
        for name, value in WARM.items():
            self._highs.setOptionValue(name, value)

    def solve(self, lower: Vector, upper: Vector, basis: HighsBasis, cutoff: float) -> RelaxationResult:
        """The relaxation within bounds of the integers, solved from a basis until its value reaches the cut-off."""
        self._begin(lower, upper, basis, cutoff, UNLIMITED)
        found = self._run(cutoff)
        if found.status is RelaxationStatus.FAILED:
            self._highs.clearSolver()
            found = self._run(cutoff)
        return found

    def solve_briefly(
        self, lower: Vector, upper: Vector, basis: HighsBasis, cutoff: float, iterations: int
    ) -> RelaxationResult:
        """The same with a limit of iterations, and without the values of variables: for strong branching."""
        self._begin(lower, upper, basis, cutoff, iterations)
        return self._run(cutoff, with_x=False)

    def _begin(self, lower: Vector, upper: Vector, basis: HighsBasis, cutoff: float, iterations: int) -> None:
        self._within = lower, upper
        self._highs.changeColsBounds(len(self.integers), self.integers, lower, upper)
        self._highs.setBasis(basis)
        self._highs.setOptionValue("simplex_iteration_limit", iterations)
        self._highs.setOptionValue("objective_bound", cutoff)

    def add_cuts(self, cuts: Sequence[Cut]) -> None:
        """Add cuts as rows. An earlier basis does not fit the relaxation with them."""
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

    def resolve(self) -> RelaxationResult:
        """Solve it again after cuts were added or dropped, within the same bounds."""
        return self._run(np.inf)

    def drop_slack_cuts(self, basis: HighsBasis) -> bool:
        """Drop the cuts that do not bind in the solution of a basis; returns whether there were any."""
        import highspy

        rows = self._shape[1]
        status = list(basis.row_status)
        slack = [highspy.HighsBasisStatus.kBasic == each for each in status[rows:]]
        if not any(slack):
            return False
        self._highs.deleteRows(sum(slack), np.flatnonzero(slack).astype(np.int32) + np.int32(rows))
        kept = highspy.HighsBasis()
        kept.col_status = basis.col_status
        kept.row_status = status[:rows] + [each for each, drop in zip(status[rows:], slack, strict=True) if not drop]
        kept.valid = True
        self._highs.setBasis(kept)
        self.cuts = [cut for cut, drop in zip(self.cuts, slack, strict=True) if not drop]
        return True

    def drop_cuts(self) -> None:
        """Drop all cuts. A basis from before there were any fits the relaxation again."""
        if not self.cuts:
            return
        rows = np.arange(len(self.cuts), dtype=np.int32) + np.int32(self._shape[1])
        self._highs.deleteRows(len(rows), rows)
        self._highs.clearSolver()
        self.cuts = []

    def tableau_rows(self, x: Vector) -> Iterator[Vector]:
        """For each basic integer that is not whole, its row of the simplex tableau as weights of the program's rows.

        The relaxation was solved last with the solution x. Shape (m + cuts,) each, cuts last.
        """
        highs: Any = self._highs  # its types lack what follows
        _, basic = highs.getBasicVariables()
        integers = self.integers[np.abs(x - np.round(x))[self.integers] > FRACTIONAL]
        for position in np.flatnonzero(np.isin(basic, integers)).tolist():
            _, weights = highs.getBasisInverseRow(position)
            yield np.array(weights)

    def close(self) -> None:
        """Release HiGHS."""
        self._highs.setCallback(None, None)
        del self._highs  # highspy keeps its callback, which keeps this object, so that neither would be collected

    def _run(self, cutoff: float, with_x: bool = True) -> RelaxationResult:
        from highspy import HighsModelStatus as Status

        self.calls += 1
        self._highs.run()
        info, status = self._highs.getInfo(), self._highs.getModelStatus()
        self.iterations += max(0, info.simplex_iteration_count) + max(0, info.ipm_iteration_count)
        match status:
            case Status.kOptimal:
                return self._optimum(cutoff, with_x)
            case Status.kInfeasible:
                return self._without_solution()
            case Status.kObjectiveBound:
                value = self._proven(self._highs.getSolution())
                if value >= cutoff:
                    return RelaxationResult(RelaxationStatus.CUT_OFF, value)
                self._highs.setOptionValue("objective_bound", np.inf)
                return self._run(cutoff, with_x)
            case Status.kIterationLimit:
                return RelaxationResult(RelaxationStatus.ITERATION_LIMIT, info.objective_function_value)
            case Status.kInterrupt | Status.kTimeLimit:
                return RelaxationResult(RelaxationStatus.INTERRUPTED, -np.inf)
            case _:
                return RelaxationResult(RelaxationStatus.FAILED, -np.inf)

    def _optimum(self, cutoff: float, with_x: bool) -> RelaxationResult:
        """The result where HiGHS says that it has the optimum, as far as its duals prove that."""
        value = self._highs.getInfo().objective_function_value
        if not with_x and value < cutoff:
            return RelaxationResult(RelaxationStatus.OPTIMAL, value)
        solution = self._highs.getSolution()
        value = min(value, self._proven(solution))
        if np.isinf(value):
            return RelaxationResult(RelaxationStatus.FAILED, -np.inf)
        if value >= cutoff:
            return RelaxationResult(RelaxationStatus.CUT_OFF, value)
        x, costs = np.array(solution.col_value), np.array(solution.col_dual)[self.integers]
        return RelaxationResult(RelaxationStatus.OPTIMAL, value, x, costs, self._highs.getBasis())

    def _without_solution(self) -> RelaxationResult:
        """The result where HiGHS says that there is no solution: believed unless its proof, if it has one, is none."""
        highs: Any = self._highs  # its types lack what follows
        _, has_ray, ray = highs.getDualRay()
        if has_ray:
            lower, upper = self._bounds_within()
            if not self._bounds.no_solution(self._in_order(np.array(ray)), lower, upper, self._cut_rows()):
                return RelaxationResult(RelaxationStatus.FAILED, -np.inf)
        return RelaxationResult(RelaxationStatus.CUT_OFF, np.inf)

    def _proven(self, solution: HighsSolution) -> float:
        """The lower bound that follows from HiGHS's duals, whatever they are; −∞ where nothing does."""
        lower, upper = self._bounds_within()
        return self._bounds.of(self._in_order(np.array(solution.row_dual)), lower, upper, self._cut_rows())

    def _bounds_within(self) -> tuple[Vector, Vector]:
        lower, upper = self._program.lower.copy(), self._program.upper.copy()
        lower[self.integers], upper[self.integers] = self._within
        return lower, upper

    def _in_order(self, of_rows: Vector) -> Vector:
        """What HiGHS says of its rows, as of the program's rows and cuts."""
        if self._order is None:
            return of_rows
        found = np.zeros(len(self._program.row_lower))
        found[self._order] = of_rows
        return found

    def _cut_rows(self) -> list[tuple[Index, Vector, float]]:
        return [(cut.index, cut.value, cut.upper) for cut in self.cuts]

    def _called(self, _kind: Any, _message: str, _found: Any, wish: Any, _data: Any) -> None:
        if self._interrupted():
            wish.user_interrupt = True
