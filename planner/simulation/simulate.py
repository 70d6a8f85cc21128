"""Policies tried out of sample: worlds are drawn, and in each every policy plans again with what it can know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.common.waivers import Waiver
from planner.futures.causality import problems_of_tree
from planner.futures.laws import WHERE, Law, read_law
from planner.futures.tree import Tree
from planner.futures.written import with_unknown
from planner.hedge.by_future.search import refuse_rations
from planner.simulation.policies import SimulatedPolicy
from planner.simulation.revealing import without_events
from planner.simulation.simulation import Simulation, SimulationAsked
from planner.simulation.travel import Travel
from planner.simulation.work import SimulationBase, carry_out_run
from planner.simulation.worlds import distinct, drawn
from planner.studies.engine import Engine, OnDone, carry_out, local
from planner.studies.runs import Run, RunResult
from planner.tables.cells import shown
from planner.tables.references import suggestion

MOST_WORLDS = 100_000


def simulate(
    case: Case,
    worlds: int = 200,
    every: int = 6,
    *,
    policies: Sequence[str] = (),
    laws: Sequence[str] = (),
    seed: int = 1,
    by_future: bool = False,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_day: Callable[[date], None] = lambda _: None,
) -> Simulation:
    """The policies in so many worlds, planning again every so many months; without `policies` all of them.

    `laws` give events of the case a law, from which worlds draw a value: `demand: demand[2028-07-01..,*,*].demand_gw *=
    lognormal(1, 0.2)`. The same seed gives the same worlds. With `by_future` hedges are sought one future at a time, as
    `planner.hedge.by_future` does, which large trees need. `engine`, `folder` and `on_done` are those of `carry_out`,
    `on_day` is called with each day to which time passes. Gap, time limit, threads and search are the case's.

    Raises DataError with everything wrong with what is asked or with the events, KeyboardInterrupt where somebody stops
    it and MissingResource as `carry_out` does; what is kept in the folder is not solved again.
    """
    chosen, read = checked(case, worlds, every, policies, laws, seed)
    if by_future:
        refuse_rations(case.rows(Waiver))
    asked = SimulationAsked(worlds, every, seed, chosen, tuple(laws), by_future)
    found = drawn(case, worlds, seed, read)
    ways = distinct(found)
    base = SimulationBase.at_start(case)
    with (engine or local())() as executor:

        def carried(runs: Sequence[Run]) -> list[RunResult]:
            return carry_out(
                base, runs, lambda: nullcontext(executor), folder=folder, on_done=on_done, doing=carry_out_run
            )

        days = frozenset(range(0, case.calendar.T, every // case.calendar.period_months))
        travel = Travel(case, days, carried, on_day, by_future)
        ended = travel.all([mine[0] for mine in ways.values()], chosen)
    return Simulation.of(case, asked, found, ways, ended)


def checked(
    case: Case, worlds: int, every: int, policies: Sequence[str], laws: Sequence[str], seed: int
) -> tuple[tuple[SimulatedPolicy, ...], tuple[Law, ...]]:
    """The policies, in their order, and the laws. Raises DataError with everything wrong with what is asked."""
    problems = list(_of_numbers(case, worlds, every, seed))
    known = [str(each) for each in SimulatedPolicy]
    problems += [
        Problem("--policy", None, "", f"one of {', '.join(known)}", shown(name) + suggestion(name, known))
        for name in policies
        if name not in known
    ]
    read: list[Law] = []
    for text in laws:
        try:
            read.append(read_law(text))
        except DataError as error:
            problems += error.problems
    problems += _of_laws(case, read)
    if problems:
        raise DataError(problems)
    if wrong := _of_events(case, read):
        raise DataError(wrong)
    return tuple(each for each in SimulatedPolicy if not policies or each in policies), tuple(read)


def _of_numbers(case: Case, worlds: int, every: int, seed: int) -> Iterator[Problem]:
    months = case.calendar.period_months
    if not 1 <= worlds <= MOST_WORLDS:
        yield Problem("--worlds", None, "", f"a whole number from 1 to {MOST_WORLDS:,}", str(worlds))
    if every < 1 or every % months:
        yield Problem("--every", None, "", f"whole periods of the case: {months}, {2 * months}, … months", str(every))
    if seed < 0:
        yield Problem("--seed", None, "", "a whole number of at least 0", str(seed))


def _of_laws(case: Case, laws: Sequence[Law]) -> Iterator[Problem]:
    events = [row.event for row in case.rows(UnknownEvent)]
    outcomes = case.rows(EventOutcome)
    names = [law.name for law in laws]
    for name in dict.fromkeys(names):
        where = f"{WHERE} {shown(name)}"
        if names.count(name) > 1:
            yield Problem(where, None, "", "one law of each event", "several")
        if name not in events:
            expected = "the name of an event of the case, whose outcomes stand for the law in plans"
            yield Problem(where, None, "", expected, shown(name) + suggestion(name, events))
        elif len(branches := {row.given for row in outcomes if row.event == name}) > 1:
            expected = "an event with the same outcomes on every branch on which it takes place"
            found = f"{name}, whose outcomes depend on {', '.join(sorted(each for each in branches if each))}"
            yield Problem(where, None, "", expected, found)


def _of_events(case: Case, laws: Sequence[Law]) -> list[Problem]:
    """Everything wrong with the events, and with the first and last percent of each law."""
    problems = problems_of_tree(case, Tree.of(case))
    for law in laws:
        try:
            between = _with_ends(case, law)
            problems += problems_of_tree(between, Tree.of(between))
        except DataError as error:
            problems += error.problems
    return [*dict.fromkeys(problems)]


def _with_ends(case: Case, law: Law) -> Case:
    """The case with that event alone, and the first and the last percent of its law as outcomes."""
    (known_on,) = (row.known_on for row in case.rows(UnknownEvent) if row.event == law.name)
    event = UnknownEvent(event=law.name, known_on=known_on)
    rows = []
    for name, share in (("first_percent", 0.01), ("last_percent", 0.99)):
        changes = law.changes(float(law.distribution.frozen.ppf(share)))
        rows.append(EventOutcome(event=law.name, outcome=name, probability=0.5, changes=changes))
    return with_unknown(without_events(case, [row.event for row in case.rows(UnknownEvent)]), [event], rows)
