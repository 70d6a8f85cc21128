"""The first screen of a hedge: what it costs, what to sign now, what limits it, what it rests on, how sure it is."""

from __future__ import annotations

import json
from dataclasses import replace

from planner.basics.text import counted, usd
from planner.plan.hedges.record import QUANTILES
from planner.reports.hedged.risks import nearest, waived_cost
from planner.reports.hedged.words import listed, percent
from planner.reports.names import Names
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Brief, Part, Sentences, Tile, Tiles

NAME, TITLE = "headline", "In short"
LEAD = ""
SHOWN = ("expected_cost_usd_bn", "cost_quantiles_usd_bn.p90", "cvar_usd_bn")
"""the figures beside the sentences"""
NAMED = 5
"""most offers that a sentence names"""
FOOT = ("status", "gap", "bound_usd_bn", "audit")
"""those of the line at the foot"""


def parts(view: HedgeView) -> list[Part]:
    """Sentences, three figures and the proof; all figures, and remarks on them."""
    tiles = {tile.key: tile for tile in _tiles(view)}
    foot = tuple(replace(tiles[key], label=f"{tiles[key].label}:", note="") for key in FOOT)
    events, *remarks = _remarks(view)
    rests = f"{events} How probable each is, is assumed by whoever made the case."
    points = (
        ("What it costs", _cost(view)),
        ("What to sign", _sign(view)),
        ("What limits it", " ".join(_nearest(view)) or "No limit that somebody set is near."),
        ("What it rests on", rests),
        ("How sure it is", _sure(view)),
    )
    return [
        Brief("brief", points, tuple(_short(tiles[key]) for key in SHOWN), foot),
        Tiles("figures", tuple(tiles.values()), detail=True),
        Sentences("remarks", tuple(remarks)),
    ]


def _short(tile: Tile) -> Tile:
    """A figure in money with the digits that a board reads."""
    value = json.loads(tile.value)
    return tile if value is None else replace(tile, text=f"{value:,.1f}")


def _cost(view: HedgeView) -> str:
    record = view.hedge.record
    rate, years = view.hedge.case.settings.discount_rate, view.hedge.case.calendar.T * view.hedge.case.calendar.h
    discounted = f"discounted at {rate:.1%} a year" if rate else "not discounted"
    return (
        f"Compute for {years:g} years costs {usd(record.expected_cost_usd_bn)} on average of all futures, penalties "
        f"included, {discounted}; with a probability of 90% at most {usd(record.cost_quantiles_usd_bn['p90'])}."
    )


def _sign(view: HedgeView) -> str:
    now = list(dict.fromkeys(line.offer for line in view.policy.now))
    left = view.policy.open
    if not now:
        return "Nothing is signed before the first news." + (f" {_left(len(left))}" if left else "")
    names = Names(view.hedge.case).titles
    more = len(now) - NAMED
    said = "; ".join(names.get(name, name) for name in now[:NAMED]) + (f"; and {more} more" if more > 0 else "")
    return f"{counted(len(now), 'offer')} before anything is known: {said}." + (f" {_left(len(left))}" if left else "")


def _left(count: int) -> str:
    return f"{counted(count, 'offer')} {'is' if count == 1 else 'are'} signed or not as the news comes."


def _nearest(view: HedgeView) -> list[str]:
    return [f"{line[0].upper()}{line[1:]}." for line in nearest(view.hedge)]


def _sure(view: HedgeView) -> str:
    record = view.hedge.record
    if record.bound_usd_bn is None:
        return "Nothing is proven of it: how much less a plan for all futures could cost is not known."
    what = f"no plan for all futures has less than {usd(record.bound_usd_bn)} of what is minimised"
    if record.proven:
        return f"Under these terms and probabilities it is proven that {what}."
    return f"It is NOT proven to be the best: the search was stopped by {record.stopped_by}; {what}."


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
    return found
