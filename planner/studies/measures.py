"""What a plan can be measured by, besides its cost, and what a study can ask of a plan.

    debt                       largest debt of all classes over the periods [USD bn]
    guarantees                 largest exposure of all guarantors; `guarantees:google` of one [USD bn]
    obligations                largest sum still owed, undiscounted [USD bn]
    use:PROVIDER               GW-years in use of one provider's machines
    own_halls                  GW-years of own halls, counted below 0: the more the better
    unserved                   reference GW-years of demand that go unserved

All are linear in the decisions, so that a plan can be asked to stay below a value of them, and the smallest value that
any plan has can be found. Of the totals over the horizon (use, own_halls, unserved) so can the largest, by turning them
round. Of debt, guarantees and obligations it cannot: the largest of periods is not linear from below, and where a
decision stands for the largest of others, nothing but a limit or its cost keeps it from being larger than they are.
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
from planner.portfolio.portfolio import Portfolio
from planner.solve.start import starting_values
from planner.tables.references import meant

RULE = "besides"
"""rule of a study's limits; they stand in no plan"""


@dataclass(frozen=True)
class Words:
    """What a measure's first word stands for."""

    ledger: str
    label: str
    """what may follow the colon; empty: nothing"""
    required: bool
    """whether something must"""
    total: bool
    """GW-years over the horizon; else the largest of the periods"""
    sign: float
    unit: str


MEASURES = {
    "debt": Words("debt", "", False, False, 1.0, "USD bn"),
    "guarantees": Words("guarantees", "guarantor", False, False, 1.0, "USD bn"),
    "obligations": Words("obligations", "", False, False, 1.0, "USD bn"),
    "use": Words("in_use", "counterparty", True, True, 1.0, "GW-years"),
    "own_halls": Words("halls", "", False, True, -1.0, "GW-years"),
    "unserved": Words("shortage", "", False, True, 1.0, "reference GW-years"),
}


@dataclass(frozen=True)
class Measure:
    """One of MEASURES, by its name: `debt`, `guarantees:google`, `use:aws`."""

    name: str
    turned: bool = False
    """turned round: the other way is better"""

    @property
    def words(self) -> Words:
        """What its first word stands for."""
        return MEASURES[self.name.partition(":")[0]]

    @property
    def unit(self) -> str:
        """Unit of its values."""
        return self.words.unit

    @property
    def sign(self) -> float:
        """1 where the balance counts as people do, −1 where more of it is the smaller balance."""
        return -self.words.sign if self.turned else self.words.sign

    @property
    def end(self) -> str:
        """What the smallest balance is: the `least` of it, or the `most`."""
        return "least" if self.sign > 0 else "most"

    def ends(self) -> tuple[Measure, ...]:
        """Itself or turned round, so that the smallest balance is the least, then the most; of a peak only the least.

        >>> [(each.end, each.turned) for each in Measure("own_halls").ends()], len(Measure("debt").ends())
        ([('least', True), ('most', False)], 1)
        """
        both = sorted((Measure(self.name), Measure(self.name, turned=True)), key=lambda each: each.end)
        return tuple(both) if self.words.total else (both[0],)

    def periods(self, T: int) -> tuple[int, ...]:
        """The periods in which its balance counts: of a total the last."""
        return (T - 1,) if self.words.total else tuple(range(T))

    def balance(self, portfolio: Portfolio) -> Balance:
        """Its value in each period; of a total in the last, and nothing before. Smaller is better."""
        words, sign, (_, _, what) = self.words, self.sign, self.name.partition(":")
        labels = {words.label: what} if what else {}
        found = portfolio.ledgers.balance(words.ledger, **labels)
        T = portfolio.case.calendar.T
        if not words.total:
            return found.times(np.full(T, sign))
        each = sign * portfolio.case.calendar.h
        constant = np.zeros(T)
        constant[-1] = each * found.constant.sum()
        return Balance(np.full(len(found.columns), T - 1), found.columns, each * found.values, constant)

    def value(self, plan: Plan, like: Portfolio | None = None) -> float:
        """What a plan has of it, in its own sign; what its case has in common with `like` is not posted anew."""
        portfolio = Portfolio.of(plan.case, like)
        values = self.balance(portfolio).evaluate(starting_values(portfolio, plan))
        return self.shown(float(values[-1] if self.words.total else values.max()))

    def shown(self, value: float) -> float:
        """A value of the balance in the sign that people use."""
        return value * self.sign + 0.0


def measure(name: str, portfolio: Portfolio, where: str = "measure") -> Measure:
    """The measure of that name; raises DataError where there is none, or nobody of the name after the colon."""
    word, colon, what = name.partition(":")
    problem = ""
    if word not in MEASURES:
        problem = f"one of {', '.join(MEASURES)}"
        found = repr(word) + meant(word, MEASURES)
    else:
        words = MEASURES[word]
        known = [of for (of,) in portfolio.ledgers.accounts(words.ledger, words.label)] if words.label else []
        found = repr(what) + meant(what, known)
        if what and not words.label:
            problem = f"nothing after {word}"
        elif (words.required or colon) and words.label and what not in known:
            problem = f"{word}: followed by one of {', '.join(filter(None, known))}"
    if problem:
        raise DataError([Problem(where, None, "", problem, found)])
    return Measure(name)


SLACK = 1e-6
"""by how much a plan may miss a value that another has, relative, so that rounding makes nothing impossible"""


def above(value: float) -> float:
    """A value with that slack."""
    return value + SLACK * max(1.0, abs(value))


class Condition(Protocol):
    """What a study can ask of a plan. It travels between processes, and its repr names it."""

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """It, as limits over a portfolio."""


@dataclass(frozen=True)
class AtMost:
    """A measure is not above a value, in the balance's sign."""

    measure: Measure
    value: float

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """In every period, or, of a total, in the last."""
        T = portfolio.case.calendar.T
        used, allowed = self.measure.balance(portfolio), Balance.of(np.full(T, self.value))
        name = f"{self.measure.end} {self.measure.name}"
        yield Limit(RULE, name, self.measure.unit, used, allowed, self.measure.periods(T))


@dataclass(frozen=True)
class CostAtMost:
    """Present cost is not above a value [USD bn]."""

    value: float

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """One, in the first period."""
        T = portfolio.case.calendar.T
        cost, coefficients = portfolio.ledgers.present_value(portfolio.case.settings.discount_rate)
        columns = np.flatnonzero(coefficients)
        constant = np.zeros(T)
        constant[0] = cost
        used = Balance(np.zeros(len(columns), dtype=np.int64), columns, coefficients[columns], constant)
        yield Limit(RULE, "cost", "USD bn", used, Balance.of(np.full(T, self.value)), (0,))


@dataclass(frozen=True)
class Differs:
    """So many offers are signed otherwise than in a plan; only those count whose signature is a decision."""

    name: str
    signed: tuple[str, ...]
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
    """Offers whose signature is a decision: neither given nor without one, such as an order of any size."""
    families = portfolio.ledgers.families
    lower = np.concatenate([family.lower for family in families])
    upper = np.concatenate([family.upper for family in families])
    open_ = {
        post.labels.offer
        for post in portfolio.ledgers.select("signed")
        if (lower[post.columns] < upper[post.columns]).any()
    }  # fmt: skip
    return [offer.offer for offer in portfolio.case.tables.offers() if offer.offer in open_]
