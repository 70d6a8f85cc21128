"""The model of a small case as text: one file per family of rows, in a form like that of `.lp` files.

It is written from what instruments and rules hand over (groups of variables, posts, limits, maxima, `build`), not from
the model that is solved, so it changes only where the mathematics does. Decisions have their names of `decisions.csv`,
numbers six significant digits, and rows and terms stand in the order of their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pyomo.core as pyo
from pyomo.repn import generate_standard_repn

from planner.api import Case
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.objective import in_objective
from planner.ledgers.posts import Post
from planner.ledgers.variables import Domain
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.waived import NAME as WAIVED

DOMAINS = {
    Domain.BINARY: pyo.Binary,
    Domain.INTEGER: pyo.NonNegativeIntegers,
    Domain.NONNEGATIVE: pyo.NonNegativeReals,
}
NOTHING = 1e-12
"""a coefficient that is smaller is left out: it is what rounding left of 0"""
LONG = 110
"""characters of a sum that still stand in one line"""
ONE_FAMILY = frozenset({"grid_limit", "guarantor_cap", "liquidity", "obligations"})
"""rules whose limits are of one family, named by regions or guarantors; those of others begin with the family's name"""

Terms = dict[str, float]
Files = dict[str, str]


def number(value: float) -> str:
    """Six significant digits.

    >>> number(1 / 3), number(-2.0), number(1e6)
    ('0.333333', '-2', '1e+06')
    """
    return f"{value + 0.0:.6g}"


def linear(terms: Terms, constant: float = 0.0) -> str:
    """A sum, its terms in the order of their names, the constant last; a term a line where that would be too long.

    >>> linear({"b": -1.0, "a": 0.5}, 2.0)
    '+ 0.5 a - 1 b + 2'
    """
    parts = _parts(terms, constant)
    line = " ".join(parts)
    return line if len(line) <= LONG else "\n    ".join(parts)


def _parts(terms: Terms, constant: float) -> list[str]:
    """The terms that are not zero, with their signs."""
    stated = [(value, f" {name}") for name, value in sorted(terms.items()) if abs(value) > NOTHING]
    if abs(constant) > NOTHING or not stated:
        stated.append((constant, ""))
    return [f"{'-' if value < 0 else '+'} {number(abs(value))}{name}" for value, name in stated]


def written(case: Case, owner: str) -> Files:
    """The files of an instrument or a rule in a case, or of its waivers, by their names."""
    portfolio = Portfolio.of(case)
    ledgers = portfolio.ledgers
    names = ledgers.names
    model = blocks(portfolio)  # rows are named by the model as long as somebody holds it
    block = model.component(owner)
    files: Files = {}
    if block is not None:
        files["variables"] = _variables(block, owner, named(block, portfolio))
        files["objective"] = _objective(case, ledgers, owner)
        files |= _constraints(block, named(block, portfolio))
    files["posts"] = _posts(case, posts(case, owner), names)
    files["maxima"] = _maxima(ledgers, owner, names)
    mine = [limit for limit in portfolio.limits if limit.rule == owner or (owner == WAIVED and limit.waived)]
    for family, stated in _families(mine).items():
        files[f"limit.{family}"] = "\n".join(line for limit in stated for line in _limit(case, limit, names))
        states = [limit for limit in stated if limit.used.running or limit.allowed.running]
        if states:
            files[f"state.{family}"] = "\n".join(line for limit in states for line in _state(case, limit, names))
    return {f"{name}.lp": f"{text}\n" for name, text in files.items() if text}


def blocks(portfolio: Portfolio) -> pyo.ConcreteModel:
    """A Pyomo model with a block per instrument or rule that has variables, and the constraints of instruments."""
    model = pyo.ConcreteModel()
    for group in portfolio.ledgers.groups:
        if model.component(group.block) is None:
            model.add_component(group.block, pyo.Block())
        variable = pyo.Var(list(group.keys), domain=DOMAINS[group.domain])
        model.component(group.block).add_component(group.name, variable)
        for key, low, high in zip(group.keys, group.lower.tolist(), group.upper.tolist(), strict=True):
            variable[key].setlb(low)
            variable[key].setub(None if high == np.inf else high)
    for instrument in portfolio.case.catalogue.posting:
        block = model.component(instrument.name)
        if block is not None:
            instrument.build(block, portfolio.case)
    return model


