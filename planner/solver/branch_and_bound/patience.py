"""When a search is given up, and when it looks for better solutions on its way."""

from __future__ import annotations

from planner.solver.branch_and_bound.suitability import TRIAL

PATIENCE = 20.0
"""work after which a search is given up, as a multiple of that of its first relaxation"""
LEAST_ITERATIONS = 5000
"""work that every search may take, in simplex iterations"""
MOST_MIB = 1024.0
"""memory of the open nodes beyond which a search is given up"""
FIRST_CHECK = 8
"""nodes after which a tree counts as long: cutting planes are tried, then a sub-MIP around the incumbent"""
NEXT_CHECK = 1.5
"""factor by which the number of nodes must grow before the next sub-MIP"""
LIGHT = 250
"""simplex iterations of a first relaxation up to which HiGHS's own search is quick"""
FAR = 0.01
"""distance of the bound from the incumbent at the first check, as a share of it, from which on a tree will be long"""


class Patience:
    """What one search may take, told when its first relaxation is solved."""

    def __init__(self, first: int, work: int, most_iterations: int | None, *, on_trial: bool) -> None:
        """After `first` iterations and some work; `most_iterations` is what a sub-MIP may take."""
        self._first = first
        if most_iterations is not None:
            more = most_iterations
        else:
            more = TRIAL if on_trial else max(LEAST_ITERATIONS, int(PATIENCE * work))
        self.most = work + more
        """work at which the search is given up"""
        self.check = FIRST_CHECK
        """nodes at which it looks for better solutions next"""

    @property
    def is_first_check(self) -> bool:
        """Whether it has not looked for better solutions yet."""
        return self.check == FIRST_CHECK

    def wait(self, nodes: int) -> None:
        """Set the next check."""
        self.check = max(self.check + 1, int(NEXT_CHECK * nodes))

    def is_hopeless(self, value: float, bound: float) -> bool:
        """Whether HiGHS's own search is expected to be done sooner, at the first check after cutting planes.

        It is where relaxations are so quick that what ours takes besides them counts, and much of the gap is left.
        """
        return self._first <= LIGHT and value - bound > FAR * abs(value)
