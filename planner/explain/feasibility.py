"""Whether a case has a plan: the model is solved without its costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.deadline import Deadline
from planner.basics.errors import Infeasible, Stopped
from planner.case.case import Case
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import options, refuse_lack_of_memory
from planner.solver import Feasibility, Snapshot, Stop, solve


@dataclass(frozen=True)
class Watching:
    """Who is told how far each search has come, and by when all of them must be done."""

    on_progress: Callable[[Snapshot], None] | None = None
    deadline: Deadline | None = None
    """None: each search may take as long as the case says"""

    def until(self, deadline: Deadline) -> Watching:
        """The same with a deadline, unless there is one already."""
        return self if self.deadline is not None else Watching(self.on_progress, deadline)

    def for_half(self) -> Watching:
        """The same for half of the time that is left."""
        return self if self.deadline is None else replace(self, deadline=self.deadline.part(0.5))

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and self.deadline.passed

    @contextmanager
    def working(self) -> Iterator[None]:
        """A block for work besides a search. Raises Stopped where it is not done by the deadline."""
        with (self.deadline or Deadline()).enforced("before a repair was found"):
            yield


UNWATCHED = Watching()


def feasible(case: Case, watch: Watching = UNWATCHED, near: Mapping[str, float] | None = None) -> bool | None:
    """True where the case has a plan, False where it has none, None where the time limit ended the search.

    The search starts from `near`: the values of decisions by name, of a plan that may be feasible. Raises Stopped on
    Ctrl-C, MissingResource where memory ended before that.
    """
    try:
        with watch.working():
            portfolio = Portfolio.of(case)
            program = model(portfolio).program().without_cost()
    except Infeasible:
        return False
    except Stopped:
        return None
    start = None
    if near is not None:
        start = np.full(len(program.cost), np.nan)
        start[: portfolio.ledgers.size] = [near.get(name, 0.0) for name in portfolio.ledgers.names]
    answer = solve(program, options(case, 0.0, deadline=watch.deadline), start=start, on_progress=watch.on_progress)
    if answer.feasibility is Feasibility.FEASIBLE:
        return True
    if answer.stop is Stop.INTERRUPTED:
        raise Stopped("stopped by interruption before it was known whether there is a plan")
    refuse_lack_of_memory(answer)
    return False if answer.stop is Stop.INFEASIBLE else None
