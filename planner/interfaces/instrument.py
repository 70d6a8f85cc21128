"""The record of an instrument. It holds everything that the planner knows of the instrument.

An instrument is a folder under `planner/instruments/` with one record, `INSTRUMENT`. Outside the folder only
`planner/catalogue.py` names it, or a program that adds an instrument of its own:

    Case.read(folder, catalogue=CATALOGUE.extended(instruments=[MINE]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from planner.basics.arrays import Vector
from planner.basics.errors import Problem
from planner.interfaces.advance import Advance, Arrival, Settled
from planner.interfaces.case_data import CaseData
from planner.interfaces.commitments import Commitments
from planner.interfaces.debt import DebtMoves
from planner.interfaces.events import EventEffect, EventKind, ProviderEffect
from planner.interfaces.generation import RandomOffers
from planner.interfaces.loosening import LastDay, LoosenedConstraints
from planner.interfaces.plain_lines import PlainLines
from planner.interfaces.pricing import PricedBy, Steps
from planner.interfaces.reporting import CashLine, LatestSigning, LoanFacility, Purchase, Terms
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key
from planner.tables.offer import Offer
from planner.tables.table import Row, Tables

Reads: TypeAlias = tuple[type[Row] | str, ...]
"""What is read of a case: tables, by the class of their rows, and settings, by name. `Offer` stands for all tables of
offers."""


class AllTables(Tables, Protocol):
    """The rows of all tables, and the offers among them, as the checks of tables see them."""

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables."""


Check: TypeAlias = Callable[[Any], Iterator[Problem]]
"""A check of several rows or tables: it yields the problems that it finds in `AllTables`."""
Post: TypeAlias = Callable[[CaseData, Ledgers], None]
"""Declares variables and posts what they do."""

Moved: TypeAlias = Callable[[CaseData, CaseData], Mapping[Key, Key]]
"""From two cases, the beginnings of keys in the first that the same decisions have under another name in the second,
with that name."""


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """An instrument."""

    name: str
    """name of its folder and of its block in the model, and first part of the names of its variables"""
    word: str
    """a short word for reports: cloud, halls, loan"""
    tables: tuple[type[Row], ...]
    """its tables; the table of its offers comes first"""
    reads: Reads
    """what `post` reads of a case besides its own tables"""
    post: Post
    """declares its variables and posts what they do"""
    build: Callable[[Any, CaseData], None]
    """adds its constraints to a Pyomo block, which holds its variables already"""
    contract_checks: Callable[[CaseData, Ledgers, Vector], Iterator[ContractCheck]]
    """restates for the audit what its contracts demand of the decisions x; x has the shape (variables,)"""
    moved: Moved | None
    """the decisions that have other names in a changed case; None: no change renames a decision"""
    advance: Advance | None
    """the rows of its tables in the case of a later day; None: it has no offers of its own, or plans with them
    cannot be taken to a later day"""
    arrivals: tuple[Arrival, ...]
    """the columns with the days on which something of its signed offers arrives; empty: there are none"""
    settled: Settled | None
    """settles anew what was used before a day; None: nothing of it is settled later than it is used"""
    priced_by: PricedBy | None
    """the price of an offer; None: its offers have no price that can be moved"""
    steps: Steps | None
    """steps that loosen the limits that its tables set; None: its tables set no limits"""
    events: tuple[EventKind, ...]
    """the kinds of events that concern only this instrument"""
    provider_gone: ProviderEffect | None
    """the effect of the failure of a provider on its contracts; None: its contracts have no provider"""
    resale_down: EventEffect | None
    """the effect of a fall of resale values besides the values themselves; None: it has no other effect"""
    not_paid: frozenset[str]
    """lines of its cash with a counterparty to whom they are not paid, because they only concern its machines"""
    check: Check | None = None
    """checks several rows of its tables together"""
    gives: frozenset[str] = frozenset()
    """what it adds to the ledgers that other instruments read while they post: their names, `assignable` or `sites`"""
    needs: frozenset[str] = frozenset()
    """what it reads of the ledgers while it posts; all instruments that give it post before"""
    loosened_by: LoosenedConstraints | None
    """the items by which its constraints can be loosened; None: nobody can give way on any of them"""
    last_days: tuple[LastDay, ...]
    """the columns of its offers that hold a last day which can be moved; empty: there are none"""
    generate: RandomOffers | None
    """makes random offers of it; None: generated cases hold none"""

    # what plan files and reports ask of it
    plain_lines: PlainLines
    """what each line of money that it posts means to a reader, by line"""
    cash_lines: Mapping[str, CashLine]
    """what each line of the cash that it posts is for"""
    debt: Mapping[str, DebtMoves]
    """how each class of debt that it posts moves; empty: it posts no debt"""
    goes_with_counterparty: frozenset[str]
    """which of the ledgers `rights`, `halls` and `chips` it loses when its counterparty fails; empty: none"""
    purchases: Callable[[CaseData], Iterator[Purchase]] | None
    """what others buy with the money that it raises; None: it raises none"""
    orders: str | None
    """variables of which each is an order by itself, dated `ordered_on` [GW]; None: an offer is signed once"""
    terms: Terms | None
    """what a decision says of the terms on which an offer is signed; None: no decision says more than its size"""
    borrowing: Callable[[CaseData], Iterator[str]] | None
    """what `planner check` prints of each loan or vehicle that it offers; None: it brings no money"""
    title: Callable[[CaseData, Any], str] | None = None
    """the name of an offer in the words of its table; None: it has none but its identifier"""
    latest_signing: LatestSigning | None = None
    """the last day on which an offer can be signed and still serve from when it does; None: only the day in the plan"""
    facilities: Callable[[CaseData], Iterator[LoanFacility]] | None = None
    """the facilities that can be drawn without a signature; None: there are none"""
    unreachable: Callable[[CaseData], Iterator[str]] | None
    """what its contracts ask for that can never be met, as `planner check` prints it; None: they ask for nothing so"""
    commitments: Commitments | None
    """how its contracts are told as commitments to spend, and read back; None: they commit to no spend"""
