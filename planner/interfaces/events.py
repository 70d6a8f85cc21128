"""Events: what can happen to a plan after a part of it is signed, and what each kind of event changes.

A kind of event is one record. An instrument or a rule gives the kinds that are about it alone. What happens when a
provider is gone, or when chips fetch less, concerns several instruments (`planner.interfaces.shared_events`): each says
in an `EventEffect` what becomes of its contracts. The functions of a record are functions of modules, so that a
catalogue can travel between processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol

from planner.basics.errors import Problem
from planner.interfaces.case_data import CaseData
from planner.interfaces.plan_data import PlanData
from planner.tables.fields import Field
from planner.tables.table import Row, Table


class Event(Row):
    """Something that happens on a day on which a part of the plan is signed already."""

    about: ClassVar[Table] = Table("events", "one row per event", ("event",))

    event: Annotated[str, Field("event, which names its folder", identifier=True)]
    kind: Annotated[str, Field("what happens: one of the kinds of events of the catalogue")]
    subject: Annotated[
        str | None,
        Field("what or whom it is about, as its kind says; blank where its kind is about nothing in particular"),
    ] = None
    from_date: Annotated[date, Field("day from which it is known and holds; what is signed before is kept")]
    value: Annotated[
        float | None,
        Field(
            "size of the event, as its kind says: months, a share that is lost or a sum",
            least=0,
            unit="months, share or USD bn",
        ),
    ] = None

    @property
    def share_left(self) -> float:
        """What is left where the value is the share that is lost."""
        return 1.0 - (self.value or 0.0)


class EventValue(StrEnum):
    """What the value of an event must be."""

    BLANK = "blank"
    SHARE = "share"
    """the share that is lost, at most 1"""
    MONTHS = "months"
    """whole months, at least 1"""
    SUM = "sum"
    """a sum [USD bn]; blank: none"""


Changes = Callable[[Event, PlanData], Iterator[str]]
"""Changes to the plan's case in the words of `--set`."""
Problems = Callable[[Event, PlanData], Iterator[Problem]]
"""What has happened already under the plan, or cannot be worked out."""


class Claim(Protocol):
    """What somebody is owed and gets on a default [USD bn]."""

    @property
    def tranche(self) -> str:
        """Name of the claim."""

    @property
    def owed(self) -> float:
        """What is owed."""

    @property
    def from_resale(self) -> float:
        """What is paid of it out of what the assets fetch."""

    @property
    def from_support(self) -> float:
        """What is paid of it by whoever supports the contract."""

    @property
    def lost(self) -> float:
        """What is not paid."""


class DefaultOutcome(Protocol):
    """Who gets what on a default on a contract [USD bn]."""

    @property
    def offer(self) -> str:
        """The contract."""

    @property
    def spv(self) -> str:
        """Who owes the claims."""

    @property
    def claims(self) -> Sequence[Claim]:
        """The claims, in order of seniority."""

    def losses(self) -> dict[str, float]:
        """What each party loses."""

    def text(self) -> str:
        """The outcome in words."""


@dataclass(frozen=True)
class EventEffect:
    """What an event that concerns several instruments does to the contracts of one of them."""

    changes: Changes
    problems: Problems | None
    """None: nothing can be wrong"""


@dataclass(frozen=True)
class ProviderEffect(EventEffect):
    """What becomes of an instrument's contracts with a provider that is gone."""

    providers: Callable[[CaseData], Iterable[str]]
    """names of the providers of its contracts"""


@dataclass(frozen=True)
class EventKind:
    """A kind of event."""

    name: str
    """as it stands in the table of events"""
    subject: str
    """what it is about, in words: `a phase`; empty where it is about nothing in particular"""
    subjects: Callable[[CaseData], Iterable[str]] | None
    """names of what it can be about; None: it is about nothing in particular, and its subject is blank"""
    value: EventValue
    happens: Callable[[Event], str]
    """the event in words, without its date: `mesa_1 is 12 months late`"""
    changes: Changes | None
    """None: the case stays as it is, and `default` says what comes of the event"""
    problems: Problems | None
    """None: nothing else can be wrong with an event of this kind"""
    default: Callable[[Event, PlanData], DefaultOutcome] | None = None
    """who gets what where the event is a default; it raises DataError where no such contract runs on that day"""
    all_if_blank: bool = False
    """True: a blank subject stands for all of them"""

    def __post_init__(self) -> None:
        """Raise ValueError unless the kind either changes the case or is a default."""
        if (self.changes is None) == (self.default is None):
            raise ValueError(f"{self.name} must either change the case or be a default")


def plain(value: float) -> str:
    """A number without the noise of its last digits, for a change.

    >>> plain(1 - 0.4), plain(12.0)
    ('0.6', '12')
    """
    return f"{value:.12g}"
