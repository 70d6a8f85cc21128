"""Headline and proof: what the plan costs, how far that is proven, and whether the audit of its files agrees."""

from __future__ import annotations

import json

from planner.basics.text import number
from planner.reports.cautions import cautions
from planner.reports.cost_lines import said_of_revenue
from planner.reports.counterparties import service
from planner.reports.page.parts import Part, Sentences, Tile, Tiles
from planner.reports.page.plan_view import View
from planner.reports.proof import FOR_THIS_FUTURE
from planner.reports.summary import horizon_text

NAME, TITLE = "headline", "Cost and proof in full"
LEAD = "What the plan costs, how far it is proven that nothing costs less, and whether its files agree with themselves."


def parts(view: View) -> list[Part]:
    """Tiles, and remarks on them."""
    return [Tiles("figures", tuple(_tiles(view))), Sentences("remarks", tuple(_remarks(view)))]


def _tiles(view: View) -> list[Tile]:
    record, settings, audit = view.plan.record, view.plan.case.settings, view.audit
    proven = "Proven" if view.plan.proven else "NOT proven"
    asked = float(record.options["gap"] or 0.0)
    how = f"to the gap asked for, {asked:.2%}" if view.plan.proven else f"stopped by {record.stopped_by}"
    bound = "unknown" if record.bound_usd_bn is None else f"{record.bound_usd_bn:,.3f}"
    gap = "unknown" if record.gap is None else f"{record.gap:.3%}"
    below, reached = "no plan costs less", "at most so much less is possible"
    if record.hedge is not None:
        how = f"the hedge {how}"
        below, reached = FOR_THIS_FUTURE, "the plan is made for all futures, not for this one"
    checked = f"{audit.cells:,} cells, {audit.limits:,} limits and {audit.terms:,} terms derived again"
    count = len(audit.findings)
    disagrees = f"{count:,} finding{'s' * (count != 1)}; planner audit lists them"
    return [
        Tile("cost_in_money_usd_bn", "Cost in money, USD bn", f"{record.cost_in_money_usd_bn:,.3f}",
             json.dumps(record.cost_in_money_usd_bn), "what is paid less what is received"),
        Tile("penalties_usd_bn", "Penalties, USD bn", f"{record.penalties_usd_bn:,.3f}",
             json.dumps(record.penalties_usd_bn), "the price of what is not served or kept; nobody is paid"),
        Tile("objective_usd_bn", "Present cost, USD bn", f"{record.objective_usd_bn:,.3f}",
             json.dumps(record.objective_usd_bn), f"both together, at {settings.discount_rate:.1%} a year"),
        Tile("bound_usd_bn", "Bound, USD bn", bound, json.dumps(record.bound_usd_bn), below),
        Tile("gap", "Gap", gap, json.dumps(record.gap), reached),
        Tile("status", "Proof", proven, json.dumps(record.status), how),
        Tile("audit", "Audit", "Agrees" if audit.agrees else "Does NOT agree", json.dumps(audit.agrees),
             checked if audit.agrees else disagrees),
        Tile("present_cost_at_lease_rate_usd_bn", "At the lease rate, USD bn",
             f"{record.present_cost_at_lease_rate_usd_bn:,.3f}",
             json.dumps(record.present_cost_at_lease_rate_usd_bn), f"the same payments at {settings.lease_rate:.1%}"),
    ]  # fmt: skip


def _remarks(view: View) -> list[str]:
    calendar, record = view.plan.case.calendar, view.plan.record
    found = [
        f"{calendar.T} periods of {calendar.period_months} months, {calendar.start} to {calendar.end}. "
        f"Solved by {record.solver['name']} in {float(sum(record.seconds.values())):,.0f} seconds."
    ]
    demand = service.demand(view.plan)
    asked, missed = (float(demand[name].sum() * calendar.h) for name in ("gw", "unserved"))
    if missed > 0:
        found.append(
            f"{number(missed)} of {number(asked)} reference GW-years of demand are not served. "
            f"{said_of_revenue(view.plan)}."
        )
    else:
        found.append(f"All demand is served, {number(asked)} reference GW-years. {said_of_revenue(view.plan)}.")
    if record.owed_after_end_usd_bn:
        found.append(f"{horizon_text(view.plan)}.")
    found += [f"{caution}." for caution in cautions(view.plan)]
    return found
