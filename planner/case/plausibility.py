"""Slips: valid entries that are probably mistakes, such as GW for MW, a price far from all others, a date decades away.

Each is a problem with file, line and column. It is a warning; only `--strict` makes it an error. Files that look as if
they belonged to the case and are not read are among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from math import inf
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING

from planner.basics.calendar import add_months
from planner.basics.errors import Problem
from planner.basics.text import number
from planner.basics.units import MONTHS_PER_YEAR
from planner.case import on_offer
from planner.case.index_uses import uses
from planner.case.units_meant import USUAL, USUAL_PER_GW, meant
from planner.common import settings
from planner.common.chips import Chip
from planner.common.demand import Demand
from planner.common.given_names import GivenName
from planner.common.indices import IndexLevel
from planner.common.settings import Settings, setting_fields
from planner.tables.cells import shown
from planner.tables.fields import Field, unit_of, value_type
from planner.tables.reading import names_in
from planner.tables.references import suggestion
from planner.tables.table import Row, TableField

if TYPE_CHECKING:
    from planner.case.case import Case

FACTOR = 100.0
"""largest ratio of a number to the median of its group, or of the median to it"""
TOO_FEW = 3
"""a group of so many numbers or fewer is too small for a median"""
FAR_YEARS = 20
"""longest time of a date before the start of the case or after its end [years]"""
JUMP = 50.0
"""largest ratio of a number of a series to the median of those beside it, or of the median to it"""
RATES = ("discount_rate", "lease_rate")
PRICE_LEVELS = (0.1, 10.0)
"""smallest and largest usual level of an index that prices follow"""


def slips(case: Case) -> list[Problem]:
    """The slips of a valid case: files that are not read, then the others by file and line."""
    families = {chip.chip: chip.family for chip in case.rows(Chip)}
    found = [*_settings(case), *_foreseen(case), *_named(case), *on_offer.slips(case)]
    peak = _largest_demand(case)
    for row, rows in case.tables.by_class.items():
        for field in row.fields().values():
            kind = value_type(field.annotation)
            if kind is float:
                by_line = {problem.line: problem for problem in _jumps(row, field, rows)}
                by_line |= {problem.line: problem for problem in _far_from_median(row, field, rows, families)}
                by_line |= {problem.line: problem for problem in _unusual(field, rows, peak)}
                found += by_line.values()
            elif kind is date:
                found += _far_dates(case, field, rows)
    found += _levels(case)
    return [*case.unread, *sorted(case.as_written(found), key=lambda problem: (problem.file, problem.line or 0))]


def _settings(case: Case) -> Iterator[Problem]:
    """Settings outside the usual range of their unit."""
    peak = _largest_demand(case)
    for name, (annotation, about) in setting_fields(Settings).items():
        value = getattr(case.settings, name)
        if value_type(annotation) is not float or not value:
            continue
        least, most = _range(about, unit := about.unit or unit_of(name), peak)
        if not least <= abs(value) <= most:
            if name in RATES and value > most:
                expected = f"at most {number(most)} per year, as in 0.08 for 8 %"
            else:
                expected = f"from {number(least)} to {number(most)} {unit}, or 0"
            yield Problem(settings.FILE, None, name, expected, shown(value) + meant(value, unit, least, most))


def _foreseen(case: Case) -> Iterator[Problem]:
    """Names that nothing has, in columns where they are allowed."""
    tables = {row.about.name: row for row in case.catalogue.tables}
    for row, rows in case.tables.by_class.items():
        for field in row.fields().values():
            if not field.about.foreseen:
                continue
            table, column = field.about.refers.split(".")
            known = {getattr(each, column) for each in case.rows(tables[table])}
            for each in rows:
                for name in sorted(names_in(getattr(each, field.name)) - known):
                    expected = f"a {column} of {tables[table].about.file}"
                    yield each.problem(field.name, expected, f"{shown(name)}{suggestion(name, known)}")


def _named(case: Case) -> Iterator[Problem]:
    """Names that are given to nothing."""
    known = {
        name
        for row, rows in case.tables.by_class.items()
        if row is not GivenName
        for field in row.fields().values()
        if field.about.identifier or field.about.refers
        for each in rows
        for name in names_in(getattr(each, field.name))
    }
    for given in case.rows(GivenName):
        if given.identifier not in known:
            found = f"{shown(given.identifier)}{suggestion(given.identifier, known)}"
            yield given.problem("identifier", "an identifier of another table", found)


def _levels(case: Case) -> Iterator[Problem]:
    """Levels of indices that prices follow far from 1, at which prices are as they are stated."""
    of_prices = {index for index, named in uses(case.tables).items() if False in named}
    least, most = PRICE_LEVELS
    for row in case.rows(IndexLevel):
        if row.index in of_prices and not least <= row.level <= most:
            yield row.problem("level", f"from {number(least)} to {number(most)}, as 1 is the price that is stated")


def _largest_demand(case: Case) -> float:
    """The largest total demand on any day [reference GW]; infinite where there is none."""
    now: dict[tuple[str, str], float] = {}
    largest = 0.0
    for day, rows in groupby(sorted(case.rows(Demand), key=attrgetter("from_date")), attrgetter("from_date")):
        del day
        now |= {(row.region, row.workload): row.demand_gw for row in rows}
        largest = max(largest, sum(now.values()))
    return largest or inf


def _range(about: Field, unit: str, peak: float) -> tuple[float, float]:
    """The smallest and the largest usual number of a column or setting, where so many GW are asked for at most."""
    least, most = about.usual or USUAL.get(unit, (0.0, inf))
    per_gw = about.usual_per_gw or (inf if about.usual else USUAL_PER_GW.get(unit, inf))
    return least, min(most, max(per_gw * peak, least))


def _unusual(field: TableField, rows: tuple[Row, ...], peak: float) -> Iterator[Problem]:
    """Numbers outside the usual range of their column."""
    least, most = _range(field.about, field.unit, peak)
    for row in rows:
        value = getattr(row, field.name)
        if value and not least <= abs(value) <= most:
            expected = f"from {number(least)} to {number(most)}{' ' * bool(field.unit)}{field.unit}, or 0"
            yield row.problem(field.name, expected, shown(value) + meant(value, field.unit, least, most))


def _jumps(row: type[Row], field: TableField, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Numbers of a series of dates far from the two before and the two after them."""
    if not row.about.dated or field.unit == "share":
        return
    series = defaultdict[tuple[object, ...], list[tuple[Row, float]]](list)
    for each in sorted(rows, key=attrgetter("from_date")):
        if value := getattr(each, field.name):
            others = tuple(getattr(each, name) for name in row.about.key if name != "from_date")
            series[others].append((each, abs(value)))
    for points in series.values():
        for i, (each, value) in enumerate(points):
            beside = [point[1] for point in (*points[max(0, i - 2) : i], *points[i + 1 : i + 3])]
            if beside and not (usual := median(beside)) / JUMP <= value <= usual * JUMP:
                expected = f"within a factor of {JUMP:g} of {number(usual)}, the median of the dates beside it"
                yield each.problem(field.name, expected)


def _far_from_median(
    row: type[Row], field: TableField, rows: tuple[Row, ...], families: Mapping[str, str]
) -> Iterator[Problem]:
    """Numbers far from the median of the same column and group."""
    if field.unit in ("share", "per year", "years", "months", "level"):
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
