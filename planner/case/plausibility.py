"""Slips: valid entries that are probably mistakes, such as GW for MW, a price far from all others, a date decades away.

Each is a problem with file, line and column. It is a warning; only `--strict` makes it an error. Files that look as if
they belonged to the case and are not read are among them.
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

FACTOR = 100.0
"""largest ratio of a number to the median of its group, or of the median to it"""
TOO_FEW = 3
"""a group of so many numbers or fewer is too small for a median"""
FAR_YEARS = 20
"""longest time of a date before the start of the case or after its end [years]"""
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
"""by unit, the smallest and the largest usual number; 0 is always usual"""


def slips(case: Case) -> list[Problem]:
    """The slips of a valid case: files that are not read, then the others by file and line."""
    families = {chip.chip: str(chip.family) for chip in case.rows(Chip)}
    found = list(_rates(case))
    for row, rows in case.tables.by_class.items():
        for field in row.fields().values():
            kind = value_type(field.annotation)
            if kind is float:
                unusual = list(_unusual(field, rows))
                found += unusual
                reported = {problem.line for problem in unusual}
                found += (each for each in _far_from_median(row, field, rows, families) if each.line not in reported)
            elif kind is date:
                found += _far_dates(case, field, rows)
    return [*case.unread, *sorted(found, key=lambda problem: (problem.file, problem.line or 0))]


def _rates(case: Case) -> Iterator[Problem]:
    most = USUAL["per year"][1]
    for name in ("discount_rate", "lease_rate"):
        rate = getattr(case.settings, name)
        if rate > most:
            expected = f"at most {number(most)} per year, as in 0.08 for 8 %"
            yield Problem(settings.FILE, None, name, expected, shown(rate))


def _unusual(field: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Numbers outside the usual range of their unit."""
    if field.unit not in USUAL:
        return
    least, most = USUAL[field.unit]
    for row in rows:
        value = getattr(row, field.name)
        if value and not least <= abs(value) <= most:
            yield row.problem(field.name, f"from {number(least)} to {number(most)} {field.unit}, or 0")


def _far_from_median(
    row: type[Row], field: TableField, rows: tuple[Row, ...], families: Mapping[str, str]
) -> Iterator[Problem]:
    """Numbers far from the median of the same column and group."""
    if field.unit in ("share", "per year", "years", "months"):
        return
    groups = defaultdict[str, list[tuple[Row, float]]](list)
    for each in rows:
        if value := getattr(each, field.name):
            groups[_group(each, families)].append((each, abs(value)))
    for name, group in groups.items():
        if len(group) <= TOO_FEW:
            continue
        usual = median(value for _, value in group)
        for each, value in group:
            if not usual / FACTOR < value < usual * FACTOR:
                among = f" of {name}" if name else ""
                yield each.problem(field.name, f"within a factor of {FACTOR:g} of the median {number(usual)}{among}")


def _group(row: Row, families: Mapping[str, str]) -> str:
    """The group in which a row's numbers are compared: a chip family, a region and workload, or the whole table."""
    if (chip := getattr(row, "chip", None)) is not None:
        return families.get(chip, "")
    series = ("region", "workload")
    return ", ".join(getattr(row, name) for name in series) if set(series) <= set(row.about.key) else ""


def _far_dates(case: Case, field: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Dates long before the start of the case or long after its end."""
    first = add_months(case.settings.start, -FAR_YEARS * MONTHS_PER_YEAR)
    last = add_months(case.settings.end, FAR_YEARS * MONTHS_PER_YEAR)
    for row in rows:
        day = getattr(row, field.name)
        if day is not None and not first <= day <= last:
            yield row.problem(field.name, f"a date from {first} to {last}")
