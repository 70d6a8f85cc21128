"""Demand far from what is on offer: GW where MW was meant, or MW where GW was.

What is on offer is the sum over all offers of the largest number of GW or MW in their rows, and of the chips that are
owned, times what the best chip does of the reference chip's work. It is meant to be right to a factor, not exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.basics.errors import Problem
from planner.basics.text import number
from planner.basics.units import gw
from planner.common.chips import ChipPerformance, OwnedChip
from planner.common.demand import Demand
from planner.tables.cells import shown

if TYPE_CHECKING:
    from planner.case.case import Case

FACTOR = 100.0
"""largest usual ratio of demand to what is on offer, or of what is on offer to demand"""


def slips(case: Case) -> Iterator[Problem]:
    """Demand more than a hundred times what is on offer, or what is on offer more than a hundred times demand."""
    offered, rows = gw_on_offer(case), case.rows(Demand)
    largest = max(rows, key=lambda row: row.demand_gw)
    if offered == 0 or largest.demand_gw == 0:
        return
    for row in rows:
        if row.demand_gw > FACTOR * offered:
            expected = f"at most {FACTOR:g} times what is on offer, {number(offered)} GW"
            hint = _hint(row.demand_gw, 1e-3, "MW", offered)
            yield row.problem("demand_gw", expected, shown(row.demand_gw) + hint)
    if offered > FACTOR * _at_once(rows):
        expected = f"at least a hundredth of what is on offer, {number(offered)} GW, somewhere"
        hint = _hint(largest.demand_gw * 1e3, 1.0, "GW", offered)
        yield largest.problem("demand_gw", expected, shown(largest.demand_gw) + hint)


def gw_on_offer(case: Case) -> float:
    """GW of the reference chip that all offers and owned chips could do together, about."""
    by_offer: dict[str, float] = {}
    for table, rows in case.tables.by_class.items():
        sizes = [field for field in table.fields().values() if field.unit in ("GW", "MW")]
        for row in rows if "offer" in table.fields() else ():
            for field in sizes:
                value = getattr(row, field.name) or 0.0
                offer = str(getattr(row, "offer"))  # noqa: B009 - no class of rows with that column is named
                by_offer[offer] = max(by_offer.get(offer, 0.0), gw(value) if field.unit == "MW" else value)
    owned = sum(row.gw for row in case.rows(OwnedChip))
    best = max((row.gw_equivalent or 0.0 for row in case.rows(ChipPerformance)), default=0.0)
    return (sum(by_offer.values()) + owned) * best


def _at_once(rows: tuple[Demand, ...]) -> float:
    """All demand together, each place and workload at its largest."""
    most: dict[tuple[str, str], float] = {}
    for row in rows:
        place = (row.region, row.workload)
        most[place] = max(most.get(place, 0.0), row.demand_gw)
    return sum(most.values())


def _hint(value: float, factor: float, unit: str, offered: float) -> str:
    """The unit that was probably meant, if the number is no longer far from what is on offer then."""
    usual = offered / FACTOR <= value * factor <= offered * FACTOR
    return f"; did you mean {number(value)} {unit}?" if usual else ""
