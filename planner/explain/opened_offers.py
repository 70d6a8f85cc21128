"""Items that open an offer: closed offers, last days of signing, latest commencements.

They need variables that the case does not have. In the *loosened* case every closed offer is open, and every last day
is up to a year later. The case itself may lack a variable of the loosened case, or have it with another day of signing.
Such a variable may be used only where the items are changed that bring it: the fewest kinds of openings with which it
exists.
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
from planner.interfaces.lines import Amounts, Line
from planner.interfaces.loosening import Item, LastDay
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key, VariableGroup
from planner.tables.offer import Offer, OfferStatus

LATER_MONTHS = 12
"""the most by which a last day is moved"""
USED = 1e-6
"""a variable above this is used [its own unit]"""
SIGNING, COMMENCEMENT, STATUS = KINDS = ("signing", "commencement", "status")
"""kinds of openings; an offer has at most one of each kind"""


@dataclass(frozen=True)
class Opening:
    """A cell of an offer that is loosened: a last day, or the status of a closed offer."""

    offer: Offer
    day: LastDay | None
    """None: it is the status"""
    loosest: str
    """the cell's text in the loosened case"""

    @property
    def kind(self) -> str:
        """One of `KINDS`; openings of one kind are tried together."""
        if self.day is None:
            return STATUS
        return COMMENCEMENT if self.day.commences else SIGNING

    @property
    def where(self) -> str:
        """The cell."""
        return f"{self.offer.about.name}[{self.offer.offer}].{'status' if self.day is None else self.day.column}"

    @property
    def text(self) -> str:
        """The change that the loosened case makes."""
        return f"{self.where} = {self.loosest}"

    @property
    def group(self) -> str:
        """The group of its item."""
        return "closed" if self.day is None else "dates"

    @property
    def name(self) -> str:
        """The name of its item."""
        return self.offer.offer if self.day is None else f"{self.offer.offer}/{self.day.column}"

    @property
    def key(self) -> str:
        """The key of its item."""
        return f"{self.group}:{self.name}"


@dataclass(frozen=True)
class Beyond:
    """A variable that exists only with some items changed."""

    variable: int
    upper: float
    items: tuple[str, ...]
    """keys of the items"""
    days: tuple[date | None, ...]
    """the last day that each item has to allow; None where the variable needs no particular day"""
    years: tuple[float, ...]
    """how much later that is than the last day of the case, for each item"""


def openings(case: Case, groups: frozenset[str]) -> list[Opening]:
    """Every cell that can be loosened so that the case stays valid."""
    found = [each for offer in case.offers() for each in _of_offer(case, offer) if each.group in groups]
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


def _of_offer(case: Case, offer: Offer) -> Iterator[Opening]:
    """The cells of an offer that can be loosened."""
    if offer.status is OfferStatus.SIGNED:
        return
    if offer.status is OfferStatus.CLOSED:
        yield Opening(offer, None, "open")
    calendar = case.calendar
    last = calendar.start_of(calendar.T - 1)
    for each in case.catalogue.instrument_of(offer).last_days:
        day = each.now(calendar, offer)
        if day is not None and day < last:
            later = add_months(max(day, each.soonest(calendar, offer)), LATER_MONTHS)
            yield Opening(offer, each, min(last, later).isoformat())


def loosened(case: Case, found: list[Opening]) -> Case:
    """The case with every opening made."""
    return case.change(*(each.text for each in found)) if found else case


def beyond(case: Case, found: list[Opening], ledgers: Ledgers) -> list[Beyond]:
    """The variables that need an opening; `ledgers` are those of the loosened case."""
    kinds = [kind for kind in KINDS if any(each.kind == kind for each in found)]
    by_offer = {(each.kind, each.offer.offer): each for each in found}
    exists = [
        (subset, _variables(_posted(loosened(case, [each for each in found if each.kind in subset]))))
        for size in range(len(kinds))
        for subset in combinations(kinds, size)
    ]
    signed = _signed(ledgers)
    made = []
    for group in _of_offers(ledgers):
        for key, upper in zip(group.keys, group.upper.tolist(), strict=True):
            variable = group[key]
            name = (group.block, group.name, key, signed.get(variable))
            needs = next((subset for subset, names in exists if name in names), tuple(kinds))
            which = [by_offer[kind, str(key[0])] for kind in needs if (kind, str(key[0])) in by_offer]
            if which and np.isfinite(upper) and upper > 0.0:
                days = tuple(_day(case.calendar, each, group, key, signed.get(variable)) for each in which)
                years = tuple(_years(case.calendar, each, day) for each, day in zip(which, days, strict=True))
                made.append(Beyond(variable, upper, tuple(each.key for each in which), days, years))
    return made


def _posted(case: Case) -> Ledgers:
    """What the instruments post, without the rules."""
    ledgers = Ledgers(case.calendar)
    for instrument in case.catalogue.posting:
        instrument.post(case, ledgers)
    return ledgers


def _of_offers(ledgers: Ledgers) -> Iterator[VariableGroup]:
    """Groups of variables whose keys begin with an offer."""
    yield from (group for group in ledgers.groups if group.dims[:1] == ("offer",))


def _signed(ledgers: Ledgers) -> dict[int, int]:
    """The period of signing of each variable that signs an offer."""
    found: dict[int, int] = {}
    for post in ledgers.select("signed"):
        for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
            found[variable] = min(t, found.get(variable, t))
    return found


def _variables(ledgers: Ledgers) -> set[tuple[str, str, Key, int | None]]:
    """The variables of offers by name; those that sign an offer with their period of signing."""
    signed = _signed(ledgers)
    return {
        (group.block, group.name, key, signed.get(group[key])) for group in _of_offers(ledgers) for key in group.keys
    }


def _day(calendar: Calendar, opening: Opening, group: VariableGroup, key: Key, signed: int | None) -> date | None:
    """The last day that a variable needs of an opening, where the variable says."""
    if opening.day is None:
        return None
    if signed is not None and not opening.day.commences:
        return calendar.start_of(signed)
    by_dimension = dict(zip(group.dims, key, strict=True))
    return opening.day.asks(calendar, opening.offer, date.fromisoformat(opening.loosest), by_dimension)


def _years(calendar: Calendar, opening: Opening, day: date | None) -> float:
    """How much later a day is than the last day of the case."""
    now = None if opening.day is None else opening.day.now(calendar, opening.offer)
    return 0.0 if day is None or now is None else max(0.0, calendar.years(day) - calendar.years(now))


def items(found: list[Opening], made: list[Beyond]) -> Iterator[Item]:
    """An item for each opening that brings a variable."""
    brought = {key for each in made for key in each.items}
    for opening in found:
        if opening.key in brought:
            yield Item(opening.group, opening.name, _Opens(opening, made), moves=opening.day is not None)


@dataclass(frozen=True)
class _Opens:
    """The line of an opening: the latest last day that any variable in use needs."""

    opening: Opening
    made: list[Beyond]

    def __call__(self, amounts: Amounts) -> list[Line]:
        where, offer, last = self.opening.where, self.opening.offer.offer, self.opening.day
        if last is None:
            return [Line(where, "=", "open", f"{offer} open again")]
        days = [
            day
            for each in self.made
            for key, day in zip(each.items, each.days, strict=True)
            if key == self.opening.key and day is not None and amounts.x[each.variable] > USED
        ]
        day = max(days, default=date.fromisoformat(self.opening.loosest))
        return [Line(where, "=", day.isoformat(), f"{offer} {last.verb} as late as {day}")]
