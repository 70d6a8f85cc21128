"""A plan on one screen: what to sign, what it costs, which limits are tightest, how far it is proven."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from planner.basics.text import columns, counted
from planner.common.policies import SECOND_SERVICES
from planner.plan.headline import MONEY, PENALTIES
from planner.plan.plan import Plan
from planner.reports.cautions import broken_under_waivers, cautions
from planner.reports.cost_lines import cost_by_name, said_of_other_cash, said_of_revenue
from planner.reports.proof import proof_text
from planner.reports.signatures import signatures

GW_YEARS = "reference GW-years"
SMALLEST = 1e-9
"""USD bn up to which a line is rounding, and is left out"""


def text(plan: Plan) -> str:
    """The plan on one screen."""
    return "\n".join(
        [*_headline(plan), "", *_signed(plan), "", *_costs(plan), "", *_broken(plan), *_tightest(plan), *_notes(plan)]
    )


def _headline(plan: Plan) -> Iterator[str]:
    record, shown_in = plan.record, plan.case.settings.shown_in
    yield record.title
    yield from cautions(plan)
    at_lease_rate = shown_in.fixed(record.present_cost_at_lease_rate_usd_bn, "USD bn")
    yield (
        f"Present cost {shown_in.usd(record.objective_usd_bn)} at {plan.case.settings.discount_rate:.1%}: "
        f"{record.headline.text(shown_in)} "
        f"({at_lease_rate} at the lease rate of {plan.case.settings.lease_rate:.1%})"
    )
    if record.owed_after_end_usd_bn:
        yield horizon_text(plan)
    yield proof_text(plan, with_unit=True)


def horizon_text(plan: Plan) -> str:
    """What is still owed after the end, and what the plan costs under each treatment of what outlives the horizon."""
    record, shown_in = plan.record, plan.case.settings.shown_in
    others = [
        f"{shown_in.fixed(value, 'USD bn')} with horizon = {name}"
        for name, value in record.present_cost_by_horizon_usd_bn.items()
        if name != record.horizon
    ]
    return (
        f"After {plan.case.calendar.end} {shown_in.usd(record.owed_after_end_usd_bn)} are still owed; horizon = "
        f"{record.horizon}. The same plan costs {' and '.join(others)}"
    )


def _signed(plan: Plan) -> Iterator[str]:
    """What to sign, by date; what is signed already, what is not signed."""
    by_date: dict[str, list[str]] = {}
    for each in signatures(plan):
        by_date.setdefault(each.day, []).append(f"{each.offer} {each.text_in(plan.case.settings.shown_in)}")
    yield f"What to sign, and when: {sum(map(len, by_date.values()))} signatures"
    for date, items in sorted(by_date.items()):
        yield from wrapped(f"  {date}  ", items)
    offers = list(plan.rows("offers"))
    for title, names in (
        ("signed already", list(_already(plan, offers))),
        ("not signed", [offer.offer for offer in offers if offer.signed == "no" and offer.status != "closed"]),
    ):
        if names:
            yield from wrapped(f"  {title}: ", names)


def _already(plan: Plan, offers: Sequence[Any]) -> Iterator[str]:
    """The offers that were signed before the start, and those of which a part was ordered before it."""
    start = plan.case.calendar.start.isoformat()
    orders = {each.orders for each in plan.case.catalogue.instruments if each.orders is not None}
    early = {row.offer for row in plan.rows("decisions") if row.what in orders and str(row.ordered_on) < start}
    for offer in offers:
        if offer.status == "signed":
            yield str(offer.offer)
        elif offer.offer in early:
            yield f"{offer.offer} in part"


def wrapped(begin: str, items: list[str], width: int = 112) -> Iterator[str]:
    """Items separated by commas, on as many lines as they need; no item is split between lines."""
    held = "\u00a0"
    text = ", ".join(item.replace(" ", held) for item in items)
    for line in wrap(
        text,
        width,
        initial_indent=begin,
        subsequent_indent=" " * min(len(begin), 14),
        break_on_hyphens=False,
        break_long_words=False,
    ):
        yield line.replace(held, " ")


def _costs(plan: Plan) -> Iterator[str]:
    """Cost in money and penalties by line."""
    lines, shown_in = cost_by_name(plan), plan.case.settings.shown_in
    for part, title in ((MONEY, "Cost in money by line"), (PENALTIES, "Penalties by line")):
        found = {line: value for (of, line), value in lines.items() if of == part and abs(value) > SMALLEST}
        mine = [f"{line} {shown_in.number(value, 'USD bn')}" for line, value in found.items()]
        if mine or part == MONEY:
            yield f"{title} [{shown_in.money}]"
            yield from wrapped("  ", mine)
    if other := said_of_other_cash(plan):
        yield other
    service = list(plan.rows("service"))
    h = plan.case.calendar.h
    missed, asked = (
        float(np.array([row.gw for row in service if row.measure == measure]).sum()) * h
        for measure in ("shortage", "demand")
    )
    if missed > 0:
        yield (
            f"  not served: {shown_in.number(missed, GW_YEARS)} of {shown_in.amount(asked, GW_YEARS)} of demand. "
            f"{said_of_revenue(plan)}"
        )


def room(limit: Any, set_by_somebody: Container[str]) -> float | None:
    """The headroom of a row of `limits.csv`, relative to what is allowed.

    None where no party set the limit, or where nothing is used or nothing is allowed.
    """
    if limit.limit not in set_by_somebody or limit.subject.startswith(SECOND_SERVICES):
        return None
    allowed = abs(limit.allowed)
    return float(limit.headroom / allowed) if abs(limit.used) > 1e-9 and allowed > 1e-9 else None


def _broken(plan: Plan) -> Iterator[str]:
    """The limits that are broken under waivers; nothing where there are none."""
    shown_in = plan.case.settings.shown_in
    rows = [
        [
            f"{each.limit} {each.subject}",
            each.first,
            each.last,
            shown_in.number(each.most, each.unit),
            each.worst,
            shown_in.words(each.unit),
        ]
        for each in broken_under_waivers(plan)
    ]
    if rows:
        yield "Broken under a waiver"
        yield from columns(["limit", "from", "to", "at most by", "on", "unit"], rows)
        yield ""


def _tightest(plan: Plan, most: int = 8) -> Iterator[str]:
    """The limits with the least headroom, each in its tightest period."""
    rooms = [
        (left, limit)
        for limit in plan.rows("limits")
        if (left := room(limit, plan.case.catalogue.set_by_somebody)) is not None
    ]
    first: dict[tuple[str, str], Any] = {}
    for _, limit in sorted(rooms, key=lambda each: (each[0], each[1].period)):
        first.setdefault((limit.limit, limit.subject), limit)
    shown_in = plan.case.settings.shown_in
    rows = [
        [
            f"{row.limit} {row.subject}",
            str(row.period),
            *(shown_in.number(value, row.unit) for value in (row.used, row.allowed, row.headroom)),
            shown_in.words(row.unit),
        ]
        for row in list(first.values())[:most]
    ]
    yield "Tightest limits"
    yield from columns(["limit", "period", "used", "allowed", "headroom", "unit"], rows)


def _notes(plan: Plan) -> Iterator[str]:
    if plan.record.notes:
        of = f"{'implied tables, ' if plan.case.implied.remarks else ''}windows and offers"
        yield ""
        yield f"{counted(len(plan.record.notes), 'remark')} on {of}, in plan.json"
