"""Items that open what is closed or over: closed offers, last days of signing and deciding, latest commencements.

They need columns that the case does not have. The *loosened* case has them all: every closed offer is open and every
last day up to a year later. A column of it that the case itself lacks, or has with another day of signing, stands
only under the items that bring it: the fewest kinds of them with which it exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np

from planner.basics.calendar import Calendar, add_months
from planner.basics.errors import DataError
from planner.case.case import Case
from planner.explain.items import Item, Share
from planner.explain.lines import Line
from planner.instruments.site_lease.tables import SiteLease
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key, VariableGroup
from planner.tables.offer import Offer, OfferStatus

LATER_MONTHS = 12
"""by how much a last day may be moved"""
USED = 1e-6
"""a column above this is used [its own unit]"""


@dataclass(frozen=True)
class Opening:
    """A cell of an offer that is loosened."""

    offer: Offer
    column: str
    """`status`, `sign_by`, `decide_by` or `ready_by`"""
    loosest: str
    """its text in the loosened case"""

    @property
    def kind(self) -> str:
        """Openings of a kind are tried together; an offer has one of each kind at most."""
        return {"status": "status", "ready_by": "ready_by"}.get(self.column, "decided_by")

    @property
    def where(self) -> str:
        """The cell."""
        return f"{self.offer.about.name}[{self.offer.offer}].{self.column}"

    @property
    def text(self) -> str:
        """The change that the loosened case makes."""
        return f"{self.where} = {self.loosest}"

    @property
    def group(self) -> str:
        """The group of its item."""
        return "closed" if self.column == "status" else "dates"

    @property
    def name(self) -> str:
        """The name of its item."""
        return self.offer.offer if self.column == "status" else f"{self.offer.offer}/{self.column}"


@dataclass(frozen=True)
class Beyond:
    """A column that exists only with some items changed."""

    column: int
    upper: float
    items: tuple[str, ...]
    """keys of the items"""
    days: tuple[date | None, ...]
    """what each item's last day has to be for it; None for one without a day"""
    years: tuple[float, ...]
    """by how much that is later than it is"""


def openings(case: Case, groups: frozenset[str]) -> list[Opening]:
    """Every cell that can be loosened so that the case stays valid."""
    found = [each for offer in case.tables.offers() for each in _of_offer(case.calendar, offer) if each.group in groups]
    try:
        case.change(*(each.text for each in found))
    except DataError:
        return [each for each in found if _valid(case, each)]
    return found


def _valid(case: Case, opening: Opening) -> bool:
    try:
        case.change(opening.text)
    except DataError:
        return False
    return True


def _of_offer(calendar: Calendar, offer: Offer) -> Iterator[Opening]:
    if offer.status is OfferStatus.SIGNED:
        return
    if offer.status is OfferStatus.CLOSED:
        yield Opening(offer, "status", "open")
    last = calendar.start_of(calendar.T - 1)
    for column in ("sign_by", "decide_by"):
        day: date | None = getattr(offer, column, None)
        if day is not None and day < last:
            yield Opening(offer, column, min(last, add_months(max(day, calendar.start), LATER_MONTHS)).isoformat())
    if isinstance(offer, SiteLease):
        day = _ready_by(calendar, offer)
        soonest = add_months(calendar.start, offer.lead_months)
        if day < last:
            yield Opening(offer, "ready_by", min(last, add_months(max(day, soonest), LATER_MONTHS)).isoformat())


def _ready_by(calendar: Calendar, site: SiteLease) -> date:
    return site.ready_by or calendar.start_of(calendar.forward(site.ready_date))


def loosened(case: Case, found: list[Opening]) -> Case:
    """The case with every opening made."""
    return case.change(*(each.text for each in found)) if found else case


