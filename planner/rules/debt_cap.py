"""Debt cap: total debt stays within a multiple of net revenue, and within a fixed sum.

    multiple                debt_t ≤ debt_multiple_max_t · net_revenue_t
    multiple_under_stress   debt_t ≤ debt_multiple_max_t · revenue_stress_share_t · net_revenue_t
    cap                     debt_t ≤ debt_cap_t

debt_t is debt of all classes at the start of a period, after its signings and deliveries. net_revenue_t is revenue less
other costs [USD bn a year], the mean of the period. Multiple, share and cap are the strictest of the period; where one
is blank, its limits do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.finance_steps import finance_step
from planner.rules.shared.loosening import raising, size, slots_of
from planner.rules.shared.revenue import net_revenue, strictest

NAME = "debt_cap"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Multiple, multiple under stress and cap [USD bn], each where it is given."""
    debt, net = ledgers.balance("debt"), net_revenue(case)
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    cap = strictest(case, lambda row: row.debt_cap_usd_bn, min, np.inf)
    for subject, allowed in (
        ("multiple", _product(multiple, net)),
        ("multiple_under_stress", _product(multiple, stress, net)),
        ("cap", cap),
    ):
        if np.isfinite(allowed).any():
            yield Limit.of(NAME, subject, "USD bn", debt, allowed)


def _product(*factors: Vector) -> Vector:
    """The product of factors by period; infinite, and so no limit, where a factor is, even if another is zero."""
    given = np.all(np.isfinite(factors), axis=0)
    return np.where(given, np.prod(np.where(given, factors, 0.0), axis=0), np.inf)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    yield from finance_step(case, LimitOf.DEBT, "debt multiple", "debt_multiple_max", "0.1 more", "+= 0.1")
    yield from finance_step(case, LimitOf.DEBT, "debt cap", "debt_cap_usd_bn", "1 USD bn more", "+= 1")


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A larger multiple and a larger cap.

    The multiple moves by slack_t / net_revenue_t; under stress, net_revenue_t is multiplied by revenue_stress_share_t.
    """
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    slots: list[Slot] = []
    earned: list[float] = []
    for subject in ("multiple", "multiple_under_stress"):
        for slot in slots_of(limits[subject], 1.0) if subject in limits else ():
            revenue = _revenue_behind(case, limits[subject], slot.t, float(multiple[slot.t]))
            if revenue > 0.0:
                slots.append(replace(slot, scale=max(float(multiple[slot.t]), 0.1) * revenue))
                earned.append(revenue)
    if slots:
        where, says = "finance[{span}].debt_multiple_max", "{by} more debt multiple {when}"
        lines = raising(case, slots, where, says, "", lambda k, slack: slack / earned[k])
        yield Item("debt", "multiple", lines, tuple(slots))
    if "cap" in limits:
        whole = slots_of(limits["cap"], size(limits["cap"].allowed.constant))
        where, says = "finance[{span}].debt_cap_usd_bn", "{by} more debt cap {when}"
        yield Item("debt", "cap", raising(case, whole, where, says, "USD bn"), whole)


def _revenue_behind(case: CaseData, limit: Limit, t: int, multiple: float) -> float:
    """The revenue that the multiple of a limit is taken of [USD bn a year]."""
    if multiple > 0.0:
        return float(limit.allowed.constant[t]) / multiple
    share = strictest(case, lambda row: row.revenue_stress_share, min, 1.0) if limit.subject != "multiple" else None
    return float(net_revenue(case)[t]) * (1.0 if share is None else float(share[t]))


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    steps=_steps,
    events=(),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
