"""The fences: what is signed is data, what is to be signed within the freeze is kept, and all else is free.

A freeze keeps each decision of the old plan on a signature that it knew, to sign or not to sign, with its sizes and its
day. Where no plan keeps all of them, as few signatures as possible are released,

    least      min Σ_n released_n

and of the plans with so few the cheapest is taken. An offer that the old plan did not know is free.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.basics.calendar import add_months
from planner.basics.errors import Infeasible, Stopped
from planner.case.case import Case
from planner.model.limit_rows import Leeway
from planner.plan.plan import Plan
from planner.portfolio.may_break import loose_in
from planner.roll.replanning.asked import Asked
from planner.roll.replanning.least import least_change
from planner.roll.replanning.signings import Seen, values_of
from planner.solve.least_values import least_broken
from planner.solve.solve import solve
from planner.solve.start import Start, starting_values
from planner.solve.study_options import StudyOptions

if TYPE_CHECKING:
    from planner.solver import Snapshot

ROUND = 1e-9
"""by how much more than the least limits may be broken, relative and absolute"""
NAMED = 3
"""how many broken limits a reason names"""


@dataclass(frozen=True)
class Released:
    """A signature that the freeze could not keep."""

    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Fenced:
    """The least cost with the fences."""

    plan: Plan
    kept: tuple[str, ...]
    """signatures that the freeze keeps as they were"""
    released: tuple[Released, ...]


def frozen(seen: Seen, months: int) -> tuple[str, ...]:
    """The signatures that a freeze of so many months keeps: those of the old plan dated in it."""
    start = seen.portfolio.case.calendar.start
    until = add_months(start, months)
    return tuple(
        name for name, each in seen.signings.items() if start <= each.day < until and name not in seen.fresh
    )  # fmt: skip


def least_cost(
    case: Case,
    seen: Seen,
    freeze_months: int,
    start: Start,
    *,
    on_phase: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Fenced:
    """The plan of least cost that keeps what is frozen, or as much of it as any plan can keep.

    `start` are decisions to start from. Raises as `solve`.
    """
    names = frozen(seen, freeze_months)
    reasons = {name: why for name in names if (why := seen.possible(name))}
    kept = tuple(name for name in names if name not in reasons)

    def solved(asked: Asked, start: Start) -> Plan:
        study = StudyOptions(bounding=asked)
        return solve(case, start=start, study=study, on_phase=on_phase, on_progress=on_progress)

    try:
        plan = solved(Asked(seen, kept), start)
    except Infeasible:
        if not kept:
            raise
        on_phase("releasing what the freeze cannot keep")
        plan, kept, gave = _released(case, seen, kept, solved)
        for name in gave:
            reasons[name] = why_not(case, seen, (*kept, name))
    released = tuple(Released(name, why) for name, why in reasons.items())
    return Fenced(plan, kept, released)


def _released(
    case: Case, seen: Seen, kept: tuple[str, ...], solved: Callable[[Asked, Start], Plan]
) -> tuple[Plan, tuple[str, ...], tuple[str, ...]]:
    """The cheapest plan with the fewest signatures released; those that it keeps, and those that it does not."""
    fewest = least_change(case, Asked(seen, tracked=kept, counted=True), seen.values)
    if not fewest.proven:
        raise Stopped("stopped before it was proven how little of the freeze must give", "")
    asked = Asked(seen, tracked=kept, counted=True, most=round(fewest.value))
    plan = solved(asked, fewest.decisions)
    gave = changed(seen, plan, kept)
    return plan, tuple(name for name in kept if name not in gave), gave


def changed(seen: Seen, plan: Plan, names: Iterable[str]) -> tuple[str, ...]:
    """Of some signatures, those that a plan makes otherwise than the old one."""
    return tuple(name for name in names if change_of(seen, plan, name) > 0.0)


def change_of(seen: Seen, plan: Plan, name: str) -> float:
    """The change of a signature in a plan."""
    signing = seen.signings[name]
    x = starting_values(seen.portfolio, plan)
    return signing.change(seen.old[name], values_of(seen.portfolio, signing, x))


def why_not(case: Case, seen: Seen, kept: Collection[str]) -> str:
    """Why no plan keeps these signatures: the limits that would be broken, as few as can be."""
    try:
        plan = breaking_least(case, Asked(seen, kept), seen)
    except Infeasible:
        return "kept, no plan is possible: contracts and machines do not allow it, whatever limits are broken"
    except Stopped:
        return "kept, no plan is possible; the search for the limits that it would break was stopped"
    broken = plan.record.relaxed
    more = len(broken) - NAMED
    named = ", ".join(broken[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"kept, it would break {named}" if broken else "kept, limits could not be proven to hold"


def breaking_least(case: Case, asked: Asked, seen: Seen) -> Plan:
    """The plan of least cost among those that break limits by as little as possible. Raises as `solve`."""
    loose = loose_in(case)
    least = least_broken(case, loose, bounding=asked, start=seen.values)
    leeway = Leeway(loose, least * (1.0 + ROUND) + ROUND)
    return solve(case, start=seen.values, study=StudyOptions(bounding=asked, leeway=leeway))
