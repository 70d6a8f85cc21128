"""A plan: what was solved, its proof, and its tables; written to a folder and read back.

A plan folder holds `plan.json` (the record), one CSV file per table and the case as solved in `case/`, so that it can
be audited and solved again by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from planner.basics.errors import DataError, Problem
from planner.basics.frames import Frames, LazyFrames, Table, frame, records, rows
from planner.basics.outputs import OutputFolder, locked
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue
from planner.plan.contents import CASE, MISSING, NAMES, Contents, is_of_a_hedge, of_case
from planner.plan.exports import decided, decisions
from planner.plan.hedged import tells_of_a_hedge
from planner.plan.record import PROVEN, RECORD, Record
from planner.plan.tables import EXPORTS
from planner.portfolio.solution import Solution
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Plan:
    """A case, its record and its tables, by the stems of their files."""

    case: Case
    record: Record
    tables: Mapping[str, pd.DataFrame]

    @classmethod
    def of(cls, solution: Solution, record: Record) -> Self:
        """The plan that a solution makes."""
        return cls(solution.portfolio.case, record, Frames({stem: export.table(solution) for stem, export in EXPORTS}))

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Self:
        """The plan in a folder. Only an audit tells whether its files agree with one another.

        `planner.plan.audit.opened` audits a plan and then reads it, as the commands do. Raises DataError with every
        file that is missing or is not what it should be.
        """
        contents = Contents.of(Path(folder), catalogue)
        if tells_of_a_hedge(contents.files.get(RECORD, b"")):
            raise DataError([is_of_a_hedge(Path(folder), RECORD)])
        wrong = [*contents.problems()]
        record: Record | None = None
        tables: dict[str, Table] = {}
        if RECORD in contents.files:
            try:
                record = Record.parse(contents.files[RECORD])
            except DataError as error:
                wrong += error.problems
        for stem, _ in EXPORTS:
            if f"{stem}.csv" in contents.files:
                try:
                    tables[stem] = table(stem, contents.files[f"{stem}.csv"])
                except DataError as error:
                    wrong += error.problems
        if wrong or record is None:
            raise DataError(wrong)
        return cls(Case.read(Path(folder) / CASE, catalogue), record, Frames(tables))

    @classmethod
    def made_of(cls, files: Mapping[str, bytes], catalogue: Catalogue = CATALOGUE, case: Case | None = None) -> Self:
        """The plan whose files `write` has written, content by path. A table is read when it is first asked for.

        `case` is the case of these files, if it was read already. Raises DataError where a file is missing, and later
        where a table that is asked for is no table.
        """
        missing = [Problem(name, None, "", f"a plan with {name}", MISSING) for name in NAMES if name not in files]
        if missing:
            raise DataError(missing)
        if case is None:
            case = Case.made_of(of_case(files), catalogue)
        tables = {stem: partial(_framed, stem, files[f"{stem}.csv"]) for stem, _ in EXPORTS}
        return cls(case, Record.parse(files[RECORD]), LazyFrames(tables))

    def write(self, folder: str | Path, *, force: bool = False) -> None:
        """Write the plan beside its folder, and move it into place when it is complete.

        Raises FileExistsError where the folder exists and `force` is false, where what would be replaced is no plan, or
        where another run writes there; OSError where the files cannot be written.
        """
        refuse_to_replace(Path(folder), force=force)
        with locked(folder) as place:
            self.put(place, force=force)

    def put(self, place: OutputFolder, *, force: bool = False) -> None:
        """Write the plan to a folder that this run holds already. Raises as `write` does."""
        refuse_to_replace(place.folder, force=force)
        place.put(self.fill)

    def fill(self, folder: Path) -> None:
        """Write every file into an empty folder; the record comes last."""
        self.case.write(folder / CASE)
        for stem, _ in EXPORTS:
            (folder / f"{stem}.csv").write_bytes(self._file(stem))
        (folder / RECORD).write_bytes(self.record.json().encode())

    def _file(self, stem: str) -> bytes:
        """The file of a table."""
        unseen = self._unseen(stem)
        return csvtext.exported(self.tables[stem]) if unseen is None else csvtext.written(unseen)

    def rows(self, stem: str) -> Iterator[Any]:
        """Each row of a table with its columns as attributes."""
        unseen = self._unseen(stem)
        return records(self.tables[stem]) if unseen is None else rows(unseen)

    def _unseen(self, stem: str) -> Table | None:
        """The columns of a table; None once its data frame was asked for, which somebody may have altered."""
        return self.tables.untouched(stem) if isinstance(self.tables, Frames) else None

    @property
    def digest(self) -> str:
        """SHA-256 of its `plan.json`, by which another plan says that it comes from this one."""
        return sha256(self.record.json().encode()).hexdigest()

    @property
    def proven(self) -> bool:
        """Whether the plan is proven to lie within the gap that was asked for."""
        return self.record.status == PROVEN

    def __getattr__(self, name: str) -> pd.DataFrame:
        """`plan.decisions`, `plan.cash` and the other tables."""
        if name.startswith("_") or name == "tables":  # while a copy is being made, it has no tables
            raise AttributeError(name)
        if name in self.tables:
            return self.tables[name]
        raise AttributeError(f"a plan has no {name!r}; its tables are {', '.join(self.tables)}")

    @cached_property
    def values(self) -> dict[str, float]:
        """Value of every decision that is not zero, by its name."""
        stand = (("decisions", decisions.VALUE), ("capacity", decided.VALUE), ("service", decided.VALUE))
        return {
            row.decision: float(getattr(row, column))
            for name, column in stand
            for row in self.rows(name)
            if str(row.decision) != ""
        }


def table(stem: str, data: bytes) -> Table:
    """A table of a plan in the bytes of its file.

    Raises DataError with every column and cell that is not as it should be.
    """
    export = dict(EXPORTS)[stem]
    return csvtext.table(f"{stem}.csv", data, export.COLUMNS, export.NUMBERS)


def _framed(stem: str, data: bytes) -> pd.DataFrame:
    return frame(table(stem, data))


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Raise FileExistsError where writing a plan to `folder` would lose something that `force` does not cover."""
    if not folder.exists():
        return
    if not force:
        raise FileExistsError(f"{folder} exists; --force replaces it")
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / RECORD).is_file()):
        raise FileExistsError(f"{folder} is not a plan and is not replaced")
