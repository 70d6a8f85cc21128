"""What must hold between plans for many futures, on random trees.

    python -m tests.hedge.trees --count 300 --seed 1

For each tree, up to the gap to which plans are proven:

    order       wait and see ≤ tree ≤ all signed at once ≤ all signed as the expected future's plan signs it
    certain     a single outcome is the plan of its future by itself, file by file
    split       an outcome split into two equal ones changes nothing
    earlier     the same news earlier costs nothing
    weight      more weight on risk neither lowers the expected cost nor raises CVaR
    names       neither the order of rows nor the names of events and outcomes matter
    folder      the hedge is written, read and audited
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from planner.api import Case
from planner.basics.arrays import Vector
from planner.basics.errors import DataError, Infeasible
from planner.basics.risk import cvar, expected
from planner.common.settings import RiskSettings
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.search import Watch, expected_future, search, wait_and_see
from planner.hedge.tree_program import FutureProgram, TreeProgram, future_programs
from planner.hedge.valuing import USUAL, ValuesAsked
from planner.plan.hedges.hedge import Hedge, place_of
from planner.plan.plan import Plan
from planner.solve.answers import options
from planner.solve.solve import solve
from planner.solve.study_options import NO_STUDY
from planner.solver import Stop
from tests.hedge import generated
from tests.hedge.generated import GAP, Unknowns
from tests.hedge.plans import confirmed

SLACK = 3 * GAP
"""relative difference up to which two values that are each known to the gap agree"""
QUICK = ValuesAsked(usual=False)
WEIGHTS = (0.0, 0.5, 1.0)


@dataclass
class Judged:
    """What was found of a random tree."""

    seed: int
    futures: int = 0
    possible: bool = True
    """whether there is a plan for all futures"""
    looked_at: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class RandomTree:
    """A case, its unknowns and its hedge."""

    seed: int
    plain: Case
    """without events"""
    unknowns: Unknowns
    found: Hedge

    @property
    def case(self) -> Case:
        """With events."""
        return self.found.case

    @property
    def tree(self) -> Tree:
        """Of its futures."""
        return self.found.futures_tree

    @property
    def objective(self) -> float:
        """Of the hedge [USD bn]."""
        return self.found.record.objective_usd_bn

    @cached_property
    def watch(self) -> Watch:
        """Without end, and nobody is told."""
        return Watch.of(replace(options(self.case, GAP), time_limit_s=None), lambda _: None, None)

    @cached_property
    def programs(self) -> list[FutureProgram]:
        """Of the futures, each by itself."""
        return future_programs(self.case, self.tree)

    def dice(self, what: str) -> random.Random:
        """Random numbers for one of the checks."""
        return random.Random(f"{what} {self.seed}")

    def above(self, more: float, less: float, times: float = 1.0) -> bool:
        """Whether one value is above another by more than can be explained."""
        return more > less + times * SLACK * max(1.0, abs(more), abs(less), abs(self.objective))

    def differ(self, one: float, other: float) -> bool:
        """Whether two values differ by more than can be explained."""
        return self.above(one, other) or self.above(other, one)


def in_order(it: RandomTree) -> Iterator[str]:
    """Wait and see ≤ tree ≤ two stages ≤ the expected plan kept; and what the record says of the first two."""
    record, case = it.found.record, it.case
    alone = wait_and_see(it.programs, it.watch)
    waiting = sum(future.probability * (each.high or 0.0) for future, each in zip(it.tree.futures, alone, strict=True))
    if it.above(waiting, it.objective):
        yield f"wait and see costs {waiting}, the tree {it.objective}"
    for future, each in zip(record.futures, alone, strict=True):
        if each.high is None or it.above(each.high, future.cost_usd_bn) or it.differ(each.high, future.own_cost_usd_bn):
            yield f"{future.name} costs {future.cost_usd_bn}, by itself {each.high} or {future.own_cost_usd_bn}"
    once = TreeProgram.of(case, it.tree, it.programs, once=True)
    two = search(once, case.settings.risk, it.watch, None)
    twice = float("inf") if two.stop is Stop.INFEASIBLE or two.objective is None else two.objective
    if it.above(it.objective, twice):
        yield f"the tree costs {it.objective}, all signed at once {twice}"
    vms = record.values["vms"]
    if vms is not None and (it.above(vms[0], twice - it.objective) or it.above(twice - it.objective, vms[1])):
        yield f"deciding anew is worth {twice - it.objective}, the record says {vms}"
    planned = expected_future(case, it.tree, it.programs, alone, NO_STUDY, it.watch).alone
    if planned.found:
        kept = search(once, case.settings.risk, it.watch, None, once.with_root_signatures(planned.decisions))
        if kept.objective is not None and it.above(twice, kept.objective):
            yield f"all signed at once costs {twice}, the expected plan kept {kept.objective}"


def certain(it: RandomTree) -> Iterator[str]:
    """A single outcome is the plan of its future, file by file; one that changes nothing is that of `planner solve`."""
    dice = it.dice("certain")
    row = replace(dice.choice(it.unknowns.rows), given="", probability=1.0)
    day = dict(it.unknowns.events)[row.event]
    for each in (row, replace(row, changes="", kind="", subject="", value="")):
        case = Unknowns(((row.event, day),), (each,)).of(it.plain)
        try:
            found = hedge(case)
        except Infeasible:
            continue
        (future,) = found.futures_tree.futures
        blank = not each.changes and not each.kind
        known = solve(case if blank else found.plan(future.name).case)
        yield from (f"certain {each.outcome}: {each_file}" for each_file in unlike(found, known))
        if each.changes:
            changed = solve(it.plain.change(*each.changes.split("; ")))
            if changed.record.objective_usd_bn != found.record.objective_usd_bn:
                yield f"certain {each.outcome}: {changed.record.objective_usd_bn}, {found.record.objective_usd_bn}"


def unlike(found: Hedge, known: Plan) -> Iterator[str]:
    """The files of the only plan of a hedge that differ from those of another plan in more than seconds."""
    (future,) = found.futures_tree.futures
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "hedge", Path(folder) / "plan"
        found.write(one)
        known.write(other)
        mine = _contents(one / place_of(future))
        others = _contents(other)
        yield from sorted(name for name in {*mine, *others} if mine.get(name) != others.get(name))


def _contents(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {
        str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }
    record = json.loads(found["plan.json"])
    record["seconds"] = record["solver"]["seconds"] = None
    return {**found, "plan.json": record}


def split(it: RandomTree) -> Iterator[str]:
    """An outcome split into two equal ones."""
    if len(it.tree) > generated.MOST_FUTURES // 2 + 1:
        return
    row = it.dice("split").choice(it.unknowns.rows)
    other = replace(row, outcome=f"{row.outcome}_again", probability=row.probability / 2)
    name, again = f"{row.event}:{row.outcome}", f"{row.event}:{other.outcome}"
    rows = [replace(each, probability=each.probability / 2) if each == row else each for each in it.unknowns.rows]
    depending = [replace(each, given=again) for each in it.unknowns.rows if each.given == name]
    found = hedge(replace(it.unknowns, rows=(*rows, other, *depending)).of(it.plain), asked=QUICK)
    if it.differ(found.record.objective_usd_bn, it.objective):
        yield f"{name} in two costs {found.record.objective_usd_bn}, else {it.objective}"


def earlier(it: RandomTree) -> Iterator[str]:
    """The news of an event on an earlier day, with all else as it is."""
    dice, start = it.dice("earlier"), it.plain.settings.start
    later = [event for event in it.unknowns.events if event[1] > start]
    if not later:
        return
    name, day = dice.choice(later)
    starts = [it.plain.calendar.start_of(t) for t in range(it.plain.calendar.T)]
    before = dice.choice([each for each in starts if each < day])
    events = tuple((each, before if each == name else known) for each, known in it.unknowns.events)
    try:
        tree = Tree.of(replace(it.unknowns, events=events).of(it.plain))
    except DataError:
        return  # it is given another that is known later
    places = {_outcomes(each): i for i, each in enumerate(it.tree.futures)}
    programs = [it.programs[places[_outcomes(each)]] for each in tree.futures]
    answer = search(TreeProgram.of(it.case, tree, programs), it.case.settings.risk, it.watch, None)
    if answer.objective is None or it.above(answer.objective, it.objective):
        yield f"{name} known on {before} instead of {day} costs {answer.objective}, else {it.objective}"


def _outcomes(future: Any) -> frozenset[str]:
    return frozenset(each.name for each in future.outcomes if each is not None)


def weight(it: RandomTree) -> Iterator[str]:
    """Expected cost and CVaR from weight to weight; of every third tree a hedge with weight is written and audited."""
    dice = it.dice("weight")
    level, program = dice.choice((0.3, 0.5, 0.8, 0.9)), TreeProgram.of(it.case, it.tree, it.programs)
    chances, chosen = program.merged.weights.tolist(), dice.choice(WEIGHTS[1:])
    before: tuple[float, float] | None = None
    x: Vector | None = None
    for each in WEIGHTS:
        answer = search(program, RiskSettings(level=level, weight=each), it.watch, x)
        if answer.x is None:
            yield f"weight {each}: {answer.stop}"
            return
        x, cost = answer.x[: len(program.program.cost)], program.costs(answer.x).tolist()
        now = expected(cost, chances), cvar(cost, chances, level)
        if before is not None:
            if it.above(before[0], now[0], 10):
                yield f"weight {each} lowers the expected cost from {before[0]} to {now[0]}"
            if it.above(now[1], before[1], 10):
                yield f"weight {each} raises CVaR from {before[1]} to {now[1]}"
        before = now
        if each == chosen and it.seed % 3 == 0:
            found = _with_weight(it, level, chosen)
            if answer.objective is None or it.differ(found, answer.objective):
                yield f"the hedge of weight {chosen} costs {found}, its program {answer.objective}"


def _with_weight(it: RandomTree, level: float, chosen: float) -> float:
    """What the hedge with a weight on risk costs, once an audit has agreed with it."""
    case = it.case.change(f"case.risk.level = {level}", f"case.risk.weight = {chosen}")
    return confirmed(hedge(case, asked=QUICK)).record.objective_usd_bn


def names(it: RandomTree) -> Iterator[str]:
    """Rows in another order, events and outcomes with other names."""
    dice = it.dice("names")
    events, rows = list(it.unknowns.events), list(it.unknowns.rows)
    dice.shuffle(events)
    dice.shuffle(rows)
    event_names = {name: f"z{10 - i}_{name[::-1]}" for i, (name, _) in enumerate(it.unknowns.events)}

    def renamed(given: str) -> str:
        event, _, outcome = given.partition(":")
        return f"{event_names[event]}:{outcome}_x" if given else ""

    other = Unknowns(
        tuple((event_names[name], day) for name, day in events),
        tuple(
            replace(row, event=event_names[row.event], outcome=f"{row.outcome}_x", given=renamed(row.given))
            for row in rows
        ),
    )
    found = hedge(other.of(it.plain), asked=QUICK)
    if it.differ(found.record.objective_usd_bn, it.objective):
        yield f"with other names it costs {found.record.objective_usd_bn}, else {it.objective}"


def folder(it: RandomTree) -> Iterator[str]:
    """The hedge is what its folder says, and an audit agrees."""
    confirmed(it.found)
    yield from ()


CHECKS: dict[str, Callable[[RandomTree], Iterator[str]]] = {
    "order": in_order, "certain": certain, "split": split, "earlier": earlier, "weight": weight, "names": names,
    "folder": folder,
}  # fmt: skip


def _found(check: Callable[[RandomTree], Iterator[str]], it: RandomTree) -> list[str]:
    try:
        return list(check(it))
    except Exception as error:  # any failure is a finding, and the other trees are looked at
        return [f"{type(error).__name__} {error}"]


def judged(seed: int) -> Judged:
    """A random tree, looked at in every way."""
    began, told = time.perf_counter(), Judged(seed)
    plain = generated.case_of(seed)
    unknowns = generated.unknowns_of(plain, seed)
    case = unknowns.of(plain)
    told.futures = len(Tree.of(case))
    try:
        found = hedge(case, asked=USUAL if seed % 4 == 0 else QUICK)
    except Infeasible:
        told.possible = False
    else:
        it = RandomTree(seed, plain, unknowns, found)
        for name, check in CHECKS.items():
            told.looked_at[name] += 1
            told.faults += [f"{name}: {each}" for each in _found(check, it)]
    told.seconds = time.perf_counter() - began
    return told


def main() -> None:
    """Look at as many random trees as the command line says."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int, default=300)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    futures = impossible = wrong = 0
    looked_at: Counter[str] = Counter()
    for seed in range(asked.seed, asked.seed + asked.count):
        told = judged(seed)
        futures += told.futures
        impossible += not told.possible
        looked_at += told.looked_at
        wrong += bool(told.faults)
        for each in told.faults:
            sys.stdout.write(f"seed {seed}: {each}\n")
        sys.stdout.flush()
    counts = ", ".join(f"{name} {count}" for name, count in looked_at.items())
    sys.stdout.write(
        f"{asked.count} trees with {futures} futures, {impossible} without a plan for all; {counts}; {wrong} wrong\n"
    )


if __name__ == "__main__":
    main()
