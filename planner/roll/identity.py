"""The identity of time passing: without news, a plan and the case of a later day say the same of the time to come.

    cost = posted before the day + rest · (1 + discount_rate)^−years

cost is the present cost of the plan, the second term what it posted before the day at its present value, and rest the
present cost of its remaining decisions in the case of the later day. The same holds of every ledger and of every limit:
what the plan has in a period after the day, the later case has in the same period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.basics.arrays import Vector
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.objective import in_objective
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.answers import with_exact_maxima

OPENING = frozenset(
    {
        "arrives", "leaving", "given_up", "placed", "placed_before", "moved_in", "moved_out", "moved_out_before",
        "moving", "unavailable", "received_before", "paid_before", "homes_before", "raised_before",
        "halls_financed_before", "chips_financed_before",
    }
)  # fmt: skip
"""ledgers that count from the start of a case on, or that are there while chips can stand in several regions, or work
live in several places"""
COUNTED_TWICE = frozenset(
    {"reassigned", "resilience", "held", "reserve", "reserve_work", "reserve_capability", "reserve_service"}
)
"""ledgers of what machines could do instead; where nothing can be lost any more, the later case has none"""
REFITTED = frozenset(
    {"hall_new", "refit_price", "hosts", "hosts_fitted", "fitted", "fitted_before", "fitted_first", "refitted"}
)
"""ledgers of what halls are fitted for, which are there while halls with a price of refitting can stand"""
BY_LIMITS = OPENING | COUNTED_TWICE | REFITTED
"""ledgers that are only compared by the limits that read them"""
FOR_THE_WHOLE_HORIZON = "policies"
"""the rule with limits on the whole horizon, which are stated in the first period of a case"""
SIGNED = "signed"
"""the ledger that says which offers are signed; of one that is over and left out it says nothing any more"""
REQUIRED = frozenset({"taken", "met", "tied", "running_taken", "running_met", "running_tied"})
"""ledgers of what others require of an offer; they are empty where nobody is left who requires it"""
LEAST = 1e-3
"""the least size beside which a difference counts [GW or USD bn]: what is smaller by far is rounding"""
SMALLEST = 1e-6
"""the least size beside which a difference counts, as a share of the largest amount posted to its ledger"""


@dataclass(frozen=True)
class Mismatch:
    """Where the later case says something else than the plan."""

    what: str
    period: str
    before: float
    after: float
    relative: float


@dataclass(frozen=True, eq=False)
class Identity:
    """A plan beside the case of a later day, in which its remaining decisions are carried out."""

    old: Solution
    new: Solution
    period: int
    """the number, in the plan, of the later case's first period"""

    @cached_property
    def cost(self) -> float:
        """Present cost of the plan [USD bn]."""
        return self.old.objective

    @cached_property
    def posted(self) -> float:
        """Present value of what the plan posts before the day [USD bn]."""
        entries = self.old.posts
        return float(entries.worth[entries.period < self.period].sum())

    @cached_property
    def rest(self) -> float:
        """Present cost of the remaining decisions in the later case, at its start [USD bn]."""
        return self.new.objective

    @property
    def discount(self) -> float:
        """The value at the plan's start of 1 at the start of the later case."""
        case = self.old.portfolio.case
        return float((1.0 + case.settings.discount_rate) ** -(self.period * case.calendar.h))

    @property
    def error(self) -> float:
        """The relative difference of both sides of the identity."""
        both = self.posted + self.rest * self.discount
        return abs(self.cost - both) / max(abs(self.cost), abs(self.posted), abs(both), 1e-9)

    def differences(self, tolerance: float = 1e-9) -> list[Mismatch]:
        """Every number of a ledger or limit that differs by more than the tolerance, the largest first."""
        found = [*self._ledgers(tolerance), *self._limits(tolerance)]
        return sorted(found, key=lambda each: -each.relative)

    @cached_property
    def gone(self) -> set[str]:
        """The offers that the later case does not have any more."""
        before, after = ({row.offer for row in each.portfolio.case.offers()} for each in (self.old, self.new))
        return before - after

    @property
    def broken(self) -> list[str]:
        """What the remaining decisions break in the later case: its limits, contracts and bounds."""
        portfolio, x = self.new.portfolio, self.new.x
        calendar, ledgers = portfolio.case.calendar, portfolio.ledgers
        kept = {(limit.rule, limit.subject, t + self.period) for limit, t in self.new.breaches()}
        kept -= {(limit.rule, limit.subject, t) for limit, t in self.old.breaches()}
        found = [f"{rule} {subject} on {calendar.start_of(t - self.period)}" for rule, subject, t in sorted(kept)]
        for each in portfolio.case.catalogue.instruments:
            found += [check.says for check in each.contract_checks(portfolio.case, ledgers, x) if check.broken]
        for group in ledgers.groups:
            mine = self.new.of(group)
            off = (mine < group.lower - 1e-6) | (mine > group.upper + 1e-6)
            found += [f"{group.names[i]} is {mine[i]:g}" for i in np.flatnonzero(off).tolist()]
        return found

    def _ledgers(self, tolerance: float) -> Iterator[Mismatch]:
        before, after = (_accounts(each, shift) for each, shift in ((self.old, self.period), (self.new, 0)))
        largest: dict[str, float] = defaultdict(float)
        for each in (self.old, self.new):
            for post in each.portfolio.ledgers.posts:
                sizes = np.abs(post.values * np.append(each.x, 1.0)[post.variables])
                largest[post.ledger] = max(largest[post.ledger], float(sizes.max(initial=0.0)))
        for account in {**before, **after}:
            if self._is_over(account) or (account[0] in REQUIRED and account not in after):
                continue
            one, other = _padded(before.get(account), after.get(account))
            for t in np.flatnonzero(one != other).tolist():
                size = max(abs(one[t]), abs(other[t]), SMALLEST * largest[account[0]], LEAST)
                relative = abs(one[t] - other[t]) / size
                if relative > tolerance:
                    yield Mismatch("/".join(filter(None, account)), self._start(t), one[t], other[t], relative)

    def _is_over(self, account: tuple[str, ...]) -> bool:
        """Whether an account says that an offer is signed which the later case does not have any more."""
        return account[0] == SIGNED and account[3] in self.gone

    def _limits(self, tolerance: float) -> Iterator[Mismatch]:
        before = {(limit.rule, limit.subject): limit for limit in self.old.portfolio.limits}
        for limit in self.new.portfolio.limits:
            of_old = before.get((limit.rule, limit.subject))
            if of_old is not None:
                yield from self._limit(of_old, limit, tolerance)

    def _limit(self, before: Limit, after: Limit, tolerance: float) -> Iterator[Mismatch]:
        once = after.rule == FOR_THE_WHOLE_HORIZON and before.periods == (0,) and after.periods == (0,)
        for side in ("used", "allowed"):
            one, other = getattr(before, side).evaluate(self.old.x), getattr(after, side).evaluate(self.new.x)
            size = max(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) for values in (one, other))
            for t in after.periods:
                at = t if once else t + self.period
                if at not in before.periods or one[at] == other[t]:
                    continue
                relative = abs(one[at] - other[t]) / max(abs(one[at]), abs(other[t]), SMALLEST * size, LEAST)
                if relative > tolerance:
                    what = f"limit {after.rule} {after.subject} {side}"
                    yield Mismatch(what, self._start(t), float(one[at]), float(other[t]), relative)

    def _start(self, t: int) -> str:
        return self.new.portfolio.case.calendar.start_of(t).isoformat()