def named(block: pyo.Block, portfolio: Portfolio) -> dict[int, str]:
    """The names of the variables of a model, by `id`: those of decisions, and Pyomo's where `build` has added them."""
    model = block.parent_block()
    found = {id(each): f"{each.name}" for each in model.component_data_objects(pyo.Var)}
    for group in portfolio.ledgers.groups:
        variable = model.component(group.block).component(group.name)
        found |= {id(variable[key]): name for key, name in zip(group.keys, group.names, strict=True)}
    return found


def posts(case: Case, owner: str) -> list[Post]:
    """What an instrument, a rule or waivers post in a case, once those before it have posted."""
    if owner == WAIVED:
        return list(Portfolio.of(case).ledgers.posts[len(Portfolio.as_agreed(case).ledgers.posts) :])
    ledgers = Ledgers(case.calendar)
    for part in (*case.catalogue.posting, *case.catalogue.rules):
        before = len(ledgers.posts)
        if part.post is not None:
            part.post(case, ledgers)
        if part.name == owner:
            return list(ledgers.posts[before:])
    raise KeyError(owner)


def _variables(block: pyo.Block, owner: str, names: dict[int, str]) -> str:
    """Bounds and domains, in the order of the names."""
    lines = []
    for variable in block.component_data_objects(pyo.Var):
        low, high = variable.lb, variable.ub
        domain = " binary" if variable.is_binary() else " integer" if variable.is_integer() else ""
        bounds = f"{'-inf' if low is None else number(low)} <= {names[id(variable)]}"
        lines.append(f"{bounds}{'' if high is None else f' <= {number(high)}'}{domain}")
    return "\n".join(sorted(lines, key=lambda line: line.partition("<= ")[2]))


def _constraints(block: pyo.Block, names: dict[int, str]) -> Files:
    """The rows of each constraint of a block."""
    files = {}
    for constraint in block.component_objects(pyo.Constraint):
        rows = [row for index in constraint for row in _row(constraint[index], names)]
        files[constraint.local_name] = "\n".join(rows)
    return files


def _row(row: Any, names: dict[int, str]) -> list[str]:
    """A row of Pyomo's: variables on the left, a number on the right."""
    body = generate_standard_repn(row.body)
    assert body.is_linear()
    terms: Terms = defaultdict(float)
    for variable, value in zip(body.linear_vars, body.linear_coefs, strict=True):
        terms[names[id(variable)]] += value
    title = row.name.partition(".")[2]
    if row.equality:
        return [f"{title}:", f"  {linear(terms)} = {number(pyo.value(row.upper) - body.constant)}"]
    found = [f"{title}:"]
    if row.lower is not None:
        found.append(f"  {linear(terms)} >= {number(pyo.value(row.lower) - body.constant)}")
    if row.upper is not None:
        found.append(f"  {linear(terms)} <= {number(pyo.value(row.upper) - body.constant)}")
    return found


def _families(limits: Iterable[Limit]) -> dict[str, list[Limit]]:
    """The limits of a rule by family, in the order of their subjects."""
    found: dict[str, list[Limit]] = defaultdict(list)
    for limit in sorted(limits, key=lambda limit: limit.subject):
        found[limit.rule if limit.rule in ONE_FAMILY else limit.subject.partition("/")[0]].append(limit)
    return found


def _limit(case: Case, limit: Limit, names: list[str]) -> Iterable[str]:
    """used_t <= allowed_t, both sides as they are stated."""
    for t in limit.periods:
        yield f"{limit.subject} on {case.calendar.start_of(t)} [{limit.unit}]:"
        yield f"  {_side(case, limit, limit.used, t, names)}"
        yield f"  <= {_side(case, limit, limit.allowed, t, names)}{_waived(limit, t, names)}"


