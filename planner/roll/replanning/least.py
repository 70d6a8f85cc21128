"""The least change among plans, found by a search of its own; day-to-day decisions stay free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner import solver
from planner.basics.deadline import Deadline
from planner.case.case import Case
from planner.portfolio.portfolio import Portfolio
from planner.roll.replanning.asked import Asked
from planner.solve.answers import options, values
from planner.solve.start import Start, warm_start
from planner.solve.study_options import ExtraLimits, no_limits

GAP = 1e-6
"""gap of a least change, relative"""


@dataclass(frozen=True)
class Least:
    """The plan with the least of something."""

    value: float
    bound: float | None
    proven: bool
    decisions: Mapping[str, float]
    """by name, zeros left out"""


def least_change(case: Case, asked: Asked, start: Start | None, extra_limits: ExtraLimits = no_limits) -> Least:
    """The least sum of the tracked changes; where they have a price, the least cost with that price.

    Raises as `solve` does.
    """
    from planner.model.model import Peak, model

    deadline = Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced():
        portfolio = Portfolio.of(case)
        peak = None if asked.price else Peak(asked.total(portfolio), (0,))
        program = model(asked(portfolio), tuple(extra_limits(portfolio)), peak=peak).program().without_names()
        x0 = warm_start(program, portfolio, start)
    gap = case.settings.solver.gap if asked.price else min(case.settings.solver.gap, GAP)
    answer = solver.solve(program, options(case, gap, deadline=deadline), start=x0)
    x = values(answer, portfolio)[: portfolio.ledgers.size]
    assert answer.objective is not None, "there is a solution"
    decisions = {name: value for name, value in zip(portfolio.ledgers.names, x.tolist(), strict=True) if value}
    return Least(answer.objective, answer.bound, answer.proven, decisions)
