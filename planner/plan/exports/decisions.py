"""`decisions.csv`: what is decided, other than day-to-day use; every decision that is not zero."""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Table, transposed
from planner.ledgers.variables import PlanFile
from planner.portfolio.solution import Solution
from planner.tables.offer import OfferStatus

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


COLUMNS = ("instrument", "what", "offer", "signed_on", *DETAILS[1:], VALUE, "unit", "decision")


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS, DETAILS as far as they apply."""
    calendar = solution.portfolio.case.calendar
    sunk = {offer.offer for offer in solution.portfolio.case.tables.offers() if offer.status is OfferStatus.SIGNED}
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
                said = dict(zip(group.dims, group.keys[i], strict=True))
                if "period" in said:
                    said["period"] = calendar.start_of(int(said["period"])).isoformat()
                signed = None if said.get("offer") in sunk else signings.get(column)
                row = {
                    **said,
                    "instrument": group.block,
                    "what": group.name,
                    "signed_on": "" if signed is None else calendar.start_of(signed).isoformat(),
                    VALUE: values[i],
                    "unit": group.unit,
                    "decision": solution.names[column],
                }
                rows.append([row.get(name, "") for name in COLUMNS])
    return transposed(COLUMNS, (VALUE,), rows)