def carried_out(portfolio: Portfolio, values: Mapping[str, float]) -> Solution:
    """A portfolio with decisions by name; those that are fixed have their fixed value, others without one are 0."""
    ledgers = portfolio.ledgers
    x = np.array([values.get(name, 0.0) for name in ledgers.names], dtype=float)
    low, high = _bounds(ledgers)
    fixed = low == high
    x[fixed] = low[fixed]
    return Solution(portfolio, with_exact_maxima(portfolio, x))


def _bounds(ledgers: Ledgers) -> tuple[Vector, Vector]:
    none = np.empty(0)
    lower = np.concatenate([none, *(group.lower for group in ledgers.groups)])
    return lower, np.concatenate([none, *(group.upper for group in ledgers.groups)])


def _accounts(solution: Solution, first: int) -> dict[tuple[str, ...], Vector]:
    """What each account of each ledger holds by period from the period `first` on."""
    portfolio = solution.portfolio
    counted = in_objective(portfolio.case.settings.horizon_treatment)
    taken = np.append(solution.x, 1.0)
    found: dict[tuple[str, ...], Vector] = {}
    for post in portfolio.ledgers.posts:
        if post.ledger in BY_LIMITS or (post.kind is not None and post.kind not in counted and post.ledger != "cash"):
            continue
        labels = post.labels
        account = (
            post.ledger, str(post.kind or ""), post.line, labels.offer, labels.counterparty, labels.account()
        )  # fmt: skip
        inside = post.periods >= first
        if not inside.any():
            continue
        worth = (post.values * taken[post.variables])[inside]
        one, other = _padded(found.get(account), np.bincount(post.periods[inside] - first, weights=worth).astype(float))
        found[account] = one + other
    return {account: values for account, values in found.items() if np.any(values)}


def _padded(one: Vector | None, other: Vector | None) -> tuple[Vector, Vector]:
    """Both vectors at the length of the longer one."""
    one, other = (np.zeros(0) if each is None else each for each in (one, other))
    length = max(len(one), len(other))
    return np.pad(one, (0, length - len(one))), np.pad(other, (0, length - len(other)))
