"""The search by futures: prices, each future at these prices, plans from what they do, better prices.

It ends where the gap is closed, where the time is over, or where neither bound nor plan moves any more. What is left
then is the duality gap of programs with integers, which no prices close: the program of the whole tree does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.errors import DataError, MissingResource, Problem
from planner.common.settings import RiskSettings
from planner.common.waivers import Waiver
from planner.hedge.alone import Alone
from planner.hedge.by_future.better_prices import Bundle
from planner.hedge.by_future.first_prices import first_prices
from planner.hedge.by_future.repair import followed, nearest, where_they_agree
from planner.hedge.by_future.solves import Engine, OutOfTime, Solves, Task
from planner.hedge.by_future.tied import Relaxed, Tied, TiePrices, within
from planner.hedge.first_plans import objective_of
from planner.hedge.risk_program import at_full_weight, start_with_risk, with_risk
from planner.hedge.search import Watch, search
from planner.hedge.tree_program import TreeProgram
from planner.plan.hedges.certificate import Certificate
from planner.solver import Answer, Feasibility, Snapshot, Stop
from planner.solver.answer import closed_gap, relative_gap
from planner.solver.interrupts import heeding_signals

FIRST_GAP = 0.25
"""to which share of the gap asked for each future is solved at first"""
LEAST_GAP = 0.05
"""the same at last; it is halved with every step that gains little"""
LITTLE = 0.02
"""share of the distance of bound and plan; a step that gains less gains little"""
PATIENCE = 4
"""steps in a row that gain little, after which the search ends"""
SHORTEST = 1e-3
"""part of the usual length of a step after which no shorter one is tried where prices leave a future unbounded"""
MOST_STEPS = 60
WITHOUT_PLAN = 0.01
"""share of the bound by which the best plan is taken to be dearer where none is known"""
MOST_COMPLETED = 3
"""how many plans are tried as the last one"""
LONGEST_LAST_S = 600.0
"""how long the amounts of the best plan may be solved for once more [s]"""
STILL_OPEN = (Stop.TIME_LIMIT, Stop.INTERRUPTED, Stop.DUALITY_GAP, Stop.UNKNOWN)
"""reasons to stop that do not count where the last amounts close the gap"""


@dataclass(frozen=True, eq=False)
class ByFuture:
    """What the search has found."""

    answer: Answer
    certificate: Certificate
    """of the bound"""
    steps: int
    processor_seconds: float


def refuse_rations(waivers: Sequence[Waiver]) -> None:
    """Raise DataError where a waiver ties the futures together by a probability."""
    expected = "a blank, as --by-future solves every future by itself"
    problems = [
        Problem(Waiver.about.file, row.line, "probability_max", expected, f"{row.probability_max:g}")
        for row in waivers
        if row.probability_max is not None
    ]
    if problems:
        raise DataError(problems)


def search_by_future(
    tree: TreeProgram, alone: Sequence[Alone], risk: RiskSettings, watch: Watch, start: Vector | None, engine: Engine
) -> ByFuture:
    """The best plan for all futures that is found one future at a time, and a bound with its certificate.

    `alone` are the plans for single futures, `start` is a solution of the tree's program to start from, `engine` makes
    what carries out the solves. Ctrl-C and the time limit leave the plan and the bound so far.
    """
    began, spent = time.perf_counter(), time.process_time()
    stop = threading.Event()
    tied = Tied.of(tree)
    found = _SearchByFuture(tree, tied, Relaxed.of(tree, tied, tree.program), risk, watch, stop)
    found.begin(alone, start)
    with heeding_signals(stop):
        why = found.run(engine)
    x = _completed(tree, [plan for _, plan in found.plans[:MOST_COMPLETED]], risk, watch)
    objective = None if x is None else with_risk(tree, tree.program, risk).objective(x)
    if why in STILL_OPEN and found.bound is not None and objective is not None:
        distance = closed_gap(objective, watch.options.gap)
        why = Stop.PROVEN if objective - found.bound <= distance else why
    answer = Answer(
        stop=why,
        feasibility=Feasibility.NONE if x is None else Feasibility.FEASIBLE,
        x=x, objective=objective, bound=found.bound, gap=relative_gap(objective, found.bound),
        seconds=time.perf_counter() - began, nodes=found.nodes, simplex_iterations=0, integrality=0.0,
        primal_violation=0.0, highs_status=str(why), highs_version="",
    )  # fmt: skip
    seconds = time.process_time() - spent + found.elsewhere
    return ByFuture(at_full_weight(tree, answer, risk), found.certificate, found.steps, seconds)


def _completed(tree: TreeProgram, plans: Sequence[Vector], risk: RiskSettings, watch: Watch) -> Vector | None:
    """The best solution of the tree's program, and of what measures risk, with the integers of the first plan."""
    program = with_risk(tree, tree.program, risk)
    for plan in plans:  # the first, unless its numbers are not quite within the rows of the whole program
        start = start_with_risk(tree, plan, risk)
        options = replace(watch.options, time_limit_s=LONGEST_LAST_S)
        answer = solver.solve(program.with_integers_fixed(start), options, start=start)
        if answer.feasibility is Feasibility.FEASIBLE:
            return answer.x
    return None


