"""What a policy does in a world between two days: what it posts, what it does not serve, and how near limits come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

import numpy as np

from planner.ledgers.contract_checks import exceeds
from planner.plan.plan import Plan
from planner.portfolio.may_break import loose_in
from planner.portfolio.solution import Solution

ROUNDING = 1e-9
"""a headroom that is smaller is none [USD bn]"""


@dataclass(frozen=True)
class LimitBreach:
    """A limit that is broken in a period."""

    limit: str
    subject: str
    period: str
    """first day of the period"""
    unit: str
    by: float
    """by how much, in its unit"""


@dataclass(frozen=True)
class Segment:
    """What a plan does from its first day until another."""

    first: str
    until: str
    """the day after it"""
    posted_usd_bn: float
    """present cost of what it posts, at its first day; in the last segment the present cost of all that is left"""
    shortage_gw_years: float
    lowest_cash_headroom_usd_bn: float | None
    """least headroom of cash over its minimum; None where there is no minimum"""
    lowest_cash_on: str
    """first day of that period; blank where there is no minimum"""
    breaches: tuple[LimitBreach, ...]
    """limits that somebody set and that are broken, under a waiver or as nothing else is possible"""

    def json(self) -> bytes:
        """The segment as the content of a file."""
        return f"{json.dumps(asdict(self), indent=2, ensure_ascii=False)}\n".encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The segment in the content of a file that `json` gave."""
        told: dict[str, Any] = json.loads(data)
        return cls(**{**told, "breaches": tuple(LimitBreach(**each) for each in told["breaches"])})


def measured(plan: Plan, solution: Solution, until: date | None) -> Segment:
    """What a plan does up to a day, which is the first of one of its periods, or up to the end.

    `solution` is that of the plan.
    """
    calendar = plan.case.calendar
    end = calendar.end if until is None else until
    stop = end.isoformat()
    missed = sum(
        float(row.gw) for row in plan.rows("service") if row.measure == "shortage" and str(row.period) < stop
    )  # fmt: skip
    rooms = [(float(row.headroom_usd_bn), str(row.period)) for row in plan.rows("cash") if str(row.period) < stop]
    lowest = min((each for each in rooms if not np.isnan(each[0])), default=None)
    return Segment(
        calendar.start.isoformat(),
        stop,
        posted(solution, until),
        missed * calendar.h,
        None if lowest is None else lowest[0] if abs(lowest[0]) > ROUNDING else 0.0,
        "" if lowest is None else lowest[1],
        tuple(_breaches(plan, solution, stop)),
    )


def posted(solution: Solution, until: date | None) -> float:
    """Present cost of what is posted up to a day, at the start of the case [USD bn]; up to the end all of it."""
    if until is None:
        return solution.objective
    entries = solution.posts
    return float(entries.worth[entries.period < solution.portfolio.case.calendar.forward(until)].sum())


def _breaches(plan: Plan, solution: Solution, stop: str) -> Iterator[LimitBreach]:
    """The limits that somebody set and that are broken before a day."""
    loose = loose_in(plan.case)
    mine = {(limit.rule, limit.subject) for limit in solution.portfolio.limits if loose(limit)}
    rows = list(plan.rows("limits"))
    of_unit: dict[str, float] = {}
    for row in rows:
        of_unit[row.unit] = max(of_unit.get(row.unit, 0.0), abs(row.used), abs(row.allowed))
    for row in rows:
        if (row.limit, row.subject) not in mine or not str(row.period) < stop:
            continue
        if row.waived > 0.0 or exceeds(row.used, row.allowed, of_unit[row.unit]):
            by = max(float(row.waived), -float(row.headroom))
            yield LimitBreach(row.limit, row.subject, str(row.period), row.unit, by)
