"""The solves behind the values of a hedge. What each value is, `planner.hedge.values` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Infeasible, Problem
from planner.basics.risk import expected as expected_cost
from planner.case.case import Case
from planner.common.settings import RiskSettings
from planner.futures.cases import case_of
from planner.futures.tree import EXPECTED, Future, Tree, expected_in
from planner.hedge.alone import solve_alone
from planner.hedge.first_plans import Kept, first_plan, kept_plan, likeliest
from planner.hedge.search import Expected, Watch, search, wait_and_see
from planner.hedge.tree_program import TreeProgram, future_program, future_programs
from planner.hedge.values import Side, Worth, difference
from planner.plan.hedges.record import EXPECTED_SIDE, PRUDENCE, TREE_SIDE, VMS, VSS, Interval
from planner.solve.study_options import StudyOptions
from planner.solver import Answer, Stop
from planner.solver.program import Program
from planner.tables.cells import shown
from planner.tables.offer import OfferStatus
from planner.tables.references import suggestion

HALF = 0.5
"""share of the time that is left that one value may take"""
NOT_ASKED = "not asked for"
STOPPED_EARLY = "stopped before it was known"


@dataclass(frozen=True)
class ValuesAsked:
    """Which values are worked out besides that of perfect information."""

    usual: bool = True
    """VSS, VMS and the price of prudence"""
    news: bool = False
    """of each event"""
    offers: tuple[str, ...] = ()
    """options: the offers whose worth is asked for"""


USUAL = ValuesAsked()


@dataclass
class Worths:
    """The values that were worked out, and why others were not."""

    values: dict[str, Interval | None] = field(default_factory=dict)
    news: dict[str, Interval | None] = field(default_factory=dict)
    options: dict[str, Mapping[str, Interval | None]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, worth: Worth) -> Interval | None:
        """Keep the reason of a value, and return the value."""
        if worth.why:
            self.reasons[name] = worth.why
        return worth.interval


@dataclass(frozen=True, eq=False)
class Valuing:
    """The values of a plan for all futures."""

    case: Case
    tree: TreeProgram
    watch: Watch
    answer: Answer
    """of the tree"""
    costs: Sequence[float]
    """of the futures under the plan"""
    study: StudyOptions

    @property
    def risk(self) -> RiskSettings:
        """What is minimised."""
        return self.case.settings.risk

    @property
    def side(self) -> Side:
        """The tree."""
        return Side.of(self.answer)

    def all(self, asked: ValuesAsked, expected: Expected, kept: Kept) -> Worths:
        """All values that were asked for."""
        found = Worths()
        stopped = self.answer.stop is Stop.INTERRUPTED
        worths: dict[str, Callable[[], Worth]] = {
            VSS: partial(self._vss, expected, kept),
            VMS: partial(self._vms, expected),
            PRUDENCE: self._prudence,
        }
        for name, worth in worths.items():
            why = STOPPED_EARLY if stopped else "" if asked.usual else NOT_ASKED
            found.values[name] = found.note(name, Worth(None, why) if why else worth())
        if stopped:
            return found
        for event in self.tree.tree.events if asked.news else ():
            found.news[event.event] = found.note(event.event, self._news(event.event))
        for offer in asked.offers:
            in_tree, by_itself = self._option(offer, expected)
            found.options[offer] = {
                TREE_SIDE: found.note(offer, in_tree), EXPECTED_SIDE: found.note(f"{offer} {EXPECTED}", by_itself),
            }  # fmt: skip
        return found

    def _vss(self, expected: Expected, kept: Kept) -> Worth:
        """With what the expected future's plan signs at the root, less the tree."""
        if not expected.alone.found:
            return Worth(None, "no plan for the expected future")
        self.watch.on_phase("what the expected plan is worth in all futures")
        program = self.tree.with_root_signatures(expected.alone.decisions)
        answer = search(self.tree, self.risk, self.watch.part(HALF), kept.x, program)
        if answer.stop is not Stop.INFEASIBLE:
            return difference(Side.of(answer), self.side, "")
        without = self._without_plan(program)
        return Worth(
            None, f"no plan in futures {', '.join(without)}" if without else "no plan for all futures together"
        )

    def _without_plan(self, bounded: Program) -> list[str]:
        """The futures that have no plan by themselves within the bounds of a program of all futures."""
        found = []
        for each, place in zip(self.tree.futures, self.tree.merged.places, strict=True):
            mine = replace(each.program, lower=bounded.lower[place], upper=bounded.upper[place]).without_cost()
            if solver.solve(mine, self.watch.part(HALF).left).stop is Stop.INFEASIBLE:
                found.append(each.future.name)
        return found

    def _vms(self, expected: Expected) -> Worth:
        """With all signatures taken at once, less the tree."""
        self.watch.on_phase("what deciding anew is worth")
        once = TreeProgram.of(self.case, self.tree.tree, self.tree.futures, once=True)
        start = None
        if expected.alone.found:
            start = kept_plan(once, expected.place, expected.alone.decisions, self.watch.part(HALF).left).x
        answer = search(once, self.risk, self.watch.part(HALF), start)
        return difference(Side.of(answer), self.side, "no plan signs the same in all futures")

    def _prudence(self) -> Worth:
        """The expected cost of the plan, less the least there is."""
        if self.risk.weight == 0.0:
            return Worth((0.0, 0.0))
        self.watch.on_phase("what prudence costs")
        answer = search(self.tree, RiskSettings(level=self.risk.level, weight=0.0), self.watch.part(HALF), self._x)
        mine = expected_cost(self.costs, self.tree.merged.weights.tolist())
        return difference(Side(mine, mine), Side.of(answer), "")

    @property
    def _x(self) -> Vector | None:
        """The solution of the tree's program without what measures risk."""
        return None if self.answer.x is None else self.answer.x[: len(self.tree.program.cost)]

    def _news(self, event: str) -> Worth:
        """The tree, less the tree in which an event is known at the start."""
        start = self.case.settings.start
        if next(each for each in self.tree.tree.events if each.event == event).known_on <= start:
            return Worth((0.0, 0.0))
        self.watch.on_phase(f"what it is worth to know {event} today")
        try:
            earlier = Tree.of(self.case.change(f"events[{event}].known_on = {start}"))
        except DataError:
            return Worth(None, "it depends on news that come later")
        by_outcomes = {_told(each.future): i for i, each in enumerate(self.tree.futures)}
        order = [by_outcomes[_told(future)] for future in earlier.futures]
        tree = TreeProgram.of(self.case, earlier, [self.tree.futures[i] for i in order])
        begin = None
        if self._x is not None:
            parts = self.tree.merged.parts(self._x)
            begin = tree.rations.start(tree.merged.joined([parts[i] for i in order]))
        answer = search(tree, self.risk, self.watch.part(HALF), begin)
        return difference(self.side, Side.of(answer), "")

    def _option(self, offer: str, expected: Expected) -> tuple[Worth, Worth]:
        """The tree without an offer, less the tree; and the same for the expected future."""
        self.watch.on_phase(f"what {offer} is worth")
        try:
            without = self.case.change(closing(self.case, offer))
            tree = Tree.of(without)
            futures = future_programs(without, tree, self.study)
            name = expected_in(tree)
            changed = case_of(without, tree, name)
            alone = future_program(without, name, changed, futures[0].portfolio, self.study)
        except (DataError, Infeasible) as error:
            return Worth(None, f"no case without it: {error}"), Worth(None, f"no case without it: {error}")
        watch = self.watch.part(HALF)
        program = TreeProgram.of(without, tree, futures)
        own = wait_and_see(futures, watch)
        begin = first_plan(program, own, self.risk, watch, likeliest(program)) if len(own) == len(futures) else None
        in_tree = Side.of(search(program, self.risk, watch, begin))
        by_itself = Side.of(solve_alone(alone, self.watch.part(HALF).left, expected.alone.decisions).answer)
        return (
            difference(in_tree, self.side, "no plan without it"),
            difference(by_itself, Side.of(expected.alone.answer), "no plan without it"),
        )


def _told(future: Future) -> frozenset[str]:
    return frozenset(outcome.name for outcome in future.outcomes if outcome is not None)


def closing(case: Case, offer: str) -> str:
    """The change that takes an offer out of a case.

    Raises DataError where there is none of that name, or it is signed.
    """
    for row in case.offers():
        if row.offer == offer:
            if row.status is OfferStatus.SIGNED:
                raise DataError(
                    [Problem(row.about.file, row.line, "status", "an offer that is not signed yet", "signed")]
                )
            return f"{row.about.name}[{offer}].status = closed"
    names = [row.offer for row in case.offers()]
    raise DataError([Problem("the options", None, "", "an offer of the case", shown(offer) + suggestion(offer, names))])
