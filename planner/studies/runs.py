"""A run: a study's case with changes, solved, audited and packed so that it can travel between processes.

All runs of a study start from the same decisions, and are guided by the same search (`planner.solver.experience`); both
are fixed before anything runs. So the result of a run does not depend on the other runs. Only a run that continues what
another run has found starts from the decisions of that run.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from planner.basics.errors import DataError, Infeasible, MissingResource, Stopped
from planner.basics.resources import missing_resource
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.interfaces.catalogue import Catalogue
from planner.ledgers.limits import Limit
from planner.plan.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.solve.learnt import Learnt
from planner.solve.least_values import smallest_peak
from planner.solve.record import versions
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.studies.hedged.solved import agrees, in_money, is_packed_hedge, smallest, solved
from planner.studies.measures import Condition, Measure
from planner.studies.packing import pack, unpacked

DECISIVE_PACKAGES = ("planner", "highspy", "pyomo")
"""packages whose version decides what a run finds"""

MOST_POSTS = 100_000
"""a portfolio with more posts is not kept while HiGHS searches: it would take half a gigabyte to save some seconds"""


class RunStatus(StrEnum):
    """How a run ended."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    """a plan, but stopped before its gap"""
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    """stopped before any plan"""
    INVALID = "invalid"
    """its changes cannot be made, or make no valid case"""
    FAILED = "failed"
    """a fault of the program, a plan that its audit does not confirm, or a process that ended"""


APART = frozenset({"run", "packed", "learnt", "catalogue", "replaced"})
"""fields of a result that are not kept with the others"""
WITH_A_PLAN = frozenset({RunStatus.PROVEN, RunStatus.UNPROVEN})


@dataclass(frozen=True)
class Run:
    """One solve of a study."""

    name: str
    changes: tuple[str, ...] = ()
    """changes of the study's case, in the words of `--set`"""
    besides: tuple[Condition, ...] = ()
    """conditions that its plan must keep besides the limits of the case"""
    smallest: Measure | None = None
    """find the smallest value of this measure instead of the least cost; the result then has decisions but no plan"""
    target: float | None = None
    """any plan that costs no more is enough [USD bn]; infeasible where every plan costs more"""
    most: float | None = None
    """of a hedge: its objective may not be higher [USD bn]; of an ordinary plan, `CostAtMost` says it"""
    start: Mapping[str, float] = field(default_factory=dict, repr=False)
    """decisions to start from instead of the study's, where another run has found better ones"""
    teaches: bool = False
    """the result also says what its search has learnt, for the runs that follow"""


