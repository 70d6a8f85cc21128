"""What a reader must know before trusting the figures of a plan: that it is a stress plan and breaks limits."""

from __future__ import annotations

from planner.basics.text import counted
from planner.plan.plan import Plan

NAMED = 6
"""most limits that a caution names"""


def cautions(plan: Plan) -> list[str]:
    """A sentence for each; none for a plan that keeps every limit and is free to sign what it likes."""
    record = plan.record
    if record.stress is None:
        return []
    found = [f"A stress plan, which keeps what was signed before its events: of {record.stress.text}"]
    if record.relaxed:
        more = len(record.relaxed) - NAMED
        names = ", ".join(record.relaxed[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
        found.append(f"It BREAKS {counted(len(record.relaxed), 'limit')}: {names}")
    return found
