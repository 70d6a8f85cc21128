"""What a reader must know before trusting the figures of a plan: that it keeps or breaks what others do not."""

from __future__ import annotations

from planner.basics.text import counted
from planner.plan.plan import Plan
from planner.plan.replanned import Replanned

NAMED = 6
"""most limits that a caution names"""


def cautions(plan: Plan) -> list[str]:
    """A sentence for each; none for a plan that keeps every limit and is free to sign what it likes."""
    record = plan.record
    if record.replan is not None:
        return _replanned(record.replan)
    if record.stress is None:
        return []
    found = [f"A stress plan, which keeps what was signed before its events: of {record.stress.text}"]
    if record.relaxed:
        more = len(record.relaxed) - NAMED
        names = ", ".join(record.relaxed[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
        found.append(f"It BREAKS {counted(len(record.relaxed), 'limit')}: {names}")
    return found


def _replanned(replan: Replanned) -> list[str]:
    found = [f"A re-planned plan, from {replan.text}"]
    if replan.frozen:
        kept = f"{counted(len(replan.frozen), 'decision')} to sign or not"
        found.append(f"Its freeze keeps {kept} as before; its bound is that of plans which keep them too")
    return found
