"""What a study asks of the signatures that are decided before any news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basics.arrays import Index
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment, OnDate, WithSignature
from planner.ledgers.limits import Limit
from planner.portfolio.decision_days import decision_days
from planner.portfolio.portfolio import Portfolio
from planner.studies.measures import RULE


@dataclass(frozen=True)
class DiffersNow:
    """At least `by` of some offers are signed before the news in one of two plans only."""

    name: str
    """name of the other plan"""
    offers: tuple[str, ...]
    """the offers that count"""
    signed: tuple[str, ...]
    """those of them that the other plan signs before the news"""
    by: int
    news: date | None
    """the first day on which futures part; None where there is only one"""

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """by ≤ Σ_{o signed} (1 − now_o) + Σ_{o not signed} now_o, in the last period."""
        T = portfolio.case.calendar.T
        constant = np.zeros(T)
        constant[-1] = float(len(self.signed))
        apart = [Balance.of(constant)]
        for offer in self.offers:
            sign = -1.0 if offer in self.signed else 1.0
            apart.append(_sum(signature_now(portfolio, offer, self.news), T, sign))
        says = f"differs now from {self.name}"
        yield Limit(RULE, says, "offers", Balance.of(np.full(T, self.by)), Balance.total(apart, T), (T - 1,))


@dataclass(frozen=True)
class SignedNow:
    """An offer is signed before the news, or nothing of it is."""

    offer: str
    yes: bool
    news: date | None
    """as of `DiffersNow`"""

    def limits(self, portfolio: Portfolio) -> Iterator[Limit]:
        """1 ≤ now_o, or Σ_j x_j ≤ 0 over all that is decided about o with a signature before the news."""
        T = portfolio.case.calendar.T
        if self.yes:
            used, allowed = Balance.of(np.ones(T)), _sum(signature_now(portfolio, self.offer, self.news), T)
        else:
            used, allowed = _sum(decided_now(portfolio, self.offer, self.news), T), Balance.of(np.zeros(T))
        yield Limit(RULE, f"{self.offer} {'' if self.yes else 'not '}now", "offers", used, allowed, (T - 1,))


def signature_now(portfolio: Portfolio, offer: str, news: date | None) -> Index:
    """The variables that are 1 where an offer is signed before the news, those that are given left out."""
    found = {int(j) for post in portfolio.ledgers.select("signed", offer=offer) for j in post.variables}
    return np.array([j for j in decided_now(portfolio, offer, news).tolist() if j in found], dtype=np.int64)


def decided_now(portfolio: Portfolio, offer: str, news: date | None) -> Index:
    """The variables that are decided about an offer with a signature, before the news, those given left out."""
    days = decision_days(portfolio.ledgers)
    found = []
    for group in portfolio.ledgers.groups:
        signs = isinstance(group.decided, (WithSignature, OnDate)) or group.decided is Moment.OUTSET
        if not signs or "offer" not in group.dims:
            continue
        at = group.dims.index("offer")
        for i, key in enumerate(group.keys):
            j = group.first + i
            if key[at] == offer and group.lower[i] < group.upper[i] and (news is None or days[j] < news):
                found.append(j)
    return np.array(found, dtype=np.int64)


def _sum(variables: Index, T: int, factor: float = 1.0) -> Balance:
    """The sum of variables times a factor, in the last period."""
    n = len(variables)
    return Balance(np.full(n, T - 1), variables, np.full(n, factor), np.zeros(T))
