"""The tree of a search: parts of the program, each with its relaxation solved, the cheapest first.

The cheapest part is divided in two by an integer that is not whole, and the search goes on with the cheaper half, down
to a solution or to where nothing is better by more than the gap; then it turns to what is cheapest by then. Which
integer: the one whose halves cost most. At a part that is turned to, both halves of several are tried by some
iterations of the simplex method (strong branching); on the way down fewer are, and what was learnt counts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.answer import ROUNDING
from planner.solver.branch_and_bound.branching import PseudoCosts, score
from planner.solver.branch_and_bound.relaxation import Relaxation, Relaxed, State
from planner.solver.branch_and_bound.standing import Standing

if TYPE_CHECKING:
    from highspy import HighsBasis

WHOLE = 1e-6
"""how far off a whole number a value still counts as whole"""
BYTES_PER_MIB = 2**20
CLEAR = 1e-9
"""reduced cost from which on it says something"""


@dataclass(frozen=True)
class Trials:
    """Of how many integers both halves are tried, and for how long."""

    first: int = 20
    """at the first part"""
    turned_to: int = 8
    on_the_way_down: int = 4
    without_success: int = 8
    """after so many that are no better than the best no more are looked at"""
    iterations: int = 50
    """of each half"""


class Halted(Exception):
    """The search was asked to stop."""


class Lost(Exception):
    """The search cannot go on: HiGHS cannot say what a relaxation costs, or what is whole is no solution."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the program: bounds of its integers, and its relaxation."""

    value: float
    """what its solutions cost at least"""
    lower: Vector
    upper: Vector
    """shape (integers,)"""
    at: Vector
    """the integers in the relaxation; shape (integers,)"""
    basis: HighsBasis

    def half(self, k: int, up: bool) -> tuple[Vector, Vector]:
        """Bounds of the half in which integer k is rounded."""
        lower, upper = self.lower.copy(), self.upper.copy()
        if up:
            lower[k] = np.ceil(self.at[k])
        else:
            upper[k] = np.floor(self.at[k])
        return lower, upper

    def distance(self, k: int, up: bool) -> float:
        """From where integer k is to where it is rounded."""
        above = float(self.at[k] - np.floor(self.at[k]))
        return 1.0 - above if up else above


