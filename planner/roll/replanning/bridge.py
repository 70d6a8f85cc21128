"""The bridge from the cost of the old plan to that of the new one, each step found by solving.

    start          the cost of the old plan on its own day
    time           what it posted before the new day is gone, and the rest is discounted to that day; exact
    operation      day-to-day operation decided anew, signatures held; 0 unless the old plan was not the best in it
    data           a group of changed tables, signatures held
    decisions      signatures decided anew, as far as the freeze allows: the least cost
    least change   what the new plan costs more, so that less changes
    gap            by how much less a plan could cost, by the bound

The costs that are found add up exactly. As each is known up to its gap, each step has the interval in which it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from planner.basics.errors import Stopped
from planner.case.case import Case
from planner.plan.plan import Plan
from planner.plan.replanned import BridgeStep
from planner.roll.replanning.groups import (
    DataGroup,
    changed_groups,
    in_order,
    mixed,
    separable,
    share,
    subsets,
    valid,
    whole,
)
from planner.roll.replanning.held import HeldCost, held_cost
from planner.roll.replanning.signings import OldPlan

MOST_FAIR = 6
"""groups up to which Shapley values are worked out; they take 2^groups solves"""
STOPPED = "a search was stopped before it had a plan: what data and decisions do is not told apart"
ROUNDING = 1e-12
"""sums that differ by less are the same but for rounding, relative to the larger of the cost and 1"""
SAME = 1e-6
"""costs that differ by less are the same, relative to the larger of their size and 1"""


@dataclass(frozen=True, eq=False)
class HeldCosts:
    """The costs of held signatures in cases between the old data and the new."""

    before: Case
    after: Case
    old: OldPlan
    rest: float
    """the cost of the old plan's remaining decisions in the case before"""
    on_phase: Callable[[str], None]
    known: dict[frozenset[str], HeldCost | None] = field(default_factory=dict)
    """by the files that are changed"""

    def __call__(self, groups: Iterable[DataGroup]) -> HeldCost | None:
        """The cost with these groups changed; None where the case is not valid or has no plan."""
        some = tuple(groups)
        key = frozenset(file for group in some for file in group.files)
        if key not in self.known:
            self.on_phase(f"the bridge: {' + '.join(group.name for group in some) or 'the data of the old plan'}")
            found = held_cost(mixed(self.before, self.after, some), self.old) if self.valid(some) else None
            if found is not None and not some and abs(found.cost - self.rest) <= SAME * max(1.0, abs(self.rest)):
                low = None if found.low is None else min(found.low, self.rest)
                found = replace(found, cost=self.rest, low=low)
            self.known[key] = found
        return self.known[key]

    def valid(self, groups: tuple[DataGroup, ...]) -> bool:
        """Whether the case with these groups changed is valid."""
        return valid(self.before, self.after, groups)

    def possible(self, groups: Iterable[DataGroup]) -> bool:
        """Whether the case with these groups changed has a plan."""
        return self(groups) is not None


def bridge(old: Plan, held: HeldCosts, cheapest: Plan, new: Plan, *, fair: bool) -> tuple[list[BridgeStep], bool]:
    """The steps from the old plan to the new one, and whether those of data are Shapley values.

    Where a search is stopped before it has a plan, data and decisions are one step, which says so.
    """
    try:
        first, parts, last, note, is_fair = _data(held, fair=fair)
    except Stopped:
        first = last = HeldCost(held.rest, held.rest, "")
        parts, note, is_fair = [], STOPPED, False
    return [*_summed(_steps(old, held.rest, first, parts, last, cheapest, new, note))], is_fair


def _data(held: HeldCosts, *, fair: bool) -> tuple[HeldCost, list[Part], HeldCost, str, bool]:
    """Held cost in the old data, the steps of data, held cost in the new, a remark, and whether steps are fair."""
    groups = changed_groups(held.before, held.after)
    first = held(())
    if first is None:
        raise RuntimeError("the old plan cannot be held in its own data")
    is_fair, note = False, ""
    if fair and len(groups) > 1:
        apart = whole(groups, held.valid)
        is_fair = len(apart) <= MOST_FAIR
        note = "" if is_fair else f"{len(apart)} groups of data: Shapley values are worked out for at most {MOST_FAIR}"
        groups = separable(apart, held.possible) if is_fair else groups
    parts = [*(_fair(groups, held) if is_fair else _one_by_one(in_order(groups, held.possible), held))]
    last = held(groups)
    assert last is not None, "the new case has a plan"
    return first, parts, last, note, is_fair


