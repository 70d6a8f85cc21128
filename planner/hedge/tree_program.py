"""The futures of a case as one program: every decision that is taken before futures part is one variable.

The futures are posted and compiled one by one, and share what they have in common. A decision is told by its name and
by the node of the tree in which it is taken. One that some future of its node does not have cannot be taken there. What
is the largest of other variables is one variable where it is the largest of the same ones. Rows that become equal are
kept once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.case.case import Case
from planner.futures.cases import case_of
from planner.futures.tree import Future, Tree
from planner.hedge.largest_breaches import with_largest
from planner.hedge.waived import Ration, WithRations
from planner.ledgers.decision_times import Moment, OnDate, WithSignature
from planner.ledgers.variables import VariableGroup
from planner.model.model import model
from planner.portfolio.decision_days import NEVER, decision_days
from planner.portfolio.moved_names import moved_keys, renamed
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import LimitName, Rationed, rationed
from planner.solve.fewer_signatures import offers_of
from planner.solve.study_options import NO_STUDY, StudyOptions
from planner.solver.merging import UNKNOWN, Merged, merged
from planner.solver.program import Mask, Program

ROOT = 0
"""number of the node in which the case starts"""


@dataclass(frozen=True, eq=False)
class FutureProgram:
    """One future: its portfolio, its program, and when its decisions are taken."""

    future: Future
    portfolio: Portfolio
    program: Program
    """of the future by itself: first the decisions in the order of the portfolio"""
    names: Sequence[str]
    """of the decisions, as the expected future calls them"""
    days: Sequence[object]
    """on which each decision is taken"""
    signs: Mask
    """whether each decision belongs to a signature, not to what is done from day to day"""

    def nodes(self, tree: Tree, place: int, once: bool = False) -> Index:
        """The node in which each decision is taken; UNKNOWN for what follows from other decisions.

        `place` is the position of the future in the tree. With `once` all signatures are taken at the root, as if
        nobody could decide anew when news comes.
        """
        on = {day: UNKNOWN if day == NEVER else tree.node_on(place, day) for day in set(self.days)}  # type: ignore[arg-type]
        nodes = np.array([on[day] for day in self.days], dtype=np.int64)
        return np.where(self.signs & (nodes != UNKNOWN), ROOT, nodes) if once else nodes


def future_programs(case: Case, tree: Tree, study: StudyOptions = NO_STUDY) -> list[FutureProgram]:
    """The program of each future of a case, in the order of the tree.

    Raises DataError where a future is no valid case, Infeasible where its data alone break a limit.
    """
    expected = Portfolio.of(case, study.similar)
    return [future_program(case, future, case_of(case, tree, future), expected, study) for future in tree.futures]


def future_program(
    case: Case, future: Future, changed: Case, similar: Portfolio, study: StudyOptions = NO_STUDY
) -> FutureProgram:
    """The program of a future, whose case is `changed`. Raises Infeasible where its data alone break a limit."""
    portfolio = Portfolio.of(changed, similar)
    built = model(study.bounding(portfolio), tuple(study.extra_limits(portfolio)), study.leeway)
    moved, names = moved_keys(changed, case), portfolio.ledgers.names
    if any(moved.values()):
        names = [renamed(name, moved) for name in names]
    signs = [each for group in portfolio.ledgers.groups for each in [_signs(group)] * len(group.keys)]
    return FutureProgram(
        future,
        portfolio,
        built.program().without_names(),
        names,
        decision_days(portfolio.ledgers),
        np.array(signs, dtype=np.bool_),
    )


def _signs(group: VariableGroup) -> bool:
    return isinstance(group.decided, (WithSignature, OnDate)) or group.decided is Moment.OUTSET


@dataclass(frozen=True, eq=False)
class TreeProgram:
    """The tree as one program whose objective is the expected cost."""

    tree: Tree
    futures: tuple[FutureProgram, ...]
    nodes: tuple[Index, ...]
    """of the decisions of each future"""
    merged: Merged
    """all futures, without what waivers say of probabilities"""
    rations: WithRations
    """the same with it"""

    @staticmethod
    def of(case: Case, tree: Tree, futures: Sequence[FutureProgram], once: bool = False) -> TreeProgram:
        """The program of a case's tree whose futures are those given, in the same order; `once` is as in `nodes`.

        Raises DataError with every waiver that has a probability_max and has to say how much at most.
        """
        nodes = tuple(each.nodes(tree, i, once) for i, each in enumerate(futures))
        programs = _without_missing(tree, futures, nodes)
        weights = [future.probability for future in tree.futures]
        whole = merged(programs, weights, _classes(futures, nodes))
        rations = [_ration(case, each, place) for each, place in zip(futures, whole.places, strict=True)]
        return TreeProgram(tree, tuple(futures), nodes, whole, WithRations.of(whole.program, rations))

    @property
    def program(self) -> Program:
        """The program of all futures, whose objective is the expected cost."""
        return self.rations.program

    def decisions(self, x: Vector) -> list[Vector]:
        """The decisions of each future in a solution of the program, or of one that has more variables after it."""
        parts = self.merged.parts(x)
        return [part[: each.portfolio.ledgers.size] for part, each in zip(parts, self.futures, strict=True)]

    def signed_at_root(self, values: Mapping[str, float]) -> list[str]:
        """The offers that decisions by name sign before the first news, those that were signed before left out."""
        first, nodes = self.futures[0], self.nodes[0]
        found: dict[str, None] = {}
        for offer, mine in offers_of(first.portfolio).items():
            at_root = [j for j in mine.tolist() if first.signs[j] and nodes[j] == ROOT]
            if any(values.get(first.names[j], 0.0) for j in at_root):
                found[offer] = None
        return list(found)

    def signatures(self, x: Vector) -> list[Index]:
        """The variables of each signature of a solution: those of an offer, in the futures that share some of them.

        The offers are in the order of the case, those that must be signed left out.
        """
        parts: dict[str, list[set[int]]] = {}
        for each, place in zip(self.futures, self.merged.places, strict=True):
            for offer, found in offers_of(each.portfolio).items():
                mine = {int(j) for j in place[found] if x[j]}
                apart = [other for other in parts.get(offer, []) if not other & mine]
                shared = [other for other in parts.get(offer, []) if other & mine]
                parts[offer] = [*apart, mine.union(*shared)] if mine else apart
        return [np.array(sorted(each), dtype=np.int64) for of_offer in parts.values() for each in of_offer]

    @property
    def added(self) -> Mask:
        """Which variables of the program the models add to the decisions; shape (n,)."""
        added = np.ones(len(self.program.cost), dtype=np.bool_)
        for each, place in zip(self.futures, self.merged.places, strict=True):
            added[place[: len(each.names)]] = False
        return added

    def costs(self, x: Vector) -> Vector:
        """The cost of each future in a solution; shape (futures,)."""
        parts = self.merged.parts(x)
        return np.array([each.program.objective(part) for part, each in zip(parts, self.futures, strict=True)])

    def start(self, decisions: Sequence[Mapping[str, float]]) -> Vector:
        """A solution to start from, by the decisions of each future by name; NaN for all that the model adds."""
        parts = []
        for each, values in zip(self.futures, decisions, strict=True):
            x = np.full(len(each.program.cost), np.nan)
            x[: len(each.names)] = [values.get(name, 0.0) for name in each.names]
            parts.append(x)
        return self.rations.start(self.merged.joined(parts))

    def fixed(self, future: int, values: Mapping[str, float], nodes: frozenset[int]) -> Program:
        """The program of a future with the decisions of some nodes fixed, those without a value at 0."""
        each = self.futures[future]
        lower, upper = each.program.lower.copy(), each.program.upper.copy()
        for j, (name, node) in enumerate(zip(each.names, self.nodes[future].tolist(), strict=True)):
            if node in nodes:
                lower[j] = upper[j] = min(max(values.get(name, 0.0), lower[j]), upper[j])
        return replace(each.program, lower=lower, upper=upper)

    def with_root_signatures(self, values: Mapping[str, float]) -> Program:
        """The merged program with all that is signed at the root as a plan signs it."""
        program, lower, upper = self.program, self.program.lower.copy(), self.program.upper.copy()
        for each, nodes, place in zip(self.futures, self.nodes, self.merged.places, strict=True):
            for j in np.flatnonzero(each.signs & (nodes == ROOT)).tolist():
                k = place[j]
                value = values.get(each.names[j], 0.0)
                lower[k] = upper[k] = min(max(value, program.lower[k]), program.upper[k])
        return replace(program, lower=lower, upper=upper)


def _ration(case: Case, each: FutureProgram, place: Index) -> Ration:
    """The limits of a future that may be broken in some futures only, in the program of all."""
    return Ration(each.future.probability, {name: limit.at(place) for name, limit in rations_of(case, each).items()})


def rations_of(case: Case, each: FutureProgram) -> Mapping[LimitName, Rationed]:
    """The limits of a future that may be broken in some futures only, with the largest breach of each."""
    mine = rationed(case, each.portfolio.ledgers, each.portfolio.limits)
    return with_largest(each.portfolio, each.program, mine) if mine else mine


def _classes(futures: Sequence[FutureProgram], nodes: Sequence[Index]) -> list[Index]:
    """The class of each variable of each future; variables of one class are one. UNKNOWN for those that follow."""
    number: dict[tuple[object, ...], int] = {}
    found = []
    for each, mine in zip(futures, nodes, strict=True):
        classes = np.full(len(each.program.cost), UNKNOWN, dtype=np.int64)
        known = enumerate(zip(each.names, mine.tolist(), strict=True))
        for j, name_and_node in known:
            if name_and_node[1] != UNKNOWN:
                classes[j] = number.setdefault(name_and_node, len(number))
        found.append(classes)
    for each, classes in zip(futures, found, strict=True):
        for top in each.portfolio.ledgers.maxima:
            if any((classes[variables] == UNKNOWN).any() for variables, _, _ in top.forms):
                continue
            says = tuple(
                (constant, *sorted(zip(classes[variables].tolist(), values.tolist(), strict=True)))
                for variables, values, constant in top.forms
            )
            classes[top.variable] = number.setdefault((each.names[top.variable], says), len(number))
    return found


def _without_missing(tree: Tree, futures: Sequence[FutureProgram], nodes: Sequence[Index]) -> list[Program]:
    """The programs, in which decisions are 0 that another future of the same node does not have."""
    there = [set(zip(each.names, mine.tolist(), strict=True)) for each, mine in zip(futures, nodes, strict=True)]
    programs = []
    for each, mine in zip(futures, nodes, strict=True):
        upper = each.program.upper.copy()
        for j, name_and_node in enumerate(zip(each.names, mine.tolist(), strict=True)):
            node = name_and_node[1]
            if node != UNKNOWN and any(name_and_node not in there[other] for other in tree.nodes[node].futures):
                upper[j] = min(upper[j], 0.0)
        same = np.array_equal(upper, each.program.upper)
        programs.append(each.program if same else replace(each.program, upper=upper))
    return programs