def _side(case: Case, limit: Limit, balance: Balance, t: int, names: list[str]) -> str:
    if balance.running:
        return f"+ 1 {_state_name(case, limit, t)}"
    return _at(balance, t, names)


def _waived(limit: Limit, t: int, names: list[str]) -> str:
    return "" if limit.waived is None else f" {_at(limit.waived, t, names)}"


def _at(balance: Balance, t: int, names: list[str]) -> str:
    """A balance in one period."""
    variables, values = balance.by_period()[t]
    return linear(_terms(variables.tolist(), values.tolist(), names), float(balance.constant[t]))


def _terms(variables: Sequence[int], values: Sequence[float], names: list[str]) -> Terms:
    terms: Terms = defaultdict(float)
    for variable, value in zip(variables, values, strict=True):
        terms[names[variable]] += value
    return terms


def _state_name(case: Case, limit: Limit, t: int) -> str:
    return f"state.{limit.rule}_{limit.subject}[{case.calendar.start_of(t)}]"


def _state(case: Case, limit: Limit, names: list[str]) -> Iterable[str]:
    """state_t = state_{t−1} + flow_t of a running balance."""
    for side in (limit.used, limit.allowed):
        for t in range(side.T) if side.running else ():
            before = f"+ 1 {_state_name(case, limit, t - 1)} " if t else ""
            yield f"{_state_name(case, limit, t)} ="
            yield f"  {before}{_at(side, t, names)}"


def _maxima(ledgers: Ledgers, owner: str, names: list[str]) -> str:
    """Each variable that is the largest of 0 and some functions, with one row per function."""
    mine = {number for group in ledgers.groups if group.block == owner for number in group.numbers.values()}
    found = []
    for top in ledgers.maxima:
        if top.variable in mine:
            forms = [
                f"  {linear(_terms(found.tolist(), values.tolist(), names), constant)}"
                for found, values, constant in top.forms
            ]
            found.append("\n".join([f"{names[top.variable]} = largest of 0 and", *forms]))
    return "\n".join(sorted(found))


def _objective(case: Case, ledgers: Ledgers, owner: str) -> str:
    """The present cost of the variables of an instrument or rule, one a line, and of what no variable changes."""
    constant, cost = ledgers.present_value(case.settings.discount_rate, in_objective(case.settings.horizon_treatment))
    mine = {
        name: float(cost[number])
        for group in ledgers.groups
        if group.block == owner
        for name, number in zip(group.names, group.numbers.values(), strict=True)
    }
    return "\n".join(["minimise:", *(f"  {part}" for part in _parts(mine, constant))])


def _posts(case: Case, made: Iterable[Post], names: list[str]) -> str:
    """What variables do to ledgers, by ledger, line and labels; one row per period, or per day of cash."""
    found: dict[str, dict[str, Terms]] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for post in made:
        labels = {each.name: getattr(post.labels, each.name) for each in fields(post.labels)}
        about = " ".join(f"{name}={value}" for name, value in labels.items() if value)
        ledger = post.ledger if post.kind is None else f"{post.ledger} {post.kind}"
        rows = found[f"{ledger}  {post.line}  {about}".rstrip()]
        years = [None] * len(post.values) if post.years is None else post.years.tolist()
        for variable, t, value, when in zip(
            post.variables.tolist(), post.periods.tolist(), post.values.tolist(), years, strict=True
        ):
            at = f"{case.calendar.start_of(t)}{'' if when is None else f' at {number(when)} years'}"
            rows[at]["whatever is decided" if variable == CONSTANT else names[variable]] += value
    return "\n".join(
        "\n".join([f"{title}:", *(f"  {at}: {linear(terms)}" for at, terms in sorted(rows.items()))])
        for title, rows in sorted(found.items())
    )
