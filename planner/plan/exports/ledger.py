"""`ledger.csv`: every post that is not zero. The sum of `present_value_usd_bn` is the objective."""

from __future__ import annotations

from planner.basics.frames import Table
from planner.ledgers.posts import ACCOUNT
from planner.portfolio.solution import Solution

VALUE = "value"
NUMBERS = (VALUE, "years", "present_value_usd_bn")
COLUMNS = (
    "ledger", "account", *ACCOUNT, "line", "kind", "instrument", "offer", "counterparty", "period", VALUE, "years",
    "present_value_usd_bn", "decision",
)  # fmt: skip
NUMBERS = (VALUE, "years", "present_value_usd_bn")


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS.

    `account` joins the labels of the next columns that are not blank. `value` is in the ledger's unit; cash is positive
    where it is received. `years` says how long after the start the date lies from which cash is discounted. A `period`
    at or past the end of the horizon is when something is owed or credited beyond it.
    """
    posts = solution.posts
    return {
        "ledger": posts.each(lambda post: post.ledger),
        "account": posts.each(lambda post: post.labels.account()),
        **{name: posts.labels(name) for name in ACCOUNT},
        "line": posts.each(lambda post: post.line),
        "kind": posts.each(lambda post: "" if post.kind is None else str(post.kind)),
        **{name: posts.labels(name) for name in ("instrument", "offer", "counterparty")},
        "period": solution.dates(posts.period),
        VALUE: posts.value,
        "years": posts.years,
        "present_value_usd_bn": posts.worth,
        "decision": solution.decision_names(posts.variable),
    }
