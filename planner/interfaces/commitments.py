"""Commitments to spend, as an instrument exchanges them with other programs: contract by contract, span by span.

`planner/focus/` writes them in an open format and reads them back. What that format has no word for travels in columns
of its own, one for each column of the instrument's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from planner.interfaces.plan_data import PlanData
from planner.tables.table import Row

Cells: TypeAlias = Mapping[str, str]
"""texts of cells by column; a column that is not there is blank"""


class Lifecycle(StrEnum):
    """Where a commitment stands, in the words of FOCUS."""

    PROPOSED = "Proposed"
    """not signed yet"""
    PENDING = "Pending"
    """signed; its span has not begun"""
    ACTIVE = "Active"
    """its span is under way"""
    EXHAUSTED = "Exhausted"
    """its span is under way, and all of it is spent"""
    EXPIRED = "Expired"
    """its span is over"""
    CANCELED = "Canceled"
    """ended before its time"""
    SUPERSEDED = "Superseded"
    """replaced by another one"""


@dataclass(frozen=True, kw_only=True)
class CommittedSpend:
    """What a contract that a plan signs, or that is signed, commits the lab to spend in a span of its term."""

    offer: str
    number: int
    """number of the span in its contract, from 1"""
    seller: str
    contract: tuple[date, date]
    """first day of the contract, and the day after its last"""
    span: tuple[date, date]
    """the same of the span"""
    spend_usd_bn: Decimal
    lifecycle: Lifecycle
    agreed_on: date
    """day of the signature, as far as it is known; of a proposal the start of the case"""
    upfront_share: Decimal
    """part of the spend of all spans that is paid when the contract starts"""
    provided: tuple[tuple[str, str], ...]
    """chip and region of each thing that the spend may be for"""
    chosen: Cells
    """what is chosen within the terms on offer, in words of a plan"""
    rows: tuple[Row, ...]
    """the rows that say the terms, of any of the tables of `Commitments`; of the spans only its own"""


@dataclass(frozen=True, kw_only=True)
class ToldSpan:
    """What a file tells of a span. What it does not tell is None."""

    line: int
    starts: date
    ends: date
    """the day after its last"""
    spend_usd_bn: Decimal | None
    capacity_gw: Decimal | None
    """mean capacity, where a quantity of use is committed to"""
    even: bool
    """whether the spend is the same in each part of the span"""
    cells: Cells
    """of the table of spans"""


@dataclass(frozen=True, kw_only=True)
class ToldContract:
    """What a file tells of a contract. What it does not tell is None or blank."""

    offer: str
    seller: str
    lifecycle: Lifecycle | None
    upfront_share: Decimal | None
    starts: date
    ends: date
    spans: tuple[ToldSpan, ...]
    """one after another, without gaps"""
    chosen: Cells
    """what is chosen, as `CommittedSpend` has it"""
    cells: Cells
    """of the table of contracts"""
    lists: Mapping[type[Row], tuple[Cells, ...]] = field(default_factory=dict)
    """rows of further tables"""


@dataclass(frozen=True)
class FilledRow:
    """A row of a table, as far as a file fills it."""

    table: type[Row]
    cells: Cells
    line: int
    """line of the file that it comes from"""


@dataclass(frozen=True, kw_only=True)
class Commitments:
    """How an instrument's contracts are told as commitments to spend, and read back."""

    contracts: type[Row]
    """its table of contracts"""
    spans: type[Row]
    """its table with a row for each span of a contract"""
    lists: tuple[type[Row], ...]
    """its further tables with rows of a contract"""
    said: frozenset[str]
    """columns of these tables, as `table.column`, that `CommittedSpend` says in its own words, besides the offer"""
    chosen: tuple[str, ...]
    """what `CommittedSpend.chosen` holds, as names of columns"""
    scale: str
    """which of these is the multiple of the terms on offer that is chosen: a number above 0"""
    of_plan: Callable[[PlanData], Iterator[CommittedSpend]]
    """the commitments of a plan, contract by contract and span by span"""
    rows: Callable[[ToldContract], Iterator[FilledRow]]
    """the rows that a contract makes. What the file does not tell stays blank."""

    @property
    def tables(self) -> tuple[type[Row], ...]:
        """All its tables."""
        return (self.contracts, self.spans, *self.lists)
