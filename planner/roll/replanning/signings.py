"""Signatures: what a plan signs, of which offer and on which day. They are what a freeze keeps and what changes.

A signature is one way of signing an offer: a date with a tier, a backer or another variant of its terms. An order that
is placed on a date is one too. To a signature belong its sizes: how much is taken, of whom, in which tranche. What is
signed already is data, and no signature. Use, draws of loans and the assignment of chips are day-to-day operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.text import number
from planner.case.case import Case
from planner.ledgers.decision_times import OnDate, WithSignature
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.variables import Domain, VariableGroup, decision_name
from planner.portfolio.moved_names import MovedKeys, moved_keys, renamed
from planner.portfolio.portfolio import Portfolio
from planner.tables.offer import OfferStatus

NOTHING = 1e-6
"""a change or a size that is smaller is none: part of the largest size"""


@dataclass
class Signing:
    """One way of signing an offer, and its variables."""

    name: str
    """instrument and key: `cloud_commitment[deal,2027-01-01,standard]`"""
    offer: str
    day: date
    """the day on which it is signed"""
    names: list[str] = field(default_factory=list)
    """names of its decisions: the signature where it has one, and the sizes"""
    numbers: list[int] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    """which of them are signatures, 0 or 1"""

    def largest(self, old: Vector) -> Vector:
        """The largest size of each variable, now or as it was; infinite where it has none."""
        found: Vector = np.maximum(np.array(self.upper, dtype=float), old)
        return found

    def change(self, old: Vector, new: Vector) -> float:
        """The largest |new − old| / largest size over its variables: 1 where it is signed in one of two plans only.

        What is smaller than NOTHING is 0.
        """
        found = self.apart(old, new)
        return found if found > NOTHING else 0.0

    def apart(self, old: Vector, new: Vector) -> float:
        """The same, however small it is."""
        largest = self.largest(old)
        sized = np.isfinite(largest) & (largest > 0.0)
        apart = np.abs(new - old)[sized] / largest[sized]
        return min(1.0, float(apart.max(initial=0.0)))

    def signed(self, values: Vector) -> bool:
        """Whether these values sign it: its signature is 1, or it has none and a size is above 0."""
        whole = np.array(self.whole, dtype=bool)
        if whole.any():
            return bool((values[whole] > 0.5).any())
        sized = values[~whole]
        scale = np.where(np.isfinite(self.upper), np.maximum(self.upper, 1e-9), 1.0)[~whole]
        return bool((sized > NOTHING * scale).any())


def signings(portfolio: Portfolio) -> dict[str, Signing]:
    """The signatures of a portfolio that are decisions, by name in the order of its variables."""
    ledgers, case = portfolio.ledgers, portfolio.case
    open_ = {offer.offer for offer in case.offers() if offer.status in (OfferStatus.OPEN, OfferStatus.REQUIRED)}
    signed_from, found = _signed_from(ledgers), dict[str, Signing]()
    for group in ledgers.groups:
        width = _width(ledgers, group, case)
        if not width:
            continue
        whole = group.domain is Domain.BINARY
        for i, key in enumerate(group.keys):
            if str(key[0]) not in open_:
                continue
            name = decision_name(group.block, "", parts_of_key(group, i)[:width]).replace(".[", "[", 1)
            if name not in found:
                day = _day(ledgers, group, i, signed_from)
                if day is None or day < case.calendar.start:
                    continue
                found[name] = Signing(name, str(key[0]), day)
            mine = found[name]
            mine.names.append(group.names[i])
            mine.numbers.append(group.first + i)
            mine.lower.append(float(group.lower[i]))
            mine.upper.append(float(group.upper[i]))
            mine.whole.append(whole)
    return found


def parts_of_key(group: VariableGroup, i: int) -> list[str]:
    """The positions of the i-th key as texts; periods as dates."""
    return [*group.key_words(i).values()]


def _width(ledgers: Ledgers, group: VariableGroup, case: Case) -> int:
    """How many positions of a group's key name the signature; 0 where the group is none of a signature."""
    match group.decided:
        case WithSignature(head):
            return len(ledgers.find(group.block, head).dims)
        case OnDate(dim) if _orders(group.block, case):
            return group.dims.index(dim) + 1
    return 0


def _orders(block: str, case: Case) -> bool:
    """Whether the offers of an instrument are ordered by date instead of signed once."""
    return any(each.name == block and each.orders is not None for each in case.catalogue.instruments)


def _signed_from(ledgers: Ledgers) -> Mapping[int, int]:
    """The period from which each signature holds, by its variable."""
    first: dict[int, int] = {}
    for post in ledgers.select("signed"):
        for variable, t in zip(post.variables.tolist(), post.periods.tolist(), strict=True):
            if variable != CONSTANT:
                first[variable] = min(t, first.get(variable, t))
    return first