@dataclass(frozen=True, eq=False)
class Base:
    """What all runs of a study share: the case, its catalogue, and the decisions from which each search starts."""

    files: Mapping[str, bytes]
    """content of the case's files, by name"""
    catalogue: Catalogue
    start: Mapping[str, float] = field(default_factory=dict)
    """value by decision; empty where each run starts from nothing"""
    hedged: bool = False
    """whether each run makes a plan for all futures of its case; such a run starts from nothing"""
    learnt: bytes | None = field(default=None, repr=False)
    """what the search of the base run has learnt, which guides those of all others (`planner.solve.learnt`)"""
    changes: tuple[str, ...] = ()
    """those that were made to the case since it was read, which the records of plans name"""

    @staticmethod
    def of(case: Case, start: Plan | None = None, hedged: bool = False, learnt: bytes | None = None) -> Base:
        """The base of a study of a case; runs start from the plan where one is given."""
        begin = {} if start is None else dict(start.values)
        return Base(dict(case.files), case.catalogue, begin, hedged, learnt, case.changes)

    @cached_property
    def digest(self) -> str:
        """A hash of everything that decides what a run finds, other than the run itself.

        It covers the names of the instruments and rules of a catalogue that is not the planner's own, not their code.
        """
        hashed = sha256()
        if self.catalogue != CATALOGUE:
            names = [*(each.name for each in self.catalogue.instruments), *(rule.name for rule in self.catalogue.rules)]
            hashed.update(f"catalogue {' '.join(names)};".encode())
        if self.hedged:
            hashed.update(b"hedged;")
        if self.changes:
            hashed.update(f"changes {self.changes!r};".encode())
        for name, data in sorted(self.files.items()):
            hashed.update(f"{name} {len(data)} ".encode() + data)
        for name, value in sorted(self.start.items()):
            hashed.update(f"{name}={value!r};".encode())
        hashed.update(self.learnt or b"")
        found = versions()
        hashed.update(json.dumps([found.get(name, "") for name in DECISIVE_PACKAGES]).encode())
        return hashed.hexdigest()

    def key(self, run: Run) -> str:
        """A name of the run by its content: runs of one key find the same."""
        asked = [self.digest, *run.changes, *map(repr, run.besides), repr(run.smallest)]
        if run.target is not None:
            asked.append(f"target {run.target!r}")
        if run.most is not None:
            asked.append(f"most {run.most!r}")
        if run.start:
            asked.append(repr(sorted(run.start.items())))
        if run.teaches:
            asked.append("teaches")
        return sha256(json.dumps(asked).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class RunResult:
    """The result of a run."""

    run: Run
    status: RunStatus
    objective_usd_bn: float | None = None
    """present cost; of a run that asks for a smallest value, that value in its own unit"""
    cost_in_money_usd_bn: float | None = None
    penalties_usd_bn: float | None = None
    """both parts of the present cost; None where there is no plan"""
    bound_usd_bn: float | None = None
    """lower bound that is proven for it"""
    gap: float | None = None
    seconds: float = 0.0
    """time of its solve"""
    message: str = ""
    """why there is no proven plan; empty where there is one"""
    interrupted: bool = False
    """True: somebody stopped the run, so it says nothing about the case"""
    lacking: bool = False
    """True: it failed because the machine lacked something, which the message names"""
    decisions: Mapping[str, float] = field(default_factory=dict, repr=False)
    """of a run that asks for a smallest value: the decisions that reach it"""
    packed: bytes | None = field(default=None, repr=False, compare=False)
    """the folder of the plan, or of the hedge, as a zip file; None where there is no plan"""
    learnt: bytes | None = field(default=None, repr=False, compare=False)
    """of a run that teaches: what its search has learnt; None where it did not close the gap"""
    catalogue: Catalogue = field(default=CATALOGUE, repr=False, compare=False)
    """the catalogue with which the plan is read"""
    replaced: Path | None = field(default=None, compare=False)
    """the folder of a kept result that was damaged or edited, in the place of which this one was found"""

    @cached_property
    def plan(self) -> Plan:
        """The plan; raises LookupError where there is none."""
        if self.packed is None:
            raise LookupError(f"{self.run.name} has no plan: {self.status} {self.message}".rstrip())
        return Plan.made_of(unpacked(self.packed), self.catalogue)

    @cached_property
    def hedge(self) -> Hedge:
        """The plan for all futures, of a study that makes such plans; raises LookupError where there is none."""
        if self.packed is None:
            raise LookupError(f"{self.run.name} has no plan: {self.status} {self.message}".rstrip())
        return Hedge.made_of(unpacked(self.packed), self.catalogue)

    @property
    def futures(self) -> list[tuple[float, Plan]]:
        """The plan of each future with its probability; of an ordinary plan that one."""
        if self.packed is None or not is_packed_hedge(self.packed):
            return [(1.0, self.plan)]
        return [(each.probability, self.hedge.plan(each.name)) for each in self.hedge.futures_tree.futures]

    def unpack(self, folder: Path) -> None:
        """Write the plan's files into a folder."""
        if self.packed is not None:
            with zipfile.ZipFile(io.BytesIO(self.packed)) as archive:
                archive.extractall(folder)

    def json(self) -> dict[str, Any]:
        """The result without its plan, for `RunResult.parse`."""
        names = [each.name for each in fields(self) if each.name not in APART]
        told = {name: getattr(self, name) for name in names}
        return {"run": {"name": self.run.name, "changes": list(self.run.changes)}, **told}

    def seal(self, key: str) -> str:
        """SHA-256 over the key of the run, the result, and every file of its plan."""
        files = {} if self.packed is None else unpacked(self.packed)
        hashes = {name: sha256(data).hexdigest() for name, data in sorted(files.items())}
        learnt = [] if self.learnt is None else [sha256(self.learnt).hexdigest()]
        return sha256(json.dumps([key, self.json(), hashes, *learnt], sort_keys=True).encode()).hexdigest()

    @classmethod
    def parse(cls, data: Mapping[str, Any], packed: bytes | None, learnt: bytes | None = None) -> RunResult:
        """The result that `json` gave, with its plan and with what was learnt.

        Raises KeyError, TypeError or ValueError where it is none. Its run has a name and changes only, and its
        catalogue is the planner's own. The caller knows both.
        """
        run = Run(str(data["run"]["name"]), tuple(data["run"]["changes"]))
        return cls(**{**data, "run": run, "status": RunStatus(data["status"]), "packed": packed, "learnt": learnt})


def no_plan(outcome: RunResult, of: str) -> Exception:
    """The error that says why a run, of which a study cannot do without, has no plan; `of` names it."""
    said = f"{of}: {outcome.message}"
    match outcome.status:
        case RunStatus.INFEASIBLE:
            return Infeasible(said)
        case RunStatus.STOPPED:
            return Stopped(said)
        case _:
            return MissingResource(said) if outcome.lacking else RuntimeError(said)


def perform(base: Base, run: Run, cache: CaseCache | None = None) -> RunResult:
    """Solve and audit one run; its result says what went wrong, if anything did.

    The case is taken from the cache, by default that of this process.
    """
    return attempted(run, partial(_performed, base, run, cache or OF_THIS_PROCESS))


def _performed(base: Base, run: Run, cache: CaseCache) -> RunResult:
    case, like = cache.of(base)
    changed = case.change(*run.changes) if run.changes else case
    if run.smallest is not None:
        return _smallest(changed, like, base, run, run.smallest)
    taught: list[Learnt] = []
    study = StudyOptions(
        extra_limits=partial(_besides, run.besides),
        target=run.target,
        similar=like,
        learnt=None if base.learnt is None else Learnt.unpacked(base.learnt),
        on_learnt=taught.append if run.teaches else None,
    )
    if base.hedged:
        return hedge_result(run, solved(changed, study, run.most), base.catalogue)
    plan = solve(changed, start=run.start or base.start or None, study=study)
    result = plan_result(run, plan, base.catalogue, case)
    return replace(result, learnt=taught[0].packed()) if taught else result


def attempted(run: Run, carry_out: Callable[[], RunResult]) -> RunResult:
    """The result of carrying out a run; where it raises an error, that says what went wrong."""
    try:
        return carry_out()
    except DataError as error:
        return RunResult(run, RunStatus.INVALID, message=str(error))
    except Infeasible as error:
        return RunResult(run, RunStatus.INFEASIBLE, message=error.why)
    except Stopped as error:
        return RunResult(run, RunStatus.STOPPED, message=error.why, interrupted="interruption" in error.why)
    except Exception as error:  # the result says it, so that the other runs go on
        return _failed(run, error)


def _failed(run: Run, error: Exception) -> RunResult:
    lacking = missing_resource(error)
    if lacking is None and isinstance(error, OSError):  # such as a full disk
        lacking = MissingResource(str(error))
    message = traceback.format_exc() if lacking is None else str(lacking).replace("\n", ". ")
    return RunResult(run, RunStatus.FAILED, message=message, lacking=lacking is not None)


def plan_result(run: Run, plan: Plan, catalogue: Catalogue, like: Case | None = None) -> RunResult:
    """The result of a run that has a plan, once the plan is audited; `like` spares the parsing of its case."""
    try:
        return _audited(run, plan, catalogue, like)
    except Exception as error:
        return _failed(run, error)


def _audited(run: Run, plan: Plan, catalogue: Catalogue, like: Case | None) -> RunResult:
    record = plan.record
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "plan"
        plan.write(written)
        audited = audit(written, catalogue, like=like)
        packed = pack(written)
    return RunResult(
        run,
        (RunStatus.PROVEN if plan.proven else RunStatus.UNPROVEN) if audited.agrees else RunStatus.FAILED,
        record.objective_usd_bn,
        record.cost_in_money_usd_bn,
        record.penalties_usd_bn,
        record.bound_usd_bn,
        record.gap,
        float(record.solver["seconds"]),
        "" if audited.agrees else audited.text(),
        interrupted=record.stopped_by == "interruption",
        packed=packed,
        catalogue=catalogue,
    )


def hedge_result(run: Run, hedge: Hedge, catalogue: Catalogue) -> RunResult:
    """The result of a run that has a plan for all futures, once that is audited."""
    record, packed, wrong = hedge.record, *agrees(hedge, catalogue)
    ended = RunStatus.FAILED if wrong else RunStatus.PROVEN if hedge.proven else RunStatus.UNPROVEN
    money, penalties = in_money(hedge)
    return RunResult(
        run, ended, record.objective_usd_bn, money, penalties, record.bound_usd_bn, record.gap,
        sum(record.seconds.values()), wrong, interrupted=record.stopped_by == "interruption", packed=packed,
        catalogue=catalogue,
    )  # fmt: skip


def _besides(conditions: tuple[Condition, ...], portfolio: Portfolio) -> Iterator[Limit]:
    for condition in conditions:
        yield from condition.limits(portfolio)


def _smallest(case: Case, like: Portfolio | None, base: Base, run: Run, of: Measure) -> RunResult:
    began = time.perf_counter()
    find = smallest if base.hedged else smallest_peak
    found = find(
        case, of.balance, of.periods(case.calendar.T), start=run.start or base.start or None,
        extra_limits=partial(_besides, run.besides), similar=like,
    )  # fmt: skip
    return RunResult(
        run,
        RunStatus.PROVEN if found.proven else RunStatus.UNPROVEN,
        found.value,
        bound_usd_bn=found.bound,
        seconds=time.perf_counter() - began,
        message="" if found.proven else f"stopped by {found.stopped_by}",
        interrupted=found.stopped_by == "interruption",
        decisions=found.decisions,
    )


@dataclass
class CaseCache:
    """The case of one study, and its portfolio.

    A worker process gets each run by itself, with a new copy of the base, so nothing that travels with a run can hold
    the case from one run to the next. Not every executor lets a study prepare its workers either. So each process holds
    one cache, which is `OF_THIS_PROCESS`.
    """

    digest: str = ""
    """of the study's base; empty as long as there is none"""
    case: Case | None = None
    portfolio: Portfolio | None = None
    """None where it has too many posts to be kept"""

    def of(self, base: Base) -> tuple[Case, Portfolio | None]:
        """The case and portfolio of a study; they are read and posted where the cache holds those of another study."""
        if self.case is None or self.digest != base.digest or self.case.catalogue != base.catalogue:
            self.case = replace(Case.made_of(base.files, base.catalogue), changes=base.changes)
            portfolio = Portfolio.of(self.case)
            self.portfolio = portfolio if len(portfolio.ledgers.posts) <= MOST_POSTS else None
            self.digest = base.digest
        return self.case, self.portfolio


OF_THIS_PROCESS = CaseCache()
