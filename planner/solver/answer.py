"""What an answer means: decided here and nowhere else.

Why a search stopped (`Stop`) and whether its solution is feasible (`Feasibility`) are two questions. An answer is
proven only where a search, ours or HiGHS's, has closed the gap, and where the gap is still closed after a check of the
rows with exact integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from planner.basics.arrays import Vector
from planner.solver.experience import Experience

if TYPE_CHECKING:
    from highspy import HighsModelStatus

TOLERANCE = 1e-6
"""by how much a row or a bound may be violated [its own unit]"""
ABSOLUTE_GAP = 1e-6
"""a gap up to this size is closed, however small a gap was asked for; as a share of the objective where that is less
than 1 in the units in which a program is solved"""
LEAST_GAP = 1e-9
"""a gap up to this size is closed, however small the objective [unit in which a program is solved]"""
ROUNDING = 1e-9
"""rounding error of a sum of many terms, relative"""


class Stop(StrEnum):
    """Why the solver stopped."""

    PROVEN = "proven"
    """no solution is better by more than the gap"""
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    """there are solutions, and for each a better one"""
    TIME_LIMIT = "time limit"
    INTERRUPTED = "interrupted"
    MEMORY = "lack of memory"
    TARGET_MET = "target met"
    """a solution is as good as was asked for"""
    TARGET_MISSED = "target missed"
    """no solution is as good as was asked for"""
    DUALITY_GAP = "duality gap"
    """a relaxation proves no more, whatever the prices of what it leaves out"""
    INEXACT = "inexact"
    """HiGHS ended within the tolerances of its own arithmetic, but not within those asked for"""
    UNKNOWN = "unknown"
    """HiGHS ended without saying what it found"""
    ERROR = "error"
    """HiGHS failed"""


class Feasibility(StrEnum):
    """What solution there is."""

    NONE = "none"
    FEASIBLE = "feasible"
    """it fulfils every row and bound within the tolerance"""
    VIOLATED = "violated"
    """it is HiGHS's best, but violates a row or a bound by more than the tolerance, or an integer is not whole"""


@dataclass(frozen=True)
class Snapshot:
    """How far a search under way has come."""

    incumbent: float | None
    """objective of the best solution so far; None before the first"""
    bound: float | None
    """lower bound of all solutions; None before the first bound"""
    nodes: int
    seconds: float
    """since the solve began [s]"""

    @property
    def gap(self) -> float | None:
        """Distance from incumbent to bound, relative to the incumbent; None where one of them is missing."""
        return relative_gap(self.incumbent, self.bound)


@dataclass(frozen=True, eq=False)
class Answer:
    """The result of a solve."""

    stop: Stop
    feasibility: Feasibility
    x: Vector | None
    """values in the order of the program's variables, integers exact; shape (n,); None where there is no solution"""
    objective: float | None
    """of x, added up from the program's costs"""
    bound: float | None
    """lower bound of all solutions; None where nothing is known"""
    gap: float | None
    """distance from objective to bound, relative to the objective; None where one of them is missing"""
    seconds: float
    """wall clock time [s]"""
    nodes: int
    """of the search tree"""
    simplex_iterations: int
    """0 where HiGHS did not stop in time to be asked"""
    integrality: float
    """distance of the worst integer of x from a whole number; above 0 only where rounding leaves no solution"""
    primal_violation: float
    """by how much x violates its worst row or bound, by our own calculation [its own unit]"""
    highs_status: str
    """in HiGHS's words"""
    highs_version: str
    saved: float = 0.0
    """by how much the objective is lower than when the gap was closed"""
    endless: tuple[int, ...] = ()
    """numbers of the variables that grow or fall without end, where the program is unbounded"""
    experience: Experience | None = None
    """what our search has learnt, for the search of a similar program; None where it did not close the gap"""

    @property
    def proven(self) -> bool:
        """Whether x is feasible and nothing is better by more than the gap asked for."""
        return self.stop is Stop.PROVEN


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Distance from objective to bound relative to the objective; None where one is missing.

    >>> relative_gap(200.0, 199.0), relative_gap(0.0, 0.0), relative_gap(0.0, -1.0), relative_gap(None, 1.0)
    (0.005, 0.0, inf, None)
    """
    if objective is None or bound is None:
        return None
    distance = max(0.0, objective - bound)
    if distance == 0.0:
        return 0.0
    return distance / abs(objective) if objective else float("inf")


def closed_gap(objective: float, gap: float) -> float:
    """The largest distance of a bound from an objective at which the gap is closed.

    >>> closed_gap(100.0, 0.001), closed_gap(100.0, 0.0), closed_gap(0.01, 0.0), closed_gap(0.0, 0.1)
    (0.1, 1e-06, 1e-08, 1e-09)
    """
    size = abs(objective)
    return max(gap * size, ABSOLUTE_GAP * min(1.0, size), LEAST_GAP)


def why_stopped(status: HighsModelStatus) -> Stop:
    """What HiGHS's status means, before our own checks.

    "Unbounded", by itself or "or infeasible", is a statement on the linear relaxation or on presolve. The caller has to
    find out whether there is any solution.
    """
    from highspy import HighsModelStatus as Status

    return {
        Status.kOptimal: Stop.PROVEN,
        Status.kInfeasible: Stop.INFEASIBLE,
        Status.kUnbounded: Stop.UNBOUNDED,
        Status.kUnboundedOrInfeasible: Stop.UNBOUNDED,
        Status.kTimeLimit: Stop.TIME_LIMIT,
        Status.kInterrupt: Stop.INTERRUPTED,
        Status.kLoadError: Stop.ERROR,
        Status.kModelError: Stop.ERROR,
        Status.kPresolveError: Stop.ERROR,
        Status.kSolveError: Stop.ERROR,
        Status.kPostsolveError: Stop.ERROR,
        Status.kMemoryLimit: Stop.MEMORY,
    }.get(status, Stop.UNKNOWN)


def with_target(stop: Stop, objective: float | None, bound: float | None, target: float | None) -> Stop:
    """`stop`, or whether the target is met, where there is a target and that is known.

    >>> with_target(Stop.INTERRUPTED, 99.0, 90.0, 100.0), with_target(Stop.TIME_LIMIT, None, 101.0, 100.0)
    (<Stop.TARGET_MET: 'target met'>, <Stop.TARGET_MISSED: 'target missed'>)
    >>> with_target(Stop.PROVEN, 100.5, 99.5, 100.0)
    <Stop.PROVEN: 'proven'>
    """
    if target is None:
        return stop
    if objective is not None and objective <= target + ROUNDING * abs(target):
        return Stop.TARGET_MET
    return Stop.TARGET_MISSED if bound is not None and bound > target else stop


def verified(stop: Stop, feasibility: Feasibility, objective: float | None, bound: float | None, gap: float) -> Stop:
    """`stop`, but inexact where it claims a proof that the solution and the bound do not confirm.

    >>> verified(Stop.PROVEN, Feasibility.FEASIBLE, 100.0, 99.95, 0.001)
    <Stop.PROVEN: 'proven'>
    >>> verified(Stop.PROVEN, Feasibility.FEASIBLE, 100.0, 99.8, 0.001)
    <Stop.INEXACT: 'inexact'>
    """
    if stop is not Stop.PROVEN:
        return stop
    if feasibility is not Feasibility.FEASIBLE or objective is None or bound is None:
        return Stop.INEXACT
    allowed = closed_gap(objective, gap) + ROUNDING * abs(objective)
    return Stop.PROVEN if objective - bound <= allowed else Stop.INEXACT
