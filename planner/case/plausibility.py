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
        for field in row.fields().values():
            kind = value_type(field.annotation)
            if kind is float:
                strange = list(_unusual(field, rows))
                found += strange
                said = {problem.line for problem in strange}
                found += (each for each in _unlike(row, field, rows, families) if each.line not in said)
            elif kind is date:
                found += _far(case, field, rows)
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0))


def _rates(case: Case) -> Iterator[Problem]:
    most = USUAL["per year"][1]
    for name in ("discount_rate", "lease_rate"):
        rate = getattr(case.settings, name)
        if rate > most:
            expected = f"at most {number(most)} per year, as in 0.08 for 8 %"
            yield Problem(settings.FILE, None, name, expected, shown(rate))


def _unusual(field: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Numbers of an order that their unit does not have."""
    if field.unit not in USUAL:
        return
    least, most = USUAL[field.unit]
    for row in rows:
        value = getattr(row, field.name)
        if value and not least <= abs(value) <= most:
            yield row.problem(field.name, f"from {number(least)} to {number(most)} {field.unit}, or 0")


def _unlike(row: type[Row], field: TableField, rows: tuple[Row, ...], families: Mapping[str, str]) -> Iterator[Problem]:
    """Numbers far from those of the same column, of the same chip family where the table names chips."""
    if field.unit in ("share", "per year", "years", "months"):
        return
    fellows = defaultdict[str, list[tuple[Row, float]]](list)
    for each in rows:
        if value := getattr(each, field.name):
            fellows[_fellowship(each, families)].append((each, abs(value)))
    for whose, group in fellows.items():
        if len(group) <= FELLOWS:
            continue
        usual = median(value for _, value in group)
        for each, value in group:
            if not usual / ALIKE < value < usual * ALIKE:
                among = f" of {whose}" if whose else ""
                yield each.problem(
                    field.name, f"less than {ALIKE:g} times more or less than the median {number(usual)}{among}"
                )


def _fellowship(row: Row, families: Mapping[str, str]) -> str:
    """What a row's numbers are compared within: a chip family, or where and for what compute is asked for."""
    if (chip := getattr(row, "chip", None)) is not None:
        return families.get(chip, "")
    series = ("region", "workload")
    return ", ".join(getattr(row, name) for name in series) if set(series) <= set(row.about.key) else ""


def _far(case: Case, field: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Dates decades away from the case."""
    first = add_months(case.settings.start, -FAR_YEARS * MONTHS_PER_YEAR)
    last = add_months(case.settings.end, FAR_YEARS * MONTHS_PER_YEAR)
    for row in rows:
        day = getattr(row, field.name)
        if day is not None and not first <= day <= last:
            yield row.problem(field.name, f"a date from {first} to {last}")
