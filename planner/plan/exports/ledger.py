"""`ledger.csv`: every post that is not zero. The sum of `present_value_usd_bn` is the objective."""

from __future__ import annotations

from planner.basics.frames import Table
from planner.portfolio.solution import Solution

VALUE = "value"
COLUMNS = (
    "ledger", "account", "line", "kind", "instrument", "offer", "counterparty", "period", VALUE, "years",
    "present_value_usd_bn", "decision",
)  # fmt: skip


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS.

    `value` is in the ledger's unit, cash positive where it is received; `years` after the start is when cash is
    discounted from; a `period` at or past the end of the horizon is owed or credited there.
    """
    posts = solution.posts
    columns = (
        posts.each(lambda post: post.ledger),
        posts.each(lambda post: post.labels.account()),
        posts.each(lambda post: post.line),
        posts.each(lambda post: "" if post.kind is None else str(post.kind)),
        posts.labels("instrument"),
        posts.labels("offer"),
        posts.labels("counterparty"),
        solution.dates(posts.period),
        posts.value,
        posts.years,
        posts.worth,
        solution.decision_names(posts.variable),
    )
    return dict(zip(COLUMNS, columns, strict=True))
