"""How a search ended, and what is known then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from planner.solver.experience import Experience


class SearchEnd(Enum):
    """How a search ended."""

    GAP_CLOSED = auto()
    """no solution is better by more than the gap"""
    TARGET_MET = auto()
    INTERRUPTED = auto()
    GIVEN_UP = auto()
    """it took too long"""
    UNSUITED = auto()
    """the program does not suit it, and nothing was searched"""


@dataclass(frozen=True)
class BranchAndBoundResult:
    """The result of a search, whose best solution is in the incumbent."""

    end: SearchEnd
    bound: float
    """lower bound of the cost of all solutions"""
    nodes: int
    iterations: int
    """of the simplex method, sub-MIPs left out"""
    saved: float = 0.0
    """by how much the incumbent is better than when the gap was closed"""
    experience: Experience | None = None
    """what it has learnt; None where it ended before its first relaxation"""
