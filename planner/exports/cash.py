"""`cash.csv`: opening cash, what moves it, closing cash and the minimum, by period [USD bn]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.ledgers import IN_LIQUIDITY, Kind
from planner.rules.liquidity import minimum_cash
from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

KINDS = tuple(kind for kind in Kind if kind in IN_LIQUIDITY)


def table(solution: Solution) -> pd.DataFrame:
    """Columns: period, opening, operating, cost, funding, closing, minimum, headroom, each `_usd_bn`."""
    import pandas as pd

    portfolio = solution.portfolio
    calendar = portfolio.case.calendar
    moves = {
        f"{kind}_usd_bn": portfolio.ledgers.balance("cash", frozenset({kind})).evaluate(solution.x) for kind in KINDS
    }
    closing = portfolio.case.settings.opening_cash_usd_bn + np.cumsum(np.sum(list(moves.values()), axis=0))
    opening = np.concatenate([[portfolio.case.settings.opening_cash_usd_bn], closing[:-1]])
    minimum = minimum_cash(portfolio.case)
    least = np.where(np.isfinite(minimum), minimum, np.nan)
    return pd.DataFrame(
        {
            "period": [calendar.start_of(t).isoformat() for t in calendar.periods],
            "opening_usd_bn": opening,
            **moves,
            "closing_usd_bn": closing,
            "minimum_usd_bn": least,
            "headroom_usd_bn": closing - least,
        }
    )
