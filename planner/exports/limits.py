"""`limits.csv`: every limit, how much of it is used, and what is left, by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("limit", "subject", "period", "used", "allowed", "headroom", "unit")


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS; used and allowed in `unit`, headroom = allowed − used."""
    import pandas as pd

    calendar = solution.portfolio.case.calendar
    rows = []
    for limit in solution.portfolio.limits:
        used, allowed = limit.used.evaluate(solution.x), limit.allowed.evaluate(solution.x)
        for t in limit.periods:
            left = float(allowed[t] - used[t])
            left = left if abs(left) > 1e-9 else 0.0
            start = calendar.start_of(t).isoformat()
            rows.append((limit.rule, limit.subject, start, float(used[t]), float(allowed[t]), left, limit.unit))
    return pd.DataFrame(rows, columns=list(COLUMNS))