@dataclass(eq=False)
class _Way:
    """From prices to better ones."""

    bundle: Bundle
    prices: TiePrices
    best: TiePrices
    """of which the bound was highest"""
    around: Vector
    """a point near which the futures decide alike; shape (K,)"""
    best_value: float = -np.inf
    share: float = FIRST_GAP
    """of the gap asked for, to which each future is solved"""
    length: float = 1.0
    """of a step, as a part of the usual one"""
    idle: int = 0
    """steps in a row that gained little"""

    def judge(self, value: float) -> None:
        """Go on from the present prices where their bound is the best, else nearer to the best."""
        if value > self.best_value:
            self.best, self.best_value, self.length = self.prices, value, min(1.0, 1.5 * self.length)
        else:
            self.length *= 0.5

    def onwards(self, before: float, missing: float, distance: float) -> bool:
        """Turn to other prices; False where that is of no use any more.

        `before` and `missing` are the distance of plan and bound before and after the step, `distance` that of the plan
        and the bound at the best prices [USD bn].
        """
        gained = before - missing > LITTLE * before or not np.isfinite(before)
        self.idle = 0 if gained else self.idle + 1
        if self.idle >= PATIENCE:
            return False
        if not gained:
            self.share = max(LEAST_GAP, 0.5 * self.share)
        found = self.bundle.next(self.best, self.length * distance) if self.bundle.costs else None
        if found is None:
            if self.share <= LEAST_GAP:
                return False
            self.share = LEAST_GAP
        self.prices = found or self.best
        return True


