"""The folder of actuals: its tables, with everything that is wrong with their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.basics import inputs
from planner.basics.errors import DataError, Problem
from planner.common import settings
from planner.common.recognised import described
from planner.focus import usage as focus
from planner.plan.record import RECORD
from planner.roll.actuals.tables import TABLES, ActualCash, ActualDelivery, ActualDemand, ActualPrice, ActualUse
from planner.tables import csvtext
from planner.tables.cells import shown
from planner.tables.csvtext import RawTable
from planner.tables.own_units import as_written, own_units
from planner.tables.reading import read_rows
from planner.tables.references import suggestion


@dataclass(frozen=True)
class Actuals:
    """What happened, and what is now expected, where it is not as planned."""

    cash: tuple[ActualCash, ...] = ()
    usage: tuple[ActualUse, ...] = ()
    deliveries: tuple[ActualDelivery, ...] = ()
    demand: tuple[ActualDemand, ...] = ()
    prices: tuple[ActualPrice, ...] = ()


NONE = Actuals()
OTHERS = {RECORD: "a plan", settings.FILE: "a case"}
"""files that tell folders of another kind"""


def read(folder: str | Path) -> Actuals:
    """The tables in a folder. Raises DataError with everything that is wrong with it."""
    folder = Path(folder)
    names = inputs.names_in(folder)
    known = {table.about.file for table in TABLES}
    for name, what in OTHERS.items():
        if name in names:
            expected = f"a folder of actuals, of {', '.join(sorted(known))}"
            raise DataError([Problem(str(folder), None, "", expected, f"{what}, with {name}")])
    if not known & set(names) and (what := described(folder)):
        expected = f"a folder of actuals, of {', '.join(sorted(known))}"
        raise DataError([Problem(str(folder), None, "", expected, what)])
    problems = list(_strange(names, known))
    if not known & set(names):
        problems.append(Problem(str(folder), None, "", f"at least one of {', '.join(sorted(known))}", "none"))
    raw: dict[str, RawTable] = {}
    broken = set()
    for table in TABLES:
        file = table.about.file
        if file in names:
            try:
                raw[table.about.name] = _parsed(file, inputs.read_file(folder / file))
            except DataError as error:
                problems += error.problems
                broken.add(table.about.name)
    own, twice = own_units(raw, TABLES)
    rows, wrong = read_rows(own, TABLES, frozenset(broken))
    wrong = as_written([*twice, *wrong], raw, own, TABLES)
    if problems or wrong:
        raise DataError(sorted([*problems, *wrong], key=lambda problem: (problem.file, problem.line or 0)))
    return Actuals(*(rows.rows(table) for table in TABLES))  # type: ignore[arg-type]


def _parsed(file: str, data: bytes) -> RawTable:
    table = csvtext.parse(file, data, csvtext.MOST_ROWS)
    return focus.usage(file, table) if file == ActualUse.about.file and focus.is_focus(table) else table


def _strange(names: list[str], known: set[str]) -> Iterator[Problem]:
    """Files that look like tables and are none of actuals."""
    for name in names:
        if name.lower().endswith(".csv") and name not in known and not name.startswith("."):
            expected = f"only {', '.join(sorted(known))}"
            yield Problem(name, None, "", expected, shown(name) + suggestion(name, known))
