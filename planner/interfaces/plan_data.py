"""What instruments and rules may read of a plan, for prices and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from planner.interfaces.case_data import CaseData

if TYPE_CHECKING:
    import pandas as pd


class PlanData(Protocol):
    """A plan: the case that it solves, its decisions, and those of its tables that are read."""

    @property
    def case(self) -> CaseData:
        """The case as solved."""

    @property
    def values(self) -> Mapping[str, float]:
        """Value of every decision that is not zero, by its name."""

    @property
    def decisions(self) -> pd.DataFrame:
        """`decisions.csv`."""

    @property
    def ledger(self) -> pd.DataFrame:
        """`ledger.csv`."""

    @property
    def limits(self) -> pd.DataFrame:
        """`limits.csv`."""

    @property
    def offers(self) -> pd.DataFrame:
        """`offers.csv`."""
