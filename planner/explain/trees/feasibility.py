"""Whether the futures of a case have a plan: each by itself, some of them, and all together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from planner.basics.errors import DataError, Infeasible, Stopped
from planner.case.case import Case
from planner.explain.feasibility import UNWATCHED, Watching
from planner.futures.cases import case_of
from planner.futures.causality import problems_of_tree
from planner.futures.tree import Tree
from planner.hedge.tree_program import FutureProgram, TreeProgram, future_program
from planner.portfolio.decision_days import NEVER
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import options, refuse_lack_of_memory
from planner.solver import Feasibility, Stop, solve
from planner.solver.program import Program

CROSSED = 1e-9
"""by how much a lower bound may lie above an upper one and still be rounding"""


@dataclass(frozen=True, eq=False)
class PostedFutures:
    """A case and the programs of its futures."""

    case: Case
    tree: Tree
    programs: Sequence[FutureProgram | None]
    """in the order of the tree; None where the data of a future alone break a limit"""

    @staticmethod
    def of(case: Case) -> PostedFutures:
        """The futures of a case. Raises DataError where its events or a future are not valid."""
        tree = Tree.of(case)
        if problems := problems_of_tree(case, tree):
            raise DataError(problems)
        expected = Portfolio.of(case)
        programs: list[FutureProgram | None] = []
        for future in tree.futures:
            try:
                programs.append(future_program(case, future, case_of(case, tree, future), expected))
            except Infeasible:
                programs.append(None)
        return PostedFutures(case, tree, programs)

    def possible(self, future: int, watch: Watching = UNWATCHED) -> bool | None:
        """Whether a future has a plan by itself, by its position; None where the time limit ended the search."""
        found = self.programs[future]
        return False if found is None else has_a_solution(self.case, found.program, watch)

    def together(
        self, futures: Sequence[int] = (), free: Collection[str] = (), watch: Watching = UNWATCHED
    ) -> bool | None:
        """Whether one plan serves some futures, by position, or all where none is given; None as in `possible`.

        Decisions about the offers in `free` need not be the same in futures that are not told apart yet.
        """
        chosen = list(futures) or list(range(len(self.tree)))
        found = [_freed(each, free) for i in chosen if (each := self.programs[i]) is not None]
        if len(found) < len(chosen):
            return False
        part = Tree(self.tree.start, self.tree.events, tuple(self.tree.futures[i] for i in chosen))
        try:
            with watch.working():
                program = TreeProgram.of(self.case, part, found).program
        except Stopped:
            return None
        if (program.lower > program.upper + CROSSED).any():
            return False
        return has_a_solution(self.case, program, watch)


def all_futures_have_a_plan(case: Case, watch: Watching = UNWATCHED) -> bool | None:
    """Whether one plan serves all futures of a case; None where the time limit ended the search.

    A case whose events or futures are not valid has none.
    """
    try:
        try:
            with watch.working():
                posted = PostedFutures.of(case)
        except Stopped:
            return None
        for i in range(len(posted.tree)):
            if not (found := posted.possible(i, watch)):
                return found
        return posted.together(watch=watch)
    except DataError:
        return False


def has_a_solution(case: Case, program: Program, watch: Watching) -> bool | None:
    """Whether a program has a solution, whatever it costs; None where the time limit ended the search.

    Raises Stopped on Ctrl-C, MissingResource where memory ended before that.
    """
    answer = solve(program.without_cost(), options(case, 0.0, deadline=watch.deadline), on_progress=watch.on_progress)
    if answer.feasibility is Feasibility.FEASIBLE:
        return True
    if answer.stop is Stop.INTERRUPTED:
        raise Stopped("stopped by interruption before it was known whether there is a plan")
    refuse_lack_of_memory(answer)
    return False if answer.stop is Stop.INFEASIBLE else None


def _freed(future: FutureProgram, offers: Collection[str]) -> FutureProgram:
    """A future in which decisions about some offers are not tied to those of other futures."""
    if not offers:
        return future
    days = list(future.days)
    for group in future.portfolio.ledgers.groups:
        if "offer" not in group.dims:
            continue
        at = group.dims.index("offer")
        for i, key in enumerate(group.keys):
            if str(key[at]) in offers:
                days[group.first + i] = NEVER
    return replace(future, days=days)
