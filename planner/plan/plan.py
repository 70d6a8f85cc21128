"""A plan: what was solved, its proof, and its tables; written to a folder and read back.

A plan folder holds `plan.json` (the record), one CSV file per table and the case as solved in `case/`, so that it can
be audited and solved again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from planner.basics.errors import DataError, Problem
from planner.basics.frames import Frames, LazyFrames, Table, records, rows
from planner.basics.outputs import OutputFolder, locked
from planner.basics.text import printable
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue
from planner.plan.exports import capacity, cash, debt, decided, decisions, ledger, limits, maturities, offers, service
from planner.plan.headline import Headline
from planner.portfolio.solution import Solution
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd


class Export(Protocol):
    """What a module of `exports` offers."""

    @property
    def COLUMNS(self) -> tuple[str, ...]:
        """The header of the file."""

    def table(self, solution: Solution) -> Table:
        """The table of a solution, with these columns."""


EXPORTS: tuple[tuple[str, Export], ...] = (
    ("decisions", decisions),
    ("capacity", capacity),
    ("service", service),
    ("ledger", ledger),
    ("cash", cash),
    ("limits", limits),
    ("maturities", maturities),
    ("debt", debt),
    ("offers", offers),
)
"""The tables of a plan: the stem of each file and what fills it."""

RECORD = "plan.json"
CASE = "case"
PROVEN = "proven"
STOPPED = "stopped"


@dataclass(frozen=True)
class Record:
    """What `plan.json` says: the result, how it was found, and from which files."""

    title: str
    status: str
    """`proven` to the gap asked for, or `stopped` before it"""
    stopped_by: str
    """`time limit` or `interruption`; blank where it was not stopped"""
    objective_usd_bn: float
    """present cost at the discount rate; the sum of the next two"""
    cost_in_money_usd_bn: float
    """what is paid less what is received"""
    penalties_usd_bn: float
    """prices of demand that is not served and of policies that are missed, which nobody pays"""
    bound_usd_bn: float | None
    """no plan costs less; None where the search stopped before any bound was known"""
    gap: float | None
    """(objective − bound) / |objective|"""
    present_cost_at_lease_rate_usd_bn: float
    seconds: Mapping[str, float]
    """wall time by phase"""
    solver: Mapping[str, float | str]
    options: Mapping[str, float | str | None]
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    """SHA-256 of each file of the case as solved"""
    relaxed: tuple[str, ...] = ()
    """limits that are broken because a study allows it, as `Limit.named` names them"""
    notes: tuple[str, ...] = field(default=())
    """remarks on offers and their windows"""

    @property
    def headline(self) -> Headline:
        """What the plan costs in money, and in penalties."""
        return Headline(self.cost_in_money_usd_bn, self.penalties_usd_bn)

    def json(self) -> str:
        """The record as the text of `plan.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The record in the text of a `plan.json`. Raises DataError where the text is no record."""
        try:
            data = json.loads(text)
            if not printable(data["title"]):
                raise ValueError("a title with control characters")
            return cls(**{**data, "relaxed": tuple(data["relaxed"]), "notes": tuple(data["notes"])})
        except (ValueError, TypeError, KeyError) as error:
            raise DataError([Problem(RECORD, None, "", "the record of a plan", str(error))]) from None


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
        """The plan in a folder. Only `audit` tells whether its files agree with one another.

        Raises DataError where a file is missing or is no table, or where a table lacks a column.
        """
        folder = Path(folder)
        _complete(str(folder), lambda name: (folder / name).is_file())
        record = Record.parse((folder / RECORD).read_bytes().decode(errors="replace"))
        tables = {stem: csvtext.imported(name := f"{stem}.csv", (folder / name).read_bytes()) for stem, _ in EXPORTS}
        lacking = [
            Problem(f"{stem}.csv", 1, column, "a column", "none")
            for stem, export in EXPORTS
            for column in export.COLUMNS
            if column not in tables[stem]
        ]
        if lacking:
            raise DataError(lacking)
        return cls(Case.read(folder / CASE, catalogue), record, tables)

    @classmethod
    def made_of(cls, files: Mapping[str, bytes], catalogue: Catalogue = CATALOGUE) -> Self:
        """The plan whose files `write` has written, content by path. A table is read when it is first asked for.

        Raises DataError where a file is missing, and later where a table that is asked for is no table.
        """
        _complete("plan", files.__contains__)
        of_case = {path.removeprefix(f"{CASE}/"): data for path, data in files.items() if path.startswith(f"{CASE}/")}
        tables = {stem: partial(csvtext.imported, name := f"{stem}.csv", files[name]) for stem, _ in EXPORTS}
        return cls(
            Case.made_of(of_case, catalogue), Record.parse(files[RECORD].decode(errors="replace")), LazyFrames(tables)
        )

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
        place.put(self._fill)

    def _fill(self, folder: Path) -> None:
        """Write every file; the record comes last."""
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


def _complete(where: str, there: Callable[[str], bool]) -> None:
    """Raise DataError where a file of a plan is missing."""
    names = (RECORD, *(f"{stem}.csv" for stem, _ in EXPORTS))
    missing = [Problem(where, None, "", f"a plan with {name}", "no such file") for name in names if not there(name)]
    if missing:
        raise DataError(missing)


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Raise FileExistsError where writing a plan to `folder` would lose something that `force` does not cover."""
    if not folder.exists():
        return
    if not force:
        raise FileExistsError(f"{folder} exists; --force replaces it")
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / RECORD).is_file()):
        raise FileExistsError(f"{folder} is not a plan and is not replaced")
