"""What a rule is: limits over balances, and, where a miss has a price, the columns that measure it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from planner.case.case import Case
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit


class Rule(Protocol):
    """A module of this package."""

    NAME: str

    def post(self, case: Case, ledgers: Ledgers) -> None:
        """Declare the columns that measure a miss, and post what it costs; most rules have none."""

    def limits(self, case: Case, ledgers: Ledgers) -> Iterator[Limit]:
        """State the limits over everything posted."""
