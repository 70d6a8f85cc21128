"""Measures of a plan besides its cost, and conditions that a study can ask a plan to keep.

    debt                       largest debt of all classes over the periods [USD bn]
    guarantees                 largest exposure of all guarantors [USD bn]; `guarantees:google` is that of one
    obligations                largest sum still owed, undiscounted [USD bn]
    use:PROVIDER               GW-years in use of one provider's machines
    own_halls                  GW-years of own halls; more is better, so the balance is their negative
    unserved                   reference GW-years of demand that are not served

All are linear in the decisions. So a study can ask a plan to stay below a value, and can find the smallest value that
any plan has. Of the totals over the horizon (use, own_halls, unserved) it can also find the largest, by changing their
sign. Of debt, guarantees and obligations it cannot. The largest over the periods can be bounded from above by linear
rows, but not from below; and a variable that stands for the largest of others could then exceed them, as only a limit
or its cost keeps it down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from planner.basics.errors import DataError, Problem
from planner.ledgers.balances import Balance
from planner.ledgers.limits import Limit
from planner.plan.plan import Plan
from planner.portfolio.cost_limit import cost_at_most
from planner.portfolio.portfolio import Portfolio
from planner.solve.start import starting_values
from planner.tables.references import suggestion

RULE = "besides"
"""rule of the limits that a study adds; they are not listed in its plans"""


@dataclass(frozen=True)
class MeasureKind:
    """What the first word of a measure's name stands for."""

    ledger: str
    label: str
    """label whose value may follow the colon; empty: nothing may follow"""
    required: bool
    """whether a value must follow"""
    total: bool
    """True: GW-years over the horizon; False: the largest over the periods"""
    sign: float
    """−1 where more is better, so that the smaller balance is better"""
    unit: str


MEASURES = {
    "debt": MeasureKind("debt", "", False, False, 1.0, "USD bn"),
    "guarantees": MeasureKind("guarantees", "guarantor", False, False, 1.0, "USD bn"),
    "obligations": MeasureKind("obligations", "", False, False, 1.0, "USD bn"),
    "use": MeasureKind("in_use", "counterparty", True, True, 1.0, "GW-years"),
    "own_halls": MeasureKind("halls", "", False, True, -1.0, "GW-years"),
    "unserved": MeasureKind("shortage", "", False, True, 1.0, "reference GW-years"),
}


@dataclass(frozen=True)
class Measure:
    """One of MEASURES, by its name: `debt`, `guarantees:google`, `use:aws`."""

    name: str
    turned: bool = False
    """True: the sign is changed, so that the other end is the smallest balance"""

    @property
    def kind(self) -> MeasureKind:
        """What its first word stands for."""
        return MEASURES[self.name.partition(":")[0]]

    @property
    def unit(self) -> str:
        """Unit of its values."""
        return self.kind.unit

    @property
    def sign(self) -> float:
        """Factor from a value as it is shown to the balance, 1 or −1."""
        return -self.kind.sign if self.turned else self.kind.sign

    @property
    def end(self) -> str:
        """The end that the smallest balance is: `least` or `most`."""
        return "least" if self.sign > 0 else "most"

    def ends(self) -> tuple[Measure, ...]:
        """The measures whose smallest balance is the least, then the most; of a largest over periods only the least.

        >>> [(each.end, each.turned) for each in Measure("own_halls").ends()], len(Measure("debt").ends())
        ([('least', True), ('most', False)], 1)
        """
        both = sorted((Measure(self.name), Measure(self.name, turned=True)), key=lambda each: each.end)
        return tuple(both) if self.kind.total else (both[0],)

    def periods(self, T: int) -> tuple[int, ...]:
        """The periods in which its balance counts: the last one for a total, else all."""
        return (T - 1,) if self.kind.total else tuple(range(T))

    def balance(self, portfolio: Portfolio) -> Balance:
        """Its value in each period; a total stands in the last period, with 0 before it. Smaller is better."""
        kind, sign, (_, _, what) = self.kind, self.sign, self.name.partition(":")
        labels = {kind.label: what} if what else {}
        found = portfolio.ledgers.balance(kind.ledger, **labels)
        T = portfolio.case.calendar.T
        if not kind.total:
            return found.times(np.full(T, sign))
        each = sign * portfolio.case.calendar.h
        constant = np.zeros(T)
        constant[-1] = each * found.constant.sum()
        return Balance(np.full(len(found.variables), T - 1), found.variables, each * found.values, constant)

    def value(self, plan: Plan, like: Portfolio | None = None) -> float:
        """Its value in a plan, as it is shown; what the case has in common with that of `like` is not posted anew."""
        portfolio = Portfolio.of(plan.case, like)
        values = self.balance(portfolio).evaluate(starting_values(portfolio, plan))
        return self.shown(float(values[-1] if self.kind.total else values.max()))

    def shown(self, value: float) -> float:
        """A value of the balance as it is shown to a reader."""
        return value * self.sign + 0.0


