"""A plan for all futures on a terminal: what to sign now comes first, what knowing would be worth last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from textwrap import wrap

from planner.basics.text import columns, counted
from planner.plan.hedges.hedge import Hedge
from planner.reports.hedged.policy import HedgePolicy, Said
from planner.reports.hedged.risks import nearest, risks, waived_cost
from planner.reports.hedged.values import option_worths, worths
from planner.reports.hedged.words import listed, month, percent
from planner.reports.summary import wrapped

WIDTH = 112
INDENT = 14
SURE = 1e-9
"""by how much a probability may miss 1 and still be certain"""
MOST = 40
"""most branches that are printed"""
LIMITS = 8
"""most limits that are printed"""


def text(hedge: Hedge) -> str:
    """The hedge for a terminal."""
    policy = HedgePolicy(hedge)
    parts = (_headline(hedge), _now(policy), _later(policy), _open(policy), _costs(hedge), _risks(hedge), _worth(hedge))
    lines = [list(part) for part in parts]
    return "\n\n".join("\n".join(each) for each in lines if each)


def _headline(hedge: Hedge) -> Iterator[str]:
    tree, record = hedge.futures_tree, hedge.record
    yield record.title
    if len(tree) == 1:
        yield "Only one future is possible, so nothing waits for news"
        return
    events = [f"{each.event} ({each.title}, known on {each.known_on})" if each.title else
              f"{each.event} (known on {each.known_on})" for each in tree.events]  # fmt: skip
    yield from wrap(f"A plan for {counted(len(tree), 'future')}, told apart by {listed(events)}", WIDTH)


def _now(policy: HedgePolicy) -> Iterator[str]:
    """What is signed before any news, each with the number of plans for one future alone that sign it too."""
    tree = policy.hedge.futures_tree
    until = f", before the first news on {tree.days[0]}" if tree.days else ""
    if not policy.now:
        yield f"Sign nothing now{until}"
        return
    if len(tree) == 1:
        yield f"What to sign, and when: {counted(len(policy.now), 'signature')}"
        yield from columns(["", "", ""], [[x.day, x.offer, x.says] for x in policy.now], words=(0, 1, 2))[1:]
        return
    yield f"Sign now{until}: {counted(len(policy.now), 'signature')}"
    rows = [
        [each.day, each.offer, each.says, "" if each.own_plans is None else f"{each.own_plans} of {len(tree)}"]
        for each in policy.now
    ]
    yield from columns(["on", "offer", "", "firm"], rows, words=(0, 1, 2))
    yield f"  firm: how many of the {len(tree)} plans that would be made for one future alone sign it now too"


def _later(policy: HedgePolicy) -> Iterator[str]:
    """What depends on which news; what is the same on all branches stands once."""
    if len(policy.hedge.futures_tree) == 1:
        return
    if not policy.later:
        yield "Nothing is signed after news"
        return
    yield "Then, as the news has it"
    for said in policy.later[:MOST]:
        yield from _branch(said)
    if policy.idle:
        yield f"  nothing that is signed depends on {listed(policy.idle, 'or')}"
    if len(policy.later) > MOST:
        yield f"  … and {len(policy.later) - MOST:,} more branches; signatures.csv has them all"


def _branch(said: Said) -> Iterator[str]:
    where = said.where if said.probability == 1.0 else f"{said.where} (probability {percent(said.probability)})"
    if not said.lines:
        yield from wrap(f"{where}: nothing else", WIDTH, initial_indent="  ", subsequent_indent=" " * 4)
    for day in dict.fromkeys(each.day for each in said.lines):
        begin, items = f"  in {month(day)}, {where}: ", [x.text for x in said.lines if x.day == day]
        if len(begin) + len(items[0]) > WIDTH:
            yield from wrap(begin.strip(), WIDTH, initial_indent="  ", subsequent_indent=" " * 4)
            begin = " " * INDENT
        yield from wrapped(begin, items)
        where = said.where


def _open(policy: HedgePolicy) -> Iterator[str]:
    """What is left open, how probably it is signed, and what offers are worth where that was asked."""
    several = len(policy.hedge.futures_tree) > 1
    if several and policy.open:
        yield f"Leave open until the news: {counted(len(policy.open), 'offer')}"
        for probability, offers in policy.open_by_probability.items():
            always = probability > 1.0 - SURE
            said = "in every future, but not before the news" if always else f"with probability {percent(probability)}"
            yield from wrapped(f"  signed {said}: ", offers)
    elif several:
        yield "Nothing is left open: what is signed at all is signed before the news"
    if policy.never:
        yield from wrapped("  signed in no future: ", policy.never)
    if policy.waits:
        yield from wrapped("  not signed now, though the plan for the expected future would: ", policy.waits)
    if several and policy.hedge.record.expected_signs_now and policy.more_now:
        yield from wrapped("Signed now, though the plan for the expected future would not: ", policy.more_now)
    worth = list(option_worths(policy.hedge))
    if worth:
        shown_in = policy.hedge.case.settings.shown_in
        yield f"What it is worth to have an offer [{shown_in.money}]"
        for offer, in_tree, by_itself in worth:
            why = "; ".join(dict.fromkeys(each.reason for each in (in_tree, by_itself) if each.reason))
            yield (
                f"  {offer}: {in_tree.figure_in(shown_in)}; if only the expected future were possible, "
                f"{by_itself.figure_in(shown_in)}"
                f"{f' ({why})' if why else ''}"
            )


def _costs(hedge: Hedge) -> Iterator[str]:
    record, shown_in = hedge.record, hedge.case.settings.shown_in
    usd = partial(shown_in.fixed, unit="USD bn")
    level, weight, quantiles = record.risk["level"], record.risk["weight"], record.cost_quantiles_usd_bn
    rows = [
        (record.expected_cost_usd_bn, "expected: the cost of each future by its probability"),
        (quantiles["p10"], "P10: with probability 10% it costs no more"),
        (quantiles["p50"], "P50: with probability 50% it costs no more"),
        (quantiles["p90"], "P90: with probability 90% it costs no more"),
        (record.cvar_usd_bn, f"CVaR: the average of the dearest {percent(1.0 - level)}"),
    ]
    yield f"Cost [{shown_in.money}]"
    yield from _figures([(usd(value), says) for value, says in rows])
    if weight > 0.0:
        yield f"  Minimised: {usd(record.objective_usd_bn)}, of which CVaR {percent(weight)} and expected cost the rest"
    known = "nothing is known yet of how much less a plan could cost"
    if record.bound_usd_bn is not None:
        what = "a weighted cost" if weight > 0.0 else "an expected cost"
        known = f"no plan for all futures has {what} below {usd(record.bound_usd_bn)}"
        known += "" if record.gap is None else f", a gap of {record.gap:.3%}"
    asked = float(record.search["gap"] or 0.0)
    yield (
        f"  Proven: {known}"
        if record.proven
        else (f"  NOT proven to {asked:.3%}, stopped by {record.stopped_by}: {known}")
    )


def _figures(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Figures, set right, and what they mean, on one line each."""
    width = max((len(figure) for figure, _ in rows), default=0)
    for figure, says in rows:
        yield from wrap(says, WIDTH, initial_indent=f"  {figure.rjust(width)}  ", subsequent_indent=" " * (width + 4))


def _risks(hedge: Hedge) -> Iterator[str]:
    """The limits that are broken in some future, or how near the nearest is."""
    found, shown_in = risks(hedge), hedge.case.settings.shown_in
    if found:
        yield "Limits that may be broken"
        rows = [
            [each.name, percent(each.probability), each.when, each.headroom(shown_in), listed(each.futures, most=3)]
            for each in found[:LIMITS]
        ]
        yield from columns(["limit", "probability", "in", "by up to", "in the futures"], rows, words=(0, 2, 4))
        if len(found) > LIMITS:
            yield f"  … and {len(found) - LIMITS:,} more; risk.csv has them all"
    else:
        yield "No limit is broken in any future"
    if waived := waived_cost(hedge):
        yield f"  breaking limits under waivers costs {shown_in.usd(waived)} of the expected cost"
    yield from (f"  {line}" for line in nearest(hedge))


def _worth(hedge: Hedge) -> Iterator[str]:
    if len(hedge.futures_tree) == 1:
        return
    shown_in = hedge.case.settings.shown_in
    yield f"What it is worth [{shown_in.money}]"
    yield from _figures([(each.figure_in(shown_in), f"{each.short}: {each.says}") for each in worths(hedge)])
