"""The tables of a plan: the stem of each file, its columns, and what fills it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from planner.basics.frames import Table
from planner.plan.exports import capacity, cash, debt, decisions, ledger, limits, maturities, offers, service, supply
from planner.portfolio.solution import Solution


class Export(Protocol):
    """What a module of `exports` offers."""

    @property
    def COLUMNS(self) -> tuple[str, ...]:
        """The header of the file."""

    @property
    def NUMBERS(self) -> Sequence[str]:
        """Those of the columns that hold numbers; the others hold text."""

    def table(self, solution: Solution) -> Table:
        """The table of a solution, with these columns."""


EXPORTS: tuple[tuple[str, Export], ...] = (
    ("decisions", decisions),
    ("capacity", capacity),
    ("service", service),
    ("ledger", ledger),
    ("cash", cash),
    ("limits", limits),
    ("maturities", maturities),
    ("debt", debt),
    ("offers", offers),
    ("supply", supply),
)
"""The tables of a plan: the stem of each file and what fills it."""
