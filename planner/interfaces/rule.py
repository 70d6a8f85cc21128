"""The record of a rule. It holds everything that the planner knows of the rule.

A rule is a module or a folder under `planner/rules/` with one record, `RULE`. It states limits over balances and knows
no instrument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from planner.interfaces.advance import Advance
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import EventKind
from planner.interfaces.generation import FurtherTerms
from planner.interfaces.instrument import Check, Post, Reads
from planner.interfaces.loosening import FollowsDemand, LoosenedLimits
from planner.interfaces.plain_lines import PlainLines
from planner.interfaces.pricing import Steps
from planner.interfaces.reporting import CashLine
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.tables.table import Row


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule. Raises ValueError where somebody sets its limits but `loosened_by` is None."""

    name: str
    """name of its module and of its block in the model, and first part of the names of its limits"""
    reads: Reads
    """what `post` and `limits` read of a case"""
    steps: Steps | None
    """steps that loosen its limits; None: no number of the case loosens them"""
    events: tuple[EventKind, ...]
    """the kinds of events that concern what it limits"""
    limits: Callable[[CaseData, Ledgers], Iterator[Limit]] | None = None
    """states its limits, when everything has been posted"""
    post: Post | None = None
    """declares variables of its own, and posts what they do"""
    set_by_somebody: bool = True
    """whether some party has set its limits; if not, they are physical: what machines and contracts can do"""
    tables: tuple[type[Row], ...] = ()
    """its tables"""
    check: Check | None = None
    """checks several rows of its tables together"""
    advance: Advance | None = None
    """the rows of its tables, and of tables that it reads, in the case of a later day; None: they stay as they are"""
    loosened_by: LoosenedLimits | None
    """the items by which its limits can be loosened; None: nobody can give way on any of them"""
    follows_demand: FollowsDemand | None
    """how its limits change where there is less demand; None: `planner explain` counts on no change"""

    plain_lines: PlainLines = field(default_factory=dict)
    """what each line of money that it posts means to a reader, by line"""
    cash_lines: Mapping[str, CashLine] = field(default_factory=dict)
    """what each line of the cash that it posts with a counterparty is for; reports refuse a line that is not here"""
    further_terms: FurtherTerms | None = None
    """gives rows of generated cases terms that it reads, where a case is to have some; None: there are none"""

    def __post_init__(self) -> None:
        if self.set_by_somebody and self.limits is not None and self.loosened_by is None:
            raise ValueError(f"somebody sets the limits of {self.name}: loosened_by must say how they can be loosened")
