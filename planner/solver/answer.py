"""What an answer means: decided here and nowhere else.

Why a search stopped (`Stop`) and what there is to show for it (`Solution`) are two questions. "Proven" is said only
where a search has closed the gap, ours or HiGHS's, and a check of the rows, at exact integers, leaves it closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from planner.basics.arrays import Vector

if TYPE_CHECKING:
    from highspy import HighsModelStatus

TOLERANCE = 1e-6
"""by how much a row or a bound may be broken [its own unit]"""
ABSOLUTE_GAP = 1e-6
"""how far from proven best counts as none at all [unit of the objective], however small the gap asked for"""
ROUNDING = 1e-9
"""noise in a sum of many terms, relative"""


class Stop(StrEnum):
    """Why the solver stopped."""

    PROVEN = "proven"
    """no solution is better by more than the gap"""
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    """there are solutions, and for each a better one"""
    TIME_LIMIT = "time limit"
    INTERRUPTED = "interrupted"
    TARGET_MET = "target met"
    """a solution is as good as was asked for"""
    TARGET_MISSED = "target missed"
    """no solution is as good as was asked for"""
    INEXACT = "inexact"
    """HiGHS ended, but within the tolerances of its arithmetic, not within those asked for"""
    UNKNOWN = "unknown"
    """HiGHS ended without saying what it found"""
    ERROR = "error"
    """HiGHS failed"""


class Solution(StrEnum):
    """What solution there is."""

    NONE = "none"
    FEASIBLE = "feasible"
    """fulfils every row and bound within the tolerance"""
    VIOLATED = "violated"
    """HiGHS's best, but it breaks a row or a bound by more than the tolerance, or an integer is not whole"""


@dataclass(frozen=True)
class Snapshot:
    """Where a solve under way stands."""

    incumbent: float | None
    """objective of the best solution so far; None before the first"""
    bound: float | None
    """no solution is better than this; None before the first bound"""
    nodes: int
    seconds: float
    """since the solve began [s]"""

    @property
    def gap(self) -> float | None:
        """Distance from incumbent to bound, relative to the incumbent; None where one of them is missing."""
        return relative_gap(self.incumbent, self.bound)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a solve found."""

    stop: Stop
    solution: Solution
    x: Vector | None
    """values in the order of the program's columns, integers exact; shape (n,); None where there is no solution"""
    objective: float | None
    """of x, added up from the program's costs"""
    bound: float | None
    """no solution is better than this; None where nothing is known"""
    gap: float | None
    """distance from objective to bound, relative to the objective; None where one of them is missing"""
    seconds: float
    """wall clock from first to last [s]"""
    nodes: int
    """of the search tree"""
    simplex_iterations: int
    """0 where HiGHS did not stop in time to be asked"""
    integrality: float
    """how far the worst integer of x is from a whole number [1]; above 0 only where rounding has no solution"""
    primal_violation: float
    """by how much x breaks its worst row or bound, by our own reckoning [its own unit]"""
    highs_status: str
    """HiGHS's own words"""
    highs_version: str

    @property
    def proven(self) -> bool:
        """Whether x fulfils everything and nothing is better by more than the gap asked for."""
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


def why_stopped(status: HighsModelStatus) -> Stop:
    """What HiGHS's status means, before our own checks.

    "Unbounded", by itself or "or infeasible", is a statement on the linear relaxation or on presolve; whether there is
    any solution at all is for the caller to find out.
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
        Status.kMemoryLimit: Stop.ERROR,
    }.get(status, Stop.UNKNOWN)


def aimed(stop: Stop, objective: float | None, bound: float | None, target: float | None) -> Stop:
    """`stop`, or, where a target decides, whether it is met.

    >>> aimed(Stop.INTERRUPTED, 99.0, 90.0, 100.0), aimed(Stop.TIME_LIMIT, None, 101.0, 100.0)
    (<Stop.TARGET_MET: 'target met'>, <Stop.TARGET_MISSED: 'target missed'>)
    >>> aimed(Stop.PROVEN, 100.5, 99.5, 100.0)
    <Stop.PROVEN: 'proven'>
    """
    if target is None:
        return stop
    if objective is not None and objective <= target + ROUNDING * abs(target):
        return Stop.TARGET_MET
    return Stop.TARGET_MISSED if bound is not None and bound > target else stop


def judged(stop: Stop, solution: Solution, objective: float | None, bound: float | None, gap: float) -> Stop:
    """`stop`, unless it claims a proof that the solution at hand does not bear out.

    >>> judged(Stop.PROVEN, Solution.FEASIBLE, 100.0, 99.95, 0.001)
    <Stop.PROVEN: 'proven'>
    >>> judged(Stop.PROVEN, Solution.FEASIBLE, 100.0, 99.8, 0.001)
    <Stop.INEXACT: 'inexact'>
    """
    if stop is not Stop.PROVEN:
        return stop
    if solution is not Solution.FEASIBLE or objective is None or bound is None:
        return Stop.INEXACT
    allowed = max(gap * abs(objective), ABSOLUTE_GAP) + ROUNDING * abs(objective)
    return Stop.PROVEN if objective - bound <= allowed else Stop.INEXACT
