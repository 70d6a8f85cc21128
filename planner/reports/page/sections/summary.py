"""The first screen: what the plan costs, what to sign, what limits it, what it rests on, and how sure it is."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date

from planner.basics.calendar import add_months
from planner.basics.spans import day_text, month_text
from planner.basics.text import counted, fine, usd
from planner.common.sources import Source
from planner.plan.headline import PENALTIES
from planner.reports.cautions import cautions
from planner.reports.commitments import DUE, Commitment, is_due
from planner.reports.cost_lines import cost_by_line
from planner.reports.counterparties import service
from planner.reports.page.limit_words import used_in_full
from planner.reports.page.parts import Brief, Part, Sentences, Tile
from planner.reports.page.plan_view import View
from planner.reports.proof import FOR_THIS_FUTURE
from planner.reports.sources import NONE

NAME, TITLE = "summary", "In short"
LEAD = ""
AIMS = {
    "shortage": "demand that is not served", "own_capacity_min": "the aim of own halls",
    "provider_share_max": "the share of one provider", "family_share_max": "the share of one family of chips",
    "survive_loss_of_provider": "what must be left without a provider", "reserve_margin_min": "the reserve",
    "funding_from_provider_max": "equity against what is spent", "served_in_region_min": "what a region serves itself",
}  # fmt: skip
"""what is missed where a line of the penalties has a price"""
NAMED = 4
"""most limits and parties that a sentence names"""
KINDS = {"seed": "announced", "public": "reported in public", "assumption": "assumed", NONE: "of no named source"}
"""what the kinds of sources are called"""


def parts(view: View) -> list[Part]:
    """The sentences, three figures, what must be known before anything else, and the proof."""
    said = tuple(f"{caution}." for caution in cautions(view.plan))
    brief = Brief(
        "brief",
        (
            ("What it costs", _cost(view)),
            ("What to sign", _sign(view)),
            ("What limits it", _limits(view)),
            ("What it rests on", _rests_on(view)),
            ("How sure it is", _sure(view)),
        ),
        tuple(_tiles(view)),
        tuple(_foot(view)),
    )
    return [Sentences("cautions", said), brief] if said else [brief]


def _cost(view: View) -> str:
    record, calendar = view.plan.record, view.plan.case.calendar
    years, rate = round(calendar.T * calendar.h, 2), view.plan.case.settings.discount_rate
    discounted = f"discounted at {rate:.1%} a year" if rate else "not discounted"
    said = (
        f"Compute for {years:g} years from {day_text(calendar.start)} costs {usd(record.cost_in_money_usd_bn)} in "
        f"money: all that is paid less what is received, {discounted}."
    )
    demand = service.demand(view.plan)
    asked, missed = (float(demand[name].sum()) for name in ("gw", "unserved"))
    said += f" {_served(missed / asked)} of the demand is served." if asked > 0 else ""
    if record.penalties_usd_bn:
        said += (
            f" Penalties for what is not served or kept are counted apart, {usd(record.penalties_usd_bn)}; nobody is "
            "paid them."
        )
    return said


def _served(missed: float) -> str:
    """How much of the demand is served.

    >>> _served(0.0), _served(0.0002), _served(0.25)
    ('All', 'More than 99.9%', '75.0%')
    """
    return "All" if missed <= 0 else "More than 99.9%" if missed < 1e-3 else f"{1 - missed:.1%}"


def _sign(view: View) -> str:
    due = [each for each in view.commitments if is_due(view.plan, each)]
    later = len(view.commitments) - len(due)
    end = add_months(view.plan.case.calendar.start, DUE)
    more = (
        f" {counted(later, 'more signature')} after that {'is' if later == 1 else 'are'} only planned." if later else ""
    )
    if not due:
        return f"Nothing is to be signed before {day_text(end)}.{more}"
    first, last = (choice(each.decide_by for each in due) for choice in (min, max))
    soon = sum(each.decide_by == first for each in due)
    when = f"by {day_text(first)}" if first == last else f"{soon} by {day_text(first)}, the last by {day_text(last)}"
    binds = sum(each.binds_usd_bn for each in due)
    return (
        f"{counted(len(due), 'signature')} in the first twelve months, {when}. They bind the lab to pay "
        f"{usd(binds)}{_biggest(view, due, binds)}.{more}"
    )


def _biggest(view: View, due: list[Commitment], binds: float) -> str:
    """The parties to whom most is bound."""
    parties = dict[str, float]()
    for each in due:
        parties[each.party] = parties.get(each.party, 0.0) + each.binds_usd_bn
    most = [each for each in sorted(parties.items(), key=lambda item: -item[1])[:2] if each[1] > 0.1 * binds]
    said = " and ".join(f"{usd(value)} to {view.names.of(party)}" for party, value in most)
    return f", of which {said}" if said else ""


def _limits(view: View) -> str:
    missed = {line for (part, line) in cost_by_line(view.plan) if part == PENALTIES}
    found = [each for each in used_in_full(view.plan, view.names) if each.subject.partition("/")[0] not in missed]
    said = "; ".join(each.text for each in found[:NAMED])
    more = len(found) - NAMED
    words = [f"Used up: {said}{f'; and {more} more' if more > 0 else ''}." if found else "No limit is used up."]
    aims = [name for kind, name in AIMS.items() if kind in missed]
    if aims:
        words.append(f"Missed, at a penalty: {_listed(aims)}.")
    return " ".join([*words, "More room there would make the plan cheaper." if found else ""]).strip()


def _rests_on(view: View) -> str:
    counts = offers_by_kind(view)
    said = [f"{value:,} {KINDS[kind]}" for kind, value in counts.items() if value]
    terms = f"The terms of its {counted(sum(counts.values()), 'offer')}: {_listed(said)}. " if said else ""
    events = len(_events(view))
    future = "It is made for one expected future; the case names no uncertain event."
    if view.plan.record.hedge is not None:
        future = "The plan is one future of a plan for several."
    elif events:
        left = f"{counted(events, 'uncertain event')} that the case names {'is' if events == 1 else 'are'}"
        future = f"It is made for the expected future only: the {left} left out."
    return f"{terms}{_demand_kinds(view)}{future}"


def _events(view: View) -> list[object]:
    tables = {table.about.name: table for table in view.plan.case.catalogue.tables}
    return list(view.plan.case.rows(tables["events"])) if "events" in tables else []


def offers_by_kind(view: View) -> dict[str, int]:
    """The number of offers by the kind of their source, in the order of KINDS."""
    kinds = {source.key: str(source.kind) for source in view.plan.case.rows(Source)}
    counts = Counter(kinds.get(str(offer.source), NONE) for offer in view.plan.case.offers())
    return {kind: counts[kind] for kind in KINDS}


def _demand_kinds(view: View) -> str:
    """Whether demand is announced, reported or assumed, where its rows name one kind of source."""
    case = view.plan.case
    kinds = {source.key: str(source.kind) for source in case.rows(Source)}
    tables = {table.about.name: table for table in case.catalogue.tables}
    found = {kinds.get(str(row.source), NONE) for row in case.rows(tables["demand"])} if "demand" in tables else set()
    return f"Demand is {KINDS[found.pop()]}. " if len(found) == 1 else ""


def _listed(words: list[str]) -> str:
    """Words with commas and an `and`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sure(view: View) -> str:
    record = view.plan.record
    if record.bound_usd_bn is None:
        return "Nothing is proven of it: how much less a plan could cost is not known."
    more = max(0.0, record.objective_usd_bn - record.bound_usd_bn)
    if record.hedge is not None:
        return f"It is made for all futures; {FOR_THIS_FUTURE} than {usd(record.bound_usd_bn)}."
    share = more / record.objective_usd_bn if record.objective_usd_bn else 0.0
    close = f"at most {usd(more, 2)} ({share:.2%}) could be saved" if more > 5e-3 else "nothing can be saved"
    if view.plan.proven:
        return (
            f"Under these terms it is proven that no plan costs less than {usd(record.bound_usd_bn)}, penalties "
            f"included: {close}. Whether the terms come true is another question."
        )
    return (
        f"It is NOT proven to be the cheapest: the search was stopped by {record.stopped_by}. No plan costs less than "
        f"{usd(record.bound_usd_bn)}, penalties included: {close}."
    )


