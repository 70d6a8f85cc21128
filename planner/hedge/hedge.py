"""From a case with events to a plan for all of its futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.deadline import Deadline
from planner.basics.errors import DataError, Infeasible, Stopped
from planner.basics.risk import weighted
from planner.case.case import Case
from planner.common.waivers import Waiver
from planner.futures.cases import case_of
from planner.futures.causality import problems_of_tree
from planner.futures.tree import Tree
from planner.hedge.alone import Alone, average
from planner.hedge.by_future.search import ByFuture, refuse_rations, search_by_future
from planner.hedge.by_future.solves import Engine
from planner.hedge.first_plans import cheaper, first_plan, kept_plan, likeliest
from planner.hedge.readable import with_names
from planner.hedge.risk_program import at_full_weight, with_risk
from planner.hedge.search import NOTHING_YET, Watch, expected_future, search, wait_and_see
from planner.hedge.tree_program import FutureProgram, TreeProgram, future_programs
from planner.hedge.valuing import USUAL, ValuesAsked, Valuing, Worths, closing
from planner.hedge.why_not import impossible_futures, nothing_for_all
from planner.ledgers.limits import Limit
from planner.plan.hedges.certificate import BY_FUTURE, METHOD
from planner.plan.hedges.hedge import Hedge
from planner.plan.hedges.record import EXPECTED_SIDE, PRUDENCE, TREE_SIDE, VMS, VSS, HedgeRecord
from planner.plan.plan import Plan
from planner.plan.record import PHASES, PROVEN, STOPPED
from planner.portfolio.cost_limit import cost_at_most
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.answers import (
    options,
    refuse_lack_of_memory,
    stopped_by,
    values,
    with_exact_maxima,
    with_solution,
)
from planner.solve.fewer_signatures import with_fewer
from planner.solve.progress import Clock
from planner.solve.record import AGREE, of_solver, record, versions
from planner.solve.solve import solve
from planner.solve.study_options import NO_STUDY, StudyOptions
from planner.solver import Answer, Snapshot, Stop
from planner.solver.answer import relative_gap

CROSSED = 1e-9
"""by how much a lower bound may lie above an upper one and still be rounding"""
EXPLAINED = "`planner explain CASE`, with the same options, says in which futures, and what would make a plan possible."
FIRST_PLANS = 0.3
"""share of the time that is left that first plans may take"""
WRITING = "writing the tables"
"""the last phase, in which the plan is already found"""
ONE_FUTURE = "there is only one future"
MANY_FUTURES = 5
"""from how many futures on one at a time pays, if they are large"""
MANY_COEFFICIENTS = 200_000
"""how many coefficients the programs of all futures have together then; the five of the reference by years have more"""


def hedge(
    case: Case,
    *,
    asked: ValuesAsked = USUAL,
    study: StudyOptions = NO_STUDY,
    most: float | None = None,
    mps: Path | None = None,
    by_future: Engine | None = None,
    where_it_pays: bool = False,
    deadline: Deadline | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Snapshot], None] | None = None,
) -> Hedge:
    """The plan for all futures of a case with the least objective: expected cost, and CVaR by the weight of `[risk]`.

    `asked` says which values are worked out besides. `mps` is a file to write the program to. `on_phase` is called with
    the name of each phase as it begins, `on_progress` while the search of the tree goes on. Gap, time limit, threads,
    seed and search are the case's; the time limit holds from the call on until there is a plan, unless there is another
    `deadline`, and the values may take as long again. What
    `study` asks for holds in every future; its target, and `most` [USD bn], are about the objective, which is at most
    `most`. With `by_future` the plan is sought one future at a time (`planner.hedge.by_future`), by what that makes;
    without a target or `most`. `where_it_pays`: only for many futures, and where a duality gap is left, the program of
    all futures goes on from there.

    Raises DataError where the events or a future are not valid or news comes too late, Infeasible where no plan
    satisfies all futures, and Stopped where time or Ctrl-C ended the search before any plan was found. Stopped later,
    the best plan so far is returned and says so.
    """
    deadline = deadline or Deadline().within(case.settings.solver.time_limit_s)
    with deadline.enforced(NOTHING_YET):
        tree = _tree_of(case, asked, on_phase)
    if len(tree) == 1:
        study = study if most is None else _costing_at_most(study, most)
        return _of_one_future(case, tree, asked, study, mps, deadline, on_phase, on_progress)
    if by_future is not None:
        if most is not None or study.target is not None:
            raise ValueError("one future at a time there is neither a target nor a largest cost")
        if where_it_pays and any(row.probability_max is not None for row in case.rows(Waiver)):
            by_future = None
        else:
            refuse_rations(case.rows(Waiver))
    watch = Watch(options(case, case.settings.solver.gap), deadline.at, on_phase, on_progress)
    return _Hedging(case, tree, asked, study, mps, watch, most, by_future, where_it_pays).run()


def pays(futures: Sequence[FutureProgram]) -> bool:
    """Whether one future at a time is likely to be faster than the program of all."""
    return len(futures) >= MANY_FUTURES and sum(len(each.program.value) for each in futures) >= MANY_COEFFICIENTS


def _tree_of(case: Case, asked: ValuesAsked, on_phase: Callable[[str], None]) -> Tree:
    """The futures of a case. Raises DataError where they are not valid, or an offer asked about cannot be left out."""
    tree = Tree.of(case)
    for offer in asked.offers:
        closing(case, offer)  # raises where it cannot be left out
    if tree.events:
        on_phase("checking what is known when")
        if problems := problems_of_tree(case, tree):
            raise DataError(problems)
    return tree


def _costing_at_most(study: StudyOptions, most: float) -> StudyOptions:
    """What a study asks for, and besides that a plan costs at most so much [USD bn]."""

    def limits(portfolio: Portfolio) -> Iterator[Limit]:
        yield from study.extra_limits(portfolio)
        yield cost_at_most(portfolio, most, "besides")

    return replace(study, extra_limits=limits)


def _of_one_future(
    case: Case,
    tree: Tree,
    asked: ValuesAsked,
    study: StudyOptions,
    mps: Path | None,
    deadline: Deadline,
    on_phase: Callable[[str], None],
    on_progress: Callable[[Snapshot], None] | None,
) -> Hedge:
    (future,) = tree.futures
    chosen = case_of(case, tree, future)
    plan = solve(chosen, study=study, mps=mps, deadline=deadline, on_phase=on_phase, on_progress=on_progress)
    told = plan.record
    made = HedgeRecord.made(
        case,
        tree,
        [told.objective_usd_bn],
        bound=told.bound_usd_bn,
        status=told.status,
        stopped_by=told.stopped_by,
        own={future.name: (told.objective_usd_bn, told.bound_usd_bn)},
        news=dict.fromkeys((event.event for event in tree.events), (0.0, 0.0)) if asked.news else {},
        options={offer: {TREE_SIDE: None, EXPECTED_SIDE: None} for offer in asked.offers},
        reasons=dict.fromkeys((VSS, VMS, PRUDENCE, *asked.offers), ONE_FUTURE),
        seconds=told.seconds,
        solver=told.solver,
        versions=told.versions,
        notes=told.notes,
    )
    return Hedge.of(case, tree, {future.name: plan}, made, {future.name: plan})


@dataclass(eq=False)
class _Hedging:
    """A plan for all futures under way."""

    case: Case
    tree: Tree
    asked: ValuesAsked
    study: StudyOptions
    mps: Path | None
    watch: Watch
    most: float | None
    """no plan with a higher objective counts [USD bn]"""
    engine: Engine | None
    """for one future at a time; None: the tree as one program"""
    where_it_pays: bool
    """one future at a time only for many, and then the tree as one program, too, where that is not enough"""
    by_future: ByFuture | None = None
    """what was found one future at a time"""

    def run(self) -> Hedge:
        """The plan, or the reason why there is none."""
        clock, risk, watch = Clock(), self.case.settings.risk, self.watch
        watch.on_phase("reading the contracts of all futures")
        with watch.working():
            futures = future_programs(self.case, self.tree, self.study)
        clock.lap("post")
        if self.where_it_pays and not pays(futures):
            self.engine = None
        alone = wait_and_see(futures, watch)
        self._refuse_impossible(futures, alone)
        expected = expected_future(self.case, self.tree, futures, alone, self.study, watch)
        clock.lap("alone")
        watch.on_phase("building the tree")
        with watch.working():
            program = TreeProgram.of(self.case, self.tree, futures)
        self._refuse_no_choice(program)
        if self.mps is not None:
            solver.write_mps(with_names(program, with_risk(program, program.program, risk)), self.mps)
        early = watch.part(FIRST_PLANS)
        kept = kept_plan(program, expected.place, expected.alone.decisions, early.left)
        start = kept.x
        if self.engine is None:
            start = cheaper(program, risk, first_plan(program, alone, risk, early, likeliest(program)), start)
        clock.lap("first plans")
        watch.on_phase("solving the tree")
        answer = self._bounded(self._searched(program, alone, start), alone, program)
        clock.lap("solve")
        answer = self._with_fewer_signatures(program, answer)
        clock.lap("ties")
        solutions = self._solutions(program, answer)
        costs = [each.objective for each in solutions]
        self._refuse_other_objective(costs, answer)
        worth = Valuing(self.case, program, watch.anew(), answer, costs, self.study).all(self.asked, expected, kept)
        clock.lap("values")
        watch.on_phase(WRITING)
        signs = program.signed_at_root(expected.alone.decisions)
        return self._hedge(alone, solutions, answer, worth, signs, clock)

    def _searched(self, program: TreeProgram, alone: Sequence[Alone], start: Vector | None) -> Answer:
        risk = self.case.settings.risk
        if self.engine is not None:
            found = self.by_future = search_by_future(program, alone, risk, self.watch, start, self.engine)
            if not self.where_it_pays or found.answer.stop is not Stop.DUALITY_GAP:
                return found.answer
            return self._closing(program, found, start)
        return search(program, risk, self.watch, start, target=self.study.target, most=self.most)

    def _closing(self, program: TreeProgram, found: ByFuture, start: Vector | None) -> Answer:
        """What the program of all futures makes of a plan and a bound between which there is a duality gap."""
        self.watch.on_phase("the whole tree, from there")
        x, known = found.answer.x, found.answer.bound
        start = start if x is None else x[: len(program.program.cost)]
        answer = search(program, self.case.settings.risk, self.watch, start)
        if answer.proven or known is None or (answer.bound is not None and answer.bound >= known):
            self.by_future = None
            return answer
        return replace(answer, bound=known, gap=relative_gap(answer.objective, known))

    def _refuse_impossible(self, futures: Sequence[FutureProgram], alone: Sequence[Alone]) -> None:
        """Raise where a future has no plan, or where somebody stopped before the tree was searched."""
        impossible = [each for each, found in zip(futures, alone, strict=False) if found.impossible]
        if impossible:
            self.watch.on_phase("why there is no plan")
            raise Infeasible(impossible_futures(impossible, self.watch.left), EXPLAINED)
        for each in alone:
            refuse_lack_of_memory(each.answer)
        if alone[-1].interrupted:
            raise Stopped("stopped by interruption before any plan for all futures was found")

    def _refuse_no_choice(self, program: TreeProgram) -> None:
        """Raise where a decision that is taken before the futures part can have no value in all of them."""
        crossed = program.program.lower > program.program.upper + CROSSED
        if crossed.any():
            j = int(np.flatnonzero(crossed)[0])
            for each, place in zip(program.futures, program.merged.places, strict=True):
                for i in np.flatnonzero(place[: len(each.names)] == j).tolist():
                    raise Infeasible(f"{each.names[i]} has no value that is possible in all futures", EXPLAINED)

    def _bounded(self, answer: Answer, alone: Sequence[Alone], program: TreeProgram) -> Answer:
        """The answer with a bound that is at least that of the plans for single futures."""
        if answer.stop is Stop.INFEASIBLE and self.most is not None:
            raise Infeasible(f"no plan serves all futures, keeps what is asked for and costs at most {self.most:.6f}")
        if answer.stop is Stop.INFEASIBLE:
            raise Infeasible(nothing_for_all(self.case, program, self.watch.left), EXPLAINED)
        x = values(answer, program.futures[0].portfolio)
        lows = [each.low for each in alone]
        waiting = None if average(lows, program.merged.weights) is None else self._weigh([each or 0.0 for each in lows])
        bound = max((each for each in (answer.bound, waiting) if each is not None), default=None)
        return replace(answer, x=x, bound=bound, gap=relative_gap(answer.objective, bound))

    def _with_fewer_signatures(self, program: TreeProgram, answer: Answer) -> Answer:
        """The answer, or one that costs the same and signs fewer offers in some futures."""
        if answer.x is None or self.study.target is not None:
            return answer
        whole = with_risk(program, program.program, self.case.settings.risk)
        added = np.append(program.added, np.ones(len(whole.cost) - len(program.added), dtype=np.bool_))
        x = with_fewer(whole, program.signatures(answer.x), added, answer.x, self.watch.options)
        return at_full_weight(program, with_solution(answer, whole, x), self.case.settings.risk)

    def _weigh(self, costs: Sequence[float]) -> float:
        risk = self.case.settings.risk
        return weighted(costs, [each.probability for each in self.tree.futures], risk.level, risk.weight)

    def _solutions(self, program: TreeProgram, answer: Answer) -> list[Solution]:
        """The solution of each future, with the exact values of what follows from decisions."""
        assert answer.x is not None, "there is a plan"
        decisions = program.decisions(answer.x)
        return [
            Solution(each.portfolio, with_exact_maxima(each.portfolio, x))
            for each, x in zip(program.futures, decisions, strict=True)
        ]

    def _refuse_other_objective(self, costs: Sequence[float], answer: Answer) -> None:
        told = self._weigh(costs)
        if answer.objective is None or abs(told - answer.objective) > AGREE * max(1.0, abs(told)):
            raise RuntimeError(f"the ledgers give {told}, the solver {answer.objective}")

    def _hedge(
        self,
        alone: Sequence[Alone],
        solutions: Sequence[Solution],
        answer: Answer,
        worth: Worths,
        signs: Sequence[str],
        clock: Clock,
    ) -> Hedge:
        names = [each.name for each in self.tree.futures]
        plans = {
            name: _plan(solution, replace(answer, objective=solution.objective, bound=each.low), clock)
            for name, solution, each in zip(names, solutions, alone, strict=True)
        }
        own = {
            name: _own(solution.portfolio, each, clock)
            for name, solution, each in zip(names, solutions, alone, strict=True)
        }
        made = HedgeRecord.made(
            self.case,
            self.tree,
            [each.objective for each in solutions],
            bound=answer.bound,
            status=PROVEN if answer.proven else STOPPED,
            stopped_by=stopped_by(answer),
            own={
                name: (_cheaper(each.high, solution.objective), each.low)
                for name, solution, each in zip(names, solutions, alone, strict=True)
            },
            values=worth.values,
            news=worth.news,
            options=worth.options,
            reasons=worth.reasons,
            seconds=clock.seconds,
            solver={**of_solver(answer), **self._method},
            versions=versions(),
            notes=_notes(plans),
            expected_signs_now=signs,
        )  # fmt: skip
        portfolios = {name: each.portfolio for name, each in zip(names, solutions, strict=True)}
        certificate = None if self.by_future is None else self.by_future.certificate
        return Hedge.of(self.case, self.tree, plans, made, own, portfolios, certificate)

    @property
    def _method(self) -> dict[str, float | str]:
        """What the record says of a search one future at a time."""
        if self.by_future is None:
            return {}
        seconds = round(self.by_future.processor_seconds, 3)
        return {METHOD: BY_FUTURE, "steps": self.by_future.steps, "processor_seconds": seconds}


def _plan(solution: Solution, answer: Answer, clock: Clock) -> Plan:
    """The plan of a future in a solution of the tree."""
    seconds = Clock()
    seconds.seconds = {phase: clock.seconds.get(phase, 0.0) for phase in PHASES}
    return Plan.of(solution, record(solution, answer, (), seconds))


def _own(portfolio: Portfolio, alone: Alone, clock: Clock) -> Plan | None:
    """The plan for a future by itself."""
    if alone.answer.x is None:
        return None
    x = with_exact_maxima(portfolio, alone.answer.x[: portfolio.ledgers.size])
    solution = Solution(portfolio, x)
    return _plan(solution, replace(alone.answer, objective=solution.objective), clock)


def _cheaper(own: float | None, cost: float) -> float:
    """What the best known plan for a future costs: its own, or what the plan for all futures comes to in it."""
    return cost if own is None else min(own, cost)


def _notes(plans: Mapping[str, Plan]) -> list[str]:
    """The remarks on offers in any of the plans, each once."""
    return list(dict.fromkeys(note for plan in plans.values() for note in plan.record.notes))
