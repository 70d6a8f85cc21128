"""`plan.json` is compared with what follows from the ledger: the objective, the proof, the options."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit.finding import Finding, apart
from planner.plan.headline import Headline
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
    headline = Headline.of(solution.posts)
    costs = {
        "objective_usd_bn": headline.present_cost,
        "cost_in_money_usd_bn": headline.cost_in_money_usd_bn,
        "penalties_usd_bn": headline.penalties_usd_bn,
        "present_cost_at_lease_rate_usd_bn": solution.present_cost_at_lease_rate,
    }
    for name in (*costs, "bound_usd_bn", "gap"):
        value = getattr(record, name)
        if value is None and name in ("bound_usd_bn", "gap") and (record.bound_usd_bn, record.gap) == (None, None):
            if record.status == PROVEN:
                yield Finding(RECORD, None, name, f"is blank, but the status is {PROVEN}")
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            yield Finding(RECORD, None, name, f"says {value!r}, which is no number")
        else:
            numbers[name] = float(value)
    for name, follows in costs.items():
        if name in numbers and abs(numbers[name] - follows) > TOLERANCE * abs(follows) + ROUNDING:
            says, gives = apart(numbers[name], follows)
            difference = f"{numbers[name] - follows:+.3g}"
            yield Finding(RECORD, None, name, f"says {says}, the ledger adds up to {gives} ({difference} USD bn)")
    if record.title != case.settings.title:
        yield Finding(RECORD, None, "title", f"says {record.title!r}, the case is {case.settings.title!r}")
    if len(numbers) == len(costs) + 2:
        yield from _proof(record, numbers["objective_usd_bn"], numbers["bound_usd_bn"], numbers["gap"])
    yield from _options(record, solution)


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
