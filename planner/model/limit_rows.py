"""The rows of limits and of the states that they need, and the variables by which limits may be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.basics.errors import Infeasible
from planner.ledgers.limits import Limit
from planner.model.rows import Numbering, decided, each, limit_rows, state_of
from planner.portfolio.portfolio import Portfolio
from planner.solver.array_rows import ArrayRows, joined

TOLERANCE = 1e-7
"""relative difference up to which two numbers that no decision changes count as equal"""
BreachKey = tuple[str, str, int]
"""Rule, subject and period."""


@dataclass(frozen=True)
class Leeway:
    """Limits that a plan may break, and by how much."""

    loose: Callable[[Limit], bool]
    """which of them"""
    most: float | None = None
    """largest sum of breaches, Σ h · breach / size of the limit [years]; None: the smallest sum, at any cost"""


@dataclass(frozen=True)
class Breaches:
    """The variables that say by how much limits are broken."""

    numbers: Mapping[BreachKey, int]

    @staticmethod
    def of(limits: Sequence[Limit], leeway: Leeway | None, numbering: Numbering) -> Breaches:
        """A variable for each period of a loose limit in which some decision enters."""
        keys = [
            (limit.rule, limit.subject, t)
            for limit in limits
            if leeway is not None and leeway.loose(limit)
            for t in sorted(decided_in(limit).intersection(limit.periods))
        ]
        keys.sort()
        numbers = numbering.add(("breach",), keys, 0.0, first=True) if keys else ()
        return Breaches(dict(zip(keys, map(int, numbers), strict=True)))

    def total(self, portfolio: Portfolio) -> tuple[Index, Vector]:
        """Σ h · breach / size: numbers of the variables and coefficients, shape (breaches,) both."""
        h, sizes = portfolio.case.calendar.h, {(limit.rule, limit.subject): limit.size for limit in portfolio.limits}
        values = [h / sizes[key[:2]] for key in self.numbers]
        return np.array([*self.numbers.values()], dtype=np.int64), np.array(values, dtype=float)


def rows_of_limits(
    limits: Sequence[Limit], leeway: Leeway | None, breaches: Breaches, numbering: Numbering
) -> list[ArrayRows]:
    """used_t − waived_t ≤ allowed_t, rule by rule, and then the rows of states.

    Raises Infeasible where a limit that may not be broken is broken by the case's data, whatever is decided.
    """
    by_rule: dict[str, list[Limit]] = {}
    for limit in limits:
        by_rule.setdefault(limit.rule, []).append(limit)
    found, states, broken = list[ArrayRows](), list[ArrayRows](), list[str]()
    for rule, stated in by_rule.items():
        rows = []
        for limit in stated:
            in_periods = decided_in(limit)
            periods = [t for t in limit.periods if t in in_periods]
            used, of_used = state_of(limit.used, f"{rule}__{limit.subject}", numbering)
            allowed, of_allowed = state_of(limit.allowed, f"{rule}__{limit.subject}", numbering)
            states += of_used + of_allowed
            if limit.waived is not None:
                used = used.minus(limit.waived)
            if leeway is not None and leeway.loose(limit):
                by = np.array([breaches.numbers[rule, limit.subject, t] for t in periods], dtype=np.int64)
                used = used.minus(each(periods, by, used.T))
            else:
                broken += _broken(limit, in_periods)
            rows.append(limit_rows(("limit", rule), [(limit.subject, t) for t in periods], used, allowed, periods))
        found.append(joined(rows))
    if broken:
        raise Infeasible("a limit is broken, whatever is decided:\n  " + "\n  ".join(broken))
    return [*found, *states]


def decided_in(limit: Limit) -> set[int]:
    """The periods of the horizon in which some decision enters a limit."""
    by_waiver = () if limit.waived is None else limit.waived.periods.tolist()
    return decided(limit.used, limit.allowed).union(by_waiver)


def _broken(limit: Limit, in_periods: set[int]) -> Iterator[str]:
    """The periods in which no decision enters and the limit is broken."""
    for t in limit.periods:
        left, right = float(limit.used.constant[t]), float(limit.allowed.constant[t])
        if t not in in_periods and left > right + TOLERANCE * max(abs(left), abs(right)):
            yield f"{limit.rule} {limit.subject}: {left:g} {limit.unit} against {right:g} in period {t}"
