"""How far a plan is proven, in words."""

from __future__ import annotations

from planner.plan.plan import Plan

FOR_THIS_FUTURE = "no plan for this future alone costs less"
"""what the bound of one future of a hedge means"""

SAME = 1e-9
"""a difference of cost that does not count, relative"""


def proof_text(plan: Plan, *, with_unit: bool = False) -> str:
    """What the search has proven of a plan: `Proven: no plan costs less than 813.210 USD bn, a gap of 0.100%`.

    Of one future of a hedge it is the hedge that is proven or not; its own plan is not the cheapest, by intent.
    """
    record = plan.record
    shown_in = plan.case.settings.shown_in
    unit = f" {shown_in.money}" if with_unit else ""
    stopped = f"stopped by {record.stopped_by}"
    if record.hedge is not None:
        proven = "The hedge is proven" if plan.proven else f"The hedge is NOT proven, {stopped}"
        if record.bound_usd_bn is None:
            return f"{proven}: what a plan for this future alone could cost is not known"
        more = record.objective_usd_bn - record.bound_usd_bn
        low = f"{FOR_THIS_FUTURE} than {shown_in.fixed(record.bound_usd_bn, 'USD bn')}{unit}"
        if more <= SAME * max(1.0, abs(record.objective_usd_bn)):
            return f"{proven}: {low}, and this one costs no more"
        return f"{proven}: {low}; this one costs {shown_in.number(more, 'USD bn')} more, as it is made for all futures"
    known = "nothing is known yet of how much less a plan could cost"
    if record.bound_usd_bn is not None:
        known = f"no plan costs less than {shown_in.fixed(record.bound_usd_bn, 'USD bn')}{unit}"
        known += "" if record.gap is None else f", a gap of {record.gap:.3%}"
    if plan.proven:
        return f"Proven: {known}"
    return f"NOT proven to {record.options['gap']:.3%}, {stopped}: {known}"
