"""`plan.json` is compared with what follows from the ledger: the objective, the proof, the options."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.ledgers.contract_checks import TOLERANCE
from planner.ledgers.objective import Horizon
from planner.plan.audit.finding import Finding, apart
from planner.plan.plan import PROVEN, RECORD, STOPPED, Record
from planner.portfolio.solution import Solution

ROUNDING = 1e-9
"""noise in a sum over the whole ledger, relative"""
ABSOLUTE = 1e-6
"""distance between objective and bound that always counts as proven, whatever the gap asked for [USD bn]"""


def unlike_ledger(record: Record, solution: Solution) -> Iterator[Finding]:
    """What the record says that does not follow from the posts or from its own numbers."""
    case = solution.portfolio.case
    numbers = {}
    for name in ("objective_usd_bn", "bound_usd_bn", "gap", "present_cost_at_lease_rate_usd_bn"):
        value = getattr(record, name)
        if value is None and name in ("bound_usd_bn", "gap") and (record.bound_usd_bn, record.gap) == (None, None):
            if record.status == PROVEN:
                yield Finding(RECORD, None, name, f"is blank, but the status is {PROVEN}")
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            yield Finding(RECORD, None, name, f"says {value!r}, which is no number")
        else:
            numbers[name] = float(value)
    costs = {
        "objective_usd_bn": float(solution.posts.worth.sum()),
        "present_cost_at_lease_rate_usd_bn": solution.present_cost_at_lease_rate,
    }
    for name, follows in costs.items():
        if name in numbers and abs(numbers[name] - follows) > TOLERANCE * abs(follows) + ROUNDING:
            says, gives = apart(numbers[name], follows)
            difference = f"{numbers[name] - follows:+.3g}"
            yield Finding(RECORD, None, name, f"says {says}, the ledger adds up to {gives} ({difference} USD bn)")
    yield from _horizon(record, solution)
    if record.title != case.settings.title:
        yield Finding(RECORD, None, "title", f"says {record.title!r}, the case is {case.settings.title!r}")
    if len(numbers) == len(costs) + 2:
        yield from _proof(record, numbers["objective_usd_bn"], numbers["bound_usd_bn"], numbers["gap"])
    yield from _options(record, solution)


def _horizon(record: Record, solution: Solution) -> Iterator[Finding]:
    """How what outlives the horizon is treated, what the plan costs under each treatment, and what is still owed."""
    treatment = str(solution.portfolio.case.settings.horizon_treatment)
    if record.horizon != treatment:
        yield Finding(RECORD, None, "horizon", f"says {record.horizon!r}, the case {treatment!r}")
    costs = {str(each): solution.cost_with(each) for each in Horizon}
    said = record.present_cost_by_horizon_usd_bn
    name = "present_cost_by_horizon_usd_bn"
    if not isinstance(said, dict) or set(said) != set(costs):
        yield Finding(RECORD, None, name, f"says {said!r}, not one number for each of {', '.join(costs)}")
        said = {}
    follows = {f"{name}.{each}": (said[each], costs[each]) for each in said}
    follows["owed_after_end_usd_bn"] = (record.owed_after_end_usd_bn, solution.owed_after_end)
    for key, (says, gives) in follows.items():
        if isinstance(says, bool) or not isinstance(says, int | float) or math.isnan(says):
            yield Finding(RECORD, None, key, f"says {says!r}, which is no number")
        elif abs(says - gives) > TOLERANCE * abs(gives) + ROUNDING:
            shown = apart(float(says), gives)
            yield Finding(RECORD, None, key, f"says {shown[0]}, the ledger gives {shown[1]}")


def _proof(record: Record, objective: float, bound: float, gap: float) -> Iterator[Finding]:
    """Bound, gap and status, which follow from one another."""
    if bound > objective + TOLERANCE * max(1.0, abs(objective)):
        says, above = apart(bound, objective)
        yield Finding(RECORD, None, "bound_usd_bn", f"says {says}, more than the objective {above}")
    distance = max(0.0, objective - bound)
    follows = distance / abs(objective) if objective else distance
    if gap != follows and not abs(gap - follows) <= TOLERANCE * max(follows, TOLERANCE):
        says, gives = apart(gap, follows)
        yield Finding(RECORD, None, "gap", f"says {says}, objective and bound give {gives}")
    if record.status not in (PROVEN, STOPPED):
        yield Finding(RECORD, None, "status", f"says {record.status!r}, which is neither {PROVEN} nor {STOPPED}")
    asked = record.options.get("gap") if isinstance(record.options, dict) else None
    if record.status == PROVEN and isinstance(asked, int | float):
        allowed = max((asked + TOLERANCE) * abs(objective), ABSOLUTE)
        if not distance <= allowed:
            yield Finding(
                RECORD, None, "status", f"says {PROVEN}, but the gap is {follows:.4g}, {asked:.4g} was asked for"
            )


def _options(record: Record, solution: Solution) -> Iterator[Finding]:
    """Options that are also settings of the case."""
    settings = solution.portfolio.case.settings.solver.model_dump(mode="json")
    given = record.options if isinstance(record.options, dict) else {}
    for name, value in settings.items():
        if name in given and given[name] != value:
            says = f"says {given[name]!r}, the case {value!r}"
            yield Finding(RECORD, None, f"options.{name}", says)
