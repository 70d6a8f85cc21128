"""Why there is no plan for all futures, in words: which limits stand in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner import solver
from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.hedge.tree_program import FutureProgram, TreeProgram
from planner.ledgers.limits import Limit
from planner.model.limit_rows import Leeway
from planner.model.model import model
from planner.portfolio.may_break import loose_in
from planner.portfolio.solution import Solution
from planner.portfolio.waived import breached, too_probable
from planner.solve.answers import with_exact_maxima
from planner.solver import Feasibility

NAMED = 3
"""how many limits are named"""


def impossible_futures(found: Sequence[FutureProgram], options: solver.Options) -> str:
    """Which futures have no plan by themselves, and which limits each of them has to break."""
    said = []
    for each in found[:NAMED]:
        limits = broken_at_least(each, options)
        said.append(f"{each.future.name} ({limits} cannot be kept)" if limits else each.future.name)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"no plan in the future{'s' * (len(found) > 1)} {', '.join(said)}{more}"


def broken_at_least(future: FutureProgram, options: solver.Options) -> str:
    """The limits that a future breaks where it breaks limits as little as it can; blank where that is not enough."""
    portfolio = future.portfolio
    try:
        program = model(portfolio, leeway=Leeway(loose_in(portfolio.case))).program().without_names()
    except Infeasible as error:
        return error.why
    answer = solver.solve(program, options)
    if answer.x is None or answer.feasibility is not Feasibility.FEASIBLE:
        return ""
    x = with_exact_maxima(portfolio, answer.x[: portfolio.ledgers.size])
    return named([limit for limit, _ in Solution(portfolio, x).breaches()])


def nothing_for_all(case: Case, tree: TreeProgram, options: solver.Options) -> str:
    """Why no plan serves all futures, though each of them has one by itself."""
    plain = "each future has a plan, but none serves all of them until the news"
    if not tree.rations.breaches:
        return plain
    answer = solver.solve(tree.merged.program, options)
    if answer.x is None or answer.feasibility is not Feasibility.FEASIBLE:
        return plain
    broken = [
        (each.future.probability, [(limit.rule, limit.subject) for limit, _, _ in breached(each.portfolio.limits, x)])
        for each, x in zip(tree.futures, tree.decisions(answer.x), strict=True)
    ]
    said = [
        f"{' '.join(name)} would be broken with probability {probability:.4g}, and its waiver allows"
        f" {row.probability_max:.4g}"
        for name, probability, row in too_probable(case, [(p, set(names)) for p, names in broken])
    ]
    return "; ".join(said[:NAMED]) or plain


def named(limits: Iterable[Limit]) -> str:
    """Limits by rule and subject, each once, the first few."""
    names = list(dict.fromkeys(f"{limit.rule} {limit.subject}" for limit in limits))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
