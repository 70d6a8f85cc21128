"""One search from first to last: presolve, the relaxation, first solutions, the tree; cuts where that is long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.branch_and_bound.dive import dive
from planner.solver.branch_and_bound.reduced import Reduced, reduced
from planner.solver.branch_and_bound.relaxation import Relaxation, Relaxed
from planner.solver.branch_and_bound.rounds import tightened
from planner.solver.branch_and_bound.standing import Standing
from planner.solver.branch_and_bound.tree import WHOLE, Halted, Lost, Part, Tree, Trials
from planner.solver.highs import Options
from planner.solver.program import Program

PATIENCE = 20.0
"""iterations of a search, as a multiple of those of its first relaxation, after which it is given up"""
LEAST_ITERATIONS = 5000
"""however short the first relaxation was"""
MOST_MIB = 1024.0
"""memory for what is left of a tree, beyond which it is given up"""
SMALLER = 0.5
"""iterations of a smaller search within, as a multiple of those of the first relaxation around it"""
SMALLER_GAP = 0.25
"""gap of a smaller search, as a share of the one that is asked for"""
SMALLER_TRIALS = Trials(first=10, turned_to=4, on_the_way_down=2)
VAST = 500_000
"""entries from which on presolve, once integers are fixed, is quicker than a dive: a smaller search comes first"""
FIRST_LOOK_AROUND = 8
"""parts after which a tree counts as long: cuts are tried, and a smaller search is made around the best solution"""
AGAIN = 1.5
"""how many times as many parts there must be for the next smaller search"""
WIDE = 1.5
"""how many times the gap that is asked for must be left for a smaller search"""
GAIN = 0.1
"""by how much of the gap that is asked for a smaller search has to do better"""


class End(Enum):
    """How a search ended."""

    CLOSED = auto()
    """nothing is left that is better by more than the gap"""
    MET = auto()
    """the target is met"""
    HALTED = auto()
    """it was asked to stop"""
    GIVEN_UP = auto()
    """it took too long, or it is not for this kind of search"""


@dataclass(frozen=True)
class Found:
    """What came of a search; the best solution is in the standing that it was given."""

    end: End
    bound: float
    """what any solution costs at least"""
    parts: int
    """that were looked into"""
    iterations: int
    """of the simplex method, smaller searches left out"""


def search(
    program: Program,
    options: Options,
    standing: Standing,
    halted: Callable[[], bool],
    told: Callable[[float, int], None],
    iterations: int | None = None,
) -> Found:
    """Search a program for solutions that are better than the standing by more than the gap.

    `halted` is asked whether to stop; `told` hears the bound and the number of parts now and then. Solutions fulfil the
    rows within the tolerance, as do their integers, those that are implied too. With `iterations` it is a
    smaller search, within another or before it, which is given up after so many, but not before it went down once.
    """
    if halted():
        return Found(End.HALTED, -np.inf, 0, 0)
    made = reduced(program, options)
    if made is None:
        return Found(End.GIVEN_UP, -np.inf, 0, 0)
    relaxations = [Relaxation(made.program, options, halted) for _ in range(min(2, options.threads))]
    searching = _Searching(program, options, made, relaxations, standing, halted, told, iterations)
    try:
        end = searching.end()
    except Halted:
        end = End.HALTED
    except Lost:
        end = End.GIVEN_UP
    finally:
        searching.tree.close()
    return Found(end, searching.bound, searching.tree.parts, searching.iterations)


class _Searching:
    """A search under way."""

    def __init__(
        self,
        program: Program,
        options: Options,
        made: Reduced,
        relaxations: Sequence[Relaxation],
        standing: Standing,
        halted: Callable[[], bool],
        told: Callable[[float, int], None],
        iterations: int | None,
    ) -> None:
        self.program, self.options, self.made = program, options, made
        self.relaxations, self.relaxation, self.standing = relaxations, relaxations[0], standing
        self.halted, self.told = halted, told
        self.most = iterations
        self.begun = False
        self.least = -np.inf
        """what is known of the bound before that"""
        self.best: Vector | None = None
        """the best solution of this search, as one of the reduced program"""
        self.tree = Tree(relaxations, standing, self.found, Trials() if iterations is None else SMALLER_TRIALS)

    @property
    def bound(self) -> float:
        """What any solution costs at least."""
        return self.tree.bound if self.begun else self.least

    @property
    def iterations(self) -> int:
        """Of the simplex method."""
        return sum(each.iterations for each in self.relaxations)

    @property
    def inner(self) -> bool:
        """Whether it is a smaller search, within another or before it."""
        return self.most is not None

    def end(self) -> End:
        """Search; how it ended."""
        relaxation, tree = self.relaxation, self.tree
        relaxed = relaxation.first(self.standing.cutoff, self.learn)
        root = tree.part(relaxed, relaxation.lower, relaxation.upper)
        for other in self.relaxations[1:]:
            other.prepare()
        self.begun = True
        if root is None:
            return End.CLOSED
        tree.push(root)
        first = self.iterations
        most = first + (max(LEAST_ITERATIONS, int(PATIENCE * first)) if self.most is None else self.most)
        smaller = max(LEAST_ITERATIONS // 2, int(SMALLER * first))
        self.tell()
        self.look_for_a_first(root, smaller)
        look = FIRST_LOOK_AROUND
        while not self.standing.met:
            if not tree.descend(self.halted):
                return End.CLOSED
            self.tell()
            if self.iterations >= most or tree.size > MOST_MIB:
                return End.GIVEN_UP
            if tree.parts < look:
                continue
            if look == FIRST_LOOK_AROUND:
                self.tighten(relaxed)
            look = max(look + 1, int(AGAIN * tree.parts))
            part = tree.cheapest
            if part is not None and self.best is not None and self.wide:
                self.smaller(part, np.abs(part.at - self.best[relaxation.integers]) <= WHOLE, smaller)
        return End.MET

    def look_for_a_first(self, root: Part, iterations: int) -> None:
        """Look for solutions at the root: by a dive, and within what is left where its whole integers stay so."""
        whole = np.abs(root.at - np.round(root.at)) <= WHOLE
        if self.inner or len(self.made.program.value) < VAST:
            dive(self.tree, root)
            if self.wide:
                self.smaller(root, whole, iterations)
            return
        self.smaller(root, whole, iterations)
        if np.isinf(self.standing.value):
            dive(self.tree, root)

    def learn(self, bound: float) -> None:
        """The first relaxation costs that at least."""
        self.least = bound
        self.tell()

    def tighten(self, relaxed: Relaxed) -> None:
        """Begin the tree again from the first relaxation with cuts, if those are worth while."""
        tighter = tightened(self.relaxation, self.made.program, relaxed, self.standing.cutoff)
        if not self.relaxation.cuts:
            return
        for other in self.relaxations[1:]:
            other.add(self.relaxation.cuts)
        self.tree.begin_again(tighter)
        self.tell()

    @property
    def wide(self) -> bool:
        """Whether a smaller search may still help."""
        value = self.standing.value
        if self.inner or self.standing.met:
            return False
        return not np.isfinite(value) or value - self.bound > WIDE * self.standing.gap * abs(value)

    def found(self, x: Vector) -> float:
        """What a solution of the reduced program costs; infinite where it is none of the program."""
        back = self.made.back(x)
        if back is None or not self.program.fulfilled(back, TOLERANCE):
            return np.inf
        value = self.program.objective(back)
        if self.standing.improve(value, back):
            self.best = x
            self.tell()
        return value

    def tell(self) -> None:
        """Say how things stand."""
        self.told(self.bound, self.tree.parts)

    def smaller(self, part: Part, keep: npt.NDArray[np.bool_], iterations: int) -> None:
        """Search what is left once some integers are kept as a part has them."""
        kept = self.relaxation.integers[keep]
        lower, upper = self.made.program.lower.copy(), self.made.program.upper.copy()
        lower[kept] = upper[kept] = np.round(part.at[keep])
        outer = self.standing
        value = outer.value - GAIN * outer.gap * abs(outer.value) if np.isfinite(outer.value) else np.inf
        inner = Standing(outer.gap * SMALLER_GAP, outer.target, value)
        program = replace(self.made.program, lower=lower, upper=upper)
        taken: Vector | None = None

        def told(_bound: float, _parts: int) -> None:
            """Take over what is found at once, not when the smaller search ends."""
            nonlocal taken
            if inner.x is not None and inner.x is not taken:
                taken = inner.x
                self.found(inner.x)

        search(program, self.options, inner, self.halted, told, iterations)
