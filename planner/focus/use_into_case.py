"""Use in a FOCUS file put into `actuals/usage.csv` of a case, from which `planner advance --actuals` reads it."""

from __future__ import annotations

from pathlib import Path

from planner.basics import inputs
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.chips import Chip
from planner.common.regions import Region
from planner.focus.imported import Imported, ImportOptions
from planner.focus.usage import HEADER, Known, is_focus, usage
from planner.tables import csvtext
from planner.tables.csvtext import RawRecord, RawTable

FOLDER, FILE = "actuals", "usage.csv"
KEY = len(HEADER) - 1
"""the first columns, which tell rows apart"""


def use(file: str, table: RawTable, folder: Path, case: Case, asked: ImportOptions) -> Imported:
    """The use of the offers of a case in a file, with what is in its folder of actuals already.

    Raises DataError where a cell cannot be read, or where nothing of the file is of the case; FileExistsError where
    use of the same months is there already and may not be replaced.
    """
    passed: dict[tuple[str, str, str], list[int]] = {}

    def pass_over(line: int, column: str, expected: str, found: str) -> None:
        passed.setdefault((column, expected, found), []).append(line)

    known = Known(
        {offer.offer for offer in case.offers()},
        {row.chip for row in case.rows(Chip)},
        {row.region for row in case.rows(Region)},
        pass_over,
    )
    found = usage(file, table, asked.terms, known)
    notes = tuple(
        Problem(file, lines[0], column, expected, said if len(lines) == 1 else f"{said}, in {len(lines):,} rows")
        for (column, expected, said), lines in passed.items()
    )
    if not found.records:
        expected = f"use of an offer of {folder}, one of {', '.join(sorted(known.offers))}"
        raise DataError([*notes, Problem(file, None, "", expected, "none")])
    old = _there(folder)
    new = {record.cells[:KEY]: record for record in found.records}
    twice = [record for record in old if record.cells[:KEY] in new]
    if twice and not asked.force:
        said = ", ".join(dict.fromkeys(record.cells[0] for record in twice))
        raise FileExistsError(f"{FOLDER}/{FILE} has use of {said} in the same months already; --force replaces it")
    records = [record for record in old if record.cells[:KEY] not in new]
    data = csvtext.render(RawTable(HEADER, (*records, *sorted(new.values(), key=lambda record: record.cells))))
    offers = tuple(dict.fromkeys(record.cells[0] for record in found.records))
    return Imported({f"{FOLDER}/{FILE}": data}, {f"{FOLDER}/{FILE}": len(new)}, offers, notes)


def _there(folder: Path) -> tuple[RawRecord, ...]:
    """The rows that are there already, with the columns in their order."""
    place = folder / FOLDER / FILE
    if not place.exists():
        return ()
    table = csvtext.parse(f"{FOLDER}/{FILE}", inputs.read_file(place))
    if is_focus(table):
        raise FileExistsError(f"{place} holds rows of FOCUS, which are read as they are; move it away first")
    if sorted(table.header) != sorted(HEADER) or any(len(each.cells) != len(HEADER) for each in table.records):
        expected = f"the columns {', '.join(HEADER)}"
        raise DataError([Problem(f"{FOLDER}/{FILE}", 1, "", expected, ", ".join(table.header))])
    at = [table.header.index(name) for name in HEADER]
    return tuple(record._replace(cells=tuple(record.cells[i] for i in at)) for record in table.records)
