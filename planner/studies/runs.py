"""A run: a study's case with changes, solved, audited and packed so that it can travel between processes.

Every run of a study starts from the same decisions, fixed before anything runs, so that what comes of one does not
depend on the others; only a run that asks for more of what another has found starts from that.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from planner.basics.errors import DataError, Infeasible, Stopped
from planner.case.case import Case
from planner.ledgers.limits import Limit
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.solve.record import versions
from planner.solve.smallest import smallest_peak
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.studies.measures import Condition, Measure

STEPPED_ON = ("planner", "highspy", "pyomo")
"""packages whose version decides what a run finds"""

MOST_POSTS = 100_000
"""of a portfolio that is kept while HiGHS searches: half a gigabyte would be gone then, to save seconds of minutes"""


class Status(StrEnum):
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
    """a fault of ours, a plan that its audit does not confirm, or a process that ended"""


WITH_A_PLAN = frozenset({Status.PROVEN, Status.UNPROVEN})


@dataclass(frozen=True)
class Run:
    """One solve of a study."""

    name: str
    changes: tuple[str, ...] = ()
    """in the words of `--set`, on top of the study's case"""
    besides: tuple[Condition, ...] = ()
    """what its plan must keep besides the case's own limits"""
    smallest: Measure | None = None
    """asked for instead of the least cost: no plan then, only the smallest balance and decisions that reach it"""
    target: float | None = None
    """any plan will do that costs no more [USD bn]; infeasible where none does"""
    start: Mapping[str, float] = field(default_factory=dict, repr=False)
    """decisions to start from instead of the study's, where another run has found some that fit better"""


