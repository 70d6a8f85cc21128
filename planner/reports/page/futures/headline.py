"""What all futures cost together, how far that is proven, and whether the files agree."""

from __future__ import annotations

import json

from planner.basics.text import counted
from planner.plan.hedges.record import QUANTILES
from planner.reports.hedged.risks import nearest, waived_cost
from planner.reports.hedged.words import listed, percent
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Part, Sentences, Tile, Tiles

NAME, TITLE = "headline", "Headline and proof"
LEAD = "What the plan costs over all futures, how far it is proven, and whether its files agree with themselves."


def parts(view: HedgeView) -> list[Part]:
    """Tiles, and remarks on them."""
    return [Tiles("figures", tuple(_tiles(view))), Sentences("remarks", tuple(_remarks(view)))]


def _tiles(view: HedgeView) -> list[Tile]:
    record, audit = view.hedge.record, view.audit
    weight, level = record.risk["weight"], record.risk["level"]

    def money(key: str, label: str, value: float | None, note: str) -> Tile:
        return Tile(key, f"{label}, USD bn", "unknown" if value is None else f"{value:,.3f}", json.dumps(value), note)

    proven = "Proven" if record.proven else "NOT proven"
    asked = float(record.search["gap"] or 0.0)
    how = f"to the gap asked for, {asked:.2%}" if record.proven else f"stopped by {record.stopped_by}"
    gap = "unknown" if record.gap is None else f"{record.gap:.3%}"
    disagrees = f"{counted(len(audit.findings), 'finding')}; planner audit lists them"
    checked = f"{counted(len(audit.futures), 'future')} and {audit.cells:,} cells of the hedge derived again"
    tiles = [
        money("expected_cost_usd_bn", "Expected cost", record.expected_cost_usd_bn, "costs by their probabilities"),
        *(
            money(f"cost_quantiles_usd_bn.{name}", name.upper(), record.cost_quantiles_usd_bn[name],
                  f"with probability {share:.0%} it costs no more")
            for name, share in QUANTILES.items()
        ),
        money("cvar_usd_bn", "CVaR", record.cvar_usd_bn, f"the average of the dearest {percent(1.0 - level)}"),
        money("bound_usd_bn", "Bound", record.bound_usd_bn, "no plan for all futures has less"),
        Tile("gap", "Gap", gap, json.dumps(record.gap), "at most so much less is possible"),
        Tile("status", "Proof", proven, json.dumps(record.status), how),
        Tile("audit", "Audit", "Agrees" if audit.agrees else "Does NOT agree", json.dumps(audit.agrees),
             checked if audit.agrees else disagrees),
    ]  # fmt: skip
    if weight > 0.0:
        note = f"CVaR {percent(weight)}, expected cost the rest"
        tiles.insert(0, money("objective_usd_bn", "Minimised", record.objective_usd_bn, note))
    return tiles


def _remarks(view: HedgeView) -> list[str]:
    tree, record = view.hedge.futures_tree, view.hedge.record
    calendar = view.hedge.case.calendar
    events = [f"{each.title or each.event}, known on {each.known_on}" for each in tree.events]
    found = [
        f"{counted(len(tree), 'future')}, told apart by what is not known yet: {listed(events, most=len(events))}."
        if events else "Only one future is possible.",
        f"{calendar.T} periods of {calendar.period_months} months, {calendar.start} to {calendar.end}. "
        f"Solved by {record.solver.get('name', 'the solver')} in {float(sum(record.seconds.values())):,.0f} seconds.",
    ]  # fmt: skip
    if waived := waived_cost(view.hedge):
        found.append(f"Breaking limits under waivers costs {waived:,.3f} USD bn of the expected cost.")
    return [*found, *(f"{line[0].upper()}{line[1:]}." for line in nearest(view.hedge))]
