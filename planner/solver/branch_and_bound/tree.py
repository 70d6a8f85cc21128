"""The search tree: open nodes, each with its relaxation solved, of which the one of least bound is selected.

The selected node is branched on an integer that is not whole in its relaxation. The search goes on with the cheaper
child, down to a solution or to a node that is fathomed (plunging). Then it selects the open node of least bound.
The branching variable is the one whose children gain most. At a selected node, both children of several candidates are
solved by some simplex iterations (strong branching). Further down there are fewer candidates, and pseudo-costs count.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.answer import ROUNDING
from planner.solver.branch_and_bound.branchings import AT_ROOT, NO_ADVICE, Branchings, Place
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.nodes import Interrupted, SearchFailed, SearchNode, StrongBranching
from planner.solver.branch_and_bound.pseudo_costs import PseudoCosts, score
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationResult, RelaxationStatus
from planner.solver.experience import NOWHERE

if TYPE_CHECKING:
    from highspy import HighsBasis

WHOLE = 1e-6
"""distance from a whole number up to which a value counts as whole"""
BYTES_PER_MIB = 2**20
TIGHTENINGS = 200
"""how often a node may be tightened before it is branched on; there is no end to it where integers have no bounds"""
DEPTH = 1000
"""nodes below a selected one after which a search is given up; there is no end to them either"""
NOT_ZERO = 1e-9
"""least reduced cost that counts as one"""


class SearchTree:
    """The open nodes."""

    def __init__(
        self,
        relaxations: Sequence[Relaxation],
        incumbent: Incumbent,
        found: Callable[[Vector], float],
        strong_branching: StrongBranching,
    ) -> None:
        """One relaxation, or two of the same program that solve both children of a node at the same time.

        `found` is called with each solution of a leaf. It returns what the solution costs, infinite where the program
        does not have that solution.
        """
        self.relaxation = relaxations[0]
        self._pair = relaxations
        self._second = ThreadPoolExecutor(1, "HiGHS") if len(relaxations) > 1 else None
        self.incumbent = incumbent
        self.found = found
        self.nodes = 0
        """that were branched on or were leaves"""
        self._strong_branching = strong_branching
        self.pseudo_costs = PseudoCosts(len(self.relaxation.integers))
        self.branchings = Branchings()
        """since the tree began"""
        self.advice = NO_ADVICE
        """branchings of an earlier search, which are followed where they divide a node"""
        self._open: list[tuple[float, int, SearchNode]] = []
        self._pushed = 0
        self._current = np.inf
        """bound of the node that is being branched on"""

    @property
    def bound(self) -> float:
        """Lower bound of all solutions."""
        least = self._open[0][0] if self._open else np.inf
        return min(least, self._current, self.incumbent.fathomed, self.incumbent.value)

    @property
    def size(self) -> float:
        """Memory of the open nodes [MiB]."""
        each = self.relaxation.basis_bytes + 3 * self.relaxation.lower.nbytes  # two bounds and the relaxation's values
        return len(self._open) * each / BYTES_PER_MIB

    @property
    def next(self) -> SearchNode | None:
        """The open node of least bound, which is selected next; None where there is none."""
        return self._open[0][2] if self._open else None

    def push(self, node: SearchNode) -> None:
        """Add an open node."""
        heapq.heappush(self._open, (node.bound, self._pushed, node))
        self._pushed += 1

    def restart(self, root: RelaxationResult) -> None:
        """Begin again from the root with another relaxation."""
        node = self.root(root)
        self._open.clear()
        if node is not None:
            self.push(node)

    def root(self, relaxed: RelaxationResult) -> SearchNode | None:
        """The root of a tree that begins; None where it is fathomed."""
        self.branchings.clear()
        advice = 0 if len(self.advice.variable) else NOWHERE
        return self.node(relaxed, self.relaxation.lower, self.relaxation.upper, AT_ROOT, advice)

    def node(
        self,
        relaxed: RelaxationResult,
        lower: Vector,
        upper: Vector,
        place: Place = AT_ROOT,
        advice: int = NOWHERE,
    ) -> SearchNode | None:
        """The node of a relaxation that is solved; None where the node is fathomed."""
        if self._fathomed(relaxed):
            return None
        _require_optimal(relaxed)
        assert relaxed.x is not None
        assert relaxed.reduced_costs is not None
        assert relaxed.basis is not None
        values = relaxed.x[self.relaxation.integers]
        room = self.incumbent.cutoff - relaxed.value
        lower, upper, more = tightened(lower, upper, values, relaxed.reduced_costs, room)
        self.incumbent.fathom(relaxed.value + more)
        return SearchNode(relaxed.value, lower, upper, values, relaxed.basis, place, advice)

    def solve(self, lower: Vector, upper: Vector, basis: HighsBasis) -> SearchNode | None:
        """The node within bounds; None where it is fathomed."""
        return self.node(self.relaxation.solve(lower, upper, basis, self.incumbent.cutoff), lower, upper)

    def _fathomed(self, relaxed: RelaxationResult) -> bool:
        """Fathom the node of a relaxation if its bound reaches the cut-off; returns whether it does."""
        known = relaxed.status in (RelaxationStatus.OPTIMAL, RelaxationStatus.CUT_OFF)
        if not known or relaxed.value < self.incumbent.cutoff:
            return False
        self.incumbent.fathom(relaxed.value)
        return True

    def close(self) -> None:
        """Release threads and HiGHS."""
        for each in self._pair:
            each.close()
        if self._second is not None:
            self._second.shutdown()
        del self.found  # it may refer to the owner of this tree, and both would be kept in memory

    def _both(self, solve: Callable[[Relaxation, bool], RelaxationResult]) -> Iterator[tuple[bool, RelaxationResult]]:
        """Solve the lower child, then the upper one; with two relaxations at the same time.

        Which relaxation solves which child does not depend on which is done first, nor does the order of the results,
        so that the search takes the same path each time. The path may differ from that with one relaxation: of several
        optima, the simplex method ends in one that depends on what it solved before.
        """
        if self._second is None:
            yield from ((up, solve(self.relaxation, up)) for up in (False, True))
            return
        upper = self._second.submit(solve, self._pair[1], True)
        try:
            yield False, solve(self.relaxation, False)
        finally:
            result = upper.result()
        yield True, result

    def plunge(self, interrupted: Callable[[], bool]) -> bool:
        """Select the open node of least bound and go down from it; returns whether there was one to search.

        Raises Interrupted or SearchFailed; the node that was being branched on is open again then.
        """
        if not self._open:
            return False
        bound, _, node = heapq.heappop(self._open)
        if bound >= self.incumbent.cutoff:
            self.incumbent.fathom(bound)
            self._open.clear()
            return False
        candidates = self._strong_branching.selected if self.nodes else self._strong_branching.root
        deepest = self.nodes + DEPTH
        while node.bound < self.incumbent.cutoff:
            self._current = node.bound
            try:
                if interrupted():
                    raise Interrupted
                if self.nodes >= deepest:
                    raise SearchFailed
                children = sorted(self._branch(node, candidates), key=lambda child: child.bound)
            except (Interrupted, SearchFailed):
                self.push(node)
                raise
            finally:
                self._current = np.inf
            self.nodes += 1
            for child in children[1:]:
                self.push(child)
            if not children:
                return True
            node, candidates = children[0], self._strong_branching.plunging
        self.incumbent.fathom(node.bound)
        return True

    def fractional(self, node: SearchNode) -> Index:
        """The integers that are not whole: implied ones only where no others are left, as presolve removed those."""
        broken = np.abs(node.relaxed - np.round(node.relaxed)) > WHOLE
        searched = np.flatnonzero(broken & self.relaxation.searched)
        return searched if len(searched) else np.flatnonzero(broken)

    def solve_leaf(self, node: SearchNode) -> float:
        """The least cost with the integers of a leaf, all of which are whole; infinite where there is no solution."""
        whole = np.round(node.relaxed)
        leaf = self.relaxation.solve(whole, whole, node.basis, np.inf)
        if leaf.status is RelaxationStatus.CUT_OFF:
            return np.inf
        _require_optimal(leaf)
        assert leaf.x is not None
        return self.found(leaf.x)

    def _branch(self, node: SearchNode, candidates: int) -> list[SearchNode]:
        """The children of a node that are not fathomed."""
        tighter: SearchNode | None = node
        for _ in range(TIGHTENINGS):
            if tighter is None:
                return []
            fractional = self.fractional(tighter)
            if not len(fractional):
                if self.solve_leaf(tighter) > tighter.bound + ROUNDING * max(1.0, abs(tighter.bound)) + WHOLE:
                    raise SearchFailed
                self.incumbent.fathom(tighter.bound)
                return []
            advice = self.advice.follow(tighter.advice, tighter.relaxed, WHOLE)
            if advice != NOWHERE:
                return self._children(tighter, int(self.advice.variable[advice]), advice)
            chosen = self._branching_variable(tighter, fractional, candidates)
            if isinstance(chosen, int):
                return self._children(tighter, chosen)
            k, up = chosen
            place = Place(self.branchings.add(tighter.place, k, tighter.relaxed[k]), up)
            bounds = tighter.child(k, up)
            relaxed = self.relaxation.solve(*bounds, tighter.basis, self.incumbent.cutoff)
            tighter = self.node(relaxed, *bounds, place)
        raise SearchFailed

    def _children(self, node: SearchNode, k: int, advice: int = NOWHERE) -> list[SearchNode]:
        """The children that are not fathomed; where advice was followed they have what comes below it."""
        cutoff, number = self.incumbent.cutoff, self.branchings.add(node.place, k, node.relaxed[k])
        children = []
        for up, relaxed in self._both(lambda by, up: by.solve(*node.child(k, up), node.basis, cutoff)):
            below = NOWHERE if advice == NOWHERE else int(self.advice.below[advice, int(up)])
            child = self.node(relaxed, *node.child(k, up), Place(number, up), below)
            if child is not None:
                self.pseudo_costs.update(k, up, child.bound - node.bound, node.distance(k, up))
                children.append(child)
        return children

    def _branching_variable(self, node: SearchNode, fractional: Index, candidates: int) -> int | tuple[int, bool]:
        """The integer to branch on; with the child that is left where strong branching fathoms the other one."""
        expected = self.pseudo_costs.scores(fractional, node.relaxed[fractional] - np.floor(node.relaxed[fractional]))
        best, chosen, since = -1.0, -1, 0
        for i in np.argsort(-expected, kind="stable").tolist():
            k, worth = int(fractional[i]), float(expected[i])
            if candidates > 0 and not self.pseudo_costs.reliable(k):
                candidates -= 1
                gains = self._strong_branch(node, k)
                if isinstance(gains, bool):
                    return k, gains
                worth = float(score(*gains)[0])
            if worth > best:
                best, chosen, since = worth, k, 0
            elif (since := since + 1) >= self._strong_branching.lookahead:
                break
        return chosen

    def _strong_branch(self, node: SearchNode, k: int) -> Vector | bool:
        """The gains of the lower and the upper child, as far as some iterations tell, shape (2, 1).

        Where one child is fathomed: whether the other one, which is left, is the upper one.
        """
        cutoff, iterations = self.incumbent.cutoff, self._strong_branching.iterations
        gains = np.zeros((2, 1))
        for up, child in self._both(
            lambda by, up: by.solve_briefly(*node.child(k, up), node.basis, cutoff, iterations)
        ):
            if child.status is RelaxationStatus.INTERRUPTED:
                raise Interrupted
            if self._fathomed(child):
                return not up
            gains[int(up)] = max(0.0, child.value - node.bound)
            self.pseudo_costs.update(k, up, float(gains[int(up), 0]), node.distance(k, up))
        return gains


def tightened(lower: Vector, upper: Vector, values: Vector, costs: Vector, room: float) -> tuple[Vector, Vector, float]:
    """Bounds of integers tightened by reduced costs, and the least cost above the node's bound of what that leaves out.

    An integer that is at a bound in the relaxation can move away from it by room / |reduced cost|, where `room` is the
    distance from the node's bound to the cut-off.

    >>> tightened(np.zeros(2), np.full(2, 9.0), np.array([0.0, 9.0]), np.array([2.0, -5.0]), 4.0)
    (array([0., 9.]), array([2., 9.]), 5.0)
    """
    if not np.isfinite(room):
        return lower, upper, np.inf
    steep = np.maximum(np.abs(costs), NOT_ZERO)
    reach = np.floor(room / steep + WHOLE)
    from_below = (costs > NOT_ZERO) & (values <= lower + WHOLE) & (lower + reach < upper)
    from_above = (costs < -NOT_ZERO) & (values >= upper - WHOLE) & (upper - reach > lower)
    more = ((reach + 1.0) * steep)[from_below | from_above].min(initial=np.inf)
    return np.where(from_above, upper - reach, lower), np.where(from_below, lower + reach, upper), float(more)


def _require_optimal(relaxed: RelaxationResult) -> None:
    if relaxed.status is RelaxationStatus.INTERRUPTED:
        raise Interrupted
    if relaxed.status is not RelaxationStatus.OPTIMAL:
        raise SearchFailed
