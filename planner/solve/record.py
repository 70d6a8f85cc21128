"""The record of a plan, `plan.json`: cost, proof, options, versions."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable
from functools import cache
from math import isinf
from typing import TYPE_CHECKING, Any

from planner.ledgers.objective import Horizon
from planner.plan.headline import Headline
from planner.plan.record import NUMERICS, PROVEN, STOPPED, VERSIONS, Record, Stressed, notes_of
from planner.portfolio.solution import Solution
from planner.solve.answers import stopped_by
from planner.solve.progress import Clock

if TYPE_CHECKING:
    from planner.solver import Answer

AGREE = 1e-6
"""largest distance between the objectives of the solver and of the ledger, relative to the larger"""


def record(
    solution: Solution,
    answer: Answer,
    remarks: Iterable[str],
    clock: Clock,
    broken: Iterable[str] = (),
    stressed: Stressed | None = None,
) -> Record:
    """The record of a solution; `broken` names the limits that it breaks, `stressed` says what it comes from.

    Raises RuntimeError where the objective of the ledger differs from the solver's.
    """
    from planner.solver.answer import relative_gap

    case = solution.portfolio.case
    objective, headline = solution.objective, Headline.of(solution.posts)
    bound = None if answer.bound is None else min(answer.bound, objective)
    if answer.objective is None or abs(objective - answer.objective) > AGREE * max(1.0, abs(objective)):
        raise RuntimeError(f"the ledger gives {objective}, the solver {answer.objective}")
    gap = relative_gap(objective, bound)
    notes = notes_of(solution.portfolio)
    notes += [f"{NUMERICS}{remark}" for remark in remarks]
    return Record(
        title=case.settings.title,
        status=PROVEN if answer.proven else STOPPED,
        stopped_by=stopped_by(answer),
        objective_usd_bn=objective,
        cost_in_money_usd_bn=headline.cost_in_money_usd_bn,
        penalties_usd_bn=headline.penalties_usd_bn,
        bound_usd_bn=bound,
        gap=None if gap is None or isinf(gap) else gap,
        present_cost_at_lease_rate_usd_bn=solution.present_cost_at_lease_rate,
        horizon=str(case.settings.horizon_treatment),
        present_cost_by_horizon_usd_bn={str(each): solution.cost_with(each) for each in Horizon},
        owed_after_end_usd_bn=solution.owed_after_end,
        seconds=clock.seconds,
        solver=of_solver(answer),
        options=case.settings.solver.model_dump(mode="json"),
        versions=versions(),
        inputs=case.hashes,
        changes=case.changes,
        relaxed=tuple(broken),
        stress=stressed,
        notes=tuple(notes),
    )


def of_solver(answer: Answer) -> dict[str, Any]:
    """What a record says of the search: its nodes and seconds, and what it saved once the gap was closed [USD bn]."""
    return {
        "name": "HiGHS",
        "nodes": answer.nodes,
        "seconds": round(answer.seconds, 3),
        "status": answer.highs_status,
        "saved_after_proof_usd_bn": answer.saved,
    }


def versions() -> dict[str, str]:
    """Versions of the planner, of the packages that it solves with, and of Python."""
    return {name: platform.python_version() if name == "python" else _version(name) for name in VERSIONS}


@cache
def _version(package: str) -> str:
    """The version of a package, which does not change while the program runs."""
    return importlib.metadata.version(package)
