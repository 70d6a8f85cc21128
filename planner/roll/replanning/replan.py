"""From the case of a later day to the next plan: what is fenced, what changes least, what is due, and the bridge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from planner.basics.calendar import add_months
from planner.basics.errors import DataError, Problem, Stopped
from planner.case.case import Case
from planner.common import settings
from planner.plan.plan import Plan
from planner.plan.record import PROVEN, STOPPED, Record
from planner.plan.replanned import NotKept, Replanned
from planner.portfolio.portfolio import Portfolio
from planner.roll.advance import advance
from planner.roll.identity import carried_out
from planner.roll.replanning.bridge import HeldCosts, bridge
from planner.roll.replanning.due import due_decisions
from planner.roll.replanning.fences import Fenced, least_cost
from planner.roll.replanning.groups import changed_groups
from planner.roll.replanning.signings import OldPlan, Seen
from planner.roll.replanning.steady import changes, index, steady
from planner.solver.answer import relative_gap
from planner.tables import cells

if TYPE_CHECKING:
    from planner.solver import Snapshot

WITHIN = 0.001
"""share of the least cost that less change may cost, unless another is given"""
FROM = "--from"


def replan(
    case: Case,
    plan: Plan,
    *,
    freeze: int = 0,
    within: float | None = None,
    change_cost: float | None = None,
    fair: bool = False,
    next_plan: date | None = None,
    waiting: bool = True,
    on_phase: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Plan:
    """The plan of a case that follows on another plan; its record says in `replan` what has changed and why.

    The case is that of the plan, or of a later day (`planner.roll.advance`), with what has changed since. `freeze` is a
    number of months, `within` a share of the least cost (WITHIN unless given), `change_cost` a price of change instead
    of it [USD bn], and `next_plan` the day of the plan after this one, a month later unless given. Without `waiting` it
    is not worked out what it costs to wait, which takes a solve for each offer that is due.

    Raises DataError where the case cannot follow on the plan, and Infeasible or Stopped as `solve` does.
    """
    follow = next_plan or add_months(case.calendar.start, 1)
    _check(case, plan, freeze, within, change_cost, follow)
    share = None if change_cost is not None else WITHIN if within is None else within
    before = baseline(case, plan)
    old = OldPlan(before, plan.values)
    rest = carried_out(Portfolio.of(before), plan.values).objective
    seen = old.seen_from(Portfolio.of(case))
    held = HeldCosts(before, case, old, rest, on_phase)
    start = _start(held, seen)
    cheapest = least_cost(case, seen, freeze, start, on_phase=on_phase, on_progress=on_progress)
    found = steady(
        case, seen, cheapest, within=share, price=change_cost or 0.0, on_phase=on_phase, on_progress=on_progress
    )
    cheapest = _cheaper(cheapest, found.plan)
    record = _record(cheapest.plan.record, found.plan.record)
    new = replace(found.plan, record=record)
    due = tuple(due_decisions(case, seen, cheapest, new, follow, waiting=waiting, on_phase=on_phase))
    steps, is_fair = bridge(plan, held, cheapest.plan, new, fair=fair)
    told = Replanned(
        plan_title=plan.record.title,
        plan_objective_usd_bn=plan.record.objective_usd_bn,
        plan_sha256=plan.digest,
        plan_start=plan.case.calendar.start.isoformat(),
        freeze_months=freeze,
        within=share,
        change_cost_usd_bn=change_cost,
        next_plan=follow.isoformat(),
        least_cost_usd_bn=cheapest.plan.record.objective_usd_bn,
        least_bound_usd_bn=record.bound_usd_bn,
        index=index(seen, new),
        index_of_least_cost=index(seen, cheapest.plan),
        least_change_proven=found.proven,
        fair=is_fair,
        changes=tuple(changes(seen, new)),
        frozen=cheapest.kept,
        released=tuple(NotKept(each.name, each.why) for each in cheapest.released),
        gone=tuple(NotKept(each.name, each.why) for each in seen.lost),
        due=due,
        bridge=tuple(steps),
    )
    return replace(new, record=replace(record, replan=told))


def day_of_next_plan(text: str) -> date:
    """The date in a text. Raises DataError where there is none."""
    try:
        return cells.day(text)
    except ValueError:
        raise DataError([Problem("--next-plan", None, "", "a date such as 2027-01-31", cells.shown(text))]) from None


def _start(held: HeldCosts, seen: Seen) -> Mapping[str, float]:
    """Decisions to start from: those of the old plan, with operation decided anew where that is possible."""
    try:
        found = held(changed_groups(held.before, held.after))
    except Stopped:
        found = None
    return seen.values if found is None else found.decisions


def baseline(case: Case, plan: Plan) -> Case:
    """The case of the plan on the day of the new case, without news, solved as the new case is."""
    before = advance(plan, case.calendar.start).case
    solver = case.settings.solver.model_dump(mode="json")
    said = {name: "blank" if value is None else value for name, value in solver.items()}
    return before.change(*(f"case.solver.{name} = {value}" for name, value in said.items()))


def _check(
    case: Case, plan: Plan, freeze: int, within: float | None, change_cost: float | None, next_plan: date
) -> None:
    """Raise DataError where a case cannot follow on a plan, or an option is none."""
    found: list[Problem] = []
    one, other = plan.case.calendar, case.calendar

    def wrong(where: str, key: str, expected: str, said: object) -> None:
        found.append(Problem(where, None, key, expected, str(said)))

    if one.period_months != other.period_months:
        expected = f"{one.period_months}, as in the plan: signatures are told apart by their days"
        wrong(settings.FILE, "period_months", expected, other.period_months)
    elif not 0 <= one.position(other.start) < one.T or one.position(other.start) != int(one.position(other.start)):
        last = one.start_of(one.T - 1)
        expected = f"the first day of a period of the plan, from {one.start} to {last}"
        wrong(settings.FILE, "start", expected, other.start)
    if plan.record.stress is not None:
        wrong(FROM, "", "a plan", "a stress plan, which keeps what was signed before its events")
    if freeze < 0:
        wrong("--freeze", "", "whole months, at least 0", freeze)
    if within is not None and change_cost is not None:
        wrong("--within", "", "either a share or --change-cost", "both")
    for option, value in (("--within", within), ("--change-cost", change_cost)):
        if value is not None and not 0.0 <= value < float("inf"):
            wrong(option, "", "a number of at least 0", value)
    if next_plan <= other.start:
        wrong("--next-plan", "", f"a day after {other.start}", next_plan)
    if found:
        raise DataError(found)


def _cheaper(cheapest: Fenced, plan: Plan) -> Fenced:
    """The least cost that was found: a plan that changes less may happen to be cheaper, within the gap."""
    if plan.record.objective_usd_bn >= cheapest.plan.record.objective_usd_bn:
        return cheapest
    return replace(cheapest, plan=replace(plan, record=_record(cheapest.plan.record, plan.record)))


def _record(least: Record, new: Record) -> Record:
    """The record of the new plan with the bound of the least cost, and the gap that follows from it."""
    bound = None if least.bound_usd_bn is None else min(least.bound_usd_bn, new.objective_usd_bn)
    gap = relative_gap(new.objective_usd_bn, bound)
    known = None if gap is None or gap == float("inf") else gap
    status = PROVEN if least.status == PROVEN else STOPPED
    return replace(new, bound_usd_bn=bound, gap=known, status=status, stopped_by=least.stopped_by)
