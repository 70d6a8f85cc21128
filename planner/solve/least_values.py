"""The smallest value that something can have in any plan, for studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from planner import solver
from planner.basics.deadline import Deadline
from planner.basics.errors import LONGER, Stopped
from planner.case.case import Case
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import options, refuse_lack_of_memory, stopped_by, values
from planner.solve.start import Start, warm_start
from planner.solve.study_options import Bounding, ExtraLimits, as_it_is, no_limits

PEAK_GAP = 1e-3
"""gap of a smallest peak, relative"""
BREACH_GAP = 1e-6
"""gap of the least that limits have to be broken by, relative"""


@dataclass(frozen=True)
class Smallest:
    """A smallest value, as far as it is proven."""

    value: float
    bound: float | None
    """lower bound of the value; None where nothing is known"""
    proven: bool
    stopped_by: str
    """what ended the search; empty where it was the proof"""
    decisions: Mapping[str, float] = field(default_factory=dict, repr=False)
    """the decisions of a plan with that value, by name, zeros left out"""


def smallest_peak(
    case: Case,
    of: Callable[[Portfolio], Balance],
    periods: Sequence[int],
    *,
    start: Start | None = None,
    extra_limits: ExtraLimits = no_limits,
    similar: Portfolio | None = None,
) -> Smallest:
    """The smallest that the largest value of a balance over some periods can be.

    It is proven to PEAK_GAP, or to the case's gap where that is less, within the case's time limit. `extra_limits` and
    `similar` are as in `StudyOptions`. Raises as `solve` does.
    """
    from planner.model.model import Peak, model

    deadline = Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced():
        portfolio = Portfolio.of(case, similar)
        peak = Peak(of(portfolio), periods)
        program = model(portfolio, tuple(extra_limits(portfolio)), peak=peak).program().without_names()
        x = warm_start(program, portfolio, start)
    asked = options(case, min(case.settings.solver.gap, PEAK_GAP), deadline=deadline)
    answer = solver.solve(program, asked, start=x)
    x = values(answer, portfolio)[: portfolio.ledgers.size]
    assert answer.objective is not None, "there is a solution"
    decisions = {name: value for name, value in zip(portfolio.ledgers.names, x.tolist(), strict=True) if value}
    return Smallest(answer.objective, answer.bound, answer.proven, stopped_by(answer), decisions)


def least_broken(
    case: Case,
    loose: Callable[[Limit], bool],
    *,
    bounding: Bounding = as_it_is,
    start: Start | None = None,
) -> float:
    """The least by which limits that are `loose` have to be broken in all, as `Leeway` measures it.

    It is proven to BREACH_GAP. Raises as `solve` does: Infeasible where no plan satisfies the case even with these
    limits broken; Stopped where time or Ctrl-C ended the search before the proof.
    """
    from planner.model.model import model

    deadline = Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced():
        portfolio = Portfolio.of(case)
        program = model(bounding(portfolio), leeway=Leeway(loose)).program().without_names()
        x = warm_start(program, portfolio, start)
    asked = options(case, min(case.settings.solver.gap, BREACH_GAP), deadline=deadline)
    answer = solver.solve(program, asked, start=x)
    values(answer, portfolio)
    refuse_lack_of_memory(answer)
    if not answer.proven:
        raise Stopped(f"stopped by {stopped_by(answer)} before the smallest breach of limits was proven", LONGER)
    assert answer.objective is not None, "there is a solution"
    return max(0.0, answer.objective)
