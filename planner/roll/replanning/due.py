"""Decisions that must be taken before the next plan: signatures that are due, and offers that lapse.

What it costs to wait is found by solving again without any signature of the offer before the next plan. All else may be
decided anew, what is frozen of other offers is kept. With least costs between bounds,

    bound_waiting − cost ≤ cost of waiting ≤ cost_waiting − bound

and it is not below 0 where waiting breaks no freeze, as a plan that waits is then one of those that need not.

An offer that the plan does not sign and whose last day lies before the next plan lapses. As the plan does without it,
waiting costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from planner.basics.errors import Infeasible, Stopped
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.plan.replanned import NOT_ASKED, DueDecision
from planner.roll.replanning.asked import Asked
from planner.roll.replanning.fences import Fenced
from planner.roll.replanning.signings import Seen, values_of
from planner.solve.solve import solve
from planner.solve.start import starting_values
from planner.solve.study_options import StudyOptions
from planner.tables.offer import Offer, OfferStatus

CANNOT = "cannot wait: without it there is no plan"
CANNOT_IN_FREEZE = "cannot wait: without it no plan keeps what else is frozen"
LAPSES = "lapses: the plan does without it"


def due_decisions(
    case: Case,
    seen: Seen,
    cheapest: Fenced,
    plan: Plan,
    next_plan: date,
    *,
    waiting: bool,
    on_phase: Callable[[str], None],
) -> Iterator[DueDecision]:
    """What is due before the next plan, the dearest to put off first; then what lapses, by its last day.

    Without `waiting` it is not worked out what it costs to wait.
    """
    signed = signed_before(seen, plan, next_plan)
    due = []
    for offer, names in signed.items():
        if not waiting:
            due.append(
                DueDecision(offer, due_by(case, seen, offer, names, next_plan), True, None, None, None, NOT_ASKED)
            )
            continue
        on_phase(f"what it costs to wait with {offer}")
        due.append(_waiting(case, seen, cheapest, plan, offer, names, next_plan))
    yield from sorted(due, key=lambda each: float("-inf") if each.cost_usd_bn is None else -each.cost_usd_bn)
    ever = signed_before(seen, plan, case.calendar.end)
    lapsing = [
        (last, offer.offer)
        for offer in case.offers()
        if offer.status in (OfferStatus.OPEN, OfferStatus.REQUIRED) and offer.offer not in ever
        if (last := last_day(case, offer)) is not None and case.calendar.start <= last < next_plan
    ]
    for last, name in sorted(lapsing):
        yield DueDecision(name, last.isoformat(), False, 0.0, 0.0, 0.0, LAPSES)


def due_by(case: Case, seen: Seen, offer: str, names: Sequence[str], next_plan: date) -> str:
    """The day by which signatures of an offer are due: its last day, or that of the plan where the offer stays open."""
    (row,) = (each for each in case.offers() if each.offer == offer)
    planned, last = min(seen.signings[name].day for name in names), last_day(case, row)
    return (last if last is not None and planned <= last < next_plan else planned).isoformat()


def signed_before(seen: Seen, plan: Plan, day: date) -> dict[str, list[str]]:
    """By offer, the signatures dated before a day that a plan makes."""
    x = starting_values(seen.portfolio, plan)
    found: dict[str, list[str]] = {}
    for name, signing in seen.signings.items():
        if signing.day < day and signing.signed(values_of(seen.portfolio, signing, x)):
            found.setdefault(signing.offer, []).append(name)
    return found


def last_day(case: Case, offer: Offer) -> date | None:
    """The last day on which an offer can be signed; None where it has none."""
    days = [
        day
        for each in case.catalogue.instrument_of(offer).last_days
        if not each.commences and (day := each.now(case.calendar, offer)) is not None
    ]
    return min(days, default=None)


def _waiting(
    case: Case, seen: Seen, cheapest: Fenced, plan: Plan, offer: str, names: Sequence[str], next_plan: date
) -> DueDecision:
    """What it costs to sign nothing of an offer before the next plan."""
    day = due_by(case, seen, offer, names, next_plan)
    put_off = [name for name, each in seen.signings.items() if each.offer == offer and each.day < next_plan]
    kept = [name for name in cheapest.kept if name not in put_off]
    asked = Asked(seen, kept, put_off)
    try:
        found = solve(case, start=plan, study=StudyOptions(bounding=asked)).record
    except Infeasible:
        says = CANNOT_IN_FREEZE if kept else CANNOT
        return DueDecision(offer, day, True, None, None, None, says)
    except Stopped:
        return DueDecision(offer, day, True, None, None, None, "not known: its search was stopped before a plan")
    least = cheapest.plan.record
    low = None if found.bound_usd_bn is None else found.bound_usd_bn - least.objective_usd_bn
    high = None if least.bound_usd_bn is None else found.objective_usd_bn - least.bound_usd_bn
    cost = found.objective_usd_bn - least.objective_usd_bn
    if len(kept) == len(cheapest.kept):
        low, cost = None if low is None else max(low, 0.0), max(cost, 0.0)
    return DueDecision(offer, day, True, low, cost, high, "is signed")
