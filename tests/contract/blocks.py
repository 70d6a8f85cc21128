"""Instruments' blocks as Pyomo models of their own, to break their constraints one at a time.

`broken` looks for decisions that fulfil a block but for one constraint: of all those, the ones closest to a plan. Where
a block has variables of its own, which no plan holds (steps, lots), decisions break it only if no values of these
help.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers.highs import Highs
from pyomo.core.expr.visitor import identify_variables

from planner.basics.arrays import Vector
from planner.interfaces.instrument import Instrument
from planner.ledgers.variables import Domain
from planner.portfolio.portfolio import Portfolio

DOMAINS = {
    Domain.BINARY: pyo.Binary,
    Domain.INTEGER: pyo.NonNegativeIntegers,
    Domain.NONNEGATIVE: pyo.NonNegativeReals,
}
BY = 0.02
"""by how much a constraint is broken, relative to the larger of its constant and 1"""
FAR = 1e3
"""stands for a variable without an upper bound [its own unit]"""


class Block:
    """The constraints of one instrument, over all variables of a portfolio."""

    def __init__(self, portfolio: Portfolio, instrument: Instrument) -> None:
        self.portfolio, self.instrument = portfolio, instrument
        self.m = pyo.ConcreteModel()
        self.variables: list[Any] = []
        for group in portfolio.ledgers.groups:
            if self.m.component(group.block) is None:
                self.m.add_component(group.block, pyo.Block())
            variable = pyo.Var(
                pyo.Set(initialize=group.keys, dimen=len(group.dims), ordered=True), domain=DOMAINS[group.domain]
            )
            self.m.component(group.block).add_component(group.name, variable)
            for each, low, high in zip(variable.values(), group.lower, group.upper, strict=True):
                each.setlb(float(low))
                each.setub(FAR if high == inf else float(high))
                self.variables.append(each)
        self.block = self.m.component(instrument.name)
        if self.block is not None:
            instrument.build(self.block, portfolio.case)
        known = {id(variable) for variable in self.variables}
        of_block = () if self.block is None else self.block.component_data_objects(pyo.Var)
        self.own = [variable for variable in of_block if id(variable) not in known]
        """variables that no plan holds"""
        self.m.apart = pyo.Var(range(len(self.variables)), domain=pyo.NonNegativeReals)
        self.m.x = pyo.Param(range(len(self.variables)), mutable=True, initialize=0.0)
        self.m.above = pyo.Constraint(
            range(len(self.variables)), rule=lambda m, j: self.variables[j] - m.x[j] <= m.apart[j]
        )
        self.m.below = pyo.Constraint(
            range(len(self.variables)), rule=lambda m, j: m.x[j] - self.variables[j] <= m.apart[j]
        )
        self.m.nearest = pyo.Objective(expr=pyo.quicksum(self.m.apart.values()))
        self.m.violated = pyo.ConstraintList()
        self.m.maxima = pyo.ConstraintList()
        for top in portfolio.ledgers.maxima:
            for numbers, values, constant in top.forms:
                parts = [value * self.variables[j] for j, value in zip(numbers, values, strict=True)]
                self.m.maxima.add(constant + pyo.quicksum(parts) <= self.variables[top.variable])

    def families(self) -> dict[str, list[Any]]:
        """The constraints of the block, by the name that they share."""
        if self.block is None:
            return {}
        found = {each.local_name: list(each.values()) for each in self.block.component_objects(pyo.Constraint)}
        return {name: rows for name, rows in found.items() if rows}

    def broken(self, rows: Sequence[Any], x: Vector) -> Iterator[Vector]:
        """Decisions near x that break one of the constraints that share a name, and no other of the block.

        Each constraint is broken from above and from below, as far as others allow it. Where none can be, because the
        block's own variables make up for it, two choices of one offer are made at once.
        """
        for j, value in enumerate(x.tolist()):
            self.m.x[j] = value
        for row, side in [way for each in rows for way in _ways(each)]:
            yield from self._breaking([row], [side])
        for pair in self._choices(rows):
            yield from self._breaking(rows, [variable >= 1 for variable in pair])
        for several in self._behind(rows):
            yield from self._breaking(rows, [variable >= BY for variable in several])

    def _breaking(self, rows: Sequence[Any], sides: Sequence[Any]) -> Iterator[Vector]:
        """The decisions nearest to x that fulfil all but `rows`, and `sides`, if the whole block forbids them."""
        for row in rows:
            row.deactivate()
        for side in sides:
            self.m.violated.add(side)
        found = self._solved()
        self.m.violated.clear()
        for row in rows:
            row.activate()
        if found is not None and not self.fulfilled(found):
            yield found

    def _choices(self, rows: Sequence[Any]) -> list[tuple[Any, Any]]:
        """Pairs of choices of one offer that these constraints join, the first and the last of each."""
        by_offer: dict[str, dict[int, Any]] = {}
        own = {id(variable) for variable in self.own}
        for row in rows:
            for variable in identify_variables(row.body):
                if variable.is_binary() and id(variable) not in own:
                    by_offer.setdefault(str(variable.index()[0]), {})[id(variable)] = variable
        several = [list(of.values()) for of in by_offer.values() if len(of) > 1]
        return [(of[0], of[-1]) for of in several]

    def _behind(self, rows: Sequence[Any]) -> list[list[Any]]:
        """Of each constraint on the block's own variables alone, the decisions that these follow, one of each."""
        own, follows = {id(variable) for variable in self.own}, dict[int, Any]()
        for row in self.block.component_data_objects(pyo.Constraint):
            found = list(identify_variables(row.body))
            mine = [variable for variable in found if id(variable) in own]
            decisions = [variable for variable in found if id(variable) not in own]
            if len(mine) == 1 and decisions:
                follows.setdefault(id(mine[0]), decisions[0])
        of = [[id(variable) for variable in identify_variables(row.body)] for row in rows]
        return [[follows[each] for each in ids] for ids in of if all(each in follows for each in ids)]

    def fulfilled(self, x: Vector) -> bool:
        """Whether decisions fulfil every constraint of the block, for some values of its own variables."""
        for variable, value in zip(self.variables, x.tolist(), strict=True):
            variable.fix(value)
        found = self._solved()
        for variable in self.variables:
            variable.unfix()
        return found is not None

    def _solved(self) -> Vector | None:
        solver = Highs()
        solver.config.load_solution = False
        result = solver.solve(self.m)
        if result.best_feasible_objective is None:
            return None
        result.solution_loader.load_vars()
        x = np.array([pyo.value(variable) for variable in self.variables])
        whole = np.array([not variable.is_continuous() for variable in self.variables])
        return np.where(whole, np.round(x), x)


def _ways(row: Any) -> Iterator[tuple[Any, Any]]:
    """A constraint with what breaks it, from above and from below."""
    constant = abs(pyo.value(row.upper if row.upper is not None else row.lower))
    whole = all(not variable.is_continuous() for variable in identify_variables(row.body))
    by = 1.0 if whole else BY * max(1.0, constant)
    if row.upper is not None:
        yield row, row.body >= pyo.value(row.upper) + by
    if row.lower is not None:
        yield row, row.body <= pyo.value(row.lower) - by
