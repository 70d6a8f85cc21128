"""The record of a rule: everything that the planner knows of it.

A rule is a module or a folder under `planner/rules/` that holds one record, `RULE`. It states limits over balances and
knows no instrument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Check, Post, Reads
from planner.interfaces.loosening import FollowsDemand, LoosenedLimits
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.tables.table import Row


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule. Raises ValueError where somebody sets its limits but `loosened_by` is None."""

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
    loosened_by: LoosenedLimits | None
    """the items by which its limits can be loosened; None: nobody can give way on any of them"""
    follows_demand: FollowsDemand | None
    """how its limits change where there is less demand; None: `planner explain` counts on no change"""

    def __post_init__(self) -> None:
        if self.set_by_somebody and self.limits is not None and self.loosened_by is None:
            raise ValueError(f"somebody sets the limits of {self.name}: loosened_by must say how they can be loosened")
