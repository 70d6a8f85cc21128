"""The part of a case that instruments and rules may read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from planner.basics.calendar import Calendar
from planner.common.settings import Settings
from planner.tables.offer import Offer
from planner.tables.table import R

T = TypeVar("T")


class CaseData(Protocol):
    """A valid case as instruments and rules see it."""

    @property
    def settings(self) -> Settings:
        """The settings of `case.toml`."""

    @property
    def calendar(self) -> Calendar:
        """The periods of the case."""

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """The rows of a table, in the order of its file; none where the table is absent."""

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables, in the order of the catalogue."""

    def derived(self, of: Callable[[CaseData], T]) -> T:
        """What a function gives for the case. It is called once, and its result is kept with the case."""
