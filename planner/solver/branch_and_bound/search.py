"""One search from presolve to the end: first solutions, the tree, and cutting planes where the tree grows.

`patience` says when it is given up, `after_proof` what follows the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Vector
from planner.solver.answer import TOLERANCE
from planner.solver.branch_and_bound.after_proof import AFTER_PROOF, QUICK, search_within_gap
from planner.solver.branch_and_bound.dive import dive
from planner.solver.branch_and_bound.guidance import Guidance, gathered
from planner.solver.branch_and_bound.incumbent import Incumbent
from planner.solver.branch_and_bound.nodes import Interrupted, SearchFailed, SearchNode, StrongBranching
from planner.solver.branch_and_bound.outcome import BranchAndBoundResult, SearchEnd
from planner.solver.branch_and_bound.patience import LEAST_ITERATIONS, MOST_MIB, Patience
from planner.solver.branch_and_bound.presolved import Presolved, presolve
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationResult
from planner.solver.branch_and_bound.separation import separate
from planner.solver.branch_and_bound.suitability import CALL, suits
from planner.solver.branch_and_bound.tree import WHOLE, SearchTree
from planner.solver.experience import Experience
from planner.solver.highs import SMALL, Options, only_binaries
from planner.solver.program import Program

SUB_MIP = 0.5
"""iterations of a sub-MIP, as a multiple of those of the first relaxation of the search around it"""
SUB_MIP_GAP = 0.25
"""gap of a sub-MIP, as a share of the gap that is asked for"""
SUB_MIP_BRANCHING = StrongBranching(root=10, selected=4, plunging=2)
VAST = 500_000
"""entries from which on a sub-MIP comes before the dive: with its integers fixed, presolve is quicker than a dive"""
WIDE = 1.5
"""least gap for which a sub-MIP is worth while, as a multiple of the gap that is asked for"""
GAIN = 0.1
"""by how much of the gap that is asked for a sub-MIP has to improve the incumbent"""


def branch_and_bound(
    program: Program,
    options: Options,
    incumbent: Incumbent,
    interrupted: Callable[[], bool],
    on_progress: Callable[[float, int], None],
    iterations: int | None = None,
    *,
    if_suited: bool = False,
    experience: Experience | None = None,
) -> BranchAndBoundResult:
    """Search a program for solutions that are better than the incumbent by more than the gap.

    `interrupted` is asked now and then whether to stop; `on_progress` is called with the bound and the number of nodes.
    Solutions fulfil the rows and the integers, implied ones too, within the tolerance. With `iterations` it is a
    sub-MIP, which is given up after that many, but not before it has plunged once. With `if_suited` a program that does
    not suit the search is not searched, or only briefly where it is small and has more than binaries. `experience` of a
    similar program guides it.
    """
    if interrupted():
        return BranchAndBoundResult(SearchEnd.INTERRUPTED, -np.inf, 0, 0)
    is_small = len(program.value) <= SMALL and not only_binaries(program)
    if if_suited and not suits(program) and not is_small:
        return BranchAndBoundResult(SearchEnd.UNSUITED, -np.inf, 0, 0)
    presolved = presolve(program, options, numbered=iterations is None and len(program.value) < VAST)
    if presolved is None:
        return BranchAndBoundResult(SearchEnd.GIVEN_UP, -np.inf, 0, 0)
    on_trial = if_suited and not suits(presolved.program)
    if on_trial and not is_small:
        return BranchAndBoundResult(SearchEnd.UNSUITED, -np.inf, 0, 0)
    relaxations = [Relaxation(presolved.program, options, interrupted) for _ in range(min(2, options.threads))]
    running = _Search(program, options, presolved, relaxations, incumbent, interrupted, on_progress, iterations)
    running.on_trial = on_trial
    running.gives_up_early = if_suited and not is_small
    if experience is not None:
        running.guidance = Guidance.of(experience, presolved, running.relaxation.integers)
    try:
        end = running.run()
    except Interrupted:
        end = SearchEnd.INTERRUPTED
    except SearchFailed:
        end = SearchEnd.GIVEN_UP
    finally:
        running.tree.close()
    return BranchAndBoundResult(
        end, running.bound, running.tree.nodes, running.iterations, running.saved, running.experience
    )


class _Search:
    """A search under way."""

    def __init__(
        self,
        program: Program,
        options: Options,
        presolved: Presolved,
        relaxations: Sequence[Relaxation],
        incumbent: Incumbent,
        interrupted: Callable[[], bool],
        on_progress: Callable[[float, int], None],
        iterations: int | None,
    ) -> None:
        self.program, self.options, self.presolved = program, options, presolved
        self.relaxations, self.relaxation, self.incumbent = relaxations, relaxations[0], incumbent
        self.interrupted, self.on_progress = interrupted, on_progress
        self.most_iterations = iterations
        self.on_trial = False
        """whether the program does not suit the search, which is given up soon"""
        self.gives_up_early = False
        """whether another search takes over where this one is given up"""
        self.has_root = False
        """whether the first relaxation is solved"""
        self.root_bound = -np.inf
        """what is known of the bound before that"""
        self.first = 0
        """iterations of the first relaxation"""
        self.root: RelaxationResult | None = None
        """the first relaxation, with cutting planes if there are any"""
        self.proven = -np.inf
        """the bound when the gap was closed"""
        self.saved = 0.0
        """by how much the incumbent is better than when the gap was closed"""
        self.best: Vector | None = None
        """the best solution of this search, as one of the presolved program"""
        self.guidance: Guidance | None = None
        """what an earlier search of a similar program advises"""
        self.solutions: list[Vector] = []
        """that were found, the best last"""
        self.experience: Experience | None = None
        branching = StrongBranching() if iterations is None else SUB_MIP_BRANCHING
        self.tree = SearchTree(relaxations, incumbent, self.accept, branching)

    @property
    def bound(self) -> float:
        """Lower bound of all solutions."""
        return max(self.proven, self.tree.bound) if self.has_root else self.root_bound

    @property
    def iterations(self) -> int:
        """Of the simplex method so far."""
        return sum(each.iterations for each in self.relaxations)

    @property
    def work(self) -> int:
        """Iterations so far. Those of a whole search include what its relaxations cost apart from their iterations."""
        calls = 0 if self.is_sub_mip else CALL * sum(each.calls for each in self.relaxations)
        return self.iterations + calls

    @property
    def is_sub_mip(self) -> bool:
        """Whether it is part of another search, or comes before it."""
        return self.most_iterations is not None

    def run(self) -> SearchEnd:
        """Search; returns how it ended. A closed gap leaves some work for solutions that are better within it."""
        end = self.close_gap()
        if not self.is_sub_mip:
            self.experience = self.learnt()
        if end is SearchEnd.GAP_CLOSED and not self.is_sub_mip and self.incumbent.x is not None:
            closed_at = self.incumbent.value
            self.search_within_gap(int(AFTER_PROOF * self.iterations))
            self.saved = closed_at - self.incumbent.value
        return end

    def search_within_gap(self, iterations: int) -> None:
        """Search once more from the root, to a finer gap, with so many iterations of the simplex method."""
        self.proven, most = self.tree.bound, self.iterations + iterations
        if self.root is None or iterations <= 0:
            return

        def goes_on() -> bool:
            self.report()
            return self.iterations < most and not self.interrupted()

        def around(node: SearchNode) -> None:
            if self.first <= max(iterations, QUICK):  # the sub-MIP's relaxation takes about as long
                self.search_around_best(node, iterations)

        with suppress(Interrupted, SearchFailed):
            search_within_gap(self.tree, self.root, self.proven, around, goes_on)

    def close_gap(self) -> SearchEnd:
        """Search until no solution is better by more than the gap; returns how that ended."""
        relaxation, tree = self.relaxation, self.tree
        guidance = self.guidance
        basis = None if guidance is None else guidance.basis
        relaxed = relaxation.solve_root(self.incumbent.cutoff, self.note_root_bound, basis)
        self.root = relaxed
        if guidance is not None:
            tree.advice = guidance.advice
            tree.pseudo_costs.begin(*guidance.pseudo_costs)
        root = tree.root(relaxed)
        for other in self.relaxations[1:]:
            other.prepare_warm_starts()
        self.has_root = True
        if root is None:
            return SearchEnd.GAP_CLOSED
        tree.push(root)
        self.first = self.iterations
        patience = Patience(self.first, self.work, self.most_iterations, on_trial=self.on_trial)
        of_sub_mip = max(LEAST_ITERATIONS // 2, int(SUB_MIP * self.first))
        self.report()
        if guidance is None:
            self.find_first_solution(root, of_sub_mip)
        else:
            self.find_known_solutions(root, guidance, of_sub_mip)
        while not self.incumbent.target_met:
            if not tree.plunge(lambda: self.must_stop(patience.most)):
                return SearchEnd.GAP_CLOSED
            self.report()
            if self.work >= patience.most or tree.size > MOST_MIB:
                return SearchEnd.GIVEN_UP
            if tree.nodes < patience.check:
                continue
            if patience.is_first_check and (guidance is None or guidance.cuts):
                self.separate(relaxed)
                if (
                    self.gives_up_early
                    and guidance is None
                    and self.gap_is_wide
                    and patience.is_hopeless(self.incumbent.value, self.bound)
                ):
                    return SearchEnd.GIVEN_UP
            patience.wait(tree.nodes)
            node = tree.next
            if node is not None and self.best is not None and self.gap_is_wide:
                self.search_around_best(node, of_sub_mip)
        return SearchEnd.TARGET_MET

    def must_stop(self, most: int) -> bool:
        """Whether to stop within a plunge; raises SearchFailed where a trial has done all the work that it may."""
        if self.on_trial and self.work >= most:
            raise SearchFailed
        return self.interrupted()

    def find_first_solution(self, root: SearchNode, iterations: int) -> None:
        """Look for solutions at the root: by a dive, and by a sub-MIP in which its whole integers are fixed (RENS)."""
        whole = np.abs(root.relaxed - np.round(root.relaxed)) <= WHOLE
        if self.is_sub_mip or len(self.presolved.program.value) < VAST:
            dive(self.tree, root)
            if self.gap_is_wide:
                self.sub_mip(root, whole, iterations)
            return
        self.sub_mip(root, whole, iterations)
        if np.isinf(self.incumbent.value):
            dive(self.tree, root)

    def find_known_solutions(self, root: SearchNode, guidance: Guidance, iterations: int) -> None:
        """Look for solutions at the root with the integers of known ones; where none is good, by a sub-MIP around one.

        Where that finds none either, they are looked for as without guidance.
        """
        for fixed, values in guidance.solutions:
            lower, upper = root.lower.copy(), root.upper.copy()
            lower[fixed] = upper[fixed] = np.clip(values, lower[fixed], upper[fixed])
            node = self.tree.solve(lower, upper, root.basis)
            if node is not None:
                dive(self.tree, node)
        if guidance.solutions and self.gap_is_wide:
            fixed, values = guidance.solutions[0]
            agreed = np.zeros(len(root.relaxed), dtype=np.bool_)
            agreed[fixed] = np.abs(root.relaxed[fixed] - values) <= WHOLE
            self.sub_mip(root, agreed, iterations)
        if np.isinf(self.incumbent.value):
            self.find_first_solution(root, iterations)

    def learnt(self) -> Experience | None:
        """What this search knows for the next one."""
        assert self.root is not None
        best = [] if self.incumbent.x is None else [self.incumbent.x]
        return gathered(self.program, self.presolved, self.relaxation, self.tree, self.root, [*self.solutions, *best])

    def note_root_bound(self, bound: float) -> None:
        """Note a lower bound of the first relaxation, which is still being solved."""
        self.root_bound = bound
        self.report()

    def separate(self, relaxed: RelaxationResult) -> None:
        """Begin the tree again from the first relaxation with cutting planes, if these gain enough."""
        tighter = separate(self.relaxation, self.presolved.program, relaxed, self.incumbent.cutoff)
        if not self.relaxation.cuts:
            return
        for other in self.relaxations[1:]:
            other.add_cuts(self.relaxation.cuts)
        self.root = tighter
        self.tree.restart(tighter)
        self.report()

    @property
    def gap_is_wide(self) -> bool:
        """Whether a sub-MIP may still help."""
        value = self.incumbent.value
        if self.is_sub_mip or self.on_trial or self.incumbent.target_met:
            return False
        return not np.isfinite(value) or value - self.bound > WIDE * self.incumbent.gap * abs(value)

    def accept(self, x: Vector) -> float:
        """Take a solution of the presolved program; returns its cost, infinite where it is none of the program."""
        back = self.presolved.postsolve(x)
        if back is None or not self.program.fulfilled(back, TOLERANCE):
            return np.inf
        value = self.program.objective(back)
        if self.incumbent.improve(value, back):
            self.best = x
            self.solutions.append(back)
            self.report()
        return value

    def search_around_best(self, node: SearchNode, iterations: int) -> None:
        """Search the program with those integers fixed that a node's relaxation and the best solution share (RINS)."""
        if self.best is not None:
            self.sub_mip(node, np.abs(node.relaxed - self.best[self.relaxation.integers]) <= WHOLE, iterations)

    def report(self) -> None:
        """Report the bound and the number of nodes."""
        self.on_progress(self.bound, self.tree.nodes)

    def sub_mip(self, node: SearchNode, fixed: npt.NDArray[np.bool_], iterations: int) -> None:
        """Search the program with some integers fixed at what they are in a node's relaxation (RENS, RINS)."""
        integers = self.relaxation.integers[fixed]
        lower, upper = self.presolved.program.lower.copy(), self.presolved.program.upper.copy()
        lower[integers] = upper[integers] = np.round(node.relaxed[fixed])
        outer = self.incumbent
        value = outer.value - GAIN * outer.gap * abs(outer.value) if np.isfinite(outer.value) else np.inf
        inner = Incumbent(outer.gap * SUB_MIP_GAP, outer.target, value)
        program = replace(self.presolved.program, lower=lower, upper=upper)
        taken: Vector | None = None

        def on_progress(_bound: float, _nodes: int) -> None:
            """Accept a solution as soon as it is found, not when the sub-MIP ends."""
            nonlocal taken
            if inner.x is not None and inner.x is not taken:
                taken = inner.x
                self.accept(inner.x)

        branch_and_bound(program, self.options, inner, self.interrupted, on_progress, iterations)
