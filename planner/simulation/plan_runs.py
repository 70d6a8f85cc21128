"""A plan that a policy makes on a day: of a case, with what is known by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from planner.basics.errors import Infeasible
from planner.case.case import Case
from planner.common.unknown import UnknownEvent
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.valuing import ValuesAsked
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.roll.replanning.asked import Asked
from planner.roll.replanning.fences import changed
from planner.roll.replanning.least import least_change
from planner.roll.replanning.signings import OldPlan, Seen
from planner.simulation.policies import HowPlanned
from planner.simulation.revealing import TurnedOut, for_one_future, revealed
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.studies.engine import InThisProcess
from planner.studies.runs import Base, Run, RunResult, hedge_result, plan_result
from planner.tables.offer import OfferStatus

NOT_HELD = "not held: "
"""how a message begins that names signatures of the plan before that could not be kept"""
DID_NOT_WAIT = "could not wait: "
"""how a message begins that names signatures which could be made later, but without which there is no plan"""


@dataclass(frozen=True)
class PlanRun(Run):
    """A plan of one case, made in one way. `start` are the decisions of the plan before, by the names of `files`."""

    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """of the case of the day, before the news of `told`"""
    told: tuple[TurnedOut, ...] = ()
    how: HowPlanned = HowPlanned.EXPECTED
    until: date | None = None
    """the day up to which signatures are held or put off; None: the end"""
    by_future: bool = False
    """whether a plan for all futures is sought one future at a time, however few they are"""

    @property
    def asked(self) -> list[object]:
        """Everything that decides what it finds, but for the files and the start."""
        by_future = ["by future"] * self.by_future
        return [str(self.how), str(self.until), *by_future, *map(repr, self.told)]


def planned(base: Base, run: PlanRun) -> RunResult:
    """Make a plan and audit it. Raises as `solve` and `hedge` do."""
    start = Case.made_of(base.files, base.catalogue)
    before = Case.made_of(run.files, base.catalogue, like=start)
    case = revealed(before, run.told, start)
    if run.how is HowPlanned.HEDGE and case.rows(UnknownEvent):
        case = for_one_future(case) if len(Tree.of(case)) == 1 else case
        asked = ValuesAsked(usual=False)
        found = hedge(case, asked=asked, by_future=InThisProcess, where_it_pays=not run.by_future)
        return hedge_result(run, found, base.catalogue)
    case = for_one_future(case)
    match run.how:
        case HowPlanned.HOLD:
            plan, said = _holding(before, case, run)
        case HowPlanned.WAIT:
            plan, said = _waiting(case, run)
        case _:
            plan, said = solve(case, start=run.start or None), ""
    result = plan_result(run, plan, base.catalogue)
    return replace(result, message=said) if said and not result.message else result


def _holding(before: Case, case: Case, run: PlanRun) -> tuple[Plan, str]:
    """The plan that keeps what the plan before signs before a day, and signs nothing else before it.

    Where no plan keeps all of it, as few signatures as possible are not kept. Second: which these are; blank for none.
    """
    seen = OldPlan(before, run.start).seen_from(Portfolio.of(case))
    mine = [name for name, each in seen.signings.items() if run.until is None or each.day < run.until]
    cannot = [name for name in mine if seen.possible(name)]
    owed = _owed(case, seen)
    kept = tuple(name for name in mine if name not in cannot and seen.signings[name].offer not in owed)
    try:
        plan = solve(case, start=seen.values, study=StudyOptions(bounding=Asked(seen, kept)))
    except Infeasible:
        plan = _fewest(case, seen, kept, seen.values)
        cannot += changed(seen, plan, kept)
    return plan, NOT_HELD + ", ".join(cannot) if cannot else ""


def _owed(case: Case, seen: Seen) -> set[str]:
    """The offers that the case requires and that the plan before did not sign."""
    required = {offer.offer for offer in case.offers() if offer.status is OfferStatus.REQUIRED}
    return required - {each.offer for name, each in seen.signings.items() if each.signed(seen.old[name])}


def _waiting(case: Case, run: PlanRun) -> tuple[Plan, str]:
    """The plan of least cost among those with as few signatures as possible that could be made on the day or later.

    Second: the signatures that are made all the same; blank for none.
    """
    seen = OldPlan(case, {}).seen_from(Portfolio.of(case))
    last: dict[str, date] = {}
    for each in seen.signings.values():
        last[each.offer] = max(each.day, last.get(each.offer, each.day))
    until = run.until or date.max
    off = tuple(name for name, each in seen.signings.items() if each.day < until <= last[each.offer])
    try:
        return solve(case, start=run.start or None, study=StudyOptions(bounding=Asked(seen, put_off=off))), ""
    except Infeasible:
        if not off:
            raise
        plan = _fewest(case, seen, off, run.start)
        return plan, DID_NOT_WAIT + ", ".join(changed(seen, plan, off))


def _fewest(case: Case, seen: Seen, names: tuple[str, ...], start: Mapping[str, float]) -> Plan:
    """The plan of least cost among those that differ in as few of some signatures as possible from what was seen."""
    fewest = least_change(case, Asked(seen, tracked=names, counted=True), start or None)
    asked = Asked(seen, tracked=names, counted=True, most=round(fewest.value))
    return solve(case, start=fewest.decisions, study=StudyOptions(bounding=asked))
