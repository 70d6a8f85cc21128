"""`ledger.csv`: every post that is not zero. The sum of `present_value_usd_bn` is the objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

VALUE = "value"
COLUMNS = (
    "ledger", "account", "line", "kind", "instrument", "offer", "counterparty", "period", VALUE, "years",
    "present_value_usd_bn", "decision",
)  # fmt: skip


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS.

    `value` is in the ledger's unit, cash positive where it is received; `years` after the start is when cash is
    discounted from; a `period` at or past the end of the horizon is owed or credited there.
    """
    posts = solution.posts.rename(columns={"present_value": "present_value_usd_bn"})
    posts["decision"] = solution.decision_names(posts["column"].to_numpy())
    posts["period"] = solution.dates(posts["period"].to_numpy())
    return posts[list(COLUMNS)]
