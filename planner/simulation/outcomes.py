"""What a policy comes to in a world: its segments put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner.case.case import Case
from planner.simulation.policies import SimulatedPolicy
from planner.simulation.revealing import TurnedOut
from planner.simulation.segments import Segment
from planner.simulation.travel import Traveller
from planner.simulation.worlds import World
from planner.studies.runs import RunStatus

BreachKey = tuple[str, str, str, str]
"""limit, subject, year and unit"""
PLANNED = "planned"
NO_PLAN = "no plan"
STATUS = {
    None: PLANNED,
    RunStatus.INFEASIBLE: NO_PLAN,
    RunStatus.STOPPED: "stopped before any plan",
    RunStatus.INVALID: "invalid case",
    RunStatus.FAILED: "failed",
}
"""how `results.csv` says why a policy came to its end"""


@dataclass(frozen=True)
class WorldOutcome:
    """What a policy comes to in a world."""

    status: str
    cost: float
    """present cost at the start of the case [USD bn]; NaN where there is no plan to the end"""
    shortage_gw_years: float
    """demand that is not served, as far as it came"""
    lowest_cash: tuple[float, str]
    """least headroom of cash over its minimum [USD bn] and its period; NaN and blank where there is no minimum"""
    breaches: Mapping[BreachKey, float]
    """by how much limits are broken, the most in the year [their unit]"""
    breach_count: int
    """limits broken, counted once for each period"""
    plans: int
    """how many plans it made"""
    proven: bool
    ended_on: str
    """the day on which it had no plan any more; blank where it came to the end"""
    says: str
    """why it has no plan, or what its plans could not do"""

    @property
    def settled(self) -> bool:
        """Whether its plans reached their gaps, or it is proven that there is none."""
        return self.proven and self.status in (PLANNED, NO_PLAN)


def outcomes_of(
    case: Case, ways: Mapping[tuple[TurnedOut, ...], Sequence[World]], ended: Sequence[Traveller]
) -> dict[tuple[int, SimulatedPolicy], WorldOutcome]:
    """What each policy comes to in each world, by number and policy; worlds of one way share it."""
    found: dict[tuple[int, SimulatedPolicy], WorldOutcome] = {}
    for traveller in ended:
        outcome = _outcome(case, traveller)
        for way in traveller.worlds:
            for world in ways[way.told]:
                found[world.number, traveller.policy] = outcome
    return found


def _outcome(case: Case, traveller: Traveller) -> WorldOutcome:
    segments = traveller.segments
    lowest = [
        (each.lowest_cash_headroom_usd_bn, each.lowest_cash_on)
        for each in segments
        if each.lowest_cash_headroom_usd_bn is not None
    ]
    breaches: dict[BreachKey, float] = {}
    for each in (breach for segment in segments for breach in segment.breaches):
        key = (each.limit, each.subject, each.period[:4], each.unit)
        breaches[key] = max(each.by, breaches.get(key, 0.0))
    return WorldOutcome(
        STATUS[traveller.ended],
        sum(_discounted(case, segments)) if traveller.ended is None else float("nan"),
        sum(each.shortage_gw_years for each in segments),
        min(lowest, default=(float("nan"), "")),
        breaches,
        sum(len(each.breaches) for each in segments),
        traveller.times_planned,
        not traveller.unproven,
        traveller.ended_on,
        traveller.why if traveller.ended is not None else "; ".join(traveller.says),
    )


def _discounted(case: Case, segments: Sequence[Segment]) -> Iterator[float]:
    """What each segment posts, at the start of the case [USD bn]."""
    for each in segments:
        years = case.calendar.years(date.fromisoformat(each.first))
        yield each.posted_usd_bn * (1.0 + case.settings.discount_rate) ** -years
