"""A portfolio with its columns' values: every post as an amount, from which each table of a plan is read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from planner.arrays import Index, Vector
from planner.ledgers import CONSTANT, IN_OBJECTIVE, Family, Kind, Labels
from planner.limits import Limit
from planner.portfolio import Portfolio
from planner.terms import TOLERANCE

if TYPE_CHECKING:
    import pandas as pd

LABELS = tuple(item.name for item in fields(Labels))


@dataclass(frozen=True)
class Solution:
    """Values x of a portfolio's columns; shape (columns,)."""

    portfolio: Portfolio
    x: Vector

    @cached_property
    def names(self) -> list[str]:
        """The decisions' names, in the order of the columns."""
        calendar = self.portfolio.case.calendar
        return [family.text(key, calendar) for family in self.portfolio.ledgers.families for key in family.keys]

    @cached_property
    def objective(self) -> float:
        """Present cost at the case's discount rate, from the posts [USD bn]."""
        return self._present_cost(self.portfolio.case.settings.discount_rate, IN_OBJECTIVE)

    @cached_property
    def present_cost_at_lease_rate(self) -> float:
        """Present cost at the lab's borrowing rate, without what is charged beyond the horizon [USD bn]."""
        return self._present_cost(self.portfolio.case.settings.lease_rate, IN_OBJECTIVE - {Kind.BEYOND_HORIZON})

    def _present_cost(self, rate: float, kinds: frozenset[Kind]) -> float:
        constant, coefficients = self.portfolio.ledgers.present_value(rate, kinds)
        return constant + float(coefficients @ self.x)

    def breaches(self) -> list[tuple[Limit, int]]:
        """Limits that are exceeded, and in which period."""
        found = []
        for limit in self.portfolio.limits:
            used, allowed = limit.used.evaluate(self.x), limit.allowed.evaluate(self.x)
            found += [(limit, t) for t in limit.periods if used[t] > allowed[t] + TOLERANCE * max(1.0, abs(allowed[t]))]
        return found

    def of(self, family: Family) -> Vector:
        """Values of one family's columns."""
        return self.x[family.first : family.first + len(family.keys)]

    @cached_property
    def posts(self) -> pd.DataFrame:
        """Every post that is not zero, one row per column and period.

        Columns: ledger, line, kind, the labels, column (−1: whatever is decided), period, coefficient, value,
        years (when cash is discounted from), present_value (what it adds to the objective) [USD bn].
        """
        import pandas as pd

        posts = self.portfolio.ledgers.posts
        sizes = [len(post.columns) for post in posts]
        columns = _joined([post.columns for post in posts])
        coefficient = _joined([post.values for post in posts]).astype(float)
        taken = np.append(self.x, 1.0)[columns]  # CONSTANT = -1 takes the last
        unknown = np.full(max(sizes, default=0), np.nan)
        years = _joined([unknown[: len(p.values)] if p.years is None else p.years for p in posts]).astype(float)
        data: dict[str, object] = {
            "ledger": np.repeat([post.ledger for post in posts], sizes),
            "line": np.repeat([post.line for post in posts], sizes),
            "kind": np.repeat(["" if post.kind is None else str(post.kind) for post in posts], sizes),
            "account": np.repeat([post.labels.account() for post in posts], sizes),
            **{name: np.repeat([str(getattr(post.labels, name)) for post in posts], sizes) for name in LABELS},
            "column": columns,
            "period": _joined([post.periods for post in posts]),
            "coefficient": coefficient,
            "value": coefficient * taken,
            "years": years,
        }
        frame = pd.DataFrame(data)
        counts = np.isin(frame["kind"], [str(kind) for kind in IN_OBJECTIVE])
        rate = self.portfolio.case.settings.discount_rate
        frame["present_value"] = np.where(counts, -frame["value"] * (1.0 + rate) ** -frame["years"].fillna(0.0), 0.0)
        return frame[frame["value"] != 0.0].reset_index(drop=True)

    def ledger(self, name: str) -> pd.DataFrame:
        """The posts of one ledger."""
        return self.posts[self.posts["ledger"] == name]

    def decision_names(self, columns: Index) -> list[str]:
        """The names of columns; blank where no decision enters."""
        return ["" if column == CONSTANT else self.names[column] for column in columns]

    def dates(self, periods: Index) -> list[str]:
        """First days of periods, as written in the files."""
        start_of = self.portfolio.case.calendar.start_of
        known = {int(t): start_of(int(t)).isoformat() for t in np.unique(periods)}
        return [known[int(t)] for t in periods]


def _joined(parts: list[Index] | list[Vector]) -> Index:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
