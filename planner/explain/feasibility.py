"""Whether a case has a plan: the model is solved without its costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from planner.basics.errors import Infeasible, Stopped
from planner.case.case import Case
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import options, refuse_lack_of_memory
from planner.solver import Feasibility, Snapshot, Stop, solve

Watch = Callable[[Snapshot], None] | None


def feasible(case: Case, watch: Watch = None, near: Mapping[str, float] | None = None) -> bool | None:
    """True where the case has a plan, False where it has none, None where the time limit ended the search.

    The search starts from `near`: the values of decisions by name, of a plan that may be feasible. Raises Stopped on
    Ctrl-C, MissingResource where memory ended before that.
    """
    portfolio = Portfolio.of(case)
    try:
        program = model(portfolio).program().without_cost()
    except Infeasible:
        return False
    start = None
    if near is not None:
        start = np.full(len(program.cost), np.nan)
        start[: portfolio.ledgers.size] = [near.get(name, 0.0) for name in portfolio.ledgers.names]
    answer = solve(program, options(case, 0.0), start=start, on_progress=watch)
    if answer.feasibility is Feasibility.FEASIBLE:
        return True
    if answer.stop is Stop.INTERRUPTED:
        raise Stopped("stopped by interruption before it was known whether there is a plan")
    refuse_lack_of_memory(answer)
    return False if answer.stop is Stop.INFEASIBLE else None
