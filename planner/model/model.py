"""The model of one future: columns become variables, limits become constraints, present cost is minimised.

    minimise   Σ_j pv_j · x_j + pv_0          present value of what the objective counts, sign turned
    limits     used_t ≤ allowed_t             for every limit that a rule states
    maxima     function_i ≤ x_j               for every column that is the largest of some functions of others
    cash       cash_t = cash_{t−1} + flow_t   where a limit is on a running balance, its state

and, in one block per instrument, the constraints of its `build`. `build` fills any block, so that futures can stand
side by side in one model. Import `pyomo.environ` to hand it to a writer or a solver of Pyomo's. By component:

    present_cost                       the objective [USD bn]
    limit.<rule>[subject, t]           used_t ≤ allowed_t
    maximum[i]                         function_i ≤ x_j
    state.<rule>_<subject>             the state of a running balance
    state.<rule>_<subject>_carries     state_t = state_{t−1} + flow_t

The rows of limits, maxima and states, and the cost, are `affine` sums: variables on the left, with what is allowed
subtracted, and a number on the right.

A study may ask for the smallest peak of a balance instead of the least cost:

    smallest_peak                      the objective then
    below_peak[t]                      balance_t ≤ peak, in the periods that count

Or it may let some limits be broken, and ask for as little of that as can be, or for no more than so much:

    breach[rule, subject, t]           used_t − breach_t ≤ allowed_t
    smallest_breach                    the objective then: Σ h · breach / size of the limit
    within_breach                      the same sum ≤ what is given

Index letters are the same throughout:

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

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any, TypeAlias

import numpy as np
import pyomo.core as pyo
from pyomo.common.gc_manager import PauseGC

from planner.basics.errors import Infeasible
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.ledgers.variables import Domain
from planner.model.affine import affine
from planner.portfolio.portfolio import Portfolio

DOMAINS = {
    Domain.BINARY: pyo.Binary,
    Domain.INTEGER: pyo.NonNegativeIntegers,
    Domain.NONNEGATIVE: pyo.NonNegativeReals,
}
Loose: TypeAlias = Callable[[Limit], bool]
"""which limits may be broken"""
TOLERANCE = 1e-7
"""how far apart two numbers that no decision changes may be and still count as equal, relative to the larger"""


def model(
    portfolio: Portfolio, besides: Sequence[Limit] = (), loose: Loose | None = None
) -> tuple[pyo.ConcreteModel, list[Any]]:
    """The model of one future by itself, and its variables in the order of the columns.

    `besides` are limits that a study adds to the portfolio's own; those that are `loose` may be broken. Raises
    Infeasible where another limit is broken by what is given, whatever is decided.
    """
    m = pyo.ConcreteModel()
    return m, build(m, portfolio, besides, loose)


def minimise_peak(m: pyo.ConcreteModel, columns: list[Any], of: Balance, periods: Sequence[int]) -> None:
    """Let the model ask for the smallest peak of a balance over some periods instead of the least present cost."""
    m.present_cost.deactivate()
    m.peak = pyo.Var()
    variables = [*columns, m.peak]
    peak = Balance(np.arange(of.T), np.full(of.T, len(columns)), np.ones(of.T), np.zeros(of.T))
    rows = dict(_rows(_within_periods(m, "peak", of, variables), peak, periods, variables))
    m.below_peak = pyo.Constraint(periods, rule=lambda _, t: rows[t])
    m.smallest_peak = pyo.Objective(expr=m.peak, sense=pyo.minimize)


def minimise_breaches(m: pyo.ConcreteModel, portfolio: Portfolio) -> None:
    """Let the model ask for the least that limits are broken by instead of the least present cost."""
    m.present_cost.deactivate()
    m.smallest_breach = pyo.Objective(expr=_breaches(m, portfolio), sense=pyo.minimize)


def allow_breaches(m: pyo.ConcreteModel, portfolio: Portfolio, most: float) -> None:
    """Let limits be broken by no more than so much in all, in the measure of `minimise_breaches`."""
    if len(m.breach):
        m.within_breach = pyo.Constraint(expr=_breaches(m, portfolio) <= most)


def _breaches(m: pyo.ConcreteModel, portfolio: Portfolio) -> Any:
    """Σ h · breach / size."""
    h, sizes = portfolio.case.calendar.h, {(limit.rule, limit.subject): limit.size for limit in portfolio.limits}
    return pyo.quicksum(h / sizes[key[:2]] * m.breach[key] for key in m.breach)


def build(m: pyo.Block, portfolio: Portfolio, besides: Sequence[Limit] = (), loose: Loose | None = None) -> list[Any]:
    """Fill a block (a model is one) with the model of a portfolio; returns the variables in the order of the columns.

    `besides` are limits that a study adds to the portfolio's own; those that are `loose` may be broken. Raises
    Infeasible where another limit is broken by what is given, whatever is decided.
    """
    with PauseGC():  # millions of objects, none of which can go yet
        columns = _variables(m, portfolio)
        for instrument in portfolio.case.catalogue.posting:
            block = m.component(instrument.name)
            if block is not None:
                instrument.build(block, portfolio.case)
        _limits(m, (*portfolio.limits, *besides), columns, loose)
        _maxima(m, portfolio, columns)
        constant, coefficients = portfolio.ledgers.present_value(portfolio.case.settings.discount_rate)
        priced = np.flatnonzero(coefficients)
        cost = affine(priced.astype(np.int32), coefficients[priced], columns, constant)
        m.present_cost = pyo.Objective(expr=cost, sense=pyo.minimize)
    return columns


def _variables(m: pyo.Block, portfolio: Portfolio) -> list[Any]:
    """One block per instrument or rule that has columns, one variable per family."""
    columns: list[Any] = []
    for family in portfolio.ledgers.groups:
        if m.component(family.block) is None:
            m.add_component(family.block, pyo.Block())
        stated = [
            (low, None if high == inf else high)
            for low, high in zip(family.lower.tolist(), family.upper.tolist(), strict=True)
        ]
        by_key = dict(zip(family.keys, stated, strict=True))
        variable = pyo.Var(
            pyo.Set(initialize=family.keys, dimen=len(family.dims), ordered=True),
            domain=DOMAINS[family.domain],
            bounds=stated[0] if len(set(stated)) == 1 else lambda _, *key, of=by_key: of[key],
        )
        m.component(family.block).add_component(family.name, variable)
        columns.extend(variable.values())
    return columns


def _maxima(m: pyo.Block, portfolio: Portfolio, columns: list[Any]) -> None:
    """function_i ≤ x_j, so that the cheapest x_j is the largest of them."""
    stated = [(top.variable, form) for top in portfolio.ledgers.maxima for form in top.forms]

    @m.Constraint(range(len(stated)))
    def maximum(m: pyo.Block, i: int) -> Any:
        column, (found, values, constant) = stated[i]
        above = affine(np.append(found, column).astype(np.int32), np.append(values, -1.0), columns)
        return None, above, 0.0 - constant


def _limits(m: pyo.Block, limits: tuple[Limit, ...], columns: list[Any], loose: Loose | None) -> None:
    """used_t ≤ allowed_t, rule by rule; the index is (subject, period)."""
    broken: list[str] = []
    if loose is not None:
        m.breach = pyo.Var(pyo.Any, domain=pyo.NonNegativeReals, dense=False)
    m.limit = pyo.Block()
    m.state = pyo.Block()
    variables = [*columns]  # states and breaches are added to them
    by_rule: dict[str, list[Limit]] = {}
    for limit in limits:
        by_rule.setdefault(limit.rule, []).append(limit)
    for rule, stated in by_rule.items():
        rows: dict[tuple[str, int], Any] = {}
        for limit in stated:
            used, allowed = (
                _within_periods(m, f"{rule}_{limit.subject}", side, variables) for side in (limit.used, limit.allowed)
            )
            decided = set(used.periods.tolist()).union(allowed.periods.tolist()).intersection(limit.periods)
            periods = [t for t in limit.periods if t in decided]
            if loose is not None and loose(limit):
                used = used.minus(_each(periods, len(variables), used.T))
                variables.extend(m.breach[rule, limit.subject, t] for t in periods)
            else:
                broken += _broken(limit, decided)
            rows.update({(limit.subject, t): row for t, row in _rows(used, allowed, periods, variables)})
        index = pyo.Set(initialize=list(rows), dimen=2, ordered=True)
        m.limit.add_component(rule, pyo.Constraint(index, rule=lambda _, subject, t, of=rows: of[subject, t]))
    if broken:
        raise Infeasible("what is given breaks a limit whatever is decided:\n  " + "\n  ".join(broken))


def _broken(limit: Limit, decided: set[int]) -> Iterator[str]:
    """The periods that no decision changes and in which the limit is broken."""
    for t in limit.periods:
        left, right = float(limit.used.constant[t]), float(limit.allowed.constant[t])
        if t not in decided and left > right + TOLERANCE * max(1.0, abs(left), abs(right)):
            yield f"{limit.rule} {limit.subject}: {left:g} {limit.unit} against {right:g} in period {t}"


def _within_periods(m: pyo.Block, name: str, balance: Balance, variables: list[Any]) -> Balance:
    """A balance of each period by itself: for a running one its states, which are made and added to the variables."""
    if not balance.running:
        return balance
    T, first = balance.T, len(variables)
    state = pyo.Var(range(T))
    m.state.add_component(name, state)
    variables.extend(state.values())
    states, before = _each(range(T), first, T), _each(range(1, T), first, T)
    rows = dict(_rows(states, Balance.total([before, replace(balance, running=False)], T), range(T), variables))

    def carries(_: pyo.Block, t: int) -> Any:
        _, body, flow = rows[t]
        return body, flow

    m.state.add_component(f"{name}_carries", pyo.Constraint(range(T), rule=carries))
    return states


def _each(periods: Sequence[int], first: int, T: int) -> Balance:
    """One variable in each of some periods, the first of them in that place."""
    n = len(periods)
    return Balance(np.array(periods, dtype=np.int64), first + np.arange(n), np.ones(n), np.zeros(T))


def _rows(
    used: Balance, allowed: Balance, periods: Sequence[int], variables: Sequence[Any]
) -> Iterator[tuple[int, tuple[float | None, Any, float | None]]]:
    """used_t ≤ allowed_t as (period, (least, expression, most)), the constants apart from the variables.

    Where no variable enters what is used, that is the least that may be allowed; otherwise there is a most.
    """
    width = len(variables) or 1
    left, right = (side.periods * width + side.variables for side in (used, allowed))
    flat, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    mine, other = place[: len(left)], place[len(left) :]
    values = np.bincount(mine, used.values, len(flat)) - np.bincount(other, allowed.values, len(flat)).astype(float)
    columns = (flat % width).astype(np.int32)
    edges = np.searchsorted(flat, np.arange(used.T + 1) * width).tolist()
    uses = np.bincount(used.periods, minlength=used.T).tolist()
    room = (allowed.constant - used.constant + 0.0).tolist()  # no negative zero
    for t in periods:
        a, b = edges[t], edges[t + 1]
        if uses[t]:
            yield t, (None, affine(columns[a:b], values[a:b], variables), room[t])
        else:
            yield t, (0.0 - room[t], affine(columns[a:b], -values[a:b], variables), None)
