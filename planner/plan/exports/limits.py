"""`limits.csv`: every limit, how much of it is used, what is left, and what is waived, by period."""

from __future__ import annotations

from planner.basics.frames import Table, transposed
from planner.portfolio.solution import Solution

NUMBERS = ("used", "allowed", "headroom", "waived")
COLUMNS = ("limit", "subject", "period", *NUMBERS, "unit")


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; numbers in `unit`.

    headroom = allowed − used, where allowed is what was agreed. waived is by how much the limit is broken under a
    waiver, 0 where it is not: there the headroom is below 0 by as much.
    """
    calendar = solution.portfolio.case.calendar
    starts = [calendar.start_of(t).isoformat() for t in calendar.periods]
    rows = []
    for limit in solution.portfolio.limits:
        used, allowed = limit.used.evaluate(solution.x).tolist(), limit.allowed.evaluate(solution.x).tolist()
        waived = [0.0] * calendar.T if limit.waived is None else limit.waived.evaluate(solution.x).tolist()
        for t in limit.periods:
            left = allowed[t] - used[t]
            left = left if abs(left) > 1e-9 else 0.0
            rows.append((limit.rule, limit.subject, starts[t], used[t], allowed[t], left, waived[t], limit.unit))
    return transposed(COLUMNS, NUMBERS, rows)
