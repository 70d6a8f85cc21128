"""The model of one future: decisions become variables, limits become rows, and present cost is minimised.

    minimise   Σ_j pv_j · x_j + pv_0          present value of what the objective counts, sign turned
    limits     used_t ≤ allowed_t             for every limit that a rule states
    maxima     function_i ≤ x_j               for every decision that is the largest of some functions of others
    cash       cash_t = cash_{t−1} + flow_t   where a limit is on a running balance, its state

and, in one block per instrument, the constraints of its `build`. By component:

    present_cost                       the objective [USD bn]
    limit.<rule>[subject, t]           used_t ≤ allowed_t
    maximum[i]                         function_i ≤ x_j
    state.<rule>__<subject>            the state of a running balance
    state.<rule>__<subject>__carries   state_t = state_{t−1} + flow_t

Pyomo holds the decisions and the constraints of `build`, which are written to be read. Limits, maxima, states,
breaches and the cost are arrays (`planner.solver.array_rows`). Each of their rows has all its variables on the left and
a number on the right. `planner.model.pyomo.whole` makes Pyomo components of them too.

A study may ask for the smallest peak of a balance instead of the least cost:

    smallest_peak                      the objective in that case
    below_peak[t]                      balance_t ≤ peak, in some periods

Or it may allow that some limits are broken. It asks for the smallest sum of breaches, or gives that sum a limit:

    breach[rule, subject, t]           used_t − breach_t ≤ allowed_t
    smallest_breach                    the objective in that case: Σ h · breach / size of the limit
    within_breach                      the same sum ≤ its limit

Index letters mean the same everywhere:

    o    offer                                       a    region that supplies
    v    vintage: offer, start s and variant         b    region that demands
    s    start, commencement or date of an order     w    workload
    t    period, h long [years]; T of them           f    firm supply, or interruptible
    y    contract year                               F    chip families that halls admit
    c    chip                                        p    class of power cost
    g    guarantor                                   k    who backs a share; tier of a price
    n    tranche
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
import pyomo.core as pyo
from pyomo.common.gc_manager import PauseGC

from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.ledgers.objective import in_objective
from planner.ledgers.variables import Domain
from planner.model.limit_rows import Breaches, Leeway, rows_of_limits
from planner.model.rows import Numbering, each, limit_rows, row, state_of
from planner.portfolio.portfolio import Portfolio
from planner.solver import Program, compile  # noqa: A004 - the word of the trade
from planner.solver.array_rows import ArrayCost, ArrayRows, Arrays, joined

DOMAINS = {
    Domain.BINARY: pyo.Binary,
    Domain.INTEGER: pyo.NonNegativeIntegers,
    Domain.NONNEGATIVE: pyo.NonNegativeReals,
}


@dataclass(frozen=True)
class Peak:
    """The largest value of a balance over some periods, which is to be minimised."""

    of: Balance
    periods: Sequence[int]


@dataclass(frozen=True, eq=False)
class Model:
    """The model of one future."""

    pyomo: pyo.ConcreteModel
    """one block for each instrument, and each rule with decisions: its variables and the constraints of its `build`"""
    variables: list[Any]
    """Pyomo's variables of the decisions, in the order of the ledgers"""
    arrays: Arrays
    """limits, maxima, states, breaches and the cost"""

    def program(self) -> Program:
        """The whole model as a program: first the decisions in their order, then the variables that the model adds."""
        return compile(self.pyomo, self.variables, self.arrays)

    def without_cost(self) -> Model:
        """The same model without its objective; another one has to be added in Pyomo."""
        return replace(self, arrays=self.arrays.without_cost())


def model(
    portfolio: Portfolio, extra_limits: Sequence[Limit] = (), leeway: Leeway | None = None, peak: Peak | None = None
) -> Model:
    """The model of a portfolio.

    `extra_limits` are limits that a study adds to the portfolio's own. `leeway` says which limits may be broken. The
    objective is the present cost. With a `peak` it is that peak; with a leeway without a limit of its own it is the sum
    of breaches. Raises Infeasible where a limit that may not be broken is broken by the case's data, whatever is
    decided.
    """
    with PauseGC():  # millions of objects, none of which is garbage yet
        return model_in(pyo.ConcreteModel(), portfolio, extra_limits, leeway, peak)


