"""`decisions.csv`: every decision that is not zero, other than day-to-day use."""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Table, transposed
from planner.ledgers.variables import PlanFile
from planner.plan.exports.signed import signed_already
from planner.portfolio.solution import Solution

VALUE = "value"
"""the column that holds the decision's value"""
DETAILS = (
    "offer",
    "starts_on",
    "ordered_on",
    "tier",
    "tranche",
    "backer",
    "contract_year",
    "policy",
    "about",
    "period",
)
"""positions of a key that have a column of their own"""
NUMBERS = (VALUE,)
COLUMNS = ("instrument", "what", "offer", "signed_on", *DETAILS[1:], "key", VALUE, "unit", "decision")
NUMBERS = (VALUE,)


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS. `key` names and gives the positions of a decision's key that have no column."""
    calendar = solution.portfolio.case.calendar
    sunk = signed_already(solution.portfolio.case)
    posts = solution.ledger("signed")
    signings: dict[int, int] = {}
    for column, t in zip(posts.variable.tolist(), posts.period.tolist(), strict=True):
        signings[column] = min(t, signings.get(column, t))
    rows = []
    for group in solution.portfolio.ledgers.groups:
        if group.file is PlanFile.DECISIONS:
            values = solution.of(group)
            for i in np.flatnonzero(values).tolist():
                column = group.first + i
                said = group.key_words(i)
                signed = None if said.get("offer") in sunk else signings.get(column)
                row = {
                    **{name: said.get(name, "") for name in DETAILS},
                    "instrument": group.block,
                    "what": group.name,
                    "signed_on": "" if signed is None else calendar.start_of(signed).isoformat(),
                    "key": ", ".join(f"{name} {part}" for name, part in said.items() if name not in DETAILS),
                    VALUE: values[i],
                    "unit": group.unit,
                    "decision": solution.names[column],
                }
                rows.append([row[name] for name in COLUMNS])
    return transposed(COLUMNS, NUMBERS, rows)