def measure(name: str, portfolio: Portfolio, where: str = "measure") -> Measure:
    """The measure of that name; raises DataError where there is none, or where the name after the colon is unknown."""
    word, colon, what = name.partition(":")
    problem = ""
    if word not in MEASURES:
        problem = f"one of {', '.join(MEASURES)}"
        found = repr(word) + suggestion(word, MEASURES)
    else:
        kind = MEASURES[word]
        known = [of for (of,) in portfolio.ledgers.accounts(kind.ledger, kind.label)] if kind.label else []
        found = repr(what) + suggestion(what, known)
        if what and not kind.label:
            problem = f"nothing after {word}"
        elif (kind.required or colon) and kind.label and what not in known:
            problem = f"{word}: followed by one of {', '.join(filter(None, known))}"
    if problem:
        raise DataError([Problem(where, None, "", problem, found)])
    return Measure(name)


SLACK = 1e-6
"""by how much a plan may exceed the value of another, relative, so that rounding does not make it infeasible"""


def above(value: float) -> float:
    """A value with that slack added."""
    return value + SLACK * max(1.0, abs(value))


class Condition(Protocol):
    """A condition that a study can ask a plan to keep. It is pickled, and runs are recognised by its repr."""

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """The condition as limits over a portfolio."""


@dataclass(frozen=True)
class AtMost:
    """The balance of a measure is at most a value."""

    measure: Measure
    value: float

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """One limit: in every period, or in the last one for a total."""
        T = portfolio.case.calendar.T
        used, allowed = self.measure.balance(portfolio), Balance.of(np.full(T, self.value))
        name = f"{self.measure.end} {self.measure.name}"
        yield Limit(RULE, name, self.measure.unit, used, allowed, self.measure.periods(T))


@dataclass(frozen=True)
class CostAtMost:
    """Present cost is at most a value [USD bn]."""

    value: float

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """One limit, in the first period."""
        yield cost_at_most(portfolio, self.value, RULE)


@dataclass(frozen=True)
class Differs:
    """At least `by` offers are signed in one of two plans only; offers count whose signature is a decision."""

    name: str
    """name of the other plan"""
    signed: tuple[str, ...]
    """offers that it signs"""
    by: int = 1

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """by ≤ Σ_{o signed} (1 − signed_o) + Σ_{o not signed} signed_o, by the last period."""
        T = portfolio.case.calendar.T
        apart = []
        constant = np.zeros(T)
        for offer in signatures(portfolio):
            mine = offer in self.signed
            constant[-1] += float(mine)
            apart.append(portfolio.ledgers.balance("signed", offer=offer).times(np.full(T, -1.0 if mine else 1.0)))
        allowed = Balance.total([*apart, Balance.of(constant)], T)
        yield Limit(RULE, f"differs from {self.name}", "offers", Balance.of(np.full(T, self.by)), allowed, (T - 1,))


def signatures(portfolio: Portfolio) -> list[str]:
    """Offers whose signature is a decision: it is not given, and the offer has one (an order of any size has none)."""
    groups = portfolio.ledgers.groups
    lower = np.concatenate([group.lower for group in groups])
    upper = np.concatenate([group.upper for group in groups])
    open_ = {
        post.labels.offer
        for post in portfolio.ledgers.select("signed")
        if (lower[post.variables] < upper[post.variables]).any()
    }  # fmt: skip
    return [offer.offer for offer in portfolio.case.tables.offers() if offer.offer in open_]
