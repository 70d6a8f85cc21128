"""HiGHS: options, loading a program, reading the result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.search_method import SearchMethod
from planner.solver.answer import LEAST_GAP, ROUNDING, TOLERANCE
from planner.solver.experience import Experience
from planner.solver.program import Program

if TYPE_CHECKING:
    from highspy import Highs, HighsModelStatus


HIGHS_OPTIONS: dict[str, float | bool] = {
    "mip_allow_restart": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""options of HiGHS whose defaults are slower for our models, by measurement (see `README.md`)

By default HiGHS looks for better solutions in three kinds of sub-MIPs, which are nested up to ten deep and take most of
its time. One kind finds solutions as good. By default it also restarts at the root after only few variables were fixed
there, which gains nothing.
"""

SMALL = 200
"""entries up to which a program with integers is not presolved

Presolve saves little there. In some versions of HiGHS it loses the optimum of small programs with integers that are
bounded by rows.
"""
FINEST = 1e-10
"""the smallest violation of a row that HiGHS can be asked for"""
USUAL_IN_LINEAR = 1e-7
"""the violation of a row that HiGHS allows in a linear program by itself"""


@dataclass(frozen=True)
class Options:
    """How long and how exactly to solve."""

    gap: float = 0.001
    """largest distance from proven best, relative to the objective"""
    time_limit_s: float | None = None
    """longest time [s]; None: no limit"""
    threads: int = 1
    seed: int = 1
    target: float | None = None
    """stop at the first solution that costs no more, or as soon as it is proven that there is none"""
    search: SearchMethod = SearchMethod.OWN
    """which search solves a program with integers; a program without integers is always HiGHS's"""
    tolerance: float = TOLERANCE
    """by how much HiGHS may violate rows and integrality; below 1e-7 that of its linear programs too"""
    mostly_integers: bool = False
    """whether HiGHS's search runs RENS and may restart all the same, which pays where many variables are integers"""

    def __post_init__(self) -> None:
        if not 0.0 <= self.gap < float("inf"):
            raise ValueError(f"the gap {self.gap} is not a number from 0 up")
        if self.time_limit_s is not None and not self.time_limit_s >= 0.0:
            raise ValueError(f"the time limit {self.time_limit_s} s is not a number from 0 up")
        if self.threads < 1:
            raise ValueError(f"{self.threads} threads are less than 1")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"the seed {self.seed} is not within 0 and 2^31 - 1")


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search reports, in HiGHS's terms."""

    status: HighsModelStatus
    message: str
    """the status in words"""
    x: Vector | None
    """the best feasible solution; shape (n,)"""
    bound: float | None
    """lower bound of all solutions; None where nothing is known"""
    nodes: int
    simplex_iterations: int
    version: str
    """of HiGHS"""
    checked: bool = False
    """whether the bound follows from duals that we have checked"""
    saved: float = 0.0
    """by how much the solution is better than when the gap was closed"""
    experience: Experience | None = None
    """what our search has learnt; None where it did not close the gap"""


def only_binaries(program: Program) -> bool:
    """Whether all variables are 0 or 1; HiGHS is right on such programs also where they are small."""
    return bool(program.integer.all()) and bool(np.isin(np.append(program.lower, program.upper), (0.0, 1.0)).all())


def needs_no_presolve(program: Program) -> bool:
    """Whether a program is small, and its integers are bounded, so that a search ends without presolve too.

    Not one of binaries only: a knapsack is much slower without presolve.
    """
    if len(program.value) > SMALL or not program.integer.any() or only_binaries(program):
        return False
    of_integers = np.append(program.lower[program.integer], program.upper[program.integer])
    return bool(np.isfinite(of_integers).all())


