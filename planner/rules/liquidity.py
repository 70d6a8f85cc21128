"""Liquidity: cash at the end of every period is at least the minimum.

    min_cash_t ≤ opening_cash + Σ_{t' ≤ t} (operating + cost + funding)_{t'}

Revenue less other costs is posted here, the time-weighted mean of revenue · (1 − other_cost_share). Cash earns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from planner.arrays import Vector
from planner.balances import Balance
from planner.case import Case
from planner.ledgers import CONSTANT, IN_LIQUIDITY, Kind, Labels, Ledgers
from planner.limits import Limit
from planner.rows import Finance

NAME = "liquidity"


def post(case: Case, ledgers: Ledgers) -> None:
    """Revenue and other costs, which no decision changes."""
    rows = _rows(case)
    if not rows:
        return
    calendar = case.calendar
    dates = [row.from_date for row in rows]
    revenue = calendar.mean(dates, [row.revenue_usd_bn_per_year for row in rows])
    other = calendar.mean(dates, [row.revenue_usd_bn_per_year * row.other_cost_share for row in rows])
    ledgers.flow(Kind.OPERATING, Labels(), "revenue", CONSTANT, calendar.periods, revenue * calendar.h)
    ledgers.flow(Kind.OPERATING, Labels(), "other_costs", CONSTANT, calendar.periods, -other * calendar.h)


def limits(case: Case, ledgers: Ledgers) -> Iterator[Limit]:
    """Minimum cash [USD bn]; none where it is blank."""
    minimum = minimum_cash(case)
    if np.isfinite(minimum).any():
        yield Limit.of(NAME, "cash", "USD bn", minimum, cash(case, ledgers))


def minimum_cash(case: Case) -> Vector:
    """The strictest minimum of each period, −∞ where there is none [USD bn]; shape (T,)."""
    rows = _rows(case)
    if not rows:
        return np.full(case.calendar.T, -np.inf)
    least = [-np.inf if row.min_cash_usd_bn is None else row.min_cash_usd_bn for row in rows]
    return case.calendar.strictest([row.from_date for row in rows], least, max)


def cash(case: Case, ledgers: Ledgers) -> Balance:
    """Cash at the end of each period [USD bn]."""
    flows = ledgers.balance("cash", IN_LIQUIDITY)
    opening = np.zeros(case.calendar.T)
    opening[0] = case.settings.opening_cash_usd_bn
    return replace(flows, constant=flows.constant + opening).so_far()


def _rows(case: Case) -> list[Finance]:
    return sorted(case.rows(Finance), key=lambda row: row.from_date)
