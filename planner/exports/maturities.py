"""`maturities.csv`: what signed contracts owe, by the calendar year it falls due, to the end of the longest term."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from planner.calendar import add_months
from planner.frames import records
from planner.solution import Solution
from planner.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd


def table(solution: Solution) -> pd.DataFrame:
    """Columns: year, counterparty, kind (floor, rent, balance of an order, lease_payment, principal), owed_usd_bn."""
    import pandas as pd

    calendar = solution.portfolio.case.calendar
    owed: dict[tuple[int, str, str], float] = defaultdict(float)
    for post in records(solution.ledger("dues")):
        if np.isnan(post.years):
            shares = calendar.shares_by_calendar_year(int(post.period))
        else:
            shares = {add_months(calendar.start, int(post.years * MONTHS_PER_YEAR + 1e-9)).year: 1.0}
        for year, share in shares.items():
            owed[year, str(post.counterparty), str(post.line)] += share * float(post.value)
    rows = [(year, counterparty, kind, value) for (year, counterparty, kind), value in sorted(owed.items())]
    return pd.DataFrame(rows, columns=["year", "counterparty", "kind", "owed_usd_bn"]).astype({"year": str})
