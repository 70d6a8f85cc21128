"""`plan.json` is compared with what follows from the ledger and the case: cost, proof, options, remarks, events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.ledgers.contract_checks import TOLERANCE
from planner.ledgers.objective import Horizon
from planner.plan.audit.changes import unlike_changes
from planner.plan.audit.events import unlike_events
from planner.plan.audit.finding import Finding, apart
from planner.plan.audit.hedged import unlike_hedge
from planner.plan.audit.replanned import more_than_the_gap, unlike_replan
from planner.plan.headline import Headline
from planner.plan.record import NUMERICS, PROVEN, RECORD, Record, notes_of
from planner.portfolio.solution import Solution

ROUNDING = 1e-9
"""noise in a sum over the whole ledger, relative"""
ABSOLUTE = 1e-6
"""distance between objective and bound that always counts as proven, whatever the gap asked for [USD bn]"""


def unlike_ledger(record: Record, solution: Solution) -> Iterator[Finding]:
    """What the record says that does not follow from the posts, from the case or from its own numbers."""
    case = solution.portfolio.case
    headline = Headline.of(solution.posts)
    costs = {
        "objective_usd_bn": headline.present_cost,
        "cost_in_money_usd_bn": headline.cost_in_money_usd_bn,
        "penalties_usd_bn": headline.penalties_usd_bn,
        "present_cost_at_lease_rate_usd_bn": solution.present_cost_at_lease_rate,
    }
    for name, follows in costs.items():
        given = float(getattr(record, name))
        if not abs(given - follows) <= TOLERANCE * abs(follows) + ROUNDING:
            says, gives = apart(given, follows)
            difference = f"{given - follows:+.3g}"
            yield Finding(RECORD, None, name, f"says {says}, the ledger adds up to {gives} ({difference} USD bn)")
    yield from _horizon(record, solution)
    if record.title != case.settings.title:
        yield Finding(RECORD, None, "title", f"says {record.title!r}, the case is {case.settings.title!r}")
    yield from _proof(record)
    yield from _options(record, solution)
    yield from _notes(record, solution)
    yield from unlike_changes(record.changes, case, one_future=record.hedge is not None)
    if record.stress is not None:
        yield from unlike_events(record.stress, case)
    if record.replan is not None:
        yield from unlike_replan(record, record.replan, case)
    if record.hedge is not None:
        yield from unlike_hedge(record, record.hedge, case)


def _horizon(record: Record, solution: Solution) -> Iterator[Finding]:
    """How what outlives the horizon is treated, what the plan costs under each treatment, and what is still owed."""
    treatment = str(solution.portfolio.case.settings.horizon_treatment)
    if record.horizon != treatment:
        yield Finding(RECORD, None, "horizon", f"says {record.horizon!r}, the case {treatment!r}")
    said = record.present_cost_by_horizon_usd_bn
    follows = {f"present_cost_by_horizon_usd_bn.{each}": (said[each], solution.cost_with(each)) for each in Horizon}
    follows["owed_after_end_usd_bn"] = (record.owed_after_end_usd_bn, solution.owed_after_end)
    for key, (says, gives) in follows.items():
        if not abs(says - gives) <= TOLERANCE * abs(gives) + ROUNDING:
            shown = apart(float(says), gives)
            yield Finding(RECORD, None, key, f"says {shown[0]}, the ledger gives {shown[1]}")


def _proof(record: Record) -> Iterator[Finding]:
    """Bound, gap, status and what stopped the search, which follow from one another.

    Of one future of a hedge, status and what stopped the search are the hedge's, which its bound does not show.
    """
    proven = record.status == PROVEN
    if proven and record.stopped_by:
        yield Finding(RECORD, None, "stopped_by", f"says {record.stopped_by!r}, but the status is {PROVEN}")
    if not proven and not record.stopped_by:
        yield Finding(RECORD, None, "stopped_by", f"is blank, but the status is {record.status}")
    if record.stopped_by == "time limit" and record.options.get("time_limit_s") is None:
        yield Finding(RECORD, None, "stopped_by", "says 'time limit', but the options have none")
    if record.bound_usd_bn is not None:
        yield from _gap(record, float(record.objective_usd_bn), float(record.bound_usd_bn))
    elif proven and record.hedge is None:
        yield Finding(RECORD, None, "bound_usd_bn", f"is blank, but the status is {PROVEN}")
    elif record.gap is not None:
        yield Finding(RECORD, None, "gap", f"says {record.gap:.4g}, but there is no bound")


def _gap(record: Record, objective: float, bound: float) -> Iterator[Finding]:
    """The bound, and the gap that was reached, compared with the one that was asked for."""
    if bound > objective + TOLERANCE * max(1.0, abs(objective)):
        says, above = apart(bound, objective)
        yield Finding(RECORD, None, "bound_usd_bn", f"says {says}, more than the objective {above}")
    distance = max(0.0, objective - bound)
    follows = 0.0 if distance == 0.0 else distance / abs(objective) if objective else None
    if follows is None or record.gap is None:
        if record.gap != follows:
            says, gives = ("nothing" if each is None else f"{each:.4g}" for each in (record.gap, follows))
            yield Finding(RECORD, None, "gap", f"says {says}, objective and bound give {gives}")
    elif record.gap != follows and not abs(record.gap - follows) <= TOLERANCE * max(follows, TOLERANCE):
        says, gives = apart(record.gap, follows)
        yield Finding(RECORD, None, "gap", f"says {says}, objective and bound give {gives}")
    asked = record.options.get("gap")
    if record.status == PROVEN and record.hedge is None and isinstance(asked, int | float):
        allowed = max((asked + TOLERANCE) * abs(objective) + more_than_the_gap(record), ABSOLUTE)
        if not distance <= allowed:
            reached = f"{distance:.4g} USD bn" if follows is None else f"{follows:.4g}"
            yield Finding(RECORD, None, "status", f"says {PROVEN}, but the gap is {reached}, {asked:.4g} was asked for")


def _options(record: Record, solution: Solution) -> Iterator[Finding]:
    """Options, which are settings of the case."""
    settings = solution.portfolio.case.settings.solver.model_dump(mode="json")
    for name in settings.keys() - record.options.keys():
        yield Finding(RECORD, None, f"options.{name}", f"is missing, the case says {settings[name]!r}")
    for name, given in record.options.items():
        if name not in settings:
            yield Finding(RECORD, None, f"options.{name}", "is no option of a solve")
        elif given != settings[name]:
            yield Finding(RECORD, None, f"options.{name}", f"says {given!r}, the case {settings[name]!r}")


def _notes(record: Record, solution: Solution) -> Iterator[Finding]:
    """Remarks on offers, which follow from the case. Those on the solver's numbers are the search's own."""
    says = Counter(note for note in record.notes if not note.startswith(NUMERICS))
    follows = Counter(notes_of(solution.portfolio))
    for note in says - follows:
        yield Finding(RECORD, None, "notes", f"says {note!r}, which does not follow from the case")
    for note in follows - says:
        yield Finding(RECORD, None, "notes", f"lacks {note!r}, which follows from the case")
