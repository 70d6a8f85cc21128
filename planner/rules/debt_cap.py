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

import numpy as np

from planner.basics.arrays import Vector
from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
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


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    limits=limits,
)
