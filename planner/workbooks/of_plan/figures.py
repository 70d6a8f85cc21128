"""What the sheets of a plan's workbook are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.ledgers.objective import in_objective
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.workbooks.layout import BookColumn, Style, style_of

DAYS = frozenset({"period", "signed_on", "starts_on", "ordered_on", "first_held_on", "from_date", "to_date"})
"""columns that hold days, where they hold anything"""


@dataclass(frozen=True)
class Figures:
    """A plan that was audited, and its solution."""

    plan: Plan

    @property
    def case(self) -> Case:
        """The case as it was solved."""
        return self.plan.case

    @cached_property
    def solution(self) -> Solution:
        """The solution that the plan's files state."""
        return self.at(self.case)

    def at(self, case: Case) -> Solution:
        """The same decisions in a case that has the same offers and periods."""
        portfolio, values = Portfolio.of(case), self.plan.values
        return Solution(portfolio, np.array([values.get(name, 0.0) for name in portfolio.ledgers.names]))

    @cached_property
    def periods(self) -> list[date]:
        """The first days of the periods."""
        calendar = self.case.calendar
        return [calendar.start_of(t) for t in calendar.periods]

    @cached_property
    def cash(self) -> pd.DataFrame:
        """The rows of `ledger.csv` that are cash."""
        ledger = self.plan.tables["ledger"]
        return ledger[ledger["ledger"] == "cash"].reset_index(drop=True)

    @cached_property
    def amounts(self) -> pd.DataFrame:
        """The other rows of `ledger.csv`."""
        ledger = self.plan.tables["ledger"]
        return ledger[ledger["ledger"] != "cash"].reset_index(drop=True)

    @cached_property
    def counted(self) -> frozenset[Kind]:
        """The kinds of cash that the objective adds up."""
        return in_objective(self.case.settings.horizon_treatment)

    def sum_of(self, name: str, chosen: pd.Series[bool]) -> float:
        """The sum of a column over some rows of the cash."""
        return float(self.cash.loc[chosen, name].sum())


def days(texts: Iterable[str]) -> list[date | None]:
    """The days that texts hold, None where one is blank."""
    return [date.fromisoformat(text) if text else None for text in texts]


def columns_of(table: pd.DataFrame, *, total: Iterable[str] = (), without: Iterable[str] = ()) -> list[BookColumn]:
    """The columns of a table of a plan as they are: texts, days and numbers."""
    made, summed, left = [], set(total), set(without)
    for name in table.columns:
        if name in left:
            continue
        if name in DAYS:
            made.append(BookColumn(name, days(table[name].astype(str)), Style.DAY, width=12.0))
        elif pd.api.types.is_numeric_dtype(table[name]):
            numbers = [None if np.isnan(value) else float(value) for value in table[name]]
            made.append(BookColumn(name, numbers, style_of(name), total=name in summed))
        else:
            made.append(BookColumn(name, [str(text) for text in table[name]]))
    return made