@dataclass(eq=False)
class _SearchByFuture:
    """The search under way."""

    tree: TreeProgram
    tied: Tied
    relaxed: Relaxed
    risk: RiskSettings
    watch: Watch
    stop: threading.Event
    plans: list[tuple[float, Vector]] = field(default_factory=list)
    """objectives and solutions of the tree's program, with NaN for what the model adds; the best first"""
    bound: float | None = None
    certificate: Certificate = field(default_factory=Certificate.empty)
    steps: int = 0
    nodes: int = 0
    elsewhere: float = 0.0
    """processor time of other processes [s]"""
    unpriced: TiePrices | None = None
    """weights without multipliers, where the plans for single futures are known"""
    last: list[Vector | None] = field(default_factory=list)
    """what each future did at last"""
    tried: set[tuple[int, bytes]] = field(default_factory=set)
    """proposals that were followed"""

    @property
    def value(self) -> float:
        """Objective of the best plan; infinite where there is none [USD bn]."""
        return self.plans[0][0] if self.plans else np.inf

    def closed(self) -> bool:
        """Whether the gap is closed."""
        if self.bound is None or not self.plans:
            return False
        return self.value - self.bound <= closed_gap(self.value, self.watch.options.gap)

    def begin(self, alone: Sequence[Alone], start: Vector | None) -> None:
        """The bound without prices, by the plans for single futures, and the plan to start from."""
        lows = [each.low for each in alone]
        if None not in lows and np.isfinite(np.array(lows, dtype=float)).all():
            known = np.array(lows, dtype=float)
            weights = _worst_weights(known, self.tree.merged.weights, self.risk)
            none = replace(TiePrices.none(self.tree, self.tied), weights=weights)
            self._prove(none, weights * known)
            if all(each.answer.x is not None for each in alone):
                self.unpriced = replace(none, weights=within(weights, self.tree.merged.weights, self.risk))
        self.last = [each.answer.x for each in alone]
        if start is not None:
            self._offer(start)

    def run(self, engine: Engine) -> Stop:
        """Go on until it ends; returns why."""
        self.watch.on_phase("prices from the linear program of the tree")
        prices, around = first_prices(self.tree, self.tied, self.risk, self.tree.program, self.watch, self.stop)
        if self.stop.is_set():
            return Stop.INTERRUPTED
        try:
            with engine() as executor:
                solves = Solves(executor, self.stop, self.watch.until)
                try:
                    return self._steps(prices, around, solves)
                finally:
                    self.elsewhere = solves.elsewhere
        except OutOfTime:
            return Stop.TIME_LIMIT
        except MissingResource:
            if not self.plans:
                raise
            return Stop.MEMORY
        except KeyboardInterrupt:
            if not self.stop.is_set():
                raise
            return Stop.INTERRUPTED

    def _steps(self, prices: TiePrices, around: Vector, solves: Solves) -> Stop:
        bundle = Bundle(self.tied, self.tree.merged.weights, self.risk)
        way = _Way(bundle, prices, prices, around)
        if self.unpriced is not None:
            way.best, way.best_value = self.unpriced, self.bound or -np.inf
            self._remember(bundle, self.last)
        while self.steps < MOST_STEPS:
            if self.stop.is_set():
                return Stop.INTERRUPTED
            if time.perf_counter() >= self.watch.until:
                return Stop.TIME_LIMIT
            self.steps += 1
            before = self._missing
            answers = self._solved(way, solves)
            if any(each.stop is Stop.INFEASIBLE for each in answers):
                return Stop.INFEASIBLE
            way.judge(self._bounded(way, answers))
            why = self._not_solved(way, answers)
            if self.closed() or why is not None:
                return Stop.PROVEN if self.closed() else why or Stop.UNKNOWN
            if all(each.x is not None for each in answers):
                self._remember(way.bundle, self.last)
                self._plans(way, answers, solves)
            if self.closed():
                return Stop.PROVEN
            if not way.onwards(before, self._missing, self._distance(way.best_value)):
                break
        return Stop.DUALITY_GAP

    def _not_solved(self, way: _Way, answers: Sequence[Answer]) -> Stop | None:
        """Why the search ends where some future has no answer; None where it need not."""
        stops = [each.stop for each in answers if each.x is None]
        if not stops:
            return None
        if all(each is Stop.UNBOUNDED for each in stops):  # prices that are too far from the best so far
            return None if way.bundle.costs and way.length >= SHORTEST else Stop.UNKNOWN
        if Stop.INTERRUPTED in stops:
            return Stop.INTERRUPTED
        return Stop.TIME_LIMIT if time.perf_counter() >= self.watch.until else stops[0]

    @property
    def _missing(self) -> float:
        """The distance of the best plan and the bound."""
        return np.inf if self.bound is None else self.value - self.bound

    def _distance(self, value: float) -> float:
        """How far the best plan lies above a bound; some share of it where there is no plan."""
        return max(self.value - value, 0.0) if self.plans else WITHOUT_PLAN * abs(value)

    def _solved(self, way: _Way, solves: Solves) -> list[Answer]:
        """The answer of each future at the present prices."""
        self.watch.on_phase(f"every future at its prices, step {self.steps}")
        options = replace(self.watch.options, gap=way.share * self.watch.options.gap)
        programs = self.relaxed.priced(way.prices, way.around)
        tasks = [Task(program, options, x) for program, x in zip(programs, self.last, strict=True)]
        answers = solves.all(tasks)
        self.nodes += sum(each.nodes for each in answers)
        self.last = [x if each.x is None else each.x for each, x in zip(answers, self.last, strict=True)]
        return answers

    def _bounded(self, way: _Way, answers: Sequence[Answer]) -> float:
        """The bound that the answers prove together, which is kept if it is the best."""
        found = [-np.inf if each.bound is None else each.bound for each in answers]
        if not np.isfinite(found).all():
            return -np.inf
        bounds = self.relaxed.bounds(way.prices, way.around, found)
        self._prove(way.prices, bounds)
        return float(bounds.sum())

    def _prove(self, prices: TiePrices, bounds: Vector) -> None:
        value = float(bounds.sum())
        if self.bound is None or value > self.bound:
            self.bound, self.certificate = value, self.relaxed.certificate(prices, bounds)
            self._tell()

    def _remember(self, bundle: Bundle, found: Sequence[Vector | None]) -> None:
        """Note what each future does; the solutions are of their own programs."""
        costs, points = [], []
        for s, (each, x) in enumerate(zip(self.tree.futures, found, strict=True)):
            assert x is not None, "there is a plan for each future"
            costs.append(each.program.objective(x))
            points.append(self.tied.values(s, x))
        bundle.add(costs, points)

    def _plans(self, way: _Way, answers: Sequence[Answer], solves: Solves) -> None:
        """Follow the proposals that are nearest to one another, one by one until the gap is closed.

        Each of them takes as many solves as there are futures, side by side where futures part.
        """
        options = replace(self.watch.options, gap=way.share * self.watch.options.gap)
        self.watch.on_phase(f"plans from what futures do, step {self.steps}")
        for s in nearest(way.bundle, way.bundle.scale(way.best)):
            x, key = answers[s].x, (s, np.round(way.bundle.points[s][-1], 6).tobytes())
            if x is None or answers[s].feasibility is not Feasibility.FEASIBLE or key in self.tried:
                continue
            self.tried.add(key)
            for plan in followed(self.tree, {s: x}, options, solves):
                self._offer(plan)
            if self.closed():
                return
        if way.idle:
            self._plan_where_they_agree(way)

    def _plan_where_they_agree(self, way: _Way) -> None:
        """Keep the integers that all futures choose alike, and solve for the rest in one program."""
        program = where_they_agree(self.tree, self.tied, [points[-1] for points in way.bundle.points])
        key = (-1, program.lower.tobytes())
        if key in self.tried:
            return
        self.tried.add(key)
        self.watch.on_phase(f"a plan where futures agree, step {self.steps}")
        gap = 0.5 * self.watch.options.gap
        watch = replace(self.watch.part(0.5), options=replace(self.watch.options, gap=gap), on_progress=None)
        answer = search(self.tree, self.risk, watch, None, program)
        if answer.stop is Stop.INTERRUPTED:
            self.stop.set()
        if answer.x is not None and answer.feasibility is Feasibility.FEASIBLE:
            self._offer(answer.x[: len(program.cost)])

    def _offer(self, x: Vector) -> None:
        """Keep a plan for all futures if it is the best."""
        before = self.value
        self.plans.append((objective_of(self.tree, self.risk, x), x))
        self.plans.sort(key=lambda plan: plan[0])
        if self.value < before:
            self._tell()

    def _tell(self) -> None:
        if self.watch.on_progress is not None:
            incumbent = self.value if self.plans else None
            self.watch.on_progress(Snapshot(incumbent, self.bound, self.nodes, 0.0))


def _worst_weights(costs: Vector, probabilities: Vector, risk: RiskSettings) -> Vector:
    """The weights with which costs add up to the objective of all futures: the dearest futures weigh most."""
    left = 1.0
    beyond = np.zeros(len(costs))
    for s in np.argsort(-costs, kind="stable").tolist():
        beyond[s] = min(left, probabilities[s] / (1.0 - risk.level))
        left -= beyond[s]
    return (1.0 - risk.weight) * probabilities + risk.weight * beyond
