"""Events: what can happen after a part of a plan is signed, and what each kind of event changes.

A stress of a plan and the outcomes of what is not known yet share these kinds. So what a kind changes depends on the
case and the day alone, never on a plan: what is signed before the day keeps its meaning, whoever has signed what.

A kind of event is one record. The kinds that concern a single instrument or rule stand in its record. A provider that
fails and a fall of resale values concern several instruments (`planner.interfaces.shared_events`); the `EventEffect` of
each instrument states the changes to its contracts. Those of indices stand in `planner.interfaces.index_events`. All
functions of these records are functions of modules, so that a catalogue can be sent to other processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol, TypeAlias

from planner.basics.errors import Problem
from planner.interfaces.case_data import CaseData
from planner.interfaces.plan_data import PlanData
from planner.tables.fields import Field
from planner.tables.table import Row, Table


class Event(Row):
    """Something that happens on a day on which a part of the plan is signed already."""

    about: ClassVar[Table] = Table("stress_events", "one row per event", ("event",))

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
            "size of the event, as its kind says: months, a share that is lost, a factor, points of a rate or a sum",
            least=0,
            unit="months, share or USD bn",
        ),
    ] = None

    @property
    def share_left(self) -> float:
        """The share that is left, where the value is the share that is lost."""
        return 1.0 - (self.value or 0.0)


class EventValue(StrEnum):
    """The kind of value that an event has."""

    BLANK = "blank"
    SHARE = "share"
    """the share that is lost, at most 1"""
    MONTHS = "months"
    """whole months, at least 1"""
    FACTOR = "factor"
    """what levels are multiplied by, above 0"""
    POINTS = "points"
    """by how much a yearly rate moves, above 0 and at most 0.5"""
    SUM = "sum"
    """a sum [USD bn]; blank: none"""


Changes = Callable[[Event, CaseData], Iterator[str]]
"""Changes to the case in the words of `--set`; what is decided before the day must keep its names and its terms."""
Problems = Callable[[Event, CaseData], Iterator[Problem]]
"""Problems of an event in a case: it changes nothing that could still happen, or its effect cannot be worked out."""
PlanProblems = Callable[[Event, PlanData], Iterator[Problem]]
"""The same under a plan, which says what is signed by the day."""


@dataclass(frozen=True, order=True)
class TrancheOf:
    """Who holds a claim on a party: in losses it stands beside parties, which are called by their names."""

    party: str
    tranche: str

    def __str__(self) -> str:
        return f"{self.party} {self.tranche}"


Loser: TypeAlias = str | TrancheOf


class Claim(Protocol):
    """A claim on a default, and its payments [USD bn]."""

    @property
    def tranche(self) -> str:
        """Name of the claim."""

    @property
    def owed(self) -> float:
        """The amount of the claim."""

    @property
    def from_resale(self) -> float:
        """The part that the sale of the assets pays."""

    @property
    def from_support(self) -> float:
        """The part that the supporter of the contract pays."""

    @property
    def lost(self) -> float:
        """The part that is not paid."""


class DefaultOutcome(Protocol):
    """The payments on a default on a contract [USD bn]."""

    @property
    def offer(self) -> str:
        """The contract."""

    @property
    def spv(self) -> str:
        """The party that owes the claims."""

    @property
    def claims(self) -> Sequence[Claim]:
        """The claims, in order of seniority."""

    def losses(self) -> Mapping[Loser, float]:
        """The loss of each party, and of each claim."""

    def tables(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Rows of tables of its own, by the stems of their files; empty: its claims say all."""

    def text(self) -> str:
        """The outcome in words."""


@dataclass(frozen=True)
class EventEffect:
    """The effect on the contracts of one instrument of an event that concerns several."""

    changes: Changes
    problems: Problems | None
    """None: the event has no problems for this instrument"""
    plan_problems: PlanProblems | None = field(default=None, kw_only=True)
    """under a plan; None: as `problems`"""

    def problems_in(self, event: Event, case: CaseData, plan: PlanData | None) -> Iterator[Problem]:
        """The problems of an event in a case, under a plan where there is one."""
        yield from _problems(self, event, case, plan)


@dataclass(frozen=True)
class ProviderEffect(EventEffect):
    """The effect of the failure of a provider on an instrument's contracts with it."""

    providers: Callable[[CaseData], Iterable[str]]
    """names of the providers of its contracts"""


@dataclass(frozen=True)
class EventKind:
    """A kind of event."""

    name: str
    """its name in the table of events"""
    subject: str
    """what its subject is, in words: `a phase`; empty where it has none"""
    subjects: Callable[[CaseData], Iterable[str]] | None
    """names of all possible subjects; None: it has no subject, and the column is blank"""
    value: EventValue
    happens: Callable[[Event], str]
    """the event in words, without its date: `mesa_1 is 12 months late`"""
    changes: Changes | None
    """None: the case does not change, and `default` gives the outcome"""
    problems: Problems | None
    """None: there are no problems besides those of subject, date and value"""
    plan_problems: PlanProblems | None = field(default=None, kw_only=True)
    """under a plan; None: as `problems`"""
    default: Callable[[Event, PlanData], DefaultOutcome] | None = None
    """the payments if the event is a default; it raises DataError where no such contract runs on that day"""
    all_if_blank: bool = False
    """whether a blank subject stands for all"""

    def __post_init__(self) -> None:
        """Raise ValueError unless the kind either changes the case or is a default."""
        if (self.changes is None) == (self.default is None):
            raise ValueError(f"{self.name} must either change the case or be a default")

    def problems_in(self, event: Event, case: CaseData, plan: PlanData | None) -> Iterator[Problem]:
        """The problems of an event in a case, under a plan where there is one."""
        yield from _problems(self, event, case, plan)


def _problems(of: EventEffect | EventKind, event: Event, case: CaseData, plan: PlanData | None) -> Iterator[Problem]:
    if plan is not None and of.plan_problems is not None:
        yield from of.plan_problems(event, plan)
    elif of.problems is not None:
        yield from of.problems(event, case)


def plain(value: float) -> str:
    """A number without the noise of its last digits, for a change.

    >>> plain(1 - 0.4), plain(12.0)
    ('0.6', '12')
    """
    return f"{value:.12g}"
