"""The signatures of the old plan held in a changed case, with day-to-day operation decided anew.

They are held as far as they can be. The first of these that has a plan counts:

    all limits are kept
    limits that somebody set are broken by as little as possible, as a stress does it
    as few signatures as possible are not held
    no signature is held, and limits are broken by as little as possible

What the old plan did not know is not signed, unless the case requires it or has signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.roll.replanning.asked import Asked
from planner.roll.replanning.fences import breaking_least, changed
from planner.roll.replanning.least import least_change
from planner.roll.replanning.signings import OldPlan, Seen
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.tables.offer import OfferStatus

NAMED = 3
"""how many limits or signatures are named"""


@dataclass(frozen=True)
class HeldCost:
    """What the held signatures cost in a case."""

    low: float | None
    """bound; None where none is known"""
    cost: float
    says: str
    """what could not be held or is broken; blank: nothing"""
    decisions: Mapping[str, float] = field(default_factory=dict, repr=False)
    """the decisions, by name"""


def held_cost(case: Case, old: OldPlan) -> HeldCost | None:
    """The least cost with the old plan's signatures; None where there is no plan even without them."""
    seen = old.seen_from(Portfolio.of(case))
    required = {offer.offer for offer in case.offers() if offer.status is OfferStatus.REQUIRED}
    owed = required - {seen.signings[name].offer for name in seen.signings if _was_signed(seen, name)}
    cannot = [name for name, each in seen.signings.items() if seen.possible(name)]
    kept = tuple(n for n, each in seen.signings.items() if n not in cannot and each.offer not in owed)
    said = [_listed("no longer there", [each.name for each in seen.lost if not each.by_now])]
    said.append(_listed("not held", cannot))
    for attempt in (_strictly, _breaking, _releasing, _without):
        try:
            plan, more = attempt(case, seen, kept)
        except Infeasible:
            continue
        record = plan.record
        says = "; ".join(filter(None, [*said, more]))
        return HeldCost(record.bound_usd_bn, record.objective_usd_bn, says, plan.values)
    return None


def _was_signed(seen: Seen, name: str) -> bool:
    return seen.signings[name].signed(seen.old[name])


def _strictly(case: Case, seen: Seen, kept: tuple[str, ...]) -> tuple[Plan, str]:
    return solve(case, start=seen.values, study=StudyOptions(bounding=Asked(seen, kept))), ""


def _breaking(case: Case, seen: Seen, kept: tuple[str, ...]) -> tuple[Plan, str]:
    plan = breaking_least(case, Asked(seen, kept), seen)
    return plan, _listed("breaks", plan.record.relaxed)


def _releasing(case: Case, seen: Seen, kept: tuple[str, ...]) -> tuple[Plan, str]:
    fewest = least_change(case, Asked(seen, tracked=kept, counted=True), seen.values)
    asked = Asked(seen, tracked=kept, counted=True, most=round(fewest.value))
    plan = solve(case, start=fewest.decisions, study=StudyOptions(bounding=asked))
    return plan, _listed("not held", changed(seen, plan, kept))


def _without(case: Case, seen: Seen, _: tuple[str, ...]) -> tuple[Plan, str]:
    plan = breaking_least(case, Asked(seen), seen)
    return plan, "; ".join(filter(None, ["no signature is held", _listed("breaks", plan.record.relaxed)]))


def _listed(what: str, names: Iterable[str]) -> str:
    """Names after what is said of them, the first few; blank where there are none."""
    listed = list(names)
    more = len(listed) - NAMED
    return f"{what}: {', '.join(listed[:NAMED])}{f' and {more:,} more' if more > 0 else ''}" if listed else ""
