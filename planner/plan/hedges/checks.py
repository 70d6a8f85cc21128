"""The record of a hedge is compared with its case, with the plans of its futures, and with itself.

What follows from files:

    futures            names and probabilities of the tree, costs of the plans
    expected_cost, cvar, objective, quantiles, gap; status proven only within the gap asked for
    title, risk, search, inputs of the case

What is on the search's word, but must be consistent:

    own_bound_s ≤ own_cost_s,   own_bound_s ≤ cost_s,   bound ≤ objective
    weighted(own bounds) ≤ objective            Σ p_s · own_bound_s at weight 0
    evpi = [max(0, bound − weighted(own costs)), weighted(costs) − weighted(own bounds)]
    every interval has low ≤ high, and none has a high below 0; a value that is null has a reason
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.basics.risk import weighted
from planner.case.case import Case
from planner.common.unknown import UnknownEvent
from planner.futures.tree import Tree
from planner.ledgers.contract_checks import TOLERANCE
from planner.plan.audit.changes import unlike_changes
from planner.plan.audit.finding import Finding, apart
from planner.plan.audit.record import ABSOLUTE
from planner.plan.hedges.record import EVPI, Costs, HedgeRecord, Interval, evpi, gap_of
from planner.plan.record import PROVEN, RECORD

ROUNDING = 1e-9
"""noise in a sum over all futures, relative, and at least in USD bn"""
CHANCE = 1e-9
"""noise in a probability"""


def unlike_case(record: HedgeRecord, case: Case, tree: Tree) -> Iterator[Finding]:
    """Title, risk, options and futures that are not those of the case."""
    if record.title != case.settings.title:
        yield _finding("title", f"says {record.title!r}, the case is {case.settings.title!r}")
    for key, says, follows in (
        ("risk", record.risk, case.settings.risk.model_dump(mode="json")),
        ("search", record.search, case.settings.solver.model_dump(mode="json")),
    ):
        for name in {**says, **follows}:
            if says.get(name) != follows.get(name):
                yield _finding(f"{key}.{name}", f"says {says.get(name)!r}, the case {follows.get(name)!r}")
    yield from unlike_changes(record.changes, case)
    names = [each.name for each in record.futures]
    expected = [future.name for future in tree.futures]
    if names != expected:
        yield _finding("futures", f"are {', '.join(names)}; the events of the case make {', '.join(expected)}")
        return
    for i, (each, future) in enumerate(zip(record.futures, tree.futures, strict=True)):
        if not abs(each.probability - future.probability) <= CHANCE:
            yield _finding(f"futures[{i}].probability", _says(each.probability, future.probability, "the case gives"))
    events = {row.event for row in case.rows(UnknownEvent)}
    offers = {offer.offer for offer in case.offers()}
    for key, said, known, what in (
        ("news", record.news, events, "event"), ("options", record.options, offers, "offer"),
    ):  # fmt: skip
        for name in said:
            if name not in known:
                yield _finding(key, f"names {name!r}, which is no {what} of the case")


def unlike_plans(record: HedgeRecord, costs: Mapping[int, float]) -> Iterator[Finding]:
    """Costs of futures that are not those of their plans, which `costs` holds by position [USD bn]."""
    for i, follows in costs.items():
        says = record.futures[i].cost_usd_bn
        if not abs(says - follows) <= TOLERANCE * abs(follows) + ROUNDING:
            yield _finding(f"futures[{i}].cost_usd_bn", _says(says, follows, "its plan costs"))


def unlike_sums(record: HedgeRecord, case: Case) -> Iterator[Finding]:
    """Expected cost, CVaR, objective and quantiles that do not follow from the costs of the futures."""
    costs = Costs.of(record.futures, case.settings.risk)
    follows = {
        "expected_cost_usd_bn": (record.expected_cost_usd_bn, costs.expected),
        "cvar_usd_bn": (record.cvar_usd_bn, costs.cvar),
        "objective_usd_bn": (record.objective_usd_bn, costs.objective),
        **{
            f"cost_quantiles_usd_bn.{name}": (record.cost_quantiles_usd_bn[name], value)
            for name, value in costs.quantiles.items()
        },
    }
    for key, (says, gives) in follows.items():
        if not abs(says - gives) <= _room(gives):
            yield _finding(key, _says(says, gives, "the costs of the futures give"))


def unlike_proof(record: HedgeRecord) -> Iterator[Finding]:
    """Bound, gap, status and what stopped the search, which follow from one another."""
    proven, objective, bound = record.status == PROVEN, record.objective_usd_bn, record.bound_usd_bn
    if proven and record.stopped_by:
        yield _finding("stopped_by", f"says {record.stopped_by!r}, but the status is {PROVEN}")
    if not proven and not record.stopped_by:
        yield _finding("stopped_by", f"is blank, but the status is {record.status}")
    if record.stopped_by == "time limit" and record.search.get("time_limit_s") is None:
        yield _finding("stopped_by", "says 'time limit', but the options have none")
    if bound is None and proven:
        yield _finding("bound_usd_bn", f"is blank, but the status is {PROVEN}")
    if bound is not None and bound > objective + TOLERANCE * max(1.0, abs(objective)):
        yield _finding("bound_usd_bn", f"{_says(bound, objective, 'more than the objective')}")
    gap = gap_of(objective, bound)
    if (gap is None) != (record.gap is None) or (
        gap is not None and record.gap is not None and not abs(record.gap - gap) <= TOLERANCE * max(gap, TOLERANCE)
    ):
        says, gives = ("nothing" if each is None else f"{each:.7g}" for each in (record.gap, gap))
        yield _finding("gap", f"says {says}, objective and bound give {gives}")
    asked = record.search.get("gap")
    if proven and bound is not None and isinstance(asked, int | float):
        distance = objective - bound
        if not distance <= max((asked + TOLERANCE) * abs(objective), ABSOLUTE):
            yield _finding("status", f"says {PROVEN}, but the gap is {gap:.4g}, {asked:.4g} was asked for")


def unlike_bounds(record: HedgeRecord, case: Case) -> Iterator[Finding]:
    """Costs and bounds of plans for single futures that cannot be beside what the hedge costs."""
    for i, each in enumerate(record.futures):
        if each.own_bound_usd_bn is None:
            continue
        for key, cost in (("own_cost_usd_bn", each.own_cost_usd_bn), ("cost_usd_bn", each.cost_usd_bn)):
            if cost is not None and each.own_bound_usd_bn > cost + TOLERANCE * max(1.0, abs(cost)):
                says = _says(each.own_bound_usd_bn, cost, f"more than {key}")
                yield _finding(f"futures[{i}].own_bound_usd_bn", says)
    bounds = [each.own_bound_usd_bn for each in record.futures if each.own_bound_usd_bn is not None]
    if len(bounds) == len(record.futures):
        risk, p = case.settings.risk, [each.probability for each in record.futures]
        below, objective = weighted(bounds, p, risk.level, risk.weight), record.objective_usd_bn
        if below > objective + TOLERANCE * max(1.0, abs(objective)):
            yield _finding("objective_usd_bn", _says(objective, below, "less than the bounds of the futures give,"))


def unlike_values(record: HedgeRecord, case: Case) -> Iterator[Finding]:
    """Values that cannot be, and values that are null without a reason."""
    follows = evpi(record.futures, case.settings.risk, record.bound_usd_bn)
    says = record.values[EVPI]
    room = _room(record.objective_usd_bn)
    if (says is None) != (follows is None) or (
        says is not None
        and follows is not None
        and not all(abs(one - other) <= room for one, other in zip(says, follows, strict=True))
    ):
        yield _finding(f"values.{EVPI}", f"says {_shown(says)}, costs and bounds give {_shown(follows)}")
    for name, value in record.values.items():
        if value is None and not record.reasons.get(name):
            yield _finding(f"reasons.{name}", f"is missing, but values.{name} is null")
    for key, value in _intervals(record):
        if value is not None and value[0] > value[1]:
            yield _finding(key, f"says {_shown(value)}, the low is above the high")
        elif value is not None and value[1] < -room:
            yield _finding(key, f"says {_shown(value)}, which is below 0")


def _intervals(record: HedgeRecord) -> Iterator[tuple[str, Interval | None]]:
    """Every interval of the record, by its key."""
    for name, value in record.values.items():
        yield f"values.{name}", value
    for event, value in record.news.items():
        yield f"news.{event}", value
    for offer, sides in record.options.items():
        for side, value in sides.items():
            yield f"options.{offer}.{side}", value


def _room(value: float) -> float:
    """How far a sum may be from what follows [USD bn]."""
    return ROUNDING * max(1.0, abs(value))


def _says(says: float, follows: float, gives: str) -> str:
    one, other = apart(says, follows)
    return f"says {one}, {gives} {other}"


def _shown(value: Interval | None) -> str:
    return "nothing" if value is None else f"{value[0]:.7g} to {value[1]:.7g}"


def _finding(key: str, what: str) -> Finding:
    return Finding(RECORD, None, key, what)
