"""A hedge: a plan for every future of a case, in which what is decided before they part is one decision.

Its folder holds `plan.json` (the record), the tables of `planner.plan.hedges.tables`, the case with its events in
`case/`, and in `futures/<name>/` the plan of each future, an ordinary plan folder that can be audited by itself. One
that was made one future at a time has the tables of `planner.plan.hedges.certificate` besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from planner.basics.errors import DataError, Problem
from planner.basics.frames import Table, frame
from planner.basics.outputs import OutputFolder, locked
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.futures.tree import PATH, Future, Tree
from planner.interfaces.catalogue import Catalogue
from planner.plan.contents import CASE, MISSING, OF_FUTURES, of_case
from planner.plan.hedged import OneFuture, tells_of_a_hedge
from planner.plan.hedges.certificate import FILES, Certificate
from planner.plan.hedges.contents import NAMES
from planner.plan.hedges.decided import dated_decisions
from planner.plan.hedges.record import HedgeRecord, Interval, gap_of
from planner.plan.hedges.tables import (
    COLUMNS,
    COUNTS,
    NUMBERS,
    FutureFacts,
    futures_table,
    risk_table,
    signatures_table,
    tree_table,
)  # fmt: skip
from planner.plan.plan import Plan, refuse_to_replace
from planner.plan.record import RECORD, Record
from planner.portfolio.portfolio import Portfolio
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd


class LazyPlans(Mapping[str, Plan]):
    """Plans by the name of their future. Each is read when it is first asked for, and kept."""

    def __init__(self, read: Mapping[str, Callable[[], Plan]]) -> None:
        self._read = dict(read)
        self._known: dict[str, Plan] = {}

    def __getitem__(self, name: str) -> Plan:
        if name not in self._known:
            self._known[name] = self._read[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


@dataclass(frozen=True, eq=False)
class Hedge:
    """A case with events, the tree of its futures, the record, a plan for each future, and the tables."""

    case: Case
    futures_tree: Tree
    record: HedgeRecord
    plans: Mapping[str, Plan]
    """by the name of the future, in the order of the tree"""
    tables: Mapping[str, Table]
    """by the stem of the file"""
    certificate: Certificate | None = None
    """of the bound, where the hedge was made one future at a time"""

    @classmethod
    def of(
        cls,
        case: Case,
        tree: Tree,
        plans: Mapping[str, Plan],
        record: HedgeRecord,
        own: Mapping[str, Plan | None],
        portfolios: Mapping[str, Portfolio] | None = None,
        certificate: Certificate | None = None,
    ) -> Self:
        """The hedge that plans for all futures make.

        Where there are several, the record of each plan is told of which future it is: status and what stopped the
        search become those of the hedge, bound and gap those of plans for this future alone. `own` holds the plans for
        single futures, None where one is not known. `portfolios` may hold those of the futures, which are made again
        otherwise.
        """
        known = portfolios or {}
        made: dict[str, Plan] = {}
        facts: list[FutureFacts] = []
        alone = []
        before: Portfolio | None = None
        for future in tree.futures:
            plan = replace(plans[future.name], record=as_future(plans[future.name].record, tree, future, record))
            portfolio = known.get(future.name) or Portfolio.of(plan.case, before)
            before = portfolio
            made[future.name] = plan
            facts.append(FutureFacts.of(case, plan, portfolio))
            by_itself = own.get(future.name)
            alone.append(None if by_itself is None else dated_decisions(case, portfolio, by_itself.values))
        tables = {
            "tree": tree_table(tree),
            "signatures": signatures_table(tree, facts, alone),
            "futures": futures_table(record, facts),
            "risk": risk_table(tree, facts),
        }
        return cls(case, tree, record, made, tables, certificate)

    @classmethod
    def read(cls, folder: str | Path, catalogue: Catalogue = CATALOGUE) -> Self:
        """The hedge in a folder; the plan of a future is read when it is first asked for.

        Only an audit tells whether its files agree with one another. Raises DataError with every file that is missing
        or is not what it should be.
        """
        folder = Path(folder)
        wrong: list[Problem] = []
        record: HedgeRecord | None = None
        tables: dict[str, Table] = {}
        for name in NAMES:
            try:
                data = (folder / name).read_bytes()
            except OSError as error:
                found = MISSING if isinstance(error, FileNotFoundError) else (error.strerror or str(error)).lower()
                wrong.append(Problem(name, None, "", f"a hedge with {name}", found))
                continue
            try:
                if name == RECORD:
                    record = HedgeRecord.parse(data)
                else:
                    tables[name.removesuffix(".csv")] = table(name.removesuffix(".csv"), data)
            except DataError as error:
                wrong += error.problems
        certificate: Certificate | None = None
        try:
            certificate = Certificate.parse(
                {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
            )
        except DataError as error:
            wrong += error.problems
        if wrong or record is None:
            raise DataError(wrong)
        case = Case.read(folder / CASE, catalogue)
        tree = Tree.of(case)
        plans = {each.name: partial(Plan.read, folder / place_of(each), catalogue) for each in tree.futures}
        return cls(case, tree, record, LazyPlans(plans), tables, certificate)

    @classmethod
    def made_of(cls, files: Mapping[str, bytes], catalogue: Catalogue = CATALOGUE) -> Self:
        """The hedge whose files `write` has written, content by path; a plan is read when it is first asked for.

        Raises DataError where a file is missing or is not what it should be.
        """
        missing = [Problem(name, None, "", f"a hedge with {name}", MISSING) for name in NAMES if name not in files]
        if missing:
            raise DataError(missing)
        case = Case.made_of(of_case(files), catalogue)
        tree = Tree.of(case)
        plans = {each.name: partial(Plan.made_of, _below(files, place_of(each)), catalogue) for each in tree.futures}
        tables = {stem: table(stem, files[f"{stem}.csv"]) for stem in COLUMNS}
        return cls(case, tree, HedgeRecord.parse(files[RECORD]), LazyPlans(plans), tables, Certificate.parse(files))

    def plan(self, future: str) -> Plan:
        """The plan of a future, by its name such as `high/late`. Raises KeyError where there is no such future."""
        return self.plans[future]

    def write(self, folder: str | Path, *, force: bool = False) -> None:
        """Write the hedge beside its folder, and move it into place when it is complete.

        Raises FileExistsError where the folder exists and `force` is false, where what would be replaced is neither a
        plan nor a hedge, or where another run writes there; OSError where the files cannot be written.
        """
        refuse_to_replace(Path(folder), force=force)
        with locked(folder) as place:
            self.put(place, force=force)

    def put(self, place: OutputFolder, *, force: bool = False) -> None:
        """Write the hedge to a folder that this run holds already. Raises as `write` does."""
        refuse_to_replace(place.folder, force=force)
        place.put(self.fill)

    def fill(self, folder: Path) -> None:
        """Write every file into an empty folder; the record comes last."""
        self.case.write(folder / CASE)
        for future in self.futures_tree.futures:
            inner = folder / place_of(future)
            inner.mkdir(parents=True)
            self.plans[future.name].fill(inner)
        for stem in COLUMNS:
            (folder / f"{stem}.csv").write_bytes(csvtext.written(self.tables[stem]))
        for name, data in ({} if self.certificate is None else self.certificate.files()).items():
            (folder / name).write_bytes(data)
        (folder / RECORD).write_bytes(self.record.json().encode())

    @cached_property
    def tree(self) -> pd.DataFrame:
        """The nodes: what is known from which day on."""
        return framed("tree", self.tables["tree"])

    @cached_property
    def signatures(self) -> pd.DataFrame:
        """The policy: what is signed in which node."""
        return framed("signatures", self.tables["signatures"])

    @cached_property
    def futures(self) -> pd.DataFrame:
        """What each future costs, and how near it comes to a limit."""
        return framed("futures", self.tables["futures"])

    @cached_property
    def risk(self) -> pd.DataFrame:
        """How probably each limit is broken, and its headroom."""
        return framed("risk", self.tables["risk"])

    @property
    def values(self) -> Mapping[str, Interval | None]:
        """What perfect information, planning for all futures and deciding anew are worth [USD bn]."""
        return self.record.values

    @property
    def proven(self) -> bool:
        """Whether the hedge is proven to lie within the gap that was asked for."""
        return self.record.proven

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.record.title!r}, {len(self.futures_tree)} futures>"


def place_of(future: Future) -> Path:
    """The folder of a future's plan within that of the hedge."""
    return Path(OF_FUTURES, *future.name.split(PATH))