def load(program: Program, options: Options | None = None) -> Highs:
    """A silent HiGHS that holds the program, with the bounds of integers rounded inwards.

    HiGHS's presolve is wrong where those are fractions. Raises RuntimeError where HiGHS refuses the program.
    """
    import highspy

    program = program.with_whole_bounds() if len(program.cost) else _with_a_variable(program)
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no annotation
    highs.setOptionValue("output_flag", False)
    if options is not None:
        _set(highs, options)
    status = highs.passModel(
        len(program.cost),
        len(program.row_lower),
        len(program.value),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        program.constant,
        program.cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        program.start,
        program.index,
        program.value,
        np.where(program.searched, 1, 4 * program.integer).astype(np.int32),  # HighsVarType: implicit integer 4
    )
    if status == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refuses the model")
    return highs


def _with_a_variable(program: Program) -> Program:
    """A program without variables, with one that enters nothing: without any, HiGHS does not look at the rows."""
    zero = np.zeros(1)
    return replace(
        program,
        cost=zero,
        lower=zero,
        upper=zero,
        integer=np.zeros(1, dtype=np.bool_),
        implied=None,
        start=np.zeros(2, dtype=np.int32),
    )


def _set(highs: Highs, options: Options) -> None:
    import highspy

    values: dict[str, float | int | bool] = {
        **HIGHS_OPTIONS,
        "mip_heuristic_run_rens": options.mostly_integers,
        "mip_allow_restart": options.mostly_integers,
        "mip_rel_gap": max(options.gap, ROUNDING),
        "mip_abs_gap": LEAST_GAP,
        "mip_feasibility_tolerance": max(options.tolerance, FINEST),
        "threads": options.threads,
        "random_seed": options.seed,
    }
    if options.tolerance < USUAL_IN_LINEAR:
        values["primal_feasibility_tolerance"] = max(options.tolerance, FINEST)
        values["dual_feasibility_tolerance"] = max(options.tolerance, FINEST)
    if options.time_limit_s is not None:
        values["time_limit"] = float(options.time_limit_s)
    for name, value in values.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise RuntimeError(f"HiGHS refuses {name} = {value}")


def set_start(highs: Highs, start: Vector) -> None:
    """Give HiGHS a solution to start from; HiGHS itself looks for values that are missing (NaN)."""
    given = np.flatnonzero(~np.isnan(start)).astype(np.int32)
    highs.setSolution(len(given), given, start[given])


def read_result(highs: Highs, program: Program) -> SearchResult:
    """The result of HiGHS, which holds the program."""
    import highspy

    info, status = highs.getInfo(), highs.getModelStatus()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    bound = info.mip_dual_bound
    if not program.integer.any():  # a linear program has no bound before its optimum
        bound = info.objective_function_value if status == highspy.HighsModelStatus.kOptimal else -np.inf
    return SearchResult(
        status=status,
        message=highs.modelStatusToString(status),
        x=np.array(highs.getSolution().col_value, dtype=np.float64)[: len(program.cost)] if feasible else None,
        bound=finite(bound),
        nodes=max(0, info.mip_node_count),
        simplex_iterations=max(0, info.simplex_iteration_count),
        version=highs.version(),
    )


def interrupted_result(
    message: str, x: Vector | None, bound: float | None, nodes: int, iterations: int = 0
) -> SearchResult:
    """What was known when a search was interrupted."""
    import highspy

    status, version = highspy.HighsModelStatus.kInterrupt, highspy.Highs().version()  # type: ignore[no-untyped-call]
    return SearchResult(status, message, x, bound, nodes, iterations, version)


def out_of_memory_result(x: Vector | None, bound: float | None, nodes: int) -> SearchResult:
    """What was known when a search found no more memory."""
    import highspy

    result = interrupted_result("Out of memory", x, bound, nodes)
    return replace(result, status=highspy.HighsModelStatus.kMemoryLimit)


def row_duals(highs: Highs) -> Vector:
    """The duals of the rows of the linear program that HiGHS has solved; shape (m,)."""
    return np.array(highs.getSolution().row_dual, dtype=np.float64)


def finite(value: float) -> float | None:
    """A number; None for an infinite one, by which HiGHS says that there is none."""
    return value if np.isfinite(value) else None
