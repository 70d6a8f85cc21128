"""What a reader must know before trusting the figures of a plan: that it keeps or breaks what others do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.basics.display import Display
from planner.basics.text import counted
from planner.plan.headline import PENALTIES
from planner.plan.plan import Plan
from planner.plan.replanned import Replanned
from planner.portfolio.waived import LINE
from planner.reports.cost_lines import cost_by_line

NAMED = 6
"""most limits that a caution names"""


def cautions(plan: Plan) -> list[str]:
    """A sentence for each; none for a plan that keeps every limit and is free to sign what it likes."""
    record = plan.record
    if record.hedge is not None:
        return [
            f"One future of a hedge: {plan.case.settings.shown_in.told(record.hedge.text)}",
            "It need not be the cheapest for this future: what is decided before the news is decided for all of them",
        ]
    if record.replan is not None:
        return [*_replanned(record.replan, plan.case.settings.shown_in), *_waived(plan)]
    if record.stress is None:
        return _waived(plan)
    of = plan.case.settings.shown_in.told(record.stress.text)
    found = [f"A stress plan, which keeps what was signed before its events: of {of}"]
    if record.relaxed:
        more = len(record.relaxed) - NAMED
        names = ", ".join(record.relaxed[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
        found.append(f"It BREAKS {counted(len(record.relaxed), 'limit')}: {names}")
    return [*found, *_waived(plan)]


def _waived(plan: Plan) -> list[str]:
    """What the plan breaks under waivers, and what that costs."""
    broken = broken_under_waivers(plan)
    if not broken:
        return []
    more = len(broken) - NAMED
    shown_in = plan.case.settings.shown_in
    names = ", ".join(each.text_in(shown_in) for each in broken[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
    cost = shown_in.amount(cost_by_line(plan).get((PENALTIES, LINE), 0.0), "USD bn")
    return [f"It BREAKS {counted(len(broken), 'limit')} under a waiver, which costs {cost}: {names}"]


@dataclass(frozen=True)
class BrokenUnderWaiver:
    """A limit that a plan breaks under a waiver."""

    limit: str
    subject: str
    unit: str
    first: str
    """first day of the first period in which it is broken"""
    last: str
    """first day of the last one"""
    periods: int
    """number of periods in which it is broken"""
    most: float
    """by how much it is broken where that is most"""
    worst: str
    """first day of that period"""

    def text_in(self, display: Display) -> str:
        """Which limit, by how much and when."""
        when = f"from {self.first} to {self.last}" if self.periods > 1 else f"on {self.first}"
        most = f"{'up to ' * (self.periods > 1)}{display.amount(self.most, self.unit)}"
        return f"{self.limit} {self.subject} by {most} {when}"


def broken_under_waivers(plan: Plan) -> list[BrokenUnderWaiver]:
    """The limits that a plan breaks under waivers, in the order of `limits.csv`."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in plan.rows("limits"):
        if row.waived > 0.0:
            rows.setdefault((str(row.limit), str(row.subject)), []).append(row)
    return [_worst(limit, subject, mine) for (limit, subject), mine in rows.items()]


def _worst(limit: str, subject: str, rows: list[Any]) -> BrokenUnderWaiver:
    worst = max(rows, key=lambda row: float(row.waived))
    days = sorted(str(row.period) for row in rows)
    most, unit = float(worst.waived), str(worst.unit)
    return BrokenUnderWaiver(limit, subject, unit, days[0], days[-1], len(rows), most, str(worst.period))


def _replanned(replan: Replanned, display: Display) -> list[str]:
    found = [f"A re-planned plan, from {display.told(replan.text)}"]
    if replan.frozen:
        kept = f"{counted(len(replan.frozen), 'decision')} to sign or not"
        found.append(f"Its freeze keeps {kept} as before; its bound is that of plans which keep them too")
    return found