def model_in(
    m: pyo.Block,
    portfolio: Portfolio,
    extra_limits: Sequence[Limit] = (),
    leeway: Leeway | None = None,
    peak: Peak | None = None,
) -> Model:
    """The model of a portfolio in a block, or in a model, that is empty. Arguments as for `model`."""
    return Model(m, fill(m, portfolio), _arrays(portfolio, extra_limits, leeway, peak))


def fill(m: pyo.Block, portfolio: Portfolio) -> list[Any]:
    """Add decisions and constraints of `build` to a block or a model; returns the decisions in the ledgers' order."""
    variables = _variables(m, portfolio)
    for instrument in portfolio.case.catalogue.posting:
        if m.component(instrument.name) is None:
            m.add_component(instrument.name, pyo.Block())
        instrument.build(m.component(instrument.name), portfolio.case)
    return variables


def _variables(m: pyo.Block, portfolio: Portfolio) -> list[Any]:
    """One block for each instrument or rule that has decisions, one Pyomo variable for each family."""
    variables: list[Any] = []
    for group in portfolio.ledgers.groups:
        if m.component(group.block) is None:
            m.add_component(group.block, pyo.Block())
        stated = [
            (low, None if high == inf else high)
            for low, high in zip(group.lower.tolist(), group.upper.tolist(), strict=True)
        ]
        by_key = dict(zip(group.keys, stated, strict=True))
        variable = pyo.Var(
            pyo.Set(initialize=group.keys, dimen=len(group.dims), ordered=True),
            domain=DOMAINS[group.domain],
            bounds=stated[0] if len(set(stated)) == 1 else lambda _, *key, of=by_key: of[key],
        )
        m.component(group.block).add_component(group.name, variable)
        variables.extend(variable.values())
    return variables


def _arrays(portfolio: Portfolio, extra_limits: Sequence[Limit], leeway: Leeway | None, peak: Peak | None) -> Arrays:
    """Variables and rows that are arrays, and the objective."""
    numbering, limits = Numbering(portfolio.ledgers.size), (*portfolio.limits, *extra_limits)
    breaches = Breaches.of(limits, leeway, numbering)
    first, last = _maxima(portfolio), rows_of_limits(limits, leeway, breaches, numbering)
    cost = _present_cost(portfolio)
    if peak is not None:
        cost, below, carries = _smallest_peak(peak, numbering)
        first, last = [*first, below], [*last, *carries]
    elif leeway is not None:
        numbers, values = breaches.total(portfolio)
        if leeway.most is None:
            cost = ArrayCost("smallest_breach", 0.0, numbers.astype(np.int32), values)
        elif len(numbers):
            first = [*first, row(("within_breach",), numbers, values, leeway.most, first=True)]
    return Arrays(tuple(numbering.variables), (*first, *last), cost)


def _present_cost(portfolio: Portfolio) -> ArrayCost:
    """Σ_j pv_j · x_j + pv_0."""
    settings = portfolio.case.settings
    constant, values = portfolio.ledgers.present_value(settings.discount_rate, in_objective(settings.horizon_treatment))
    priced = np.flatnonzero(values)
    return ArrayCost("present_cost", constant, priced.astype(np.int32), values[priced])


def _maxima(portfolio: Portfolio) -> list[ArrayRows]:
    """function_i ≤ x_j, so that the cheapest x_j is the largest of them."""
    stated = [(top.variable, form) for top in portfolio.ledgers.maxima for form in top.forms]
    rows = [
        row(("maximum",), np.append(numbers, j), np.append(values, -1.0), 0.0 - constant, first=True)
        for j, (numbers, values, constant) in stated
    ]
    return [replace(joined(rows), indices=range(len(rows)))] if rows else []


def _smallest_peak(peak: Peak, numbering: Numbering) -> tuple[ArrayCost, ArrayRows, list[ArrayRows]]:
    """The peak as objective, balance_t ≤ peak, and the rows of the balance's state."""
    T, numbers = peak.of.T, numbering.add(("peak",), [None], -np.inf, first=True)
    cost = ArrayCost("smallest_peak", 0.0, numbers.astype(np.int32), np.ones(1))
    used, carries = state_of(peak.of, "peak", numbering, first=True)
    allowed = each(range(T), np.repeat(numbers, T), T)
    rows = limit_rows(("below_peak",), list(peak.periods), used, allowed, peak.periods)
    return cost, replace(rows, first=True), carries
