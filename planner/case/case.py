"""A case: a folder with `case.toml` and CSV tables. It is read, checked, changed and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar, cast

from planner.basics.calendar import Calendar
from planner.basics.errors import DataError, Problem
from planner.basics.memory import without_collection
from planner.case import changes, index_uses, offers, waived_rules
from planner.case import folder as folders
from planner.case.folder import Found
from planner.case.implied import ImpliedRows, implied_rows, spelled_out
from planner.case.sheet_places import Sheets
from planner.common import settings
from planner.common.settings import Settings
from planner.common.waivers import Waiver
from planner.interfaces.case_data import CaseData
from planner.interfaces.catalogue import Catalogue
from planner.tables import csvtext
from planner.tables.cells import text_of
from planner.tables.csvtext import RawTable
from planner.tables.fields import value_type
from planner.tables.offer import Offer
from planner.tables.own_units import as_written, own_units, same
from planner.tables.reading import Rows, read_rows
from planner.tables.spreadsheet_habits import table_of
from planner.tables.table import R, Row

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


@dataclass(frozen=True, repr=False, eq=False)
class Case:
    """A valid case. `Case.read` makes one from a folder, `change` makes one from another."""

    files: Mapping[str, bytes]
    """content of `case.toml` and of the files of tables, by name"""
    settings: Settings
    raw: Mapping[str, RawTable]
    """the tables as text, by name"""
    implied: ImpliedRows
    """the same with the rows that others imply"""
    own: Mapping[str, RawTable]
    """these with all columns in the planner's units; those of `raw` where that changes nothing"""
    tables: Rows
    catalogue: Catalogue
    """the tables, instruments and rules that the case is read and planned with"""
    unread: tuple[Problem, ...] = ()
    """files of its folder that look as if they belonged to it and are not read"""
    sheets: Sheets | None = None
    """where its tables stand in the workbook from which it was read; None where it was read from files"""
    changes: tuple[str, ...] = ()
    """the texts of all changes that were made to it since it was read, in their order"""

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue) -> Self:
        """The case in a folder. What else stands there is not read: see `unread` and `planner.case.folder`.

        Raises DataError with all problems of the case.
        """
        return cls._of(folders.read(Path(folder), catalogue), catalogue)

    @classmethod
    def made_of(cls, files: Mapping[str, bytes], catalogue: Catalogue, like: Case | None = None) -> Self:
        """The case whose files have this content, by name; otherwise as `read`.

        Tables that are byte for byte those of `like`, a case of the same catalogue, are not parsed again.
        """
        return cls._of(folders.made_of(files, catalogue), catalogue, like)

    def reread(self, folder: str | Path) -> Self:
        """The case in a folder, as `read`, by the catalogue of this one.

        Tables whose files are byte for byte those of this case are taken over from it and not parsed again.
        """
        return self._of(folders.read(Path(folder), self.catalogue), self.catalogue, like=self)

    @classmethod
    def _of(cls, found: Found, catalogue: Catalogue, like: Case | None = None) -> Self:
        """The case that the files of a folder make. Raises DataError with the problems of the folder and all others."""
        files, problems = found.files, list(found.problems)
        with without_collection():
            raw: dict[str, RawTable] = {}
            unread = {problem.file for problem in problems}
            broken = {row.about.name for row in catalogue.tables if row.about.file in unread}
            for row in catalogue.tables:
                name, file = row.about.name, row.about.file
                if file not in files:
                    continue
                if like is not None and like.files.get(file) == files[file]:
                    raw[name] = like.raw[name]
                    continue
                try:
                    raw[name] = table_of(row, files[file], csvtext.MOST_ROWS)
                except DataError as error:
                    problems += error.problems
                    broken.add(name)
            return cls._checked(files, raw, catalogue, frozenset(broken), problems, like, found.unread)

    @classmethod
    def _checked(
        cls,
        files: Mapping[str, bytes],
        raw: Mapping[str, RawTable],
        catalogue: Catalogue,
        broken: frozenset[str],
        problems: list[Problem],
        like: Case | None,
        unread: tuple[Problem, ...],
    ) -> Self:
        """The case that these tables make. Tables that stand in `like` too are taken over with their rows."""
        found: Settings | None = None
        if settings.FILE in files:
            found, wrong = settings.read_settings(files[settings.FILE])
            problems += wrong
        elif all(problem.file != settings.FILE for problem in problems):
            problems.append(Problem(settings.FILE, None, "", "the settings of the case", "no such file"))
        implied = implied_rows(raw, catalogue.tables, broken)
        problems += implied.problems
        own, wrong = own_units(implied.tables, catalogue.tables)
        problems += wrong
        if like is not None:
            own |= {
                name: like.own[name]
                for name, table in own.items()
                if table is not raw.get(name) and same(table, like.own.get(name))
            }
        known = {} if like is None else like._rows_in_common(own)
        tables, wrong = read_rows(own, catalogue.tables, broken, None if found is None else found.start, known)
        problems += wrong
        problems += offers.check(tables.offers())
        problems += index_uses.check(tables, None if found is None else found.start)
        problems += waived_rules.check(tables.rows(Waiver), catalogue)
        problems += chain.from_iterable(check(tables) for check in catalogue.all_checks)
        if problems or found is None:
            problems = implied.told(as_written(problems, implied.tables, own, catalogue.tables))
            raise DataError(sorted(problems, key=lambda problem: (problem.file, problem.line or 0)))
        return cls(files, found, raw, implied, own, tables, catalogue, unread)

    def as_written(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of the rows of the case, told of the columns and the numbers that stand in its files or sheets."""
        told = self.implied.told(as_written(problems, self.implied.tables, self.own, self.catalogue.tables))
        return told if self.sheets is None else self.sheets.told(told)

    def spelled_out(self, tables: Iterable[str]) -> Mapping[str, RawTable]:
        """The tables as text, with the implied rows of some of them written out."""
        return spelled_out(self.raw, tables, self.catalogue.tables)

    def _rows_in_common(self, own: Mapping[str, RawTable]) -> dict[type[Row], tuple[Row, ...]]:
        """The rows of the tables of this case that stand in `own` too."""
        return {
            row: self.rows(row)
            for row in self.catalogue.tables
            if row.about.name in own and own[row.about.name] is self.own.get(row.about.name)
        }

    @cached_property
    def calendar(self) -> Calendar:
        """The periods of the case."""
        return Calendar(self.settings.start, self.settings.end, self.settings.period_months)

    def rows(self, row: type[R]) -> tuple[R, ...]:
        """The rows of a table, in the order of its file; none where the table is absent."""
        return self.tables.rows(row)

    def offers(self) -> tuple[Offer, ...]:
        """The offers of all tables, in the order of the catalogue."""
        return self.tables.offers()

    def derived(self, of: Callable[[CaseData], T]) -> T:
        """What a function gives for the case. It is called once, and its result is kept with the case."""
        if of not in self._kept:
            self._kept[of] = of(self)
        return cast(T, self._kept[of])

    @cached_property
    def _kept(self) -> dict[Callable[[CaseData], object], object]:
        return {}

    @property
    def absent(self) -> tuple[str, ...]:
        """Names of the tables of which the case has nothing, but for those that nobody misses."""
        tables = [row.about for row in self.catalogue.tables]
        return tuple(about.name for about in tables if about.name not in self.implied.tables and not about.opening)

    def frame(self, table: str) -> pd.DataFrame:
        """A table as a data frame with all its columns. Blanks have their default value, dates are datetime64.

        Raises DataError where there is no table of that name.
        """
        import pandas as pd

        row = self.catalogue.table(table)
        data = {}
        for name, field in row.fields().items():
            values = [getattr(each, name) for each in self.rows(row)]
            kind = value_type(field.annotation)
            if kind is date:
                data[name] = pd.Series(pd.to_datetime(pd.Series(values, dtype=object)), dtype="datetime64[ns]")
            elif kind is float:
                data[name] = pd.Series(values, dtype=float)
            elif kind in (int, bool):
                data[name] = pd.Series(values, dtype="Int64" if None in values else kind)
            else:
                data[name] = pd.Series([None if value is None else text_of(value) for value in values], dtype=object)
        return pd.DataFrame(data)

    def change(self, *texts: str) -> Self:
        """The case with changes made one after another, by the grammar of `planner.case.changes`.

        Raises DataError where a change cannot be read or made, or where the changed case is not valid.
        """
        raw, toml = changes.apply(texts, self.raw, self.files[settings.FILE], self.catalogue.tables)
        files = dict(self.files)
        for row in self.catalogue.tables:
            name = row.about.name
            if name in raw and raw[name] is not self.raw.get(name):
                files[row.about.file] = csvtext.render(raw[name])
        files[settings.FILE] = toml
        try:
            made = self._checked(files, raw, self.catalogue, frozenset(), [], self, self.unread)
        except DataError as error:
            problems = [*_with_causes(error.problems, raw, self.catalogue, texts)]
            raise DataError(problems if self.sheets is None else self.sheets.told(problems)) from None
        return replace(made, sheets=self.sheets, changes=(*self.changes, *texts))

    def write(self, folder: str | Path) -> None:
        """Write the case into a folder, which is made if it is not there.

        Tables that were not changed are written byte for byte as they were read. Raises FileExistsError where the
        folder holds another table, which would then seem to belong to this case.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        strange = sorted(path.name for path in folder.glob("*.csv") if path.name not in self.files)
        if strange:
            raise FileExistsError(f"{folder} holds files that are not of this case: {', '.join(strange)}")
        for name, data in self.files.items():
            (folder / name).write_bytes(data)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file that `write` writes, by name."""
        return {name: sha256(data).hexdigest() for name, data in sorted(self.files.items())}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.settings.title!r}>"


def _with_causes(
    problems: tuple[Problem, ...], raw: Mapping[str, RawTable], catalogue: Catalogue, texts: tuple[str, ...]
) -> Iterator[Problem]:
    """The problems of a changed case, each with the changes that caused it."""
    causes = {
        (row.about.file, record.line): record.changed_by
        for row in catalogue.tables
        if row.about.name in raw
        for record in raw[row.about.name].records
        if record.changed_by
    }
    everything = "; ".join(texts)
    for problem in problems:
        cause = causes.get((problem.file, problem.line or 0), everything)
        yield Problem(problem.file, problem.line, problem.column, problem.expected, f"{problem.found} after {cause}")