def _day(ledgers: Ledgers, group: VariableGroup, i: int, signed_from: Mapping[int, int]) -> date | None:
    """The day of the signature of the i-th key; None where it is never signed within the horizon."""
    key = group.keys[i]
    match group.decided:
        case WithSignature(head):
            signing = ledgers.find(group.block, head)
            t = signed_from.get(signing[key[: len(signing.dims)]])
            return None if t is None else ledgers.calendar.start_of(t)
        case OnDate(dim):
            return date.fromisoformat(str(key[group.dims.index(dim)]))
    return None


@dataclass(frozen=True)
class Lost:
    """A signature of the old plan that the new case does not have."""

    name: str
    offer: str
    day: date
    why: str
    by_now: bool
    """True: its offer is signed by now, so that it is data"""


@dataclass(frozen=True, eq=False)
class OldPlan:
    """The decisions of the old plan that were still to come on the day of the new one."""

    case: Case
    """the case of that day without news"""
    values: Mapping[str, float]
    """value by decision, by the names of that case"""

    def seen_from(self, portfolio: Portfolio) -> Seen:
        """These decisions in the portfolio of a changed case."""
        moved = moved_keys(self.case, portfolio.case)
        values = {renamed(name, moved): value for name, value in self.values.items()}
        mine = signings(Portfolio.of(self.case))
        known = {renamed(name, moved) for each in mine.values() for name in each.names}
        there = signings(portfolio)
        old: dict[str, Vector] = {}
        for name, each in there.items():
            found = np.array([values.get(of, 0.0) for of in each.names])
            whole = np.array(each.whole, dtype=bool)
            new = np.array([of not in known for of in each.names], dtype=bool)
            if (found[~whole] > 0.0).any():  # it was taken without a signature, and has one now
                found[whole & new] = 1.0
            old[name] = np.where(whole, np.round(found), found)
        names = {of for each in there.values() for of in each.names}
        lost = tuple(self._lost(mine, moved, names, portfolio.case))
        fresh = frozenset(name for name, each in there.items() if not known.intersection(each.names))
        return Seen(portfolio, values, there, old, fresh, lost)

    def _lost(self, mine: Mapping[str, Signing], moved: MovedKeys, names: set[str], case: Case) -> Iterator[Lost]:
        status = {offer.offer: offer.status for offer in case.offers()}
        for each in mine.values():
            values = np.array([self.values.get(name, 0.0) for name in each.names])
            if not each.signed(values) or any(renamed(name, moved) in names for name in each.names):
                continue
            why = {
                None: "it is no longer in the case",
                OfferStatus.CLOSED: "it is closed",
                OfferStatus.SIGNED: "it is signed by now, as the case says",
            }.get(status.get(each.offer), f"it can no longer be signed so on {each.day}")
            by_now = status.get(each.offer) is OfferStatus.SIGNED
            yield Lost(each.name, each.offer, each.day, why, by_now)


@dataclass(frozen=True, eq=False)
class Seen:
    """The old plan in the portfolio of a case."""

    portfolio: Portfolio
    values: Mapping[str, float]
    """its decisions by the names of this case"""
    signings: Mapping[str, Signing]
    old: Mapping[str, Vector]
    """by signature: its values in the old plan, 0 where it was none there"""
    fresh: frozenset[str]
    """signatures that the old plan did not know"""
    lost: tuple[Lost, ...]
    """signatures of the old plan that this case does not have"""

    def possible(self, name: str) -> str:
        """Why a signature cannot be kept, whatever else is decided; empty where it can."""
        each, old = self.signings[name], self.old[name]
        room = NOTHING * np.maximum(1.0, np.abs(old))
        for i in range(len(old)):
            if old[i] > each.upper[i] + room[i]:
                return f"at most {number(each.upper[i])} of the {number(float(old[i]))} is offered now"
            if old[i] < each.lower[i] - room[i]:
                return f"at least {number(each.lower[i])} must be taken now, the plan had {number(float(old[i]))}"
        return ""

    def weight(self, name: str) -> float:
        """The weight of a change of a signature."""
        return weight(self.portfolio.case, self.signings[name].day)


HALF_LIFE_YEARS = 1.0
"""a change of a signature that lies so much later weighs half"""


def weight(case: Case, day: date) -> float:
    """The weight of a change on a day: 1 at the start of the case, half as much each year later."""
    return float(0.5 ** (max(0.0, case.calendar.years(day)) / HALF_LIFE_YEARS))


def values_of(portfolio: Portfolio, signing: Signing, x: Vector) -> Vector:
    """The values of a signature's variables in decisions x, shape (variables,)."""
    return x[np.array(signing.numbers, dtype=np.int64)]
