"""`debt.csv`: what each class of debt opens at, what is added, accrues and is repaid, by period [USD bn].

The lease liability is the value at the lease rate r of the rent that is left, from signing or from commencement as the
case says. With M_t its value at the start of period t, after that period's signings and commencements,

    closing_t   = M_t · (1 + r)^h − rent_t · (1 + r)^(h/2)       rent falls due in the middle of a period
    interest_t  = closing_t − M_t + rent_t
    additions_t = M_t − closing_{t−1}                            closing_{−1}: leases signed before the start
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.arrays import Vector
from planner.solution import Solution
from planner.tables import Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "class", "period", "opening_usd_bn", "additions_usd_bn", "interest_usd_bn", "repayment_usd_bn", "closing_usd_bn",
)  # fmt: skip


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS."""
    import pandas as pd

    case, ledgers = solution.portfolio.case, solution.portfolio.ledgers
    calendar, growth = case.calendar, 1.0 + case.settings.lease_rate
    before = {offer.offer for offer in case.tables.offers() if offer.status is Status.SIGNED}
    parts = []
    for (name,) in ledgers.accounts("debt", "debt_class"):
        mine = solution.ledger("debt")
        mine = mine[mine["debt_class"] == name]
        measured = ledgers.balance("debt", debt_class=name).evaluate(solution.x)
        cash = solution.ledger("cash")
        rent = cash[(cash["line"] == "rent") & cash["offer"].isin(set(mine["offer"])) & (cash["period"] < calendar.T)]
        paid = -np.bincount(rent["period"], weights=rent["value"], minlength=calendar.T)
        closing = _clean(measured * growth**calendar.h - paid * growth ** (calendar.h / 2))
        first = float(mine.loc[(mine["period"] == 0) & mine["offer"].isin(before), "value"].sum())
        opening = np.concatenate([[first], closing[:-1]])
        starts = [calendar.start_of(t).isoformat() for t in calendar.periods]
        values = (opening, _clean(measured - opening), _clean(closing - measured + paid), paid, closing)
        parts.append(pd.DataFrame(dict(zip(COLUMNS, (name, starts, *values), strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _clean(values: Vector) -> Vector:
    """Values with the noise of subtraction taken out."""
    return np.where(np.abs(values) > 1e-9, values, 0.0)