def beyond(case: Case, found: list[Opening], ledgers: Ledgers) -> list[Beyond]:
    """The columns of the loosened case, whose ledgers these are, that need an opening."""
    kinds = sorted({each.kind for each in found})
    by_offer = {(each.kind, each.offer.offer): each for each in found}
    exists = [
        (subset, _columns(_posted(loosened(case, [each for each in found if each.kind in subset]))))
        for size in range(len(kinds))
        for subset in combinations(kinds, size)
    ]
    signed = _signed(ledgers)
    columns = []
    for group in _of_offers(ledgers):
        for key, upper in zip(group.keys, group.upper.tolist(), strict=True):
            column = group[key]
            name = (group.block, group.name, key, signed.get(column))
            needs = next((subset for subset, names in exists if name in names), tuple(kinds))
            which = [by_offer[kind, str(key[0])] for kind in needs if (kind, str(key[0])) in by_offer]
            if which and np.isfinite(upper) and upper > 0.0:
                days = tuple(_day(case.calendar, each, group, key, signed.get(column)) for each in which)
                years = tuple(_years(case.calendar, each, day) for each, day in zip(which, days, strict=True))
                columns.append(Beyond(column, upper, tuple(f"{e.group}:{e.name}" for e in which), days, years))
    return columns


def _posted(case: Case) -> Ledgers:
    """What the instruments post, without the rules."""
    ledgers = Ledgers(case.calendar)
    for instrument in case.catalogue.posting:
        instrument.post(case, ledgers)
    return ledgers


def _of_offers(ledgers: Ledgers) -> Iterator[VariableGroup]:
    """Families whose keys begin with an offer."""
    yield from (group for group in ledgers.groups if group.dims[:1] == ("offer",))


def _signed(ledgers: Ledgers) -> dict[int, int]:
    """By column that signs an offer, the period in which it does."""
    found: dict[int, int] = {}
    for post in ledgers.select("signed"):
        for column, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
            found[column] = min(t, found.get(column, t))
    return found


def _columns(ledgers: Ledgers) -> set[tuple[str, str, Key, int | None]]:
    """The columns of offers by name, those that sign with the period in which they do."""
    signed = _signed(ledgers)
    return {
        (group.block, group.name, key, signed.get(group[key])) for group in _of_offers(ledgers) for key in group.keys
    }


def _day(calendar: Calendar, opening: Opening, group: VariableGroup, key: Key, signed: int | None) -> date | None:
    """The last day that an opening needs for a column, where the column tells."""
    if opening.column == "status":
        return None
    told = dict(zip(group.dims, key, strict=True))
    if isinstance(opening.offer, SiteLease) and opening.column == "ready_by":
        site = opening.offer
        for ready in calendar.window(site.ready_date, date.fromisoformat(opening.loosest)):
            late = add_months(calendar.start_of(ready), site.delay_months)
            if calendar.start_of(calendar.forward(late)).isoformat() == told["starts_on"]:
                return calendar.start_of(ready)
        return None
    if signed is not None:
        return calendar.start_of(signed)
    return date.fromisoformat(str(told["ordered_on"])) if "ordered_on" in told else None


def _years(calendar: Calendar, opening: Opening, day: date | None) -> float:
    """How much later a day is than what the offer says."""
    if day is None:
        return 0.0
    if isinstance(opening.offer, SiteLease) and opening.column == "ready_by":
        return max(0.0, calendar.years(day) - calendar.years(_ready_by(calendar, opening.offer)))
    return max(0.0, calendar.years(day) - calendar.years(getattr(opening.offer, opening.column)))


def items(found: list[Opening], columns: list[Beyond]) -> Iterator[Item]:
    """An item for each opening that brings a column."""
    brought = {key for column in columns for key in column.items}
    for opening in found:
        if f"{opening.group}:{opening.name}" in brought:
            yield Item(opening.group, opening.name, _Opens(opening, columns), moves=opening.column != "status")


@dataclass(frozen=True)
class _Opens:
    """The line of an opening: the latest day that any column in use asks for."""

    opening: Opening
    columns: list[Beyond]

    def __call__(self, share: Share) -> list[Line]:
        opening = self.opening
        offer = opening.offer.offer
        if opening.column == "status":
            return [Line(opening.where, "=", "open", f"{offer} open again")]
        key = f"{opening.group}:{opening.name}"
        days = [
            day
            for each in self.columns
            for name, day in zip(each.items, each.days, strict=True)
            if name == key and day is not None and share.x[each.column] > USED
        ]
        day = max(days, default=date.fromisoformat(opening.loosest))
        verb = {"sign_by": "signed", "decide_by": "decided on", "ready_by": "commencing"}[opening.column]
        return [Line(opening.where, "=", day.isoformat(), f"{offer} {verb} as late as {day}")]
