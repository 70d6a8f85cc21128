"""What each signature binds the lab to, and until when it can be decided, from the plan's ledger and the case's tables.

What a signature binds is what falls due under its contract, undiscounted, to its end: the ledger `dues`, which
`maturities.csv` sums by year. So all signatures, and what is signed already, add up to that table. Cash is that of
kinds cost and funding: what is paid less what is received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.basics.calendar import add_months
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.reports.names import Names
from planner.reports.signatures import Signature, signatures

CASH = (Kind.COST, Kind.FUNDING)
SAME_DAY = 1e-6
"""years by which two times of the same day differ at most"""
DUE = 12
"""months from the start within which a signature is to be decided on now; later ones are only planned"""


@dataclass(frozen=True)
class Commitment:
    """A signature of a plan, or one order, and what it binds the lab to."""

    signature: Signature
    decide_by: date
    """the last day on which it can be signed in the window of the offer, and still serve from when it does"""
    title: str
    party: str
    """whom it is signed with; blank where the ledger names nobody"""
    word: str
    """what it is: cloud, halls"""
    binds_usd_bn: float
    """what falls due under the contract, undiscounted, to its end"""
    on_signing_usd_bn: float
    """paid on the day of signing, less what is received"""
    first_year_usd_bn: float
    """paid in the twelve months from signing on, less what is received; the day of signing included"""
    guarantees: Mapping[str, float]
    """what each guarantor stands behind at most [USD bn]"""

    @property
    def offer(self) -> str:
        """Its offer."""
        return self.signature.offer

    @property
    def day(self) -> date:
        """The day on which the plan signs it."""
        return date.fromisoformat(self.signature.day)


def commitments(plan: Plan) -> list[Commitment]:
    """Every signature that is still to be made, the first to decide on first."""
    ledger: dict[str, list[Any]] = defaultdict(list)
    for post in plan.rows("ledger"):
        if post.ledger in ("dues", "cash", "guarantees", "signed", "rights", "halls", "chips"):
            ledger[str(post.offer)].append(post)
    mine: dict[str, list[Signature]] = defaultdict(list)
    for each in signatures(plan):
        mine[each.offer].append(each)
    orders, titles = _orders(plan), Names(plan.case).titles
    found = []
    for offer, signed in mine.items():
        named = titles[offer], _party(ledger[offer])
        parts = _parted(ledger[offer], signed, orders)
        found += [_commitment(plan, each, part, *named) for each, part in zip(signed, parts, strict=True)]
    return sorted(found, key=lambda each: (each.decide_by, each.day, each.offer))


def is_due(plan: Plan, each: Commitment) -> bool:
    """Whether a signature is to be made within twelve months from the start of the plan."""
    return each.day < add_months(plan.case.calendar.start, DUE)


def owed_by_what_is_signed(plan: Plan, to_sign: Sequence[Commitment]) -> float:
    """What falls due, undiscounted, under everything but these signatures [USD bn]."""
    total = sum(float(post.value) for post in plan.rows("ledger") if post.ledger == "dues")
    return total - sum(each.binds_usd_bn for each in to_sign)


def _orders(plan: Plan) -> dict[str, tuple[str, str]]:
    """(offer, day) of each order, by the name of its decision."""
    kinds = {each.orders for each in plan.case.catalogue.instruments if each.orders is not None}
    return {
        str(row.decision): (str(row.offer), str(row.ordered_on)) for row in plan.rows("decisions") if row.what in kinds
    }


def _parted(
    posts: Sequence[Any], signed: Sequence[Signature], orders: Mapping[str, tuple[str, str]]
) -> list[list[Any]]:
    """The posts of an offer by its signatures: those of an order go with it, others with the first signature.

    Orders from before the start belong to no signature.
    """
    days = [each.day for each in signed]
    found: list[list[Any]] = [[] for _ in signed]
    for post in posts:
        _, day = orders.get(str(post.decision), ("", days[0]))
        if day in days:
            found[days.index(day)].append(post)
    return found


def _commitment(plan: Plan, signature: Signature, posts: Sequence[Any], title: str, party: str) -> Commitment:
    case, day = plan.case, date.fromisoformat(signature.day)
    offer = next(each for each in case.offers() if each.offer == signature.offer)
    since = case.calendar.years(day)
    cash = [(float(post.years), -float(post.value)) for post in posts if post.ledger == "cash" and post.kind in CASH]
    guarantees: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for post in posts:
        if post.ledger == "guarantees":
            guarantees[str(post.guarantor)][str(post.period)] += float(post.value)
    return Commitment(
        signature,
        last_day(plan, offer, day),
        title,
        party,
        case.catalogue.instrument_of(offer).word,
        sum(float(post.value) for post in posts if post.ledger == "dues"),
        sum(value for years, value in cash if abs(years - since) < SAME_DAY),
        sum(value for years, value in cash if since - SAME_DAY < years < since + 1.0 - SAME_DAY),
        {name: max(by_period.values()) for name, by_period in guarantees.items()},
    )


def last_day(plan: Plan, offer: Any, day: date) -> date:
    """The last day on which an offer can be signed in its window, and still serve from when it does in the plan.

    An offer without a window is signed on the day in the plan.
    """
    instrument, calendar = plan.case.catalogue.instrument_of(offer), plan.case.calendar
    windows = [each.now(calendar, offer) for each in instrument.last_days if not each.commences]
    known = [window for window in windows if window is not None]
    if instrument.latest_signing is None:
        return day
    latest = instrument.latest_signing(plan.case, offer, day, _starts(plan, offer.offer, day))
    return max(day, min([latest, *known]))


def _starts(plan: Plan, offer: str, day: date) -> date | None:
    """The day on which the contract starts that is signed on a day."""
    for row in plan.rows("decisions"):
        if row.offer == offer and row.signed_on == day.isoformat() and row.starts_on:
            return date.fromisoformat(str(row.starts_on))
    return None


def _party(posts: Sequence[Any]) -> str:
    """Whom an offer is signed with: the counterparty of what is signed or given."""
    return next((str(party) for party in _named(posts) if party), "")


def _named(posts: Sequence[Any]) -> Iterator[str]:
    return (post.counterparty for post in posts if post.ledger in ("signed", "rights", "halls", "chips"))