def _tiles(view: View) -> list[Tile]:
    record = view.plan.record
    due = [each for each in view.commitments if is_due(view.plan, each)]
    binds = sum(each.binds_usd_bn for each in due)
    tiles = [
        Tile("cost_in_money_usd_bn", "Cost in money, USD bn", fine(record.cost_in_money_usd_bn),
             json.dumps(record.cost_in_money_usd_bn), "present value"),
        Tile("bound_in_twelve_months_usd_bn", "Bound by what is signed in twelve months, USD bn", fine(binds),
             json.dumps(binds), "falls due under these contracts, to their end"),
    ]  # fmt: skip
    return [*tiles, *_least_cash(view)]


def _least_cash(view: View) -> list[Tile]:
    """The least cash of any period, after the payments of its first day or at its end."""
    found = [
        (min(float(row.first_day_usd_bn), float(row.closing_usd_bn)), str(row.period), float(row.minimum_usd_bn))
        for row in view.plan.rows("cash")
        if math.isfinite(float(row.closing_usd_bn))
    ]
    if not found:
        return []
    least, period, minimum = min(found)
    day = month_text(date.fromisoformat(period))
    asked = f"in the period from {day}" + (f"; the minimum is {minimum:,.1f} USD bn" if math.isfinite(minimum) else "")
    return [Tile("least_cash_usd_bn", "Least cash, USD bn", fine(least), json.dumps(least), asked)]


def _foot(view: View) -> list[Tile]:
    record, audit = view.plan.record, view.audit
    gap = "gap not known" if record.gap is None else f"gap {record.gap:.3%}"
    asked = f"{float(record.options['gap'] or 0.0):.2%} was asked for"
    count = len(audit.findings)
    checked = (
        f"agrees: {audit.cells:,} cells, {audit.limits:,} limits and {audit.terms:,} terms derived again"
        if audit.agrees
        else f"does NOT agree: {counted(count, 'finding')}; planner audit lists them"
    )
    return [
        Tile("status", "Proof:", f"{'proven' if view.plan.proven else 'NOT proven'}, {gap}; {asked}",
             json.dumps(record.status)),
        Tile("audit", "Audit of the files:", checked, json.dumps(audit.agrees)),
        Tile("objective_usd_bn", "Present cost with penalties:", f"{record.objective_usd_bn:,.3f} USD bn",
             json.dumps(record.objective_usd_bn)),
    ]  # fmt: skip
