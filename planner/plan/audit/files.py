"""The files of a plan as they are: the tables as text with their lines, and the case compared with its hashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.interfaces.catalogue import Catalogue
from planner.plan.audit.finding import Finding
from planner.plan.plan import CASE, EXPORTS, RECORD, Record
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


def read(folder: Path) -> Files:
    """The record and the tables of a plan.

    Raises DataError where there is no such folder.
    """
    if not folder.is_dir():
        raise DataError([Problem(str(folder), None, "", "the folder of a plan", "no such folder")])
    findings: list[Finding] = []
    tables: dict[str, Written] = {}
    record = None
    try:
        record = Record.parse((folder / RECORD).read_bytes().decode())
    except (DataError, OSError, UnicodeDecodeError) as error:
        findings += _unreadable(RECORD, error)
    for stem, _ in EXPORTS:
        file = f"{stem}.csv"
        try:
            data = (folder / file).read_bytes()
            raw = csvtext.parse(file, data)
        except (DataError, OSError) as error:
            findings += _unreadable(file, error)
            continue
        whole = [each for each in raw.records if len(each.cells) == len(raw.header)]
        rows = tuple(each.cells for each in whole)
        if b"'" in data:
            rows = tuple(tuple(map(csvtext.restored, row)) for row in rows)
        tables[stem] = Written(file, raw.header, np.array([each.line for each in whole], dtype=np.int64), rows)
        for each in raw.records:
            if len(each.cells) != len(raw.header):
                says = f"has {len(each.cells)} cells, the header has {len(raw.header)}"
                findings.append(Finding(file, each.line, "", says))
    return Files(record, tables, tuple(findings))


def _unreadable(file: str, error: Exception) -> Iterator[Finding]:
    if isinstance(error, DataError):
        for problem in error.problems:
            yield Finding(file, problem.line, problem.column, f"expected {problem.expected}, found {problem.found}")
    elif isinstance(error, FileNotFoundError):
        yield Finding(file, None, "", "is missing")
    else:
        yield Finding(file, None, "", f"cannot be read: {error}")


def read_case(folder: Path, catalogue: Catalogue, like: Case | None) -> tuple[Case | None, list[Finding]]:
    """The case in the folder of a plan, or what is wrong with it."""
    try:
        return (Case.read(folder / CASE, catalogue) if like is None else like.reread(folder / CASE)), []
    except DataError as error:
        return None, [
            Finding(
                CASE if problem.file == str(folder / CASE) else f"{CASE}/{problem.file}",
                problem.line, problem.column, f"expected {problem.expected}, found {problem.found}",
            )
            for problem in error.problems
        ]  # fmt: skip


def unlike_solved(folder: Path, record: Record) -> Iterator[Finding]:
    """Files of the case that differ by any byte from those that were solved."""
    inputs = record.inputs
    if not isinstance(inputs, dict):
        yield Finding(RECORD, None, "inputs", "is no table of the SHA-256 of each file of the case")
        return
    place = folder / CASE
    there = {path.name: path for path in place.iterdir()} if place.is_dir() else {}
    for name in sorted({*inputs, *there}):
        file = f"{CASE}/{name}"
        if name not in there:
            yield Finding(file, None, "", f"is missing; {RECORD} says that it was solved")
        elif name not in inputs:
            yield Finding(file, None, "", f"is not among the files that were solved, says {RECORD}")
        elif not there[name].is_file() or sha256(there[name].read_bytes()).hexdigest() != inputs[name]:
            yield Finding(file, None, "", f"is not the file that was solved: its SHA-256 is not that in {RECORD}")