@dataclass(frozen=True, eq=False)
class Base:
    """What all runs of a study share: the case, and the decisions from which each search starts."""

    files: Mapping[str, bytes]
    """content of the case's files, by name"""
    start: Mapping[str, float] = field(default_factory=dict)
    """value by decision; empty where each run starts from nothing"""

    @staticmethod
    def of(case: Case, start: Plan | None = None) -> Base:
        """A case, and the plan to start from if there is one."""
        return Base(dict(case.files), {} if start is None else dict(start.values))

    @cached_property
    def digest(self) -> str:
        """Names everything that decides what a run finds, other than its changes."""
        hashed = sha256()
        for name, data in sorted(self.files.items()):
            hashed.update(f"{name} {len(data)} ".encode() + data)
        for name, value in sorted(self.start.items()):
            hashed.update(f"{name}={value!r};".encode())
        found = versions()
        hashed.update(json.dumps([found.get(name, "") for name in STEPPED_ON]).encode())
        return hashed.hexdigest()

    def key(self, run: Run) -> str:
        """Names a run by content: runs of one key find the same."""
        asked = [self.digest, *run.changes, *map(repr, run.besides), repr(run.smallest)]
        if run.target is not None:
            asked.append(f"target {run.target!r}")
        if run.start:
            asked.append(repr(sorted(run.start.items())))
        return sha256(json.dumps(asked).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    run: Run
    status: Status
    objective_usd_bn: float | None = None
    """present cost; of a run that asks for a smallest value, that value in its own unit"""
    bound_usd_bn: float | None = None
    """nothing is less"""
    gap: float | None = None
    seconds: float = 0.0
    """of its solve"""
    message: str = ""
    """what stood in the way, if something did"""
    interrupted: bool = False
    """True: somebody stopped it, so that it says nothing about the case"""
    decisions: Mapping[str, float] = field(default_factory=dict, repr=False)
    """of a run that asks for a smallest value: with which it is reached"""
    packed: bytes | None = field(default=None, repr=False, compare=False)
    """the plan's folder as a zip file"""

    @cached_property
    def plan(self) -> Plan:
        """The plan; raises LookupError where there is none."""
        if self.packed is None:
            raise LookupError(f"{self.run.name} has no plan: {self.status} {self.message}".rstrip())
        with zipfile.ZipFile(io.BytesIO(self.packed)) as archive:
            return Plan.made_of({name: archive.read(name) for name in archive.namelist()})

    def unpack(self, folder: Path) -> None:
        """Write the plan's files into a folder."""
        if self.packed is not None:
            with zipfile.ZipFile(io.BytesIO(self.packed)) as archive:
                archive.extractall(folder)

    def json(self) -> dict[str, Any]:
        """All but the plan, for `Outcome.parse`."""
        told = {name: value for name, value in asdict(self).items() if name != "packed"}
        return {**told, "run": {"name": self.run.name, "changes": list(self.run.changes)}}

    @classmethod
    def parse(cls, data: Mapping[str, Any], packed: bytes | None) -> Outcome:
        """The outcome that `json` gave, with its plan; raises KeyError, TypeError or ValueError where it is none."""
        run = Run(str(data["run"]["name"]), tuple(data["run"]["changes"]))  # conditions are the asker's to know
        return cls(**{**data, "run": run, "status": Status(data["status"]), "packed": packed})


def perform(base: Base, run: Run) -> Outcome:
    """Solve and audit one run; whatever goes wrong is told in its outcome."""
    try:
        case, like = _known(base)
        changed = case.change(*run.changes) if run.changes else case
        if run.smallest is not None:
            return _smallest(changed, like, base, run, run.smallest)
        study = StudyOptions(extra_limits=partial(_besides, run.besides), target=run.target, similar=like)
        plan = solve(changed, start=run.start or base.start or None, study=study)
    except DataError as error:
        return Outcome(run, Status.INVALID, message=str(error))
    except Infeasible as error:
        return Outcome(run, Status.INFEASIBLE, message=error.why)
    except Stopped as error:
        return Outcome(run, Status.STOPPED, message=error.why, interrupted="interruption" in error.why)
    except Exception:  # told, so that the other runs go on
        return Outcome(run, Status.FAILED, message=traceback.format_exc())
    record = plan.record
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "plan"
        plan.write(written)
        audited = audit(written)
        packed = pack(written)
    return Outcome(
        run,
        (Status.PROVEN if plan.proven else Status.UNPROVEN) if audited.agrees else Status.FAILED,
        record.objective_usd_bn,
        record.bound_usd_bn,
        record.gap,
        float(record.solver["seconds"]),
        "" if audited.agrees else audited.text(),
        interrupted=record.stopped_by == "interruption",
        packed=packed,
    )


def _besides(conditions: tuple[Condition, ...], portfolio: Portfolio) -> Iterator[Limit]:
    for condition in conditions:
        yield from condition.limits(portfolio)


def _smallest(case: Case, like: Portfolio | None, base: Base, run: Run, of: Measure) -> Outcome:
    began = time.perf_counter()
    found = smallest_peak(
        case, of.balance, of.periods(case.calendar.T), start=run.start or base.start or None,
        extra_limits=partial(_besides, run.besides), similar=like,
    )  # fmt: skip
    return Outcome(
        run,
        Status.PROVEN if found.proven else Status.UNPROVEN,
        found.value,
        found.bound,
        seconds=time.perf_counter() - began,
        message="" if found.proven else f"stopped by {found.stopped_by}",
        interrupted=found.stopped_by == "interruption",
        decisions=found.decisions,
    )


def pack(folder: Path) -> bytes:
    """The files of a folder as a zip file, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
    return buffer.getvalue()


_KNOWN: dict[str, tuple[Case, Portfolio | None]] = {}
"""the case of the study that this process works for, and its portfolio, by the study's digest"""


def _known(base: Base) -> tuple[Case, Portfolio | None]:
    """The case of a study, read and posted once in each process; None where it is better posted anew for each run."""
    if base.digest not in _KNOWN:
        _KNOWN.clear()
        case = Case.made_of(base.files)
        portfolio = Portfolio.of(case)
        _KNOWN[base.digest] = case, portfolio if len(portfolio.ledgers.posts) <= MOST_POSTS else None
    return _KNOWN[base.digest]
