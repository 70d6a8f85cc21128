"""Time passes: policies go through worlds from day to day, together as long as nothing tells their worlds apart.

A day on which something may happen is a day of planning, or the first day of a period in which news comes. News within
a period is in force from the first day of it, as the case of a future has it, and known to whoever signs from the next
one on. On each such day, in this order:

    carry    the plan is carried out up to the day, where the day brings a new one
    plan     whoever plans on the day makes a plan with what is known
    hold     operation follows news that is in force, and signatures stay as planned until the next day of planning

A hedge has a plan for every future of its tree, so it goes on with the one that comes true and needs no new one. Two
kinds of news are not as its tree has them: a value drawn from a law, and news within a period, for which the tree lets
operation of the whole period be decided before. There operation is decided anew as for the others, and the signatures
of the future that comes true, or that stands for the value, are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from planner.basics.calendar import Calendar
from planner.case.case import Case
from planner.plan.contents import of_case
from planner.simulation.carry_runs import CarryRun, branch, case_files, segment_of, values_in
from planner.simulation.plan_runs import PlanRun
from planner.simulation.policies import FIRST, HowPlanned, SimulatedPolicy
from planner.simulation.revealing import TurnedOut
from planner.simulation.segments import Segment
from planner.simulation.worlds import World
from planner.studies.hedged.solved import is_packed_hedge
from planner.studies.packing import unpacked
from planner.studies.runs import WITH_A_PLAN, Run, RunResult, RunStatus

CarryOut = Callable[[Sequence[Run]], list[RunResult]]
"""carries runs out, and gives their results in their order"""
PLANS_ONCE = frozenset({SimulatedPolicy.AT_START, SimulatedPolicy.FORESIGHT})
"""policies that plan at the start only"""


@dataclass(frozen=True)
class Traveller:
    """A policy in worlds between which it has seen no difference so far."""

    policy: SimulatedPolicy
    worlds: tuple[World, ...]
    plan: RunResult | None = None
    """the plan that it carries out"""
    hedge: RunResult | None = None
    """the plan for several futures that says what it signs; None where the plan itself does"""
    told: tuple[TurnedOut, ...] = ()
    """what came true since that plan for several futures"""
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """of the case on the day on which it stands, until it has a plan there"""
    pending: tuple[TurnedOut, ...] = ()
    """what is in force and not yet part of the plan's case"""
    unheard: tuple[TurnedOut, ...] = ()
    """what is in force and was not known when it last planned"""
    segments: tuple[Segment, ...] = ()
    times_planned: int = 0
    unproven: bool = False
    """whether one of its plans was stopped before its gap"""
    says: tuple[str, ...] = ()
    """what its plans could not do"""
    ended: RunStatus | None = None
    """why it went no further; None where it came to the end"""
    ended_on: str = ""
    why: str = ""

    @property
    def hedged(self) -> bool:
        """Whether it carries out a plan for several futures."""
        return self.plan is not None and self.plan.packed is not None and is_packed_hedge(self.plan.packed)

    def with_plan(self, result: RunResult, day: date) -> Traveller:
        """The same with a new plan that it carries out; without one it ends."""
        if result.status not in WITH_A_PLAN:
            return self.without_plan(result, day)
        said = (*self.says, f"{day}: {result.message}") if result.message else self.says
        unproven = self.unproven or result.status is RunStatus.UNPROVEN
        return replace(
            self, plan=result, files={}, says=said, unproven=unproven, times_planned=self.times_planned + 1
        )  # fmt: skip

    def without_plan(self, result: RunResult, day: date) -> Traveller:
        """The same, at its end."""
        lines = result.message.strip().splitlines() or [""]
        return replace(self, ended=result.status, ended_on=day.isoformat(), why=lines[-1], plan=None, files={})


