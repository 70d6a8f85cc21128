"""Stochastic programs from the literature as this package merges them: one small Pyomo model for each scenario."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo

from planner import solver
from planner.basics.arrays import Index
from planner.solver import Answer, Options, Program
from planner.solver.merging import Merged, merged

EXACT = 1e-9
"""gap to which they are solved"""


@dataclass(frozen=True, eq=False)
class Scenario:
    """One way in which everything turns out."""

    probability: float
    known: tuple[Hashable, ...]
    """what becomes known at each stage; the decisions of stage t are taken once the first t of them are"""
    model: pyo.ConcreteModel
    stages: Mapping[int, Sequence[pyo.Var]]
    """variables by the stage in which they are decided"""

    def compiled(self) -> tuple[Program, list[tuple[Hashable, ...]]]:
        """Its program, and for each variable its name and what is known when it is decided."""
        placed = [(t, each) for t, group in self.stages.items() for variable in group for each in variable.values()]
        program = solver.compile(self.model, [each for _, each in placed])
        return program.without_names(), [(self.known[:t], each.name) for t, each in placed]


def tree(scenarios: Iterable[Scenario]) -> Merged:
    """The scenarios as one program, in which what is decided with the same knowledge is one variable."""
    number: dict[Hashable, int] = {}
    programs, weights, classes = list[Program](), list[float](), list[Index]()
    for each in scenarios:
        program, keys = each.compiled()
        programs.append(program)
        weights.append(each.probability)
        classes.append(np.array([number.setdefault(key, len(number)) for key in keys]))
    return merged(programs, weights, classes)


def solved(found: Merged, gap: float = EXACT) -> Answer:
    """The best solution of a tree, proven."""
    answer = solver.solve(found.program, Options(gap=gap))
    assert answer.proven, answer
    return answer