class Tree:
    """What is left to be searched."""

    def __init__(
        self, relaxations: Sequence[Relaxation], standing: Standing, found: Callable[[Vector], float], trials: Trials
    ) -> None:
        """One relaxation, or two of the same program to ask side by side.

        `found` is told each solution of the relaxation that is whole, and says what it costs (infinite: nothing).
        """
        self.relaxation = relaxations[0]
        self._pair = relaxations
        self._aside = ThreadPoolExecutor(1, "HiGHS") if len(relaxations) > 1 else None
        self.standing = standing
        self.found = found
        self.parts = 0
        """that were looked into"""
        self._trials = trials
        self._costs = PseudoCosts(len(self.relaxation.integers))
        self._left: list[tuple[float, int, Part]] = []
        self._pushed = 0
        self._at_hand = np.inf
        """value of the part that is being looked into"""

    @property
    def bound(self) -> float:
        """What any solution costs at least."""
        left = self._left[0][0] if self._left else np.inf
        return min(left, self._at_hand, self.standing.closed, self.standing.value)

    @property
    def size(self) -> float:
        """Memory that the parts take that are left [MiB]."""
        each = self.relaxation.size + 3 * self.relaxation.lower.nbytes  # of a basis, and of bounds and values
        return len(self._left) * each / BYTES_PER_MIB

    @property
    def cheapest(self) -> Part | None:
        """The part that is turned to next; None where nothing is left."""
        return self._left[0][2] if self._left else None

    def push(self, part: Part) -> None:
        """Leave a part for later."""
        heapq.heappush(self._left, (part.value, self._pushed, part))
        self._pushed += 1

    def begin_again(self, relaxed: Relaxed) -> None:
        """Leave the whole program for later, with another relaxation, and nothing else."""
        whole = self.part(relaxed, self.relaxation.lower, self.relaxation.upper)
        self._left.clear()
        if whole is not None:
            self.push(whole)

    def part(self, relaxed: Relaxed, lower: Vector, upper: Vector) -> Part | None:
        """The part within bounds, its relaxation solved; None where nothing in it is better by more than the gap."""
        if self._put_aside(relaxed):
            return None
        _raise_unless_solved(relaxed)
        assert relaxed.x is not None
        assert relaxed.reduced_costs is not None
        assert relaxed.basis is not None
        at = relaxed.x[self.relaxation.integers]
        room = self.standing.cutoff - relaxed.value
        lower, upper, more = narrowed(lower, upper, at, relaxed.reduced_costs, room)
        self.standing.close(relaxed.value + more)
        return Part(relaxed.value, lower, upper, at, relaxed.basis)

    def within(self, lower: Vector, upper: Vector, basis: HighsBasis) -> Part | None:
        """The part within bounds; None where nothing in it is better by more than the gap."""
        return self.part(self.relaxation.solve(lower, upper, basis, self.standing.cutoff), lower, upper)

    def _put_aside(self, relaxed: Relaxed) -> bool:
        """Put a part with this relaxation aside if nothing in it is better by more than the gap; whether that is so."""
        solved = relaxed.state in (State.SOLVED, State.PRUNED)
        if not solved or relaxed.value < self.standing.cutoff:
            return False
        self.standing.close(relaxed.value)
        return True

    def close(self) -> None:
        """Let threads and HiGHS go."""
        for each in self._pair:
            each.close()
        if self._aside is not None:
            self._aside.shutdown()
        del self.found  # it may know whose tree this is, and would keep both

    def _in_both(self, ask: Callable[[Relaxation, bool], Relaxed]) -> Iterator[tuple[bool, Relaxed]]:
        """Ask about the lower half, then about the upper; with two relaxations at the same time.

        Which relaxation is asked about which half does not depend on which is done first, nor does the order of the
        answers, so that the search goes the same way each time. It may be another than with one relaxation: of several
        solutions that cost the same, which one the simplex method ends with depends on what it did before.
        """
        if self._aside is None:
            yield from ((up, ask(self.relaxation, up)) for up in (False, True))
            return
        upper = self._aside.submit(ask, self._pair[1], True)
        try:
            yield False, ask(self.relaxation, False)
        finally:
            answer = upper.result()
        yield True, answer

    def descend(self, halted: Callable[[], bool]) -> bool:
        """Turn to the cheapest part and go down from there; whether anything is left."""
        if not self._left:
            return False
        value, _, part = heapq.heappop(self._left)
        if value >= self.standing.cutoff:
            self.standing.close(value)
            self._left.clear()
            return False
        trials = self._trials.turned_to if self.parts else self._trials.first
        while part.value < self.standing.cutoff:
            self._at_hand = part.value
            try:
                if halted():
                    raise Halted
                halves = sorted(self._divided(part, trials), key=lambda half: half.value)
            except (Halted, Lost):
                self.push(part)  # it is not settled
                raise
            finally:
                self._at_hand = np.inf
            self.parts += 1
            for half in halves[1:]:
                self.push(half)
            if not halves:
                return True
            part, trials = halves[0], self._trials.on_the_way_down
        self.standing.close(part.value)
        return True

    def fractional(self, part: Part) -> Index:
        """The integers that are not whole; those that others imply only where presolve has put the others away."""
        broken = np.abs(part.at - np.round(part.at)) > WHOLE
        searched = np.flatnonzero(broken & self.relaxation.searched)
        return searched if len(searched) else np.flatnonzero(broken)

    def settle(self, part: Part) -> float:
        """What the best solution costs that has the integers of a part, which are whole; infinite: there is none."""
        whole = np.round(part.at)
        settled = self.relaxation.solve(whole, whole, part.basis, np.inf)
        if settled.state is State.PRUNED:
            return np.inf
        _raise_unless_solved(settled)
        assert settled.x is not None
        return self.found(settled.x)

    def _divided(self, part: Part, trials: int) -> list[Part]:
        """The halves of a part in which something may be better."""
        narrower: Part | None = part
        while narrower is not None:
            among = self.fractional(narrower)
            if not len(among):
                if self.settle(narrower) > narrower.value + ROUNDING * max(1.0, abs(narrower.value)) + WHOLE:
                    raise Lost
                self.standing.close(narrower.value)
                return []
            chosen = self._chosen(narrower, among, trials)
            if isinstance(chosen, int):
                return self._halves(narrower, chosen)
            narrower = self.within(*chosen, narrower.basis)
        return []

    def _halves(self, part: Part, k: int) -> list[Part]:
        cutoff = self.standing.cutoff
        found = []
        for up, relaxed in self._in_both(lambda by, up: by.solve(*part.half(k, up), part.basis, cutoff)):
            half = self.part(relaxed, *part.half(k, up))
            if half is not None:
                self._costs.learn(k, up, half.value - part.value, part.distance(k, up))
                found.append(half)
        return found

    def _chosen(self, part: Part, among: Index, trials: int) -> int | tuple[Vector, Vector]:
        """The integer to branch on, or the bounds that are left where a trial shows that one half falls away."""
        expected = self._costs.scores(among, part.at[among] - np.floor(part.at[among]))
        best, chosen, since = -1.0, -1, 0
        for i in np.argsort(-expected, kind="stable").tolist():
            k, worth = int(among[i]), float(expected[i])
            if trials > 0 and not self._costs.reliable(k):
                trials -= 1
                gains = self._tried(part, k)
                if isinstance(gains, bool):
                    return part.half(k, gains)
                worth = float(score(*gains)[0])
            if worth > best:
                best, chosen, since = worth, k, 0
            elif (since := since + 1) >= self._trials.without_success:
                break
        return chosen

    def _tried(self, part: Part, k: int) -> Vector | bool:
        """What rounding an integer down and up costs, as far as a trial tells, shape (2, 1); or which half is left."""
        cutoff, iterations = self.standing.cutoff, self._trials.iterations
        gains = np.zeros((2, 1))
        for up, tried in self._in_both(lambda by, up: by.tried(*part.half(k, up), part.basis, cutoff, iterations)):
            if tried.state is State.HALTED:
                raise Halted
            if self._put_aside(tried):
                return not up
            gains[int(up)] = max(0.0, tried.value - part.value)
            self._costs.learn(k, up, float(gains[int(up), 0]), part.distance(k, up))
        return gains