@dataclass(eq=False)
class Travel:
    """All policies on their way through all worlds."""

    case: Case
    planning: frozenset[int]
    """periods that begin with a day of planning"""
    carry_out: CarryOut
    on_day: Callable[[date], None] = lambda _: None
    by_future: bool = False
    """whether plans for all futures are sought one future at a time"""

    @property
    def calendar(self) -> Calendar:
        """That of the case at the start."""
        return self.case.calendar

    def felt(self, told: TurnedOut) -> int:
        """The period from whose first day on something is in force."""
        return max(0, self.calendar.back(told.known_on))

    def learned(self, told: TurnedOut) -> int:
        """The period before whose signatures something is known."""
        return max(0, self.calendar.forward(told.known_on))

    def all(self, worlds: Sequence[World], policies: Iterable[SimulatedPolicy]) -> list[Traveller]:
        """The policies at the end of their way, each in all worlds; those that share their way are one."""
        travellers = [Traveller(policy, tuple(worlds), files=dict(self.case.files)) for policy in policies]
        periods = {self.felt(told) for world in worlds for told in world.told}
        for t in sorted(periods | self.planning):
            self.on_day(self.calendar.start_of(t))
            travellers = self._on(t, travellers)
        return self._at_the_end(travellers)

    def next_planning(self, t: int) -> date | None:
        """The next day of planning after the first day of a period; None where there is none."""
        later = [each for each in self.planning if each > t]
        return self.calendar.start_of(min(later)) if later else None

    def _on(self, t: int, travellers: Sequence[Traveller]) -> list[Traveller]:
        """The travellers after the first day of a period."""
        going = [self._arrived(each, news, t) for traveller in travellers for each, news in self._parted(traveller, t)]
        going = self._each(going, lambda one: one.plan is not None and self._acts(one, t), self._carry(t))
        going = self._each(going, lambda one: self._plans(one, t), self._plan(t))
        return self._each(going, lambda one: self._must_hold(one, t), self._hold(t))

    def _parted(self, traveller: Traveller, t: int) -> list[tuple[Traveller, tuple[TurnedOut, ...]]]:
        """The traveller in the worlds that the news of a period tells apart, with the news."""
        if traveller.ended is not None:
            return [(traveller, ())]
        parts: dict[tuple[TurnedOut, ...], list[World]] = {}
        for world in traveller.worlds:
            knows = world.told if traveller.policy is SimulatedPolicy.FORESIGHT else ()
            news = tuple(told for told in world.told if self.felt(told) == t) if not knows else knows if t == 0 else ()
            parts.setdefault(news, []).append(world)
        return [(replace(traveller, worlds=tuple(mine)), news) for news, mine in parts.items()]

    def _arrived(self, traveller: Traveller, news: tuple[TurnedOut, ...], t: int) -> Traveller:
        """The traveller with the news of a period."""
        if traveller.ended is not None:
            return traveller
        return replace(
            traveller,
            pending=traveller.pending + news,
            unheard=traveller.unheard + news,
            told=traveller.told + news,
        )

    def _known(self, traveller: Traveller, told: TurnedOut, t: int) -> bool:
        return traveller.policy is SimulatedPolicy.FORESIGHT or self.learned(told) <= t

    def _plans(self, traveller: Traveller, t: int) -> bool:
        """Whether it makes a plan on the first day of a period."""
        if traveller.ended is not None or (t > 0 and (traveller.policy in PLANS_ONCE or t not in self.planning)):
            return False
        if t == 0 or traveller.policy is SimulatedPolicy.WAIT:
            return True
        deep = traveller.hedge is not None
        return any((told.effect or deep) and self._known(traveller, told, t) for told in traveller.unheard)

    def _must_hold(self, traveller: Traveller, t: int) -> bool:
        """Whether news is in force that the plan does not know."""
        if traveller.ended is not None:
            return False
        if traveller.hedged:
            return any(told.value is not None or self.learned(told) > self.felt(told) for told in traveller.pending)
        return any(told.effect or traveller.hedge is not None for told in traveller.pending)

    def _acts(self, traveller: Traveller, t: int) -> bool:
        return self._plans(traveller, t) or self._must_hold(traveller, t)

    def _each(
        self,
        travellers: Sequence[Traveller],
        those: Callable[[Traveller], bool],
        doing: tuple[Callable[[Traveller], Run], Callable[[Traveller, RunResult], Traveller]],
    ) -> list[Traveller]:
        """The travellers, those that are meant after a run of theirs."""
        asked, after = doing
        meant = [i for i, each in enumerate(travellers) if those(each)]
        results = self.carry_out([asked(travellers[i]) for i in meant]) if meant else []
        found = list(travellers)
        for i, result in zip(meant, results, strict=True):
            found[i] = after(travellers[i], result)
        return found

    def _carry(self, t: int | None) -> tuple[Callable[[Traveller], Run], Callable[[Traveller, RunResult], Traveller]]:
        """Carry the plan out up to the first day of a period, or up to the end."""
        until = None if t is None else self.calendar.start_of(t)

        def before(traveller: Traveller) -> tuple[TurnedOut, ...]:
            return tuple(told for told in traveller.pending if t is None or self.felt(told) < t)

        def asked(traveller: Traveller) -> Run:
            assert traveller.plan is not None
            assert traveller.plan.packed is not None
            name = f"{traveller.policy} up to {until or 'the end'}{_in(traveller)}"
            return CarryRun(name, packed=traveller.plan.packed, told=before(traveller), until=until)

        def after(traveller: Traveller, result: RunResult) -> Traveller:
            if result.status not in WITH_A_PLAN:
                return traveller.without_plan(result, until or self.calendar.end)
            done = before(traveller)
            return replace(
                traveller,
                files={} if until is None else case_files(result),
                pending=tuple(told for told in traveller.pending if told not in done),
                segments=(*traveller.segments, segment_of(result)),
            )

        return asked, after

    def _plan(self, t: int) -> tuple[Callable[[Traveller], Run], Callable[[Traveller, RunResult], Traveller]]:
        """Make a plan on the first day of a period."""
        day = self.calendar.start_of(t)

        def known(traveller: Traveller) -> tuple[TurnedOut, ...]:
            return tuple(told for told in traveller.pending if self._known(traveller, told, t))

        def asked(traveller: Traveller) -> Run:
            how = FIRST[traveller.policy]
            until = self.next_planning(t) if how is HowPlanned.WAIT else None
            return PlanRun(
                f"{traveller.policy} on {day}{_in(traveller)}", start=self._values(traveller), files=traveller.files,
                told=known(traveller), how=how, until=until, by_future=self.by_future and how is HowPlanned.HEDGE,
            )  # fmt: skip

        def after(traveller: Traveller, result: RunResult) -> Traveller:
            done = known(traveller)
            made = traveller.with_plan(result, day)
            return replace(
                made,
                hedge=made.plan if made.hedged else None,
                told=tuple(told for told in traveller.pending if told not in done),
                pending=tuple(told for told in traveller.pending if told not in done),
                unheard=tuple(told for told in traveller.unheard if not self._known(traveller, told, t)),
            )

        return asked, after

    def _hold(self, t: int) -> tuple[Callable[[Traveller], Run], Callable[[Traveller, RunResult], Traveller]]:
        """Follow the news with operation, and hold signatures until the next day of planning."""
        day = self.calendar.start_of(t)

        def asked(traveller: Traveller) -> Run:
            once = traveller.policy in PLANS_ONCE
            assert traveller.plan is not None
            assert traveller.plan.packed is not None
            files = traveller.files or of_case(unpacked(traveller.plan.packed))
            return PlanRun(
                f"{traveller.policy} on {day}, after news{_in(traveller)}", start=self._values(traveller), files=files,
                told=traveller.pending, how=HowPlanned.HOLD, until=None if once else self.next_planning(t),
            )  # fmt: skip

        def after(traveller: Traveller, result: RunResult) -> Traveller:
            return replace(traveller.with_plan(result, day), pending=())

        return asked, after

    def _values(self, traveller: Traveller) -> dict[str, float]:
        """The decisions of the plan that it carries out, by the names of the case on whose day it stands."""
        if traveller.plan is None:
            return {}
        if traveller.hedge is None:
            return dict(traveller.plan.plan.values)
        hedge = traveller.hedge.hedge
        source = hedge.plan(branch(hedge, traveller.told))
        case = Case.made_of(traveller.files, hedge.case.catalogue, like=self.case) if traveller.files else hedge.case
        return values_in(case, source)

    def _at_the_end(self, travellers: Sequence[Traveller]) -> list[Traveller]:
        """The travellers once their plans are carried out to the end."""
        return self._each(travellers, lambda one: one.ended is None, self._carry(None))


def _in(traveller: Traveller) -> str:
    """In which worlds a traveller is, for the name of a run."""
    known = ", ".join(told.text for told in traveller.worlds[0].told if len(traveller.worlds) == 1)
    return f" in world {traveller.worlds[0].number}" if known else f" in {len(traveller.worlds)} worlds"