Part = tuple[str, str, float | None, float, float | None, str]
"""step, group, low, change, high, says"""


def _of_time(old: Plan, new: Plan, rest: float) -> str:
    """What of the time that passed was posted, and what is less discounting; blank where no time passed."""
    before, after = old.case.calendar, new.case.calendar
    if before.start == after.start:
        return ""
    years = before.years(after.start)
    then = rest * (1.0 + old.case.settings.discount_rate) ** -years
    posted, nearer = then - old.record.objective_usd_bn, rest - then
    return (
        f"{posted:+,.3f} for what was posted before {after.start}, {nearer:+,.3f} as the rest is discounted to that day"
    )


def _steps(
    old: Plan, rest: float, first: HeldCost, parts: list[Part], last: HeldCost, cheapest: Plan, new: Plan, note: str
) -> Iterator[Part]:
    before, least, after = old.record, cheapest.record, new.record
    start, cost = before.objective_usd_bn, after.objective_usd_bn
    yield "start", "", before.bound_usd_bn, start, start, note
    yield "time", "", rest - start, rest - start, rest - start, _of_time(old, new, rest)
    if first.cost != rest:
        low = None if first.low is None else first.low - rest
        yield "operation", "", low, first.cost - rest, first.cost - rest, first.says
    yield from parts
    moved = least.objective_usd_bn - last.cost
    most = _less(least.objective_usd_bn, last.low)
    if most is not None and not last.says:  # held, all is possible that the plan may do
        most = max(moved, min(most, 0.0))
    yield "decisions", "", _less(least.bound_usd_bn, last.cost), moved, most, ""
    more = cost - least.objective_usd_bn
    if more:
        yield "least change", "", more, more, more, ""
    yield "gap", "", _less(after.bound_usd_bn, cost), 0.0, 0.0, ""


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _one_by_one(groups: list[DataGroup], held: HeldCosts) -> Iterator[Part]:
    """The steps of the groups one after another."""
    for i, group in enumerate(groups):
        before, after = held(groups[:i]), held(groups[: i + 1])
        assert before is not None
        assert after is not None
        low, high = _less(after.low, before.cost), _less(after.cost, before.low)
        yield "data", group.name, low, after.cost - before.cost, high, after.says


def _fair(groups: list[DataGroup], held: HeldCosts) -> Iterator[Part]:
    """The Shapley values of the groups; the steps are intervals, and so are their means."""
    of: dict[frozenset[DataGroup], HeldCost] = {}
    for some in [(), *subsets(groups)]:
        found = held(some)
        assert found is not None, "the groups can change one without the other"
        of[frozenset(some)] = found
    bounded = all(each.low is not None for each in of.values())
    for group in groups:
        change = share(group, groups, lambda one, other: of[one].cost - of[other].cost)
        low = high = None
        if bounded:
            low = share(group, groups, lambda one, other: (of[one].low or 0.0) - of[other].cost)
            high = share(group, groups, lambda one, other: of[one].cost - (of[other].low or 0.0))
        yield "data", group.name, low, change, high, of[frozenset(groups)].says if group is groups[-1] else ""


def _summed(parts: Iterator[Part]) -> Iterator[BridgeStep]:
    """The steps with the cost after each. An end of an interval that is the change but for rounding is the change."""
    reached = 0.0
    for step, group, low, change, high, says in parts:
        reached += change
        least, most = (_unless_rounding(end, change, reached) for end in (low, high))
        yield BridgeStep(step, group, least, change, most, reached, says)


def _unless_rounding(end: float | None, change: float, cost: float) -> float | None:
    return change if end is not None and abs(end - change) <= ROUNDING * max(1.0, abs(cost)) else end
