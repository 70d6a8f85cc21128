"""The plans for single futures, as if each of them were known today: wait and see.

What they cost on average is a bound of every plan for all futures, and each of them is a proposal of what to sign now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner import solver
from planner.basics.arrays import Vector
from planner.basics.errors import Infeasible
from planner.hedge.tree_program import FutureProgram
from planner.solve.answers import with_solution
from planner.solve.fewer_signatures import with_fewer_signatures
from planner.solver import Answer, Feasibility, Stop
from planner.solver.program import Program


@dataclass(frozen=True, eq=False)
class Alone:
    """The best plan for one future by itself, as far as it was found."""

    answer: Answer
    decisions: Mapping[str, float] = field(repr=False)
    """by name, zeros left out; empty where there is no plan"""

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return self.answer.x is not None and self.answer.objective is not None

    @property
    def impossible(self) -> bool:
        """Whether there is proof that the future has no plan."""
        return self.answer.stop is Stop.INFEASIBLE

    @property
    def interrupted(self) -> bool:
        """Whether somebody stopped it."""
        return self.answer.stop is Stop.INTERRUPTED

    @property
    def low(self) -> float | None:
        """No plan for the future costs less; infinite where there is none, None where nothing is known."""
        return float("inf") if self.impossible else self.answer.bound

    @property
    def high(self) -> float | None:
        """Cost of the plan; infinite where there is none, None where none was found in time."""
        return float("inf") if self.impossible else self.answer.objective


def impossible(error: Infeasible) -> Alone:
    """What is found of a future whose data alone break a limit."""
    return Alone(
        Answer(
            stop=Stop.INFEASIBLE, feasibility=Feasibility.NONE, x=None, objective=None, bound=None, gap=None,
            seconds=0.0, nodes=0, simplex_iterations=0, integrality=0.0, primal_violation=0.0,
            highs_status=error.why, highs_version="",
        ),
        {},
    )  # fmt: skip


def solve_alone(
    future: FutureProgram,
    options: solver.Options,
    start: Mapping[str, float] | None = None,
    program: Program | None = None,
) -> Alone:
    """The best plan for one future; `program` is its own, or one with tighter bounds."""
    chosen = future.program if program is None else program
    x = None if start is None else starting(future, start)
    answer = solver.solve(chosen, options, start=x)
    return Alone(answer, {} if answer.x is None else named(future, answer.x))


def signing_less(future: FutureProgram, alone: Alone, options: solver.Options) -> Alone:
    """The plan, or one that costs the same and signs fewer offers, as a plan for this future by itself does."""
    if alone.answer.x is None:
        return alone
    x = with_fewer_signatures(future.program, future.portfolio, alone.answer.x, options)
    return Alone(with_solution(alone.answer, future.program, x), named(future, x))


def starting(future: FutureProgram, values: Mapping[str, float]) -> Vector:
    """Decisions by name as a solution of a future's program; NaN for the variables that the model adds."""
    x = np.full(len(future.program.cost), np.nan)
    x[: len(future.names)] = [values.get(name, 0.0) for name in future.names]
    return x


def named(future: FutureProgram, x: Vector) -> Mapping[str, float]:
    """The decisions of a solution by name, zeros left out."""
    return {name: value for name, value in zip(future.names, x[: len(future.names)].tolist(), strict=True) if value}


def average(values: Sequence[float | None], weights: Vector) -> float | None:
    """Σ p_s · value_s; None where one is not known."""
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else float(np.dot(known, weights))
