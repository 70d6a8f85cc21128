"""The record of an instrument: everything that the planner knows of it.

An instrument is a folder under `planner/instruments/` that holds one record, `INSTRUMENT`. Nothing outside the folder
names it but `planner/catalogue.py`, or the program that hands its own instrument in:

    Case.read(folder, catalogue=CATALOGUE.extended(instruments=[MINE]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from planner.basics.arrays import Vector
from planner.basics.errors import Problem
from planner.interfaces.case_data import CaseData
from planner.interfaces.debt import DebtMoves
from planner.interfaces.reporting import CashLine, Purchase, Terms
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import Offer
from planner.tables.table import Row, Tables

Reads: TypeAlias = tuple[type[Row] | str, ...]
"""What is read of a case: tables, by their rows, and settings, by name. `Offer` stands for every table of offers."""


class AllTables(Tables, Protocol):
    """Rows that were read, and the offers among them, as the checks of tables see them."""

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables."""


Check: TypeAlias = Callable[[Any], Iterator[Problem]]
"""What the rows of tables say together: given `AllTables`, it yields what is wrong with them."""
Post: TypeAlias = Callable[[CaseData, Ledgers], None]
"""Declares variables and posts what they do."""


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """An instrument."""

    name: str
    """its folder, its block in the model, and the first part of its decisions' names"""
    word: str
    """what a reader calls one of it: cloud, halls, loan"""
    tables: tuple[type[Row], ...]
    """its tables, that of its offers first"""
    reads: Reads
    """what `post` reads of a case, its own tables apart"""
    post: Post
    """declares its variables and posts what they do"""
    build: Callable[[Any, CaseData], None]
    """adds its constraints to a Pyomo block that holds its variables"""
    contract_checks: Callable[[CaseData, Ledgers, Vector], Iterator[ContractCheck]]
    """what its contracts demand of the decisions x, restated for the audit; x has shape (variables,)"""
    check: Check | None = None
    """what the rows of its tables say together"""
    gives: frozenset[str] = frozenset()
    """ledgers that it posts to and others read while they post"""
    needs: frozenset[str] = frozenset()
    """ledgers that it reads while it posts: it posts after everybody who gives them"""

    # what plan files and reports ask of it
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
    unreachable: Callable[[CaseData], Iterator[str]] | None
    """what its contracts ask for that can never be met, as `planner check` prints it; None: they ask for nothing so"""
