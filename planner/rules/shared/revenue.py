"""Revenue: the dated rows of `finance`, and revenue less other costs by period.

    margin_t      = mean of revenue · (1 − other_cost_share)      time-weighted over the period [USD bn a year]
    fixed_t       = mean of other_cost_usd_bn_per_year
    net_revenue_t = margin_t − fixed_t

The cost of compute is not among the other costs: it is paid out of net revenue. Demand that is not served takes its
workload's revenue away, and the other costs that are a part of it:

    brings_wt  = lost_revenue_factor_t · revenue_w                                      [USD bn per reference GW-year]
    lost_wt    = brings_wt · min(1, revenue_t / Σ_{b,w'} brings_w't · demand_{bw't})
    kept_t     = margin_t · (1 − Σ_{b,w} lost_wt · shortage_{bwt} / revenue_t)
    earned_t   = kept_t − fixed_t; under stress, stress_t · kept_t − fixed_t

Where the workloads together would bring more than there is, each brings less in proportion. So the revenue is gone when
nothing is served, and is never below 0. The factor is the mean of the period.

Fixed costs stay where revenue falls. Debt and cover are measured by earned_t. Where the case's data leave nothing of it
even if all is served, it counts as 0: a lab that earns nothing may have no debt, but need not have less. Where
something is left and demand that is not served takes more than that away, the limit is broken even without debt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.basics.arrays import Vector
from planner.common.demand import Workload
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.serving import demands


def finance_rows(case: CaseData) -> list[Finance]:
    """The rows of `finance` by date; none where the case has no such table."""
    return sorted(case.rows(Finance), key=lambda row: row.from_date)


def revenue(case: CaseData) -> Vector:
    """Mean revenue of each period [USD bn a year]; shape (T,)."""
    return _mean(case, lambda row: row.revenue_usd_bn_per_year)


def other_costs(case: CaseData) -> Vector:
    """Mean costs other than compute that are a part of revenue, in each period [USD bn a year]; shape (T,)."""
    return _mean(case, lambda row: row.revenue_usd_bn_per_year * row.other_cost_share)


def fixed_costs(case: CaseData) -> Vector:
    """Mean costs other than compute that do not follow revenue, in each period [USD bn a year]; shape (T,)."""
    return _mean(case, lambda row: row.other_cost_usd_bn_per_year)


def net_revenue(case: CaseData) -> Vector:
    """Mean revenue less all other costs of each period [USD bn a year]; it may be below 0; shape (T,)."""
    return revenue(case) - other_costs(case) - fixed_costs(case)


def loses_revenue(case: CaseData) -> bool:
    """Whether demand that is not served takes revenue away; there is none where the case has no table `finance`."""
    return bool(finance_rows(case)) and any(row.revenue_usd_bn_per_gw_year for row in case.rows(Workload))


def revenue_lost(case: CaseData) -> dict[str, Vector]:
    """Revenue that a reference GW-year of a workload brings in each period [USD bn]; without those that bring none."""
    gross, wanted = revenue(case), demands(case)
    if not loses_revenue(case):
        return {}
    factor = _mean(case, lambda row: row.lost_revenue_factor)
    each = {row.workload: row.revenue_usd_bn_per_gw_year or 0.0 for row in case.rows(Workload)}
    total = factor * sum((each[demand.workload.workload] * demand.gw for demand in wanted), np.zeros(case.calendar.T))
    part = np.divide(gross, total, out=np.ones_like(total), where=total > gross)
    return {w: usd_bn * factor * part for w, usd_bn in each.items() if usd_bn}


def other_cost_share(case: CaseData) -> Vector:
    """Part of revenue that goes to other costs in each period, 0 where there is no revenue; shape (T,)."""
    gross = revenue(case)
    return np.divide(other_costs(case), gross, out=np.zeros_like(gross), where=gross > 0.0)


@dataclass(frozen=True)
class Earned:
    """Net revenue less what is lost as demand is not served [USD bn a year]."""

    kept: Balance
    """before the costs that do not follow revenue"""
    fixed: Vector
    """these costs in each period; shape (T,)"""

    @staticmethod
    def of(case: CaseData, ledgers: Ledgers) -> Earned:
        """What a case earns, whatever is decided."""
        kept, found = 1.0 - other_cost_share(case), [Balance.of(revenue(case) - other_costs(case))]
        for w, usd_bn in revenue_lost(case).items():
            found.append(ledgers.balance("shortage", workload=w).times(-usd_bn * kept))
        return Earned(Balance.total(found, case.calendar.T), fixed_costs(case))

    def times(self, *factors: Vector, stress: Vector | None = None) -> Balance:
        """What is earned, of which under stress only that part of `kept` is left, times factors of each period.

        It is infinite, and so no limit, where the stress or a factor is, even if another factor is 0.
        """
        stresses = [] if stress is None else [stress]
        if not self.fixed.any():
            return share_of(self.kept, *factors, *stresses)
        kept = share_of(self.kept, *stresses)
        some = kept.constant > self.fixed
        inside = some[kept.periods]
        limited = np.isfinite(kept.constant)
        left = Balance(
            kept.periods[inside], kept.variables[inside], kept.values[inside],
            np.where(some & limited, kept.constant - self.fixed, 0.0),
        )  # fmt: skip
        return share_of(left, *factors, np.where(limited, 1.0, np.inf))


def share_of(net: Balance, *factors: Vector) -> Balance:
    """The balance times factors of each period; infinite, and so no limit, where a factor is, even if another is 0."""
    factors = factors or (np.ones(net.T),)
    given = np.all(np.isfinite(factors), axis=0)
    allowed = net.times(np.prod(np.where(given, factors, 0.0), axis=0))
    return replace(allowed, constant=np.where(given, allowed.constant, np.inf))


def strictest(
    case: CaseData, of: Callable[[Finance], float | None], choose: Callable[[float, float], float], none: float
) -> Vector:
    """The smallest or largest value (`choose` = min or max) that a column has in each period; shape (T,).

    A blank counts as `none`; so do all periods of a case without the table.
    """
    rows = finance_rows(case)
    if not rows:
        return np.full(case.calendar.T, none)
    values = [none if (value := of(row)) is None else value for row in rows]
    return case.calendar.strictest([row.from_date for row in rows], values, choose)


def lowest_given(case: CaseData, of: Callable[[Finance], float | None]) -> Vector:
    """The smallest value of a column that holds at any time of each period; blanks do not count; shape (T,).

    It is 0 in a period in which the column is blank throughout.
    """
    values = strictest(case, of, min, np.inf)
    return np.where(np.isfinite(values), values, 0.0)


def _mean(case: CaseData, of: Callable[[Finance], float]) -> Vector:
    rows = finance_rows(case)
    if not rows:
        return np.zeros(case.calendar.T)
    return case.calendar.mean([row.from_date for row in rows], [of(row) for row in rows])
