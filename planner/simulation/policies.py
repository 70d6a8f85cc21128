"""Policies: how somebody plans who lives through a world, and what each of them may know.

    expected     plans for the expected future, and plans again on each day of planning
    hedge        plans for all futures, and plans again on each day of planning
    at_start     settles every signature at the start, as the plan for the expected future has it
    wait         waits as long as possible, and otherwise plans for the expected future
    foresight    knows the world from the start: no policy can do better, so it is the bound

The days of planning are the start and every so many months. Whoever has learned nothing since the last plan keeps it:
what is left of a plan of least cost is a plan of least cost for the rest. What becomes known between two days of
planning changes no signature before the next one. Only a hedge says beforehand what is signed after which news.
Day-to-day operation follows the news at once: use, work, draws of loans, what is put off or ended under a contract.

`at_start` keeps every signature of its first plan, with its day and sizes, and signs nothing else. `wait` signs an
offer before the next day of planning only if it can no longer be signed on that day or later; where that leaves no
plan, as few signatures as possible are made before it. Of an order that can be placed on several dates the same holds
of each date. Among the plans that wait so, the one of least cost for the expected future is taken.
"""

from __future__ import annotations

from enum import StrEnum


class SimulatedPolicy(StrEnum):
    """A way to plan while a world unfolds."""

    EXPECTED = "expected"
    HEDGE = "hedge"
    AT_START = "at_start"
    WAIT = "wait"
    FORESIGHT = "foresight"

    @property
    def called(self) -> str:
        """The policy in a sentence."""
        return CALLED[self]


CALLED = {
    SimulatedPolicy.EXPECTED: "planning for the expected future",
    SimulatedPolicy.HEDGE: "the hedge",
    SimulatedPolicy.AT_START: "signing everything at the start",
    SimulatedPolicy.WAIT: "waiting as long as possible",
    SimulatedPolicy.FORESIGHT: "perfect foresight",
}


class HowPlanned(StrEnum):
    """How a plan is made on a day."""

    EXPECTED = "expected"
    """for the expected future"""
    HEDGE = "hedge"
    """for all futures that are still possible"""
    WAIT = "wait"
    """for the expected future, with as few signatures as possible before a day"""
    HOLD = "hold"
    """for the expected future, with the signatures of the plan before kept until a day"""


FIRST = {
    SimulatedPolicy.EXPECTED: HowPlanned.EXPECTED,
    SimulatedPolicy.HEDGE: HowPlanned.HEDGE,
    SimulatedPolicy.AT_START: HowPlanned.EXPECTED,
    SimulatedPolicy.WAIT: HowPlanned.WAIT,
    SimulatedPolicy.FORESIGHT: HowPlanned.EXPECTED,
}
"""how the first plan of a policy is made"""
