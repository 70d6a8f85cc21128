"""The record of a rule: everything that the planner knows of it.

A rule is a module or a folder under `planner/rules/` that holds one record, `RULE`. It states limits over balances and
knows no instrument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Check, Post, Reads
from planner.interfaces.reporting import CashLine
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.tables.table import Row


@dataclass(frozen=True)
class Rule:
    """A rule."""

    name: str
    """its module, its block in the model, and the first part of its limits' names"""
    reads: Reads
    """what `post` and `limits` read of a case"""
    limits: Callable[[CaseData, Ledgers], Iterator[Limit]] | None = None
    """states its limits over everything that is posted"""
    post: Post | None = None
    """declares the variables that measure a miss, and posts what they do"""
    set_by_somebody: bool = True
    """False: its limits say what machines and contracts can do, not what a party allows"""
    tables: tuple[type[Row], ...] = ()
    """its tables"""
    check: Check | None = None
    """what the rows of its tables say together"""
    cash_lines: Mapping[str, CashLine] = field(default_factory=dict)
    """what each line of the cash that it posts with a counterparty is for; reports refuse a line that is not here"""