def narrowed(lower: Vector, upper: Vector, at: Vector, costs: Vector, room: float) -> tuple[Vector, Vector, float]:
    """Bounds of integers that leave out what costs more than there is room for, and how much more that costs at least.

    By reduced costs: an integer that the relaxation has at a bound may move away from it by room / |reduced cost|.

    >>> narrowed(np.zeros(2), np.full(2, 9.0), np.array([0.0, 9.0]), np.array([2.0, -5.0]), 4.0)
    (array([0., 9.]), array([2., 9.]), 5.0)
    """
    if not np.isfinite(room):
        return lower, upper, np.inf
    steep = np.maximum(np.abs(costs), CLEAR)
    reach = np.floor(room / steep + WHOLE)
    from_below = (costs > CLEAR) & (at <= lower + WHOLE) & (lower + reach < upper)
    from_above = (costs < -CLEAR) & (at >= upper - WHOLE) & (upper - reach > lower)
    more = ((reach + 1.0) * steep)[from_below | from_above].min(initial=np.inf)
    return np.where(from_above, upper - reach, lower), np.where(from_below, lower + reach, upper), float(more)


def _raise_unless_solved(relaxed: Relaxed) -> None:
    if relaxed.state is State.HALTED:
        raise Halted
    if relaxed.state is not State.SOLVED:
        raise Lost
