"""Debt cap: total debt stays within a multiple of net revenue, and within a fixed sum.

    multiple                debt_t ≤ debt_multiple_max_t · earned_t
    multiple_under_stress   debt_t ≤ debt_multiple_max_t · stressed_t
    cap                     debt_t ≤ debt_cap_t

debt_t is debt of all classes at the start of a period, after its signings and deliveries. earned_t is revenue less
other costs, and less what demand that is not served takes away [USD bn a year]; it is the mean of the period.
stressed_t is the same with revenue_stress_share_t of what is left before the costs that do not follow revenue.
Multiple, share and cap are the strictest of the period; where one is blank, its limits do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.common.demand import Demand, Workload
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, raised
from planner.interfaces.loosening import Item, Limits, Slot
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.finance_steps import finance_step
from planner.rules.shared.loosening import needs, raising, size, slots_of
from planner.rules.shared.revenue import Earned, strictest

NAME = "debt_cap"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Multiple, multiple under stress and cap [USD bn], each where it is given."""
    debt, net = ledgers.balance("debt"), Earned.of(case, ledgers)
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    cap = strictest(case, lambda row: row.debt_cap_usd_bn, min, np.inf)
    for subject, allowed in (
        ("multiple", net.times(multiple)),
        ("multiple_under_stress", net.times(multiple, stress=stress)),
        ("cap", Balance.of(cap)),
    ):
        if np.isfinite(allowed.constant).any():
            yield Limit.of(NAME, subject, "USD bn", debt, allowed)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    yield from finance_step(case, LimitOf.DEBT, "debt multiple", "debt_multiple_max", "0.1 more", "+= 0.1")
    yield from finance_step(case, LimitOf.DEBT, "debt cap", "debt_cap_usd_bn", "1 USD bn more", "+= 1")


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A larger multiple and a larger cap.

    The multiple moves by slack_t / earned_t, or under stress by slack_t / stressed_t.
    """
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    shares = strictest(case, lambda row: row.revenue_stress_share, min, 1.0)
    net = Earned.of(case, ledgers)
    slots: list[Slot] = []
    behind: list[Balance] = []
    for subject, earned in (("multiple", net.times()), ("multiple_under_stress", net.times(stress=shares))):
        for slot in slots_of(limits[subject], 1.0) if subject in limits else ():
            revenue = float(earned.constant[slot.t])
            if revenue > 0.0:
                slots.append(replace(slot, scale=max(float(multiple[slot.t]), 0.1) * revenue))
                behind.append(earned)

    def more(amounts: Amounts) -> list[Line]:
        left = {id(earned): earned.evaluate(amounts.x) for earned in behind}

        def of(k: int, slack: float) -> float:
            revenue = float(left[id(behind[k])][slots[k].t])
            return slack / revenue if revenue > 0.0 else np.inf

        where, says = "finance[{span}].debt_multiple_max", "{by} more debt multiple {when}"
        return raised(case.calendar, where, needs(slots, amounts, of), says, "")

    if slots:
        yield Item("debt", "multiple", more, tuple(slots))
    if "cap" in limits:
        whole = slots_of(limits["cap"], size(limits["cap"].allowed.constant))
        where, says = "finance[{span}].debt_cap_usd_bn", "{by} more debt cap {when}"
        yield Item("debt", "cap", raising(case, whole, where, says, "USD bn"), whole)


RULE = Rule(
    name=NAME,
    reads=(Finance, Demand, Workload),
    steps=_steps,
    events=(),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
