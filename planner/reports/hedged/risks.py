"""Limits that a hedge breaks in some futures, and how near the others come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.basics.display import Display
from planner.plan.headline import PENALTIES
from planner.plan.hedges.hedge import Hedge
from planner.portfolio.waived import LINE
from planner.reports.cost_lines import cost_by_line
from planner.reports.hedged.words import listed, month, percent

BROKEN = 1e-6
"""share of what a limit allows by which it must be exceeded to count as broken"""
SMALLEST = 5e-4
"""USD bn that are printed as more than 0"""


@dataclass(frozen=True)
class LimitRisk:
    """A limit that is broken in some future."""

    name: str
    """limit and subject"""
    probability: float
    """of a breach in the period in which that is largest"""
    periods: tuple[str, ...]
    """in which it may be broken"""
    worst: float
    """the least headroom in any future that is known, in `unit`; NaN where none is"""
    unit: str
    futures: tuple[str, ...]
    """names of those in which it is broken"""

    @property
    def when(self) -> str:
        """The periods in which it may be broken."""
        return listed([month(each) for each in self.periods], most=3)

    def headroom(self, display: Display) -> str:
        """By how much it is broken at the most."""
        return "" if np.isnan(self.worst) or self.worst >= 0.0 else display.amount(-self.worst, self.unit)


def risks(hedge: Hedge) -> list[LimitRisk]:
    """The limits of `risk.csv` that may be broken, the likeliest first; by how much is read from the futures' plans."""
    table = hedge.tables["risk"]
    found: dict[tuple[str, str], dict[str, float]] = {}
    units: dict[tuple[str, str], str] = {}
    for limit, subject, period, unit, p in zip(
        table["limit"], table["subject"], table["period"], table["unit"], table["probability_of_breach"], strict=True
    ):
        if p > 0.0:
            found.setdefault((str(limit), str(subject)), {})[str(period)] = float(p)
            units[str(limit), str(subject)] = str(unit)
    least = _least(hedge, found) if found else {}
    made = []
    for key, periods in found.items():
        rooms = least.get(key, {})
        names = tuple(name for name, room in rooms.items() if room < 0.0)
        worst = min(rooms.values(), default=np.nan)
        made.append(LimitRisk(" ".join(key), max(periods.values()), tuple(periods), worst, units[key], names))
    return sorted(made, key=lambda each: -each.probability)


def _least(hedge: Hedge, mine: dict[tuple[str, str], dict[str, float]]) -> dict[tuple[str, str], dict[str, float]]:
    """The least headroom of some limits, by future, in the periods in which they may be broken."""
    found: dict[tuple[str, str], dict[str, float]] = {key: {} for key in mine}
    for name, plan in hedge.plans.items():
        for row in plan.rows("limits"):
            key = (str(row.limit), str(row.subject))
            if str(row.period) in mine.get(key, ()):
                found[key][name] = min(found[key].get(name, np.inf), float(row.headroom))
    return found


def waived_cost(hedge: Hedge) -> float:
    """What breaking limits under waivers costs, as part of the expected cost [USD bn]."""
    return sum(
        future.probability * cost_by_line(hedge.plans[future.name]).get((PENALTIES, LINE), 0.0)
        for future in hedge.futures_tree.futures
    )


def nearest(hedge: Hedge, most: int = 3) -> Iterator[str]:
    """The limits that come nearest in the futures, and where cash is lowest."""
    table = hedge.tables["futures"]
    shares = np.asarray(table["worst_headroom_share"], dtype=float)
    groups: dict[tuple[str, str, str], list[int]] = {}
    for i in np.argsort(np.where(np.isnan(shares), np.inf, shares), kind="stable").tolist():
        if shares[i] >= -BROKEN:
            key = (str(table["worst_limit"][i]), str(table["worst_subject"][i]), str(table["worst_on"][i]))
            groups.setdefault(key, []).append(i)
    names, p = [str(each) for each in table["future"]], np.asarray(table["probability"], dtype=float)
    for (limit, subject, day), mine in list(groups.items())[:most]:
        left = max(0.0, float(shares[mine[0]]))
        room = f"{percent(left)} of it left" if left > BROKEN else "nothing of it left"
        where = "in all futures" if len(mine) == len(names) else f"with probability {percent(float(p[mine].sum()))}"
        yield f"tightest: {limit} {subject} in {month(day)}, {room}, {where}"
    cash = np.asarray(table["lowest_cash_headroom_usd_bn"], dtype=float)
    if not np.isnan(cash).all():
        low = int(np.nanargmin(cash))
        day = month(str(table["lowest_cash_on"][low]))
        room = _at(float(cash[low]), hedge.case.settings.shown_in)
        yield f"lowest cash: {room}, in {day}, in the future {names[low]}"


def _at(headroom: float, display: Display) -> str:
    if abs(headroom) < SMALLEST:
        return "at its minimum"
    return f"{display.usd(abs(headroom))} {'below' if headroom < 0.0 else 'above'} its minimum"
