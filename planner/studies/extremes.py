"""Extremes: of all plans within a cost, the one with the least and the one with the most of a measure.

Each extreme takes two solves, as an end of a frontier does. The first finds the value over all plans within the cost.
The second finds the least cost with that value and starts from the decisions that reach it, so there is a plan wherever
there is a value. Of measures that are the largest over the periods (debt, guarantees, obligations) only the least is
found; see `planner.studies.measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from planner.basics.errors import DataError, Problem
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.studies.measures import AtMost, CostAtMost, Measure, above, measure
from planner.studies.runs import WITH_A_PLAN, Run, RunResult, RunStatus


@dataclass(frozen=True)
class Extreme:
    """The least or the most of a measure that a plan within the cost has, and the cheapest plan with it."""

    of: Measure
    """the measure, with the sign in which this end is the smallest balance"""
    found: RunResult
    """the result of the search for the value"""
    outcome: RunResult
    """the result of the search for the plan; `found` again where there is no value"""

    @property
    def name(self) -> str:
        """Its end and its measure: `least use:google`."""
        return _name(self.of)

    @property
    def value(self) -> float | None:
        """The value that was found; None where none was."""
        return None if self.found.objective_usd_bn is None else self.of.shown(self.found.objective_usd_bn)

    @property
    def bound(self) -> float | None:
        """No plan within the cost goes beyond this value; None where nothing is known."""
        return None if self.found.bound_usd_bn is None else self.of.shown(self.found.bound_usd_bn)

    @property
    def proven(self) -> bool:
        """Whether the value and the cost of its plan are both proven to their gaps."""
        return self.found.status is self.outcome.status is RunStatus.PROVEN

    @property
    def plan(self) -> Plan | None:
        """The plan; None where none was found."""
        return self.outcome.plan if self.outcome.status in WITH_A_PLAN else None

    def json(self) -> dict[str, Any]:
        """The value and whether it is proven, without the plan."""
        return {
            "of": self.of.name,
            "end": self.of.end,
            "unit": self.of.unit,
            "value": self.value,
            "bound": self.bound,
            "proven": self.proven,
        }


def attributes(names: Sequence[str], portfolio: Portfolio) -> list[Measure]:
    """The measures of those names, each once; raises DataError with every unknown name."""
    found: list[Measure] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        try:
            found.append(measure(name, portfolio, "widest"))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return found


def extremes(of: Sequence[Measure], cost: float, solved: Callable[..., list[RunResult]]) -> tuple[Extreme, ...]:
    """Both ends of each measure, the least first, among plans within a cost [USD bn].

    `solved` carries out runs side by side. It is called once for all values and once for all plans.
    """
    ends = [end for each in of for end in each.ends()]
    values = solved(*(Run(_name(end), besides=(CostAtMost(cost),), smallest=end) for end in ends))
    runs = {
        end: Run(
            f"least cost with {_name(end)}",
            besides=(CostAtMost(above(cost)), AtMost(end, above(found.objective_usd_bn))),
            start=found.decisions,
        )
        for end, found in zip(ends, values, strict=True)
        if found.objective_usd_bn is not None
    }
    plans = dict(zip(runs, solved(*runs.values()), strict=True))
    return tuple(Extreme(end, found, plans.get(end, found)) for end, found in zip(ends, values, strict=True))


def _name(end: Measure) -> str:
    return f"{end.end} {end.name}"
