"""The runs of a stress: each event by itself and then all together, against one plan.

Events happen in the order of their days, and nobody knows an event before its day. On each day of an event that
changes the case, what is decided before is held (`held`). The rest is decided anew, at least present cost, with the
events known by then and as if no other followed, and every limit that somebody set is kept if it can be. Where that
cannot be, first

    least      min Σ h · breach / size of the limit

is found, and then the plan of least present cost among those that break limits by no more than that in all. So no price
has to be put on a breach, and no limit is broken to save money. Shortage is accepted before a breach where it has a
price; where it has none, demand that is not met is a breach too. What machines and contracts can do is never broken.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from planner.basics.errors import DataError, Infeasible, Stopped
from planner.case.case import Case
from planner.interfaces.events import DefaultOutcome, Event
from planner.model.limit_rows import Leeway
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.plan.record import TOGETHER, Stressed
from planner.portfolio.may_break import loose_in
from planner.portfolio.outdated_waivers import removals
from planner.solve.least_values import least_broken
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.studies.stress.events import changes, changes_case, check, kind_of
from planner.studies.stress.kept_decisions import Held
from planner.studies.stress.report import Stress, StressResult

ROUND = 1e-9
"""by how much more than the least limits may be broken, relative and absolute; a plan does not show so little"""


def stress(plan: Plan, events: Sequence[Event], *, on_phase: Callable[[str], None] = lambda _: None) -> Stress:
    """Stress a plan: each event by itself, and all together where there are several.

    Every plan that is found is audited. Raises DataError where an event is not one of the plan's case, or where the
    contract of a default does not run on its day.
    """
    problems = [problem for event in events for problem in check(event, plan)]
    if problems:
        raise DataError(problems)
    for event in events:
        if not changes_case(event, plan):
            _default(event, plan)
    runs: list[tuple[str, tuple[Event, ...]]] = [(event.event, (event,)) for event in events]
    if len(events) > 1:
        runs.append((TOGETHER, tuple(events)))
    outcomes = []
    for name, happening in runs:
        on_phase(name)
        outcomes.append(_outcome(name, plan, happening))
    return Stress(plan, tuple(outcomes))


def _outcome(name: str, plan: Plan, events: tuple[Event, ...]) -> StressResult:
    asked: tuple[str, ...] = ()
    after = plan
    for day, happening in _by_day(event for event in events if changes_case(event, plan)):
        found = tuple(changes(happening, after))
        if not found:
            continue
        asked = (*asked, *found)
        try:
            changed = plan.case.change(*asked)
            if gone := removals(changed):
                asked = (*asked, *gone)
                changed = plan.case.change(*asked)
            after = _solved(changed, Held(after, day), _comes_from(name, plan, events, asked))
        except Infeasible as error:
            return StressResult(name, events, asked, None, (), f"no plan keeps what is signed: {error.why}")
        except Stopped as error:
            return StressResult(name, events, asked, None, (), error.why)
        _audited(name, after)
    defaults, why = [], ""
    for event in events:
        if not changes_case(event, plan):
            try:
                defaults.append(_default(event, after))
            except DataError:  # checked under the plan itself
                why = f"under the other events {event.subject} does not run on {event.from_date}"
    return StressResult(name, events, asked, after, tuple(defaults), why)


def _by_day(events: Iterable[Event]) -> list[tuple[date, list[Event]]]:
    """The events of each day, the earliest first."""
    ordered = sorted(events, key=lambda event: event.from_date)
    return [(day, list(of_day)) for day, of_day in groupby(ordered, key=lambda event: event.from_date)]


def _default(event: Event, plan: Plan) -> DefaultOutcome:
    """Who gets what on a default under a plan; raises DataError where its contract does not run on that day."""
    of_kind = kind_of(event, plan).default
    assert of_kind is not None, "a kind that does not change the case is a default"
    return of_kind(event, plan)


def _comes_from(name: str, plan: Plan, events: Sequence[Event], asked: Sequence[str]) -> Stressed:
    """What the record of a stress plan says of where it comes from."""
    rows = tuple(
        {
            "event": event.event, "kind": event.kind, "subject": event.subject,
            "from_date": event.from_date.isoformat(), "value": event.value,
        }
        for event in events
    )  # fmt: skip
    return Stressed(name, rows, tuple(asked), plan.record.title, plan.record.objective_usd_bn, plan.digest)


def _solved(case: Case, held: Held, stressed: Stressed) -> Plan:
    """The plan of least present cost that keeps what is held, and as far as possible all limits."""
    start = held.values(case)
    try:
        return solve(case, start=start, study=StudyOptions(bounding=held, stressed=stressed))
    except Infeasible:
        loose = loose_in(case)
        least = least_broken(case, loose, bounding=held, start=start)
        leeway = Leeway(loose, least * (1 + ROUND) + ROUND)
        return solve(case, start=start, study=StudyOptions(bounding=held, leeway=leeway, stressed=stressed))


def _audited(name: str, plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan.write(Path(folder) / "plan")
        audited = audit(Path(folder) / "plan", plan.case.catalogue)
    if not audited.agrees:
        raise RuntimeError(f"the plan under {name} does not agree with itself:\n{audited.text()}")
