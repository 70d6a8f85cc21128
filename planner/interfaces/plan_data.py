"""The part of a plan that instruments and rules may read, for prices and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from planner.interfaces.case_data import CaseData

if TYPE_CHECKING:
    import pandas as pd


class PlanData(Protocol):
    """A plan as instruments and rules see it: its case, its decisions and some of its tables."""

    @property
    def case(self) -> CaseData:
        """The case as it was solved."""

    @property
    def values(self) -> Mapping[str, float]:
        """The value of every decision that is not zero, by its name."""

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
