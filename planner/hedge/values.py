"""What knowing, planning for all futures and deciding anew are worth, each as an interval [low, high] in USD bn.

    EVPI     perfect information           tree − Σ p_s · wait-and-see        (`planner.plan.hedges.record.evpi`)
    VSS      all futures, not one          tree with what the expected future's plan signs at the root − tree
    VMS      deciding anew                 all signatures taken at once − tree      (Huang and Ahmed 2009)
    news     of an event                   tree − tree in which that event is known at the start
    option   of an offer                   tree without the offer − tree; beside it the same for the expected future
    prudence                               expected cost of the tree − expected cost at weight 0

Neither side of a difference is known beyond its bound: low is the bound of one less the cost of the other, high the
cost of the one less the bound of the other. A value that cannot be negative is cut off at 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.solver import Answer, Stop


@dataclass(frozen=True)
class Side:
    """What the best plan of one side of a difference costs, as far as it is known [USD bn]."""

    low: float | None
    """no plan costs less; None where nothing is known"""
    high: float | None
    """cost of a plan; None where none is known"""
    impossible: bool = False
    """whether there is proof that there is no plan"""

    @staticmethod
    def of(answer: Answer) -> Side:
        """Of the answer of a search."""
        return Side(answer.bound, answer.objective, answer.stop is Stop.INFEASIBLE)


@dataclass(frozen=True)
class Worth:
    """A value, or the reason why it is not known."""

    interval: tuple[float, float] | None
    why: str = ""


def difference(more: Side, less: Side, no_plan: str, *, sign: bool = True) -> Worth:
    """What `more` costs above `less`. `no_plan` is the reason given where `more` has no plan.

    With `sign` it cannot be negative.
    """
    if more.impossible:
        return Worth(None, no_plan)
    if more.low is None or more.high is None or less.low is None or less.high is None:
        return Worth(None, "stopped before it was known")
    low, high = more.low - less.high, more.high - less.low
    return Worth((max(0.0, low), max(0.0, high)) if sign else (low, high))
