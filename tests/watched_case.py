"""A case that notes what is read of it: tables by their rows, settings by name."""

from collections.abc import Callable
from typing import Any

from planner.api import Case
from planner.basics.calendar import Calendar
from planner.interfaces.case_data import CaseData
from planner.tables.offer import Offer
from planner.tables.table import R, Row


class WatchedSettings:
    """Settings that note which of them are read."""

    def __init__(self, settings: object, read: set[type[Row] | str]) -> None:
        self._settings, self._read = settings, read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._settings, name)


class WatchedCase:
    """A case as instruments and rules see it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.read: set[type[Row] | str] = set()
        self.settings: Any = WatchedSettings(case.settings, self.read)

    @property
    def calendar(self) -> Calendar:
        return self._case.calendar

    def rows(self, row: type[R]) -> tuple[R, ...]:
        self.read.add(row)
        return self._case.rows(row)

    def offers(self) -> tuple[Offer, ...]:
        self.read.add(Offer)
        return self._case.offers()

    def derived(self, of: Callable[[CaseData], Any]) -> Any:
        return of(self)
