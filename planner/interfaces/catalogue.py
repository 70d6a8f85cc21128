"""A catalogue: the tables, instruments and rules with which a case is read, planned and audited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from planner.basics.errors import DataError, Problem
from planner.interfaces.events import EventKind
from planner.interfaces.index_events import INDEX_EVENTS
from planner.interfaces.instrument import Check, Instrument
from planner.interfaces.pricing import Steps
from planner.interfaces.rule import Rule
from planner.interfaces.shared_events import provider_gone, resale_down
from planner.tables.cells import shown
from planner.tables.offer import Offer
from planner.tables.references import suggestion
from planner.tables.table import Row


@dataclass(frozen=True)
class Catalogue:
    """Tables, instruments and rules. Reports list instruments and rules in this order."""

    common: tuple[type[Row], ...]
    """tables that belong to no single instrument or rule"""
    checks: tuple[Check, ...]
    """checks of several rows or tables of these"""
    instruments: tuple[Instrument, ...]
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        """Raise ValueError where two instruments, rules or tables have one name."""
        for what, names in (
            ("instruments or rules", [*(each.name for each in self.instruments), *(rule.name for rule in self.rules)]),
            ("tables", [row.about.name for row in self.tables]),
            ("kinds of events", [kind.name for kind in self._kinds()]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"two {what} are called {', '.join(twice)}")

    @cached_property
    def tables(self) -> tuple[type[Row], ...]:
        """Every table that a case may hold."""
        parts = [self.common, *(each.tables for each in self.instruments), *(each.tables for each in self.rules)]
        return tuple(row for part in parts for row in part)

    @cached_property
    def offer_tables(self) -> tuple[type[Row], ...]:
        """The tables of offers."""
        return tuple(row for row in self.tables if issubclass(row, Offer))

    @cached_property
    def all_checks(self) -> tuple[Check, ...]:
        """The checks of several rows, of all tables."""
        owners: list[Instrument | Rule] = [*self.instruments, *self.rules]
        return (*self.checks, *(each.check for each in owners if each.check is not None))

    @cached_property
    def posting(self) -> tuple[Instrument, ...]:
        """The instruments in the order in which they post.

        An instrument that gives a ledger posts before those that need it. Otherwise the order is that of the catalogue.
        Raises ValueError where instruments wait for one another.
        """
        waiting, done = list(self.instruments), list[Instrument]()
        while waiting:
            for each in waiting:
                others = [other for other in waiting if other is not each]
                if not any(each.needs & other.gives for other in others):
                    break
            else:
                raise ValueError(f"instruments wait for one another: {', '.join(each.name for each in waiting)}")
            waiting.remove(each)
            done.append(each)
        return tuple(done)

    @cached_property
    def set_by_somebody(self) -> frozenset[str]:
        """Names of the rules whose limits some party has set. The limits of the others are physical."""
        return frozenset(rule.name for rule in self.rules if rule.set_by_somebody)

    @cached_property
    def event_kinds(self) -> Mapping[str, EventKind]:
        """The kinds of events by name: of the instruments, those that several share, of indices, and of the rules."""
        return {kind.name: kind for kind in self._kinds()}

    def _kinds(self) -> Iterator[EventKind]:
        for each in self.instruments:
            yield from each.events
        gone = tuple(each.provider_gone for each in self.instruments if each.provider_gone is not None)
        down = tuple(each.resale_down for each in self.instruments if each.resale_down is not None)
        yield from (provider_gone(gone), resale_down(down), *INDEX_EVENTS)
        for rule in self.rules:
            yield from rule.events

    @cached_property
    def steps(self) -> tuple[Steps, ...]:
        """The functions that list the steps that loosen limits, of all instruments and rules."""
        owners: list[Instrument | Rule] = [*self.instruments, *self.rules]
        return tuple(each.steps for each in owners if each.steps is not None)

    def instrument(self, name: str) -> Instrument:
        """The instrument of that name. Raises KeyError where there is none."""
        for each in self.instruments:
            if each.name == name:
                return each
        raise KeyError(name)

    def instrument_of(self, offer: Offer | type[Row]) -> Instrument:
        """The instrument to which an offer or a table belongs. Raises KeyError where there is none."""
        row = offer if isinstance(offer, type) else type(offer)
        for each in self.instruments:
            if row in each.tables:
                return each
        raise KeyError(row.about.name)

    def table(self, name: str) -> type[Row]:
        """The table of that name. Raises DataError where there is none."""
        for row in self.tables:
            if row.about.name == name:
                return row
        names = [row.about.name for row in self.tables]
        raise DataError([Problem(name, None, "", "a table of a case", shown(name) + suggestion(name, names))])

    def extended(self, instruments: Iterable[Instrument] = (), rules: Iterable[Rule] = ()) -> Catalogue:
        """A catalogue with more instruments and rules after the present ones."""
        return replace(self, instruments=(*self.instruments, *instruments), rules=(*self.rules, *rules))


def tables_of(reads: Sequence[type[Row] | str], catalogue: Catalogue) -> Iterator[type[Row]]:
    """The tables in `reads`. `Offer` stands for every table of offers."""
    for each in reads:
        if isinstance(each, type):
            yield from catalogue.offer_tables if each is Offer else (each,)
