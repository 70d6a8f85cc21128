"""A plan that is carried out in a world up to a day: what it does until then, and the case of that day.

The contract is that of `planner.roll`: present cost of the plan = what is posted before the day + the rest in the later
case, discounted. A case that does not say so is an error of the program.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from planner.case.case import Case
from planner.interfaces.catalogue import Catalogue
from planner.plan.contents import CASE, of_case
from planner.plan.hedges.hedge import Hedge
from planner.plan.plan import Plan
from planner.plan.record import RECORD
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio
from planner.roll.advance import Advanced, advance
from planner.roll.folder import confirmed
from planner.roll.identity import carried_out
from planner.simulation.revealing import TurnedOut, as_for_all, for_one_future, revealed, without_moot
from planner.simulation.segments import Segment, measured, posted
from planner.studies.hedged.solved import is_packed_hedge
from planner.studies.packing import unpacked
from planner.studies.runs import Base, Run, RunResult, RunStatus

SEGMENT = "segment.json"
SAME = 1e-6
"""relative difference of two costs that are the same"""


@dataclass(frozen=True)
class CarryRun(Run):
    """A plan to be carried out up to a day, in a world in which some news came meanwhile."""

    packed: bytes = field(default=b"", repr=False)
    """the folder of the plan or hedge"""
    told: tuple[TurnedOut, ...] = ()
    """what becomes known before the day"""
    until: date | None = None
    """None: the end"""

    @property
    def asked(self) -> list[object]:
        """Everything that decides what it finds."""
        return [digest(self.packed), str(self.until), *map(repr, self.told)]


def digest(packed: bytes) -> str:
    """A hash of what a packed plan decides: its files without records, which say how long it took."""
    hashed = sha256()
    for name, data in sorted(unpacked(packed).items()):
        if name.rpartition("/")[2] != RECORD:
            hashed.update(f"{name} {len(data)} ".encode() + data)
    return hashed.hexdigest()


def carried(base: Base, run: CarryRun) -> RunResult:
    """Carry a plan out. The result's files are the case of the later day, if there is one, and the segment."""
    began = time.perf_counter()
    start = Case.made_of(base.files, base.catalogue)
    through = _hedge if is_packed_hedge(run.packed) else _plan
    segment, advanced = through(start, run, base.catalogue)
    files = {SEGMENT: segment.json()}
    if advanced is not None:
        later = without_moot(as_for_all(advanced.case, start), start)
        files |= {f"{CASE}/{name}": data for name, data in later.files.items()}
    return RunResult(
        run, RunStatus.PROVEN, segment.posted_usd_bn, seconds=time.perf_counter() - began, packed=_packed(files),
        catalogue=base.catalogue,
    )  # fmt: skip


def _plan(start: Case, run: CarryRun, catalogue: Catalogue) -> tuple[Segment, Advanced | None]:
    """The segment of a plan for one future, and what it leaves to the day; None at the end."""
    plan = Plan.made_of(unpacked(run.packed), catalogue)
    if any(each.effect for each in run.told):
        raise RuntimeError(f"a plan for one future is carried on through {', '.join(each.text for each in run.told)}")
    case = revealed(plan.case, run.told, start)
    solution = carried_out(Portfolio.of(case), plan.values)
    plan = Plan.of(solution, plan.record)
    segment = measured(plan, solution, run.until)
    if run.until is None:
        return segment, None
    advanced = advance(plan, run.until)
    confirmed(advanced)
    return segment, advanced


def _hedge(start: Case, run: CarryRun, catalogue: Catalogue) -> tuple[Segment, Advanced | None]:
    """The same of a plan for all futures.

    Up to the day all futures that are possible have the same decisions, so any of them tells what is done. To the day
    leads the case with everything that is known by then, in which what comes later is as expected. Decisions after the
    day are those of one future, so there it need not keep its limits; up to the day both post the same.
    """
    hedge = Hedge.made_of(unpacked(run.packed), catalogue)
    source = hedge.plan(branch(hedge, run.told))
    own = carried_out(Portfolio.of(source.case), source.values)
    segment = measured(source, own, run.until)
    if run.until is None:
        return segment, None
    case = for_one_future(revealed(hedge.case, run.told, start))
    solution = carried_out(Portfolio.of(case), values_in(case, source))
    here = posted(solution, run.until)
    if abs(here - segment.posted_usd_bn) > SAME * max(1.0, abs(here), abs(own.objective)):
        raise RuntimeError(f"up to {run.until} the hedge posts {segment.posted_usd_bn:.9f}, in the world {here:.9f}")
    advanced = advance(Plan.of(solution, source.record), run.until)
    if advanced.identity.error > SAME:
        raise RuntimeError(f"the case of {run.until} does not agree with the hedge: {advanced.identity.error:.1e}")
    return segment, advanced


def segment_of(result: RunResult) -> Segment:
    """The segment in a result of `carried`."""
    assert result.packed is not None, "it was carried out"
    return Segment.parse(unpacked(result.packed)[SEGMENT])


def case_files(result: RunResult) -> dict[str, bytes]:
    """The files of the later case in a result of `carried`, by name."""
    assert result.packed is not None, "it was carried out"
    return of_case(unpacked(result.packed))


def branch(hedge: Hedge, told: tuple[TurnedOut, ...]) -> str:
    """The first future of a hedge in which all of this is so, as far as the hedge knows the events."""
    events = {event.event for event in hedge.futures_tree.events}
    known = {each.name for each in told if each.event in events}
    for future in hedge.futures_tree.futures:
        if known <= {outcome.name for outcome in future.outcomes if outcome is not None}:
            return future.name
    raise LookupError(f"no future with {', '.join(sorted(known))}")


def values_in(case: Case, source: Plan) -> dict[str, float]:
    """The decisions of a plan by the names of another case."""
    moved = moved_keys(source.case, case)
    return {renamed(name, moved): value for name, value in source.values.items()}


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip file, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()
