"""What is asked of the solver, and what its answer means for a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.basics.arrays import Vector
from planner.basics.errors import Infeasible, Stopped
from planner.case.case import Case
from planner.portfolio.portfolio import Portfolio

if TYPE_CHECKING:
    from planner.solver import Answer, Options

ROUNDING = 1e-9
"""a smaller maximum is 0 [its own unit]"""
LONGER = "Allow more time (case.solver.time_limit_s or --time-limit)."


def options(case: Case, gap: float, target: float | None = None) -> Options:
    """The case's solver settings, but with that gap and target."""
    from planner.solver import Options

    settings = case.settings.solver
    return Options(gap, settings.time_limit_s, settings.threads, settings.seed, target, settings.search)


def values(answer: Answer) -> Vector:
    """The solution of an answer; shape (n,).

    Raises Infeasible where there is no solution, Stopped where the search ended before it found one, and RuntimeError
    where HiGHS failed.
    """
    from planner.solver import Feasibility, Stop

    if answer.stop is Stop.TARGET_MISSED:
        raise Infeasible(f"no plan costs less than {answer.bound:.3f} USD bn")
    if answer.x is not None and answer.feasibility is Feasibility.FEASIBLE:
        return answer.x
    match answer.stop:
        case Stop.INFEASIBLE:
            raise Infeasible("no plan satisfies everything that is given")
        case Stop.TIME_LIMIT | Stop.INTERRUPTED:
            raise Stopped(f"stopped by {stopped_by(answer)} before any plan was found", LONGER)
        case _:
            violation = f"rows violated by up to {answer.primal_violation:g}"
            raise RuntimeError(f"HiGHS ended without an answer: {answer.stop} ({answer.highs_status}), {violation}")


def stopped_by(answer: Answer) -> str:
    """What ended the search, in words; empty where it was the proof."""
    from planner.solver import Stop

    return {Stop.PROVEN: "", Stop.TIME_LIMIT: "time limit", Stop.INTERRUPTED: "interruption"}.get(
        answer.stop, str(answer.stop)
    )


def with_exact_maxima(portfolio: Portfolio, x: Vector) -> Vector:
    """The decisions, of which those that are maxima of others have exactly that value; shape (n,).

    What is left of a sum by rounding alone is 0.
    """
    exact = x.copy()
    for top in portfolio.ledgers.maxima:
        value = top.value(x)
        exact[top.variable] = value if value > ROUNDING else 0.0
    return exact
