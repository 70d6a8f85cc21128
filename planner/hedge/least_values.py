"""The smallest value that something can have in every future of a case, for studies.

    minimise    max_s max_t balance_st        over all plans for all futures

The largest of some costs is their conditional value at risk at a level above 1 − the least probability. So the peaks of
the futures take the place of their costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner import solver
from planner.basics.deadline import Deadline
from planner.basics.errors import DataError
from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.futures.cases import case_of
from planner.futures.causality import problems_of_tree
from planner.futures.tree import Tree
from planner.hedge.risk_program import with_risk
from planner.hedge.tree_program import FutureProgram, TreeProgram, future_programs
from planner.ledgers.balances import Balance
from planner.model.model import Peak, model
from planner.portfolio.portfolio import Portfolio
from planner.solve.answers import options, stopped_by, values
from planner.solve.least_values import PEAK_GAP, Smallest, smallest_peak
from planner.solve.start import Start
from planner.solve.study_options import ExtraLimits, StudyOptions, no_limits


def smallest_peak_of_all(
    case: Case,
    of: Callable[[Portfolio], Balance],
    periods: Sequence[int],
    *,
    start: Start | None = None,
    extra_limits: ExtraLimits = no_limits,
    similar: Portfolio | None = None,
) -> Smallest:
    """The smallest that the largest value of a balance over some periods of all futures can be, without decisions.

    Otherwise as `smallest_peak`, which finds it where there is only one future; `start` counts only there.
    """
    deadline = Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced():
        tree = Tree.of(case)
        problems = problems_of_tree(case, tree)
    if problems:
        raise DataError(problems)
    if len(tree) == 1:
        alone = case_of(case, tree, tree.futures[0])
        return smallest_peak(alone, of, periods, start=start, extra_limits=extra_limits, similar=similar)
    study = StudyOptions(extra_limits=extra_limits, similar=similar)
    with deadline.enforced("before any plan for all futures was found"):
        futures = [_peaking(each, of, periods, extra_limits) for each in future_programs(case, tree, study)]
        program = TreeProgram.of(case, tree, futures)
    least = min(each.probability for each in tree.futures)
    largest = RiskSettings.model_construct(level=1.0 - 0.5 * least, weight=1.0)
    gap = min(case.settings.solver.gap, PEAK_GAP)
    answer = solver.solve(with_risk(program, program.program, largest), options(case, gap, deadline=deadline))
    x = values(answer, futures[0].portfolio)
    return Smallest(float(program.costs(x).max()), answer.bound, answer.proven, stopped_by(answer))


def _peaking(
    future: FutureProgram, of: Callable[[Portfolio], Balance], periods: Sequence[int], extra_limits: ExtraLimits
) -> FutureProgram:
    """A future whose objective is the peak of a balance."""
    portfolio = future.portfolio
    built = model(portfolio, tuple(extra_limits(portfolio)), peak=Peak(of(portfolio), periods))
    return replace(future, program=built.program().without_names())
