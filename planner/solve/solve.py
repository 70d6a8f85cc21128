"""From a case to a plan: post, build, search, read back, and record the proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from planner import solver
from planner.basics.deadline import Deadline
from planner.basics.memory import release_memory
from planner.basics.search_method import SearchMethod
from planner.case.case import Case
from planner.plan.exports import debt
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.portfolio.waived import with_exact_breaches
from planner.solve.answers import options, values, with_exact_maxima, with_solution
from planner.solve.fewer_signatures import with_fewer_signatures
from planner.solve.learnt import Learnt
from planner.solve.progress import Clock
from planner.solve.record import record
from planner.solve.start import Start, to_fewer_dates, warm_start
from planner.solve.study_options import NO_STUDY, StudyOptions

if TYPE_CHECKING:
    from planner.basics.arrays import Vector
    from planner.solver import Answer, Program, Snapshot
    from planner.solver.program import Mask

WRITING = "writing the tables"
"""the last phase, in which the plan is already found"""

LARGE = 200_000
"""coefficients from which on memory is given back before HiGHS searches, which takes 0.05 s"""
VERY_LARGE = 2_000_000
"""coefficients from which on a first plan is looked for with fewer dates of each offer"""
HUGE = 3_000_000
"""coefficients from which on posts are not kept while HiGHS searches, but made again for the tables"""


def solve(
    case: Case,
    *,
    start: Start | None = None,
    study: StudyOptions = NO_STUDY,
    mps: Path | None = None,
    deadline: Deadline | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Plan:
    """The plan of least present cost, or what a study asks for.

    `start` is a plan to start from, or decisions by name; those that do not exist here are left out. `mps` is a file to
    write the model to. `on_phase` is called with the name of each phase as it begins, `on_progress` while the search
    goes on. Gap, time limit, threads, seed and search are the case's; the limit holds from the call on, for all that is
    done before a plan is found, unless there is another `deadline`.

    Raises Infeasible where no plan satisfies the case, or none meets the study's target, and Stopped where time or
    Ctrl-C ended the search before any plan was found. Stopped later, the best plan so far is returned and says so.
    """
    clock = Clock()
    deadline = deadline or Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced():
        on_phase("reading the contracts")
        portfolio = Portfolio.of(case, study.similar)
        debt.explained(portfolio)  # raises before the search, not after it
        clock.lap("post")
        on_phase("building the model")
        program, remarks = _program(portfolio, study, mps, clock)
        experience = None if study.learnt is None else study.learnt.of(program)
        names = None if study.on_learnt is None else (tuple(program.variable_names()), tuple(program.row_names()))
        program = program.without_names()
        x = warm_start(program, portfolio, start)
        restriction = _restriction(program, portfolio) if x is None else None
    if len(program.value) >= HUGE:
        del portfolio
    if len(program.value) >= LARGE:
        release_memory()
    on_phase("solving")
    asked = options(case, case.settings.solver.gap, study.target, deadline)
    answer = solver.solve(
        program, asked, start=x, restriction=restriction, experience=experience, on_progress=on_progress
    )
    if study.on_learnt is not None and names is not None and answer.experience is not None:
        study.on_learnt(Learnt(*names, answer.experience))
    clock.lap("solve")
    on_phase(WRITING)
    if len(program.value) >= HUGE:
        release_memory()
        portfolio = Portfolio.of(case, study.similar)
    found = values(answer, portfolio)
    if study.target is None and study.leeway is None:
        found = with_fewer_signatures(program, portfolio, found, options(case, case.settings.solver.gap))
        answer = with_solution(answer, program, found)
        clock.lap("ties")
    exact = with_exact_breaches(portfolio.limits, found)
    if exact is not found:
        answer, found = with_solution(answer, program, exact), exact
    plan = _plan(portfolio, study, found, answer, remarks, clock)
    clock.lap("tables")
    return plan


def _program(
    portfolio: Portfolio, study: StudyOptions, mps: Path | None, clock: Clock
) -> tuple[Program, tuple[str, ...]]:
    """The program of a portfolio, and remarks on its numbers."""
    from planner.model.model import model

    clock.lap("import")
    built = model(study.bounding(portfolio), tuple(study.extra_limits(portfolio)), study.leeway)
    clock.lap("build")
    program = built.program()
    clock.lap("compile")
    if mps is not None:
        solver.write_mps(program, mps)
        clock.lap("write_mps")
    return program, tuple(solver.scaling(program).remarks)


def _restriction(program: Program, portfolio: Portfolio) -> Mask | None:
    """The variables at 0 while our search looks for a first plan; None where that is not worth while."""
    alone = portfolio.case.settings.solver.search is SearchMethod.HIGHS
    return None if alone or len(program.value) < VERY_LARGE else to_fewer_dates(program, portfolio)


def _plan(
    portfolio: Portfolio, study: StudyOptions, found: Vector, answer: Answer, remarks: tuple[str, ...], clock: Clock
) -> Plan:
    """The plan of a solution and of the answer that brought it."""
    x = found[: portfolio.ledgers.size]
    solution = Solution(portfolio, with_exact_maxima(portfolio, x))
    broken = [] if study.leeway is None else solution.breaches()
    names = [limit.named(t, portfolio.case.calendar) for limit, t in broken]
    return Plan.of(solution, record(solution, answer, remarks, clock, names, study.stressed))
