"""Least change: of plans of about equal cost the one that signs most like the old plan; or at a price of change.

    within W       least cost C0; then least Σ weight · change with cost ≤ C0 + W · |C0|; then least cost with no more
                   change than that
    change cost P  least cost + P · Σ weight · change

The index of change is that sum over the weights of all signatures of either plan,

    index = Σ_n weight_n · c_n / Σ_{n in either plan} weight_n

which is 0 where nothing changes and 1 where the plans have nothing in common. The idea is that of Kimms (1998, Omega
26(3), 355-366): a plan's changes count, as a share of the plan, and more the sooner they are. Weights and changes are
ours (`planner.roll.replanning.asked`). Signatures that the new case does not have count as changed, those signed by now
do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.basics.arrays import Vector
from planner.basics.errors import Infeasible, Stopped
from planner.basics.text import number
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.plan.replanned import Changed
from planner.roll.replanning.asked import Asked
from planner.roll.replanning.fences import Fenced
from planner.roll.replanning.least import least_change
from planner.roll.replanning.signings import Seen, Signing, values_of, weight
from planner.solve.solve import solve
from planner.solve.start import Start, starting_values
from planner.solve.study_options import StudyOptions, no_limits
from planner.studies.measures import CostAtMost

if TYPE_CHECKING:
    from planner.solver import Snapshot

SAME = 1e-7
"""difference up to which two sums of changes are the same"""


@dataclass(frozen=True, eq=False)
class Steady:
    """The plan that changes least."""

    plan: Plan
    proven: bool
    """whether it is proven that no plan within the cost changes less"""


def steady(
    case: Case,
    seen: Seen,
    cheapest: Fenced,
    *,
    within: float | None,
    price: float,
    on_phase: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Steady:
    """The plan that changes least within a share of the least cost; without one, at a price of change [USD bn]."""
    free = tuple(name for name in seen.signings if name not in cheapest.kept)
    before = total(seen, cheapest.plan)
    if before <= SAME or (within is None and price == 0.0):
        return Steady(cheapest.plan, True)
    on_phase("the least change")
    least_cost = cheapest.plan.record.objective_usd_bn
    asked = Asked(seen, cheapest.kept, tracked=free, price=price if within is None else 0.0)
    most = CostAtMost(least_cost + (within or 0.0) * abs(least_cost))
    try:
        least = least_change(case, asked, cheapest.plan, most.limits if within is not None else no_limits)
    except Stopped:
        return Steady(cheapest.plan, False)
    if total(seen, least.decisions) >= before - SAME:
        return Steady(cheapest.plan, least.proven)
    x = starting_values(seen.portfolio, least.decisions)
    after = sum(seen.weight(name) * _apart(seen, name, x) for name in free)
    bounded = Asked(seen, cheapest.kept, tracked=free, most=after)
    study = StudyOptions(bounding=bounded, extra_limits=most.limits if within is not None else no_limits)
    try:
        plan = solve(case, start=least.decisions, study=study, on_phase=on_phase, on_progress=on_progress)
    except (Infeasible, Stopped):  # within the tolerances of the search that found it there was one
        return Steady(cheapest.plan, False)
    return Steady(plan, least.proven)


def _apart(seen: Seen, name: str, x: Vector) -> float:
    """The change of a signature in decisions x, however small."""
    signing = seen.signings[name]
    return signing.apart(seen.old[name], values_of(seen.portfolio, signing, x))


def total(seen: Seen, decisions: Start) -> float:
    """The sum of all changes, each times its weight, of a plan or its decisions."""
    return sum(each.weight * each.change for each in changes(seen, decisions))


def index(seen: Seen, decisions: Start) -> float:
    """The index of change of a plan or its decisions: from 0, nothing changes, to 1, nothing is in common."""
    x = starting_values(seen.portfolio, decisions)
    case, of_either = seen.portfolio.case, 0.0
    for name, signing in seen.signings.items():
        if signing.signed(seen.old[name]) or signing.signed(values_of(seen.portfolio, signing, x)):
            of_either += seen.weight(name)
    lost = sum(weight(case, each.day) for each in seen.lost if not each.by_now)
    return (total(seen, decisions) + lost) / (of_either + lost) if of_either + lost else 0.0


def changes(seen: Seen, decisions: Start) -> list[Changed]:
    """The signatures that a plan or its decisions make otherwise than the old plan, the heaviest first."""
    x = starting_values(seen.portfolio, decisions)
    found = []
    for name, signing in seen.signings.items():
        old, new = seen.old[name], values_of(seen.portfolio, signing, x)
        change = signing.change(old, new)
        if change > 0.0:
            was, now, day = _said(signing, old), _said(signing, new), signing.day.isoformat()
            found.append(Changed(name, signing.offer, day, was, now, change, seen.weight(name)))
    return sorted(found, key=lambda each: -each.weight * each.change)


def _said(signing: Signing, values: Vector) -> str:
    """What is signed, in words: the largest size, or that it is not signed."""
    if not signing.signed(values):
        return "not signed"
    sizes = [value for value, whole in zip(values.tolist(), signing.whole, strict=True) if not whole and value > 0.0]
    return f"signed, {number(sum(sizes))}" if sizes else "signed"
