"""`cash.csv`: opening cash, what moves it, closing cash and the minimum, by period [USD bn].

`minimum_usd_bn` is the least cash that treasury asks for and what is locked up as collateral, which the ledger `locked`
shows. `first_day_usd_bn` is cash after the sums that are dated on the first day of the period; `headroom_usd_bn` is
what the smaller of it and of closing cash has over the minimum.
"""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Table
from planner.ledgers.posts import IN_LIQUIDITY, Kind
from planner.portfolio.solution import Solution
from planner.rules.liquidity import cash_after_first_day, locked, minimum_cash

KINDS = tuple(kind for kind in Kind if kind in IN_LIQUIDITY)
COLUMNS = (
    "period", "opening_usd_bn", "first_day_usd_bn", *(f"{kind}_usd_bn" for kind in KINDS), "closing_usd_bn",
    "minimum_usd_bn", "headroom_usd_bn",
)  # fmt: skip
NUMBERS = COLUMNS[1:]


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS."""
    portfolio = solution.portfolio
    calendar = portfolio.case.calendar
    moves = [portfolio.ledgers.balance("cash", frozenset({kind})).evaluate(solution.x) for kind in KINDS]
    closing = portfolio.case.settings.opening_cash_usd_bn + np.cumsum(np.sum(moves, axis=0))
    opening = np.concatenate([[portfolio.case.settings.opening_cash_usd_bn], closing[:-1]])
    minimum = minimum_cash(portfolio.case)
    least = np.where(np.isfinite(minimum), minimum, np.nan) + locked(portfolio.ledgers).evaluate(solution.x)
    starts = [calendar.start_of(t).isoformat() for t in calendar.periods]
    first = cash_after_first_day(portfolio.case, portfolio.ledgers)[0].evaluate(solution.x)
    headroom = np.minimum(first, closing) - least
    return dict(zip(COLUMNS, (starts, opening, first, *moves, closing, least, headroom), strict=True))
