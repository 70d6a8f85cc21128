"""What is asked of the solver, and what its answer means for a plan."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from planner.basics.arrays import Vector
from planner.basics.deadline import Deadline
from planner.basics.errors import LONGER, Infeasible, Stopped, Unbounded
from planner.basics.resources import out_of_memory
from planner.case.case import Case
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import with_exact_breaches

if TYPE_CHECKING:
    from planner.solver import Answer, Options, Program

NAMED = 5
"""how many decisions a message names"""


def options(case: Case, gap: float, target: float | None = None, deadline: Deadline | None = None) -> Options:
    """The case's solver settings, but with that gap and target, and with what a deadline leaves of the time."""
    from planner.solver import Options

    settings = case.settings.solver
    limit = settings.time_limit_s if deadline is None else deadline.left
    return Options(gap, limit if limit < inf else None, settings.threads, settings.seed, target, settings.search)


def values(answer: Answer, portfolio: Portfolio) -> Vector:
    """The solution of an answer to a program of a portfolio; shape (n,).

    Raises Infeasible where there is no solution, Stopped where the search ended before it found one, MissingResource
    where that was for lack of memory, Unbounded where there is always a cheaper one, and RuntimeError where HiGHS
    failed.
    """
    from planner.solver import Feasibility, Stop

    if answer.stop is Stop.TARGET_MISSED:
        said = f"no plan costs less than {answer.bound:.3f} USD bn"
        raise Infeasible(portfolio.case.settings.shown_in.told(said))
    if answer.x is not None and answer.feasibility is Feasibility.FEASIBLE:
        return answer.x
    match answer.stop:
        case Stop.INFEASIBLE:
            raise Infeasible("no plan satisfies everything that is given")
        case Stop.UNBOUNDED:
            raise Unbounded(f"cost falls without end with {_endless(answer, portfolio)}")
        case Stop.MEMORY:
            raise out_of_memory()
        case Stop.TIME_LIMIT | Stop.INTERRUPTED:
            raise Stopped(f"stopped by {stopped_by(answer)} before any plan was found", LONGER)
        case _:
            violation = f"rows violated by up to {answer.primal_violation:g}"
            raise RuntimeError(f"HiGHS ended without an answer: {answer.stop} ({answer.highs_status}), {violation}")


def _endless(answer: Answer, portfolio: Portfolio) -> str:
    """The decisions that have no end in an unbounded program, the first few by name."""
    decisions = [j for j in answer.endless if j < portfolio.ledgers.size]
    names = [portfolio.ledgers.names[j] for j in decisions[:NAMED]]
    more = len(decisions) - len(names)
    return (", ".join(names) or "what the model adds to the decisions") + (f" and {more} more" if more else "")


def refuse_lack_of_memory(answer: Answer) -> None:
    """Raise MissingResource where a search ended because there was no more memory."""
    from planner.solver import Stop

    if answer.stop is Stop.MEMORY:
        raise out_of_memory()


def with_solution(answer: Answer, program: Program, x: Vector) -> Answer:
    """The answer with another solution of its program, shape (n,); a cheaper one narrows the gap."""
    from planner.solver.answer import relative_gap

    objective = program.objective(x)
    return replace(answer, x=x, objective=objective, gap=relative_gap(objective, answer.bound))


def stopped_by(answer: Answer) -> str:
    """What ended the search, in words; empty where it was the proof."""
    from planner.solver import Stop

    return {Stop.PROVEN: "", Stop.TIME_LIMIT: "time limit", Stop.INTERRUPTED: "interruption"}.get(
        answer.stop, str(answer.stop)
    )


def with_exact_maxima(portfolio: Portfolio, x: Vector) -> Vector:
    """The decisions with exact maxima of others, and with breaches no larger than needed; shape (n,)."""
    exact = x.copy()
    for top in portfolio.ledgers.maxima:
        exact[top.variable] = top.value(x)
    return with_exact_breaches(portfolio.limits, exact)
