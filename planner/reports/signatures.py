"""What a plan signs, and when, in the words in which people read it: one signature of an offer is one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.basics.display import Display
from planner.plan.plan import Plan


@dataclass(frozen=True)
class Signature:
    """A signature: of an offer, or of one order of it."""

    day: str
    offer: str
    gw: float
    """of an order its size, else what the offer gives at its highest"""
    since: str = ""
    """month from which it gives anything; blank for an order"""
    terms: str = ""
    """what is agreed, in a few words; blank where there is nothing to say"""

    def text_in(self, display: Display) -> str:
        """The signature without its day and offer.

        >>> Signature("2027-01-01", "mesa", 0.4, "2028-01", "by cirrus").text_in(Display())
        '0.4 GW from 2028-01 (by cirrus)'
        >>> from planner.basics.display import Power
        >>> Signature("2027-01-01", "tpus", 0.5).text_in(Display(Power.MW))
        '500 MW'
        """
        return worded(display.amount(self.gw, "GW"), self.since, display.told(self.terms))


def worded(size: str, since: str, terms: str) -> str:
    """Size, first month and terms as one text; blank parts are left out.

    >>> worded("0.4 GW", "", "by cirrus")
    '0.4 GW (by cirrus)'
    """
    return f"{size}{f' from {since}' if since else ''}{f' ({terms})' if terms else ''}"


def signatures(plan: Plan) -> list[Signature]:
    """Every signature by day. What is signed already is left out."""
    decisions: dict[str, list[Any]] = {}
    for decision in plan.rows("decisions"):
        decisions.setdefault(decision.offer, []).append(decision)
    found = [
        each
        for offer in plan.rows("offers")
        if offer.signed == "yes" and offer.status != "signed"
        for each in _of_offer(plan, decisions.get(offer.offer, []), offer)
    ]
    return sorted(found, key=lambda each: each.day)


def _of_offer(plan: Plan, mine: Sequence[Any], offer: Any) -> Iterator[Signature]:
    """When to sign an offer, and on which terms: the size of each order, or GW from a month and what is agreed."""
    catalogue, name = plan.case.catalogue, str(offer.offer)
    instrument = catalogue.instrument_of(catalogue.table(offer.table))
    orders = [row for row in mine if row.what == instrument.orders]
    for order in orders:
        if str(order.ordered_on) >= plan.case.calendar.start.isoformat():
            yield Signature(str(order.ordered_on), name, order.value)
    if orders:
        return
    said = [] if instrument.terms is None else [text for row in mine if (text := instrument.terms(row)) is not None]
    day = str(offer.signed_on or offer.first_held_on)
    yield Signature(day, name, offer.peak_gw, str(offer.first_held_on)[:7], ", ".join(said))
