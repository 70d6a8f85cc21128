"""The files of a plan as they are: the tables as text with their lines, and the case compared with its hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit.finding import Finding
from planner.plan.contents import CASE, MISSING, Contents, of_case
from planner.plan.record import RECORD, Record
from planner.plan.tables import EXPORTS
from planner.tables import cells, csvtext


@dataclass(frozen=True, eq=False)
class Written:
    """A table of a plan as it stands in its file. Rows with too few or too many cells are left out."""

    file: str
    header: tuple[str, ...]
    lines: Index
    """line of each row"""
    rows: tuple[tuple[str, ...], ...]

    def words(self, column: str) -> list[str]:
        """A column's cells as text."""
        at = self.header.index(column)
        return [row[at] for row in self.rows]

    def numbers(self, column: str) -> tuple[Vector, Index]:
        """A column's numbers, NaN where a cell holds none, and the rows whose cell is neither a number nor blank."""
        found = np.full(len(self.rows), np.nan)
        wrong = []
        for i, text in enumerate(self.words(column)):
            if text:
                try:
                    found[i] = cells.number(text)
                except ValueError:
                    wrong.append(i)
        return found, np.array(wrong, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Files:
    """What the folder of a plan holds."""

    record: Record | None
    """None where it cannot be read"""
    tables: dict[str, Written]
    """by the stem of the file; without those that cannot be read"""
    findings: tuple[Finding, ...]
    """what cannot be read"""

    @property
    def inputs(self) -> Mapping[str, str] | None:
        """What the record says are the SHA-256 of the files of the case, by name."""
        return None if self.record is None else self.record.inputs


def read(contents: Contents) -> Files:
    """The record and the tables of a plan."""
    findings = [*_strange(contents)]
    tables: dict[str, Written] = {}
    record = None
    if RECORD in contents.files:
        try:
            record = Record.parse(contents.files[RECORD])
        except DataError as error:
            findings += map(told, error.problems)
    for stem, _ in EXPORTS:
        file = f"{stem}.csv"
        if file not in contents.files:
            continue
        try:
            tables[stem], wrong = written(file, contents.files[file])
            findings += wrong
        except DataError as error:
            findings += map(told, error.problems)
    return Files(record, tables, tuple(findings))


def written(file: str, data: bytes) -> tuple[Written, list[Finding]]:
    """A table as it stands in its file, and its rows that are too short or too long. Raises DataError as `parse`."""
    raw = csvtext.parse(file, data)
    whole = [each for each in raw.records if len(each.cells) == len(raw.header)]
    rows = tuple(each.cells for each in whole)
    if b"'" in data:
        rows = tuple(tuple(map(csvtext.restored, row)) for row in rows)
    wrong = [
        Finding(file, each.line, "", f"has {len(each.cells)} cells, the header has {len(raw.header)}")
        for each in raw.records
        if len(each.cells) != len(raw.header)
    ]
    return Written(file, raw.header, np.array([each.line for each in whole], dtype=np.int64), rows), wrong


def _strange(contents: Contents) -> Iterator[Finding]:
    """What is missing, what cannot be read, and what no plan has. The files of the case have hashes of their own."""
    for problem in contents.problems():
        if problem.found == MISSING:
            yield Finding(problem.file, None, "", "is missing")
        elif problem.file == CASE:
            yield Finding(CASE, None, "", f"expected {problem.expected}, found {problem.found}")
        else:
            yield Finding(problem.file, None, "", f"cannot be read: it is {problem.found}")
    for name in contents.foreign:
        if not name.startswith(f"{CASE}/"):
            yield Finding(name, None, "", "is no file of a plan")


def told(problem: Problem) -> Finding:
    """A problem of a file as a finding."""
    return Finding(problem.file, problem.line, problem.column, f"expected {problem.expected}, found {problem.found}")


def read_case(contents: Contents, catalogue: Catalogue, like: Case | None) -> tuple[Case | None, list[Finding]]:
    """The case in the folder of a plan, or what is wrong with it."""
    names = [name for name in (*contents.files, *contents.foreign, *contents.unread) if name.startswith(CASE)]
    if not names:
        return None, [Finding(CASE, None, "", "expected a folder with a case, found no such folder")]
    if any(name.startswith(CASE) for name in contents.unread):
        return None, []
    try:
        return Case.made_of(of_case(contents.files), catalogue, like), []
    except DataError as error:
        return None, [
            Finding(
                f"{CASE}/{problem.file}", problem.line, problem.column,
                f"expected {problem.expected}, found {problem.found}",
            )
            for problem in error.problems
        ]  # fmt: skip


def unlike_solved(contents: Contents, inputs: Mapping[str, str] | None) -> Iterator[Finding]:
    """Files of the case that differ by any byte from those that were solved, and files that are none of a case.

    `inputs` are the SHA-256 of the files by name; None where no record says them.
    """
    there = of_case(contents.files)
    strange = [name.removeprefix(f"{CASE}/") for name in contents.foreign if name.startswith(f"{CASE}/")]
    solved = dict.fromkeys(there, "") if inputs is None else inputs
    unread = {name.removeprefix(f"{CASE}/") for name in contents.unread}
    for name in sorted({*solved, *there, *strange} - unread):
        file = f"{CASE}/{name}"
        if name in strange:
            yield Finding(file, None, "", f"is not among the files that were solved, says {RECORD}"
                          if name not in solved else "is no file of a case")  # fmt: skip
        elif name not in there:
            yield Finding(file, None, "", f"is missing; {RECORD} says that it was solved")
        elif name not in solved:
            yield Finding(file, None, "", f"is not among the files that were solved, says {RECORD}")
        elif inputs is not None and sha256(there[name]).hexdigest() != solved[name]:
            yield Finding(file, None, "", f"is not the file that was solved: its SHA-256 is not that in {RECORD}")
