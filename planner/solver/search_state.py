"""The state of a search that works in one thread while another one watches."""

from __future__ import annotations

import threading

from planner.basics.arrays import Vector
from planner.solver.answer import Snapshot, closed_gap
from planner.solver.experience import Experience
from planner.solver.highs import finite


class SearchState:
    """Incumbent, bound and nodes so far, and whether to stop. Several searches may share it."""

    def __init__(
        self,
        stop: threading.Event,
        target: float | None = None,
        shared_gap: float | None = None,
        experience: Experience | None = None,
    ) -> None:
        """A search stops where `stop` is set, or where it is known whether the target can be met.

        `shared_gap` is given where several searches share the state: the incumbent of one and the bound of another may
        close the gap together. `experience` of a similar program guides our search.
        """
        self.stop = stop
        self.target = target
        self.shared_gap = shared_gap
        self.experience = experience
        self.over = False
        """whether one of several searches has ended"""
        self.value = float("inf")
        self.x: Vector | None = None
        """the incumbent, which costs `value`"""
        self.bound = float("-inf")
        self.nodes = 0
        self._writing = threading.Lock()

    def found(self, value: float, x: Vector) -> None:
        """Note a solution if it is the best so far."""
        with self._writing:
            if value < self.value:
                self.value, self.x = value, x

    def proved(self, bound: float, nodes: int) -> None:
        """Note a lower bound of all solutions and the number of nodes."""
        with self._writing:
            self.bound, self.nodes = max(self.bound, bound), nodes

    @property
    def gap_closed(self) -> bool:
        """Whether the incumbent is within the shared gap of the bound."""
        if self.shared_gap is None or self.x is None:
            return False
        return self.value - self.bound <= closed_gap(self.value, self.shared_gap)

    @property
    def must_stop(self) -> bool:
        """Whether a search has to stop."""
        if self.stop.is_set() or self.over or self.gap_closed:
            return True
        return self.target is not None and (self.value <= self.target or self.bound > self.target)

    def snapshot(self, seconds: float) -> Snapshot:
        """How far the search had come when it last noted something."""
        return Snapshot(finite(self.value), finite(self.bound), max(0, self.nodes), seconds)
