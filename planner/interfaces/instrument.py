"""The record of an instrument: everything that the planner knows of it.

An instrument is a folder under `planner/instruments/` that holds one record, `INSTRUMENT`. Nothing outside the folder
names it but `planner/catalogue.py`, or the program that hands its own instrument in:

    Case.read(folder, catalogue=CATALOGUE.extended(instruments=[MINE]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from planner.basics.arrays import Vector
from planner.basics.errors import Problem
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import RandomOffers
from planner.interfaces.loosening import LastDay, LoosenedConstraints
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
    loosened_by: LoosenedConstraints | None
    """the items by which its constraints can be loosened; None: nobody can give way on any of them"""
    last_days: tuple[LastDay, ...]
    """the columns of its offers that hold a last day which can be moved; empty: there are none"""
    generate: RandomOffers | None
    """makes random offers of it; None: generated cases hold none"""