def _below(files: Mapping[str, bytes], place: Path) -> dict[str, bytes]:
    """The files of a folder among those of a hedge, by their paths within it."""
    start = f"{place.as_posix()}/"
    return {name.removeprefix(start): data for name, data in files.items() if name.startswith(start)}


def is_hedge(folder: str | Path) -> bool:
    """Whether a folder holds a hedge, even one that is damaged: its record says so, or it has a hedge's tables."""
    folder = Path(folder)
    try:
        with (folder / RECORD).open("rb") as file:
            if tells_of_a_hedge(file.read(200)):
                return True
    except OSError:
        pass
    hedged = [(folder / OF_FUTURES).is_dir(), *((folder / f"{stem}.csv").is_file() for stem in COLUMNS)]
    return sum(hedged) >= 2 and not (folder / "decisions.csv").is_file()


def table(stem: str, data: bytes) -> Table:
    """A table of a hedge in the bytes of its file. Raises DataError with every column and cell that is wrong."""
    return csvtext.table(f"{stem}.csv", data, COLUMNS[stem], NUMBERS[stem])


def framed(stem: str, found: Table) -> pd.DataFrame:
    """A table as a data frame, with whole numbers where it holds them."""
    import pandas as pd

    made = frame(found)
    for name in COUNTS.get(stem, ()):
        made[name] = pd.to_numeric(made[name], errors="coerce").astype("Int64")
    return made


def as_future(plan: Record, tree: Tree, future: Future, record: HedgeRecord) -> Record:
    """The record of the plan of a future, told of which hedge it is; unchanged where there is only one future."""
    if len(tree) == 1:
        return plan
    mine = next(each for each in record.futures if each.name == future.name)
    bound = None if mine.own_bound_usd_bn is None else min(mine.own_bound_usd_bn, plan.objective_usd_bn)
    known = tuple(outcome.name for outcome in future.outcomes if outcome is not None)
    return replace(
        plan,
        status=record.status,
        stopped_by=record.stopped_by,
        bound_usd_bn=bound,
        gap=gap_of(plan.objective_usd_bn, bound),
        changes=record.changes,
        hedge=OneFuture(future.name, future.probability, known, len(tree), record.expected_cost_usd_bn),
    )
