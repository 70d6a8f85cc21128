"""What can be loosened where a case has no plan: the items of rules and instruments, and the price of each.

The record of a rule or an instrument says what somebody can give way on. `planner explain` collects these items, lets
its elastic model buy them at the price of their group, and turns what it bought into `--set` lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from planner.basics.calendar import Calendar
from planner.interfaces.case_data import CaseData
from planner.interfaces.groups import GROUPS, Group
from planner.interfaces.lines import Lines, moved
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.tables.offer import Offer, OfferStatus

Name: TypeAlias = tuple[str, str]
"""(rule, subject) of a limit."""
Effect: TypeAlias = tuple[Name, int, float]
"""(limit, period, what one unit adds to what the limit allows in that period)."""
Limits: TypeAlias = Mapping[str, Limit]
"""The limits that one rule states, by subject."""

NEARLY = 0.999
"""part of a smallest size that can be taken away where the size must stay above 0"""


@dataclass(frozen=True)
class Slot:
    """One amount by which an item can be changed."""

    t: int
    """the period that the amount is about; 0 where it is about no single period"""
    scale: float
    """the amount that counts as 1 in the price"""
    most: float
    """the largest amount; infinite where it has no bound"""
    effects: tuple[Effect, ...] = ()
    """of one unit of the amount, on limits"""


@dataclass(frozen=True, eq=False)
class Item:
    """One thing that can be changed. Raises ValueError where its group has no price."""

    group: str
    """one of `GROUPS`"""
    name: str
    """what it is about; no other item of the group has this name"""
    lines: Lines
    slots: tuple[Slot, ...] = ()
    """the amounts by which it can be changed; empty: it is changed or not"""
    effects: tuple[Effect, ...] = ()
    """of changing it at all, on limits"""
    moves: bool = False
    """True: it moves a date, so its price depends on how late the decisions are that need it"""
    only_if_signed: str = ""
    """offer that must be signed for the change to count"""
    only_once_signed: str = ""
    """offer that must be signed by a slot's period for the slot to count, unless another item waives this"""
    only_until_signed: str = ""
    """offer that must not be signed by a slot's period for the slot to count; the slot waives `only_once_signed`"""
    less_demand: tuple[str, str] | None = None
    """(region, workload) whose demand each slot lowers, so that other rules ask for less as well"""

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"no group is called {self.group}; there are {', '.join(GROUPS)}")

    @property
    def key(self) -> str:
        """Its name among all items."""
        return f"{self.group}:{self.name}"

    @property
    def price(self) -> Group:
        """What it costs to change it."""
        return GROUPS[self.group]

    @property
    def has_peak(self) -> bool:
        """True where it can be changed by more or by less."""
        return bool(self.slots) or self.moves


@dataclass(frozen=True)
class Loosening:
    """How an item loosens a constraint of an instrument, in every row whose key `about` accepts."""

    item: Item
    block: str
    """the block of the model that holds the constraint: the instrument's name"""
    constraint: str
    about: Callable[[tuple[str, ...]], bool]
    by: float
    """what changing the item adds to the larger side; 0: its only slot is added instead"""
    both: bool = False
    """True: both sides are loosened, as the constraint is an equality"""
    endless: str = ""
    """variable of the block whose upper bounds state the same; these bounds are removed"""


@dataclass(frozen=True)
class LastDay:
    """A column of an offer's table that holds a last day, which can be moved to a later one.

    The functions are given the calendar and the offer's row.
    """

    column: str
    verb: str
    """completes "as late as": signed, decided on, commencing"""
    commences: bool
    """True: last day of commencement; False: last day of signing"""
    now: Callable[[Calendar, Any], date | None]
    """the last day as it stands; None: the offer has no last day"""
    soonest: Callable[[Calendar, Any], date]
    """the delay is counted from this day where the last day is before it"""
    asks: Callable[[Calendar, Any, date, Mapping[str, str | int]], date | None]
    """the last day that a decision needs, from the latest day that is possible and the decision's key by dimension;
    None where the key does not say. A decision that signs the offer needs its own day of signing and is not asked."""


def last_signing(column: str, verb: str = "signed", *, dimension: str = "") -> LastDay:
    """The last day of signing in a column; `dimension` of a decision's key holds the day on which it is signed."""
    return LastDay(column, verb, False, _DayIn(column), _start, _DayOf(dimension))


@dataclass(frozen=True)
class _DayIn:
    """The day that stands in a column of an offer. A class, so that records are equal in all processes."""

    column: str

    def __call__(self, calendar: Calendar, offer: Any) -> date | None:
        day: date | None = getattr(offer, self.column)
        return day


@dataclass(frozen=True)
class _DayOf:
    """The day that a decision's key holds in a dimension; None where it has no such dimension."""

    dimension: str

    def __call__(self, calendar: Calendar, offer: Any, latest: date, key: Mapping[str, str | int]) -> date | None:
        return date.fromisoformat(str(key[self.dimension])) if self.dimension in key else None


def _start(calendar: Calendar, offer: Any) -> date:
    return calendar.start


def of_offer(offer: str) -> Callable[[tuple[str, ...]], bool]:
    """Accepts the keys that begin with the name of an offer."""
    return lambda key: key[0] == offer


def smaller(offer: Offer, column: str, unit: str, block: str, constraint: str) -> Iterator[Loosening]:
    """Lowers an offer's smallest size, unless that is 0; part of it stays where the offer is required."""
    least = float(getattr(offer, column))
    if least > 0.0:
        most = least * (NEARLY if offer.status is OfferStatus.REQUIRED else 1.0)
        where = f"{offer.about.name}[{offer.offer}].{column}"
        lines = moved("-=", where, f"{{by}} less smallest size of {offer.offer} ({column})", unit, most)
        item = Item("sizes", offer.offer, lines, (Slot(0, least, most),))
        yield Loosening(item, block, constraint, of_offer(offer.offer), 0.0)


LoosenedConstraints: TypeAlias = Callable[[CaseData], Iterator[Loosening]]
"""Items on an instrument's constraints."""
LoosenedLimits: TypeAlias = Callable[[CaseData, Ledgers, Limits], Iterator[Item]]
"""Items on the limits that a rule states."""
FollowsDemand: TypeAlias = Callable[[CaseData, Limits, str, str, int], Iterator[Effect]]
"""What a reference GW less demand of a workload in a region adds to what a rule's limits allow in a period.

Called with the case, the rule's limits, the region, the workload and the period.
"""
