"""A FOCUS file read into the folder of a case: its commitments into tables, its use into `actuals/usage.csv`.

The case need not be valid, before or after: what the file does not tell stays blank, and what `planner check` says of
the rows is what is left to fill. The folder is replaced in one step. Rows of an offer that is there already are
replaced where that is asked for, and else nothing is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.basics import inputs
from planner.basics.errors import DataError, Problem
from planner.basics.outputs import locked
from planner.case import folder as folders
from planner.case.case import Case
from planner.common import settings
from planner.focus import columns, own_columns, reading, use_into_case
from planner.focus.imported import Imported, ImportOptions, LeftBlank
from planner.focus.into_tables import checked, filled, offers_there, put_rows
from planner.interfaces.catalogue import Catalogue
from planner.interfaces.commitments import Commitments, FilledRow
from planner.tables import csvtext
from planner.tables.cells import shown
from planner.tables.csvtext import RawTable
from planner.tables.fields import InvalidValue
from planner.tables.spreadsheet_habits import table_of


def import_into(case: Path, file: Path, asked: ImportOptions, catalogue: Catalogue) -> Imported:
    """Read a FOCUS file into the case in a folder, which no other run writes meanwhile.

    Raises DataError where it is no such file, where a cell cannot be read or where the folder is no case;
    FileExistsError where rows are there already and may not be replaced, or where another run writes the folder.
    """
    table = csvtext.parse(file.name, inputs.read_file(file), csvtext.MOST_ROWS)
    _files_of(case, catalogue)
    with locked(case) as place:
        found = _imported(file, table, case, asked, catalogue)

        def fill(partial: Path) -> None:
            shutil.copytree(case, partial, dirs_exist_ok=True, symlinks=True)
            for name, data in found.files.items():
                (partial / name).parent.mkdir(exist_ok=True)
                (partial / name).write_bytes(data)

        if found.files:
            place.put(fill)
    return found


def _files_of(case: Path, catalogue: Catalogue) -> Mapping[str, bytes]:
    """The files of a case, which need not be valid. Raises DataError where a folder is no case."""
    files = folders.read(case, catalogue).files
    if settings.FILE not in files:
        raise DataError([Problem(str(case), None, "", f"a folder with a case, with its {settings.FILE}", "none")])
    return files


def _imported(file: Path, table: RawTable, case: Path, asked: ImportOptions, catalogue: Catalogue) -> Imported:
    """What a file brings into a case."""
    files = _files_of(case, catalogue)
    if columns.is_contract_commitment(table.header):
        return _commitments(file.name, table, files, asked, catalogue)
    if columns.is_cost_and_usage(table.header):
        return use_into_case.use(file.name, table, case, Case.made_of(files, catalogue), asked)
    expected = f"a FOCUS file: of the dataset Contract Commitment, with {columns.ID}, or Cost and Usage"
    raise DataError([Problem(file.name, 1, "", expected, ", ".join(table.header[:5]))])


def fill_of(text: str, catalogue: Catalogue) -> tuple[tuple[str, str], str]:
    """A table with its column, and what stands there, of a text such as cloud_tiers.price_usd_bn_per_gw_year=10.

    Raises ValueError, with what was expected, where it is no such text.
    """
    where, _, value = text.partition("=")
    name, _, column = where.partition(".")
    known = [each.commitments for each in catalogue.instruments if each.commitments is not None]
    tables = {table.about.name: table for of in known for table in of.tables}
    if name not in tables or column not in tables[name].fields() or not value:
        raise ValueError(f"TABLE.COLUMN=VALUE, where the table is one of {', '.join(tables)}")
    try:
        tables[name].fields()[column].read(value)
    except InvalidValue as invalid:
        raise ValueError(invalid.expected) from None
    return (name, column), value


def _commitments(
    file: str, table: RawTable, files: Mapping[str, bytes], asked: ImportOptions, catalogue: Catalogue
) -> Imported:
    rows: list[FilledRow] = []
    notes: list[Problem] = []
    takes = _takes(file, table, catalogue)
    for of, part in takes:
        found = reading.read(file, part, of, asked.terms)
        rows += [row for contract in found.contracts for row in of.rows(contract)]
        notes += found.notes
    rows = filled(rows, asked.fill)
    checked(file, rows)
    offers = tuple(dict.fromkeys(row.cells["offer"] for row in rows))
    tables = [table for of, _ in takes for table in of.tables]
    raw = {each.about.name: table_of(each, files[each.about.file]) for each in tables if each.about.file in files}
    there = offers_there(tables, raw, offers)
    if there and not asked.force:
        raise FileExistsError(f"the case has rows of {', '.join(there)} already; --force replaces them")
    put = put_rows(tables, raw, rows)
    left, elsewhere = _left({**files, **put.files}, put.lines, file, catalogue)
    counts = {name: len(lines) for name, lines in put.lines.items()}
    return Imported(put.files, counts, offers, tuple(notes), left, elsewhere)


def _takes(file: str, table: RawTable, catalogue: Catalogue) -> list[tuple[Commitments, RawTable]]:
    """The instruments that take rows of the file, each with its rows: what names none is the first one's."""
    known = {each.name: each.commitments for each in catalogue.instruments if each.commitments is not None}
    at = table.header.index(own_columns.INSTRUMENT) if own_columns.INSTRUMENT in table.header else None
    wide = [record for record in table.records if len(record.cells) == len(table.header)]
    for record in wide:
        if at is not None and record.cells[at] and record.cells[at] not in known:
            expected = f"one of {', '.join(known)}"
            raise DataError([Problem(file, record.line, own_columns.INSTRUMENT, expected, shown(record.cells[at]))])
    found = []
    for i, (name, of) in enumerate(known.items()):
        mine = {name, ""} if i == 0 else {name}
        records = tuple(
            record
            for record in table.records
            if ("" if at is None or len(record.cells) != len(table.header) else record.cells[at]) in mine
        )
        if records or i == 0:
            found.append((of, RawTable(table.header, records)))
    return found


def _left(
    files: Mapping[str, bytes], lines: Mapping[str, Mapping[int, int]], file: str, catalogue: Catalogue
) -> tuple[tuple[LeftBlank, ...], int]:
    """What is wrong with the rows that came in, each with the line that it comes from, and how much elsewhere."""
    try:
        Case.made_of(files, catalogue)
    except DataError as error:
        problems: Sequence[Problem] = error.problems
    else:
        problems = ()
    left = tuple(
        LeftBlank(each, file, lines[each.file][each.line])
        for each in problems
        if each.line is not None and each.line in lines.get(each.file, {})
    )
    return left, len(problems) - len(left)
