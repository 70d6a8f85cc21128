"""Liquidity: cash at the end of every period is at least the minimum.

    min_cash_t ≤ opening_cash + Σ_{t' ≤ t} (operating + cost + funding)_{t'}

Revenue and other costs are posted here, as time-weighted means of each period. Cash earns no interest. The posts, by
ledger and line:

    cash operating    revenue        revenue_t · h
    cash operating    other_costs    −revenue_t · other_cost_share_t · h
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.basics.arrays import Vector
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import IN_LIQUIDITY, Kind, Labels
from planner.rules.shared.revenue import other_costs, revenue, strictest

NAME = "liquidity"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Post revenue and other costs, which no decision changes."""
    calendar = case.calendar
    ledgers.flow(Kind.OPERATING, Labels(), "revenue", CONSTANT, calendar.periods, revenue(case) * calendar.h)
    ledgers.flow(Kind.OPERATING, Labels(), "other_costs", CONSTANT, calendar.periods, -other_costs(case) * calendar.h)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Minimum cash [USD bn], where it is given."""
    minimum = minimum_cash(case)
    if np.isfinite(minimum).any():
        yield Limit.of(NAME, "cash", "USD bn", minimum, cash(case, ledgers))


def minimum_cash(case: CaseData) -> Vector:
    """The strictest minimum of cash in each period, −∞ where there is none [USD bn]; shape (T,)."""
    return strictest(case, lambda row: row.min_cash_usd_bn, max, -np.inf)


def cash(case: CaseData, ledgers: Ledgers) -> Balance:
    """Cash at the end of each period [USD bn]."""
    flows = ledgers.balance("cash", IN_LIQUIDITY)
    opening = np.zeros(case.calendar.T)
    opening[0] = case.settings.opening_cash_usd_bn
    return replace(flows, constant=flows.constant + opening).so_far()


RULE = Rule(
    name=NAME,
    reads=(Finance, "opening_cash_usd_bn"),
    post=post,
    limits=limits,
)
