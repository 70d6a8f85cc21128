"""A plan: what was solved, its proof, and its tables; written to a folder and read back.

A plan folder holds `plan.json` (the record), one CSV file per table and the case as solved in `case/`, so that it can
be audited and solved again by itself.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from planner.case import Case
from planner.errors import DataError, Problem
from planner.exports import capacity, cash, debt, decisions, ledger, limits, maturities, offers, service
from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

EXPORTS: tuple[tuple[str, Callable[[Solution], pd.DataFrame]], ...] = (
    ("decisions", decisions.table),
    ("capacity", capacity.table),
    ("service", service.table),
    ("ledger", ledger.table),
    ("cash", cash.table),
    ("limits", limits.table),
    ("maturities", maturities.table),
    ("debt", debt.table),
    ("offers", offers.table),
)
"""The tables of a plan: the stem of each file and what fills it."""

RECORD = "plan.json"
CASE = "case"
PROVEN = "proven"
STOPPED = "stopped"


@dataclass(frozen=True)
class Record:
    """What `plan.json` says: the result, how it was reached and from what."""

    title: str
    status: str
    """`proven` to the gap asked for, or `stopped` before it"""
    stopped_by: str
    """`time limit` or `interruption`; blank where it was not stopped"""
    objective_usd_bn: float
    """present cost at the discount rate"""
    bound_usd_bn: float | None
    """no plan costs less; None where it was stopped before anything was known"""
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
    """limits that were bought out; none by `solve`"""
    notes: tuple[str, ...] = field(default=())
    """what a reader should know of offers and windows"""

    def json(self) -> str:
        """The record as the text of `plan.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The record in the text of a `plan.json`; raises DataError where it is none."""
        try:
            data = json.loads(text)
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
        return cls(solution.portfolio.case, record, {name: table(solution) for name, table in EXPORTS})

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """The plan in a folder, as its files say; whether they agree is for `audit` to tell.

        Raises DataError where a file is missing or is no table.
        """
        import pandas as pd

        folder = Path(folder)
        missing = [name for name in (RECORD, *(f"{stem}.csv" for stem, _ in EXPORTS)) if not (folder / name).is_file()]
        if missing:
            raise DataError(Problem(f"{folder}", None, "", f"a plan with {name}", "no such file") for name in missing)
        record = Record.parse((folder / RECORD).read_text(encoding="utf-8"))
        tables = {}
        for stem, _ in EXPORTS:
            table = pd.read_csv(folder / f"{stem}.csv")
            words = table.select_dtypes(exclude="number").columns
            tables[stem] = table.fillna(dict.fromkeys(words, ""))
        return cls(Case.read(folder / CASE), record, tables)

    def write(self, folder: str | Path, *, force: bool = False) -> None:
        """Write the plan beside its place and move it there when it is complete.

        Raises FileExistsError where the folder exists and `force` is false, or where what would be replaced is no plan.
        """
        folder = Path(folder)
        refuse_to_replace(folder, force=force)
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
        try:
            partial.chmod(0o755)
            self.case.write(partial / CASE)
            for name, table in self.tables.items():
                table.to_csv(partial / f"{name}.csv", index=False, lineterminator="\n")
            (partial / RECORD).write_text(self.record.json(), encoding="utf-8")
            _move(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    @property
    def proven(self) -> bool:
        """Whether it is proven to be within the gap that was asked for."""
        return self.record.status == PROVEN

    def __getattr__(self, name: str) -> pd.DataFrame:
        """`plan.decisions`, `plan.cash` and the other tables."""
        if not name.startswith("_") and name in self.tables:
            return self.tables[name]
        raise AttributeError(f"a plan has no {name!r}; its tables are {', '.join(self.tables)}")

    @cached_property
    def values(self) -> dict[str, float]:
        """Value of every decision that is not zero, by its name."""
        found: dict[str, float] = {}
        for name, column in (("decisions", decisions.VALUE), ("capacity", capacity.VALUE), ("service", service.VALUE)):
            table = self.tables[name]
            mine = table[table["decision"].astype(str) != ""]
            found.update(zip(mine["decision"], mine[column].astype(float), strict=True))
        return found


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Raise FileExistsError where writing a plan to `folder` would lose something that `force` does not cover."""
    if not folder.exists():
        return
    if not force:
        raise FileExistsError(f"{folder} exists; --force replaces it")
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / RECORD).is_file()):
        raise FileExistsError(f"{folder} is not a plan and is not replaced")


def _move(partial: Path, folder: Path) -> None:
    """Put a complete folder in its place; what stood there is removed only afterwards, or put back on failure."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = partial.with_name(partial.name.replace(".partial-", ".replaced-"))
    folder.rename(old)
    try:
        partial.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)
