"""What the record of a re-planned plan says of the plan before it, as far as its own files can confirm it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case.case import Case
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit.finding import Finding, apart
from planner.plan.record import RECORD, Record
from planner.plan.replanned import STEPS, Replanned


def more_than_the_gap(record: Record) -> float:
    """By how much more than the gap asked for a plan may lie above its bound and be proven [USD bn].

    A re-planned plan may cost more than the least cost, which is what is proven to the gap, so that less changes.
    """
    return 0.0 if record.replan is None else max(0.0, record.objective_usd_bn - record.replan.least_cost_usd_bn)


def unlike_replan(record: Record, replan: Replanned, case: Case) -> Iterator[Finding]:
    """What the record says of re-planning that cannot be."""
    if record.stress is not None:
        yield Finding(RECORD, None, "replan", "is given, but a stress plan is no re-planned plan")
    if replan.plan_start > case.calendar.start.isoformat():
        yield Finding(RECORD, None, "replan.plan_start", f"says {replan.plan_start}, after the start of the case")
    if replan.next_plan <= case.calendar.start.isoformat():
        yield Finding(RECORD, None, "replan.next_plan", f"says {replan.next_plan}, which is not after the start")
    yield from _costs(record, replan)
    yield from _bridge(record, replan)
    offers = {offer.offer for offer in case.offers()}
    named = {"changes": [each.offer for each in replan.changes], "due": [each.offer for each in replan.due]}
    for key, names in named.items():
        for name in names:
            if name not in offers:
                yield Finding(RECORD, None, f"replan.{key}", f"names {name!r}, which is no offer of the case")


def _costs(record: Record, replan: Replanned) -> Iterator[Finding]:
    """Least cost and bound against those of the plan, and by how much it may cost more than the least."""
    cost, least = float(record.objective_usd_bn), float(replan.least_cost_usd_bn)
    room = TOLERANCE * max(1.0, abs(least))
    if least > cost + room:
        says, follows = apart(least, cost)
        yield Finding(RECORD, None, "replan.least_cost_usd_bn", f"says {says}, more than the plan costs, {follows}")
    if (replan.within is None) == (replan.change_cost_usd_bn is None):
        yield Finding(RECORD, None, "replan.within", "one of within and change_cost_usd_bn must be given")
    elif replan.within is not None and cost > least + replan.within * abs(least) + room:
        yield Finding(
            RECORD, None, "replan.within", f"says {replan.within:.4g}, the plan costs {cost - least:.4g} more"
        )
    bound, stated = record.bound_usd_bn, replan.least_bound_usd_bn
    if (bound is None) != (stated is None):
        yield Finding(RECORD, None, "replan.least_bound_usd_bn", "is known, or not, unlike bound_usd_bn")
    elif bound is not None and stated is not None and abs(min(stated, cost) - bound) > room:
        says, follows = apart(stated, bound)
        yield Finding(RECORD, None, "replan.least_bound_usd_bn", f"says {says}, bound_usd_bn {follows}")


def _bridge(record: Record, replan: Replanned) -> Iterator[Finding]:
    """Whether the steps stand in their order, and lead from the one cost to the other."""
    places = [STEPS.index(each.step) for each in replan.bridge]
    if places != sorted(places) or not places or places[0] != 0:
        yield Finding(RECORD, None, "replan.bridge", f"has steps that are not in the order {', '.join(STEPS)}")
        return
    reached = 0.0
    for i, each in enumerate(replan.bridge):
        room = TOLERANCE * max(1.0, abs(reached), abs(each.change_usd_bn))
        reached += each.change_usd_bn
        if abs(reached - each.cumulative_usd_bn) > room:
            says, follows = apart(each.cumulative_usd_bn, reached)
            what = f"says {says}, the steps add up to {follows}"
            yield Finding(RECORD, None, f"replan.bridge[{i}].cumulative_usd_bn", what)
            return
    ends = {
        "start": (replan.bridge[0].change_usd_bn, replan.plan_objective_usd_bn),
        "end": (reached, record.objective_usd_bn),
    }
    for where, (cost, stated) in ends.items():
        if abs(cost - stated) > TOLERANCE * max(1.0, abs(stated)):
            one, other = apart(cost, stated)
            yield Finding(RECORD, None, "replan.bridge", f"has {one} at its {where}, the plan {other}")
