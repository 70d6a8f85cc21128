"""What is allowed but looks like a slip: GW where MW was meant, a price far from its fellows, a date decades away.

Each is said with file, line and column, like an error, but stops nothing unless it is asked to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.text import number
from planner.basics.units import MONTHS_PER_YEAR
from planner.common import settings
from planner.common.chips import Chip
from planner.tables.cells import shown
from planner.tables.fields import value_type
from planner.tables.table import Row, TableField

if TYPE_CHECKING:
    from planner.case.case import Case

ALIKE = 100.0
"""how many times the median of its fellows, or what part of it, a number may be"""
FELLOWS = 3
"""fewer have no median worth the name"""
FAR_YEARS = 20
"""how long before the case's start or after its end a date may be [years]"""
USUAL: Mapping[str, tuple[float, float]] = {
    "GW": (0.001, 100.0),
    "MW": (2.0, 20_000.0),
    "USD per kW and month": (5.0, 1_000.0),
    "USD per MWh": (2.0, 1_000.0),
    "USD bn per GW": (0.1, 300.0),
    "USD bn per GW and year": (0.001, 300.0),
    "USD bn": (0.0001, 10_000.0),
    "ms": (0.1, 2_000.0),
    "share": (0.0, 1.0),
    "per year": (0.0, 0.5),
}
"""from what to what a number of a unit, if it is not 0, can be thought of"""


def slips(case: Case) -> list[Problem]:
    """Everything in a valid case that looks like a slip, by file and line."""
    families = {chip.chip: str(chip.family) for chip in case.rows(Chip)}
    found = list(_rates(case))
    for row, rows in case.tables.by_class.items():
        for cell in row.cells().values():
            kind = value_type(cell.annotation)
            if kind is float:
                strange = list(_unusual(cell, rows))
                found += strange
                said = {problem.line for problem in strange}
                found += (each for each in _unlike(row, cell, rows, families) if each.line not in said)
            elif kind is date:
                found += _far(case, cell, rows)
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0))


def _rates(case: Case) -> Iterator[Problem]:
    most = USUAL["per year"][1]
    for name in ("discount_rate", "lease_rate"):
        rate = getattr(case.settings, name)
        if rate > most:
            expected = f"at most {number(most)} per year, as in 0.08 for 8 %"
            yield Problem(settings.FILE, None, name, expected, shown(rate))


def _unusual(cell: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Numbers of an order that their unit does not have."""
    if cell.unit not in USUAL:
        return
    least, most = USUAL[cell.unit]
    for row in rows:
        value = getattr(row, cell.name)
        if value and not least <= abs(value) <= most:
            yield row.problem(cell.name, f"from {number(least)} to {number(most)} {cell.unit}, or 0")


def _unlike(row: type[Row], cell: TableField, rows: tuple[Row, ...], families: Mapping[str, str]) -> Iterator[Problem]:
    """Numbers far from those of the same column, of the same chip family where the table names chips."""
    if cell.unit in ("share", "per year", "years", "months"):
        return
    fellows = defaultdict[str, list[tuple[Row, float]]](list)
    for each in rows:
        if value := getattr(each, cell.name):
            fellows[_fellowship(each, families)].append((each, abs(value)))
    for whose, group in fellows.items():
        if len(group) <= FELLOWS:
            continue
        usual = median(value for _, value in group)
        for each, value in group:
            if not usual / ALIKE < value < usual * ALIKE:
                among = f" of {whose}" if whose else ""
                yield each.problem(
                    cell.name, f"less than {ALIKE:g} times more or less than the median {number(usual)}{among}"
                )


def _fellowship(row: Row, families: Mapping[str, str]) -> str:
    """What a row's numbers are compared within: a chip family, or where and for what compute is asked for."""
    if (chip := getattr(row, "chip", None)) is not None:
        return families.get(chip, "")
    series = ("region", "workload")
    return ", ".join(getattr(row, name) for name in series) if set(series) <= set(row.about.key) else ""


def _far(case: Case, cell: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Dates decades away from the case."""
    first = add_months(case.settings.start, -FAR_YEARS * MONTHS_PER_YEAR)
    last = add_months(case.settings.end, FAR_YEARS * MONTHS_PER_YEAR)
    for row in rows:
        day = getattr(row, cell.name)
        if day is not None and not first <= day <= last:
            yield row.problem(cell.name, f"a date from {first} to {last}")
