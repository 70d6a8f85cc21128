"""Treasury: revenue that grows with demand, opening cash, and limits that leave room for what is signed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.draws import between, rounded
from planner.basics.finance import interpolate
from planner.common.treasury import Finance
from planner.generate.regions_and_demand import growth
from planner.interfaces.generation import SOURCE, Due, Frame
from planner.reports.check import Check
from planner.tables.table import Row

CASH_PER_GW, LEAST_CASH_PER_GW, OBLIGATIONS_PER_GW = 70 / 18, 0.9, 900 / 18
"""USD bn per reference GW of peak demand"""
DEBT_PER_GW = ((0.0, 80 / 18), (0.05, 120 / 18), (0.25, 180 / 18), (0.55, 240 / 18), (1.0, 250 / 18))
"""(share of the horizon, largest debt per reference GW of peak demand [USD bn])"""
MULTIPLE = ((0.0, 1.2), (0.45, 1.2), (0.7, 1.04))
"""(share of the horizon, largest debt in years of revenue less other costs)"""
COVER = ((0.0, 1.0), (0.1, 1.0), (0.25, 1.25))
"""(share of the horizon, smallest multiple of fixed payments)"""
ROOM = 1.1
"""a limit is at least so many times what is signed already"""


@dataclass(frozen=True)
class Signed:
    """Debt and payments of what is signed already, with nothing else signed; shape (T,) each."""

    debt: Vector
    """USD bn"""
    fixed_charges: Vector
    """of the next twelve months [USD bn]"""

    @staticmethod
    def of(looked: Check) -> Signed:
        """Those of a case that has been looked at."""
        ledgers = looked.portfolio.ledgers
        least = np.concatenate([family.lower for family in ledgers.groups])
        return Signed(ledgers.balance("debt").evaluate(least), ledgers.balance("fixed_charges").evaluate(least))


def treasury(
    rng: Random, stage: Frame, peak_gw: float, dues: Sequence[Due], signed: Signed | None
) -> tuple[list[Row], float]:
    """The rows of `finance`, one a year, and the opening cash, which pays what is signed already [USD bn].

    Without `signed`, debt and fixed payments have no limits.
    """
    other, least = between(rng, 0.35, 0.45), rounded(LEAST_CASH_PER_GW * peak_gw)
    cap = rounded(max(OBLIGATIONS_PER_GW * peak_gw, 1.2 * sum(due.usd_bn for due in dues)), 4)
    made: list[Row] = []
    earned, needed, revenue, taken = 0.0, 0.0, 0.0, 0.0
    waiting = sorted(dues, key=lambda due: due.months, reverse=True)
    for month in range(stage.horizon_months):
        if month % 12 == 0:
            done = month / stage.horizon_months
            revenue = rounded(peak_gw * growth(stage, month + 3) * (17.0 + 2.0 * done) * between(rng, 0.97, 1.03))
            row = Finance(
                from_date=stage.day(month), revenue_usd_bn_per_year=revenue, other_cost_share=other,
                min_cash_usd_bn=least, obligations_cap_usd_bn=cap if done < 0.6 else None, source=SOURCE,
            )  # fmt: skip
            made.append(row if signed is None else _limited(stage, row, peak_gw, month, signed))
        while waiting and waiting[-1].months <= month:
            taken += waiting.pop().usd_bn
        needed = max(needed, taken - earned)
        earned += revenue * (1.0 - other) / 12
    return made, rounded(max(CASH_PER_GW * peak_gw, least) + needed, 4)


def _limited(stage: Frame, row: Finance, peak_gw: float, month: int, signed: Signed) -> Finance:
    """The row with limits like those of the reference case, or looser where signed debt and payments need it."""
    months = stage.calendar.period_months
    year = slice(month // months, max(month // months + 1, (month + 12) // months))
    debt, charges = float(signed.debt[year].max()), float(signed.fixed_charges[year].max())
    net = row.revenue_usd_bn_per_year * (1.0 - row.other_cost_share)
    done = month / stage.horizon_months
    cover = _at(COVER, done)
    return row.model_copy(
        update={
            "debt_multiple_max": rounded(max(_at(MULTIPLE, done), ROOM * debt / net)),
            "debt_cap_usd_bn": rounded(max(_at(DEBT_PER_GW, done) * peak_gw, ROOM * debt)),
            "cover_min": rounded(min(cover, net / (ROOM * charges)) if charges else cover),
        }
    )


def _at(steps: Sequence[tuple[float, float]], done: float) -> float:
    """The value at a share of the horizon."""
    return float(interpolate([share for share, _ in steps], [value for _, value in steps], done))
