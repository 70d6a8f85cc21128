"""`decisions.csv`: what is decided, other than day-to-day use; every decision that is not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.ledgers import PlanFile
from planner.solution import Solution
from planner.tables import Status

if TYPE_CHECKING:
    import pandas as pd

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


def table(solution: Solution) -> pd.DataFrame:
    """Columns: instrument, what, offer, signed_on, then DETAILS as far as they apply, value, unit, decision."""
    import pandas as pd

    calendar = solution.portfolio.case.calendar
    sunk = {offer.offer for offer in solution.portfolio.case.tables.offers() if offer.status is Status.SIGNED}
    signings = solution.ledger("signed").groupby("column")["period"].min()
    rows = []
    for family in solution.portfolio.ledgers.families:
        if family.file is PlanFile.DECISIONS:
            values = solution.of(family)
            for i in np.flatnonzero(values):
                column = family.first + int(i)
                said = dict(zip(family.dims, family.keys[i], strict=True))
                if "period" in said:
                    said["period"] = calendar.start_of(int(said["period"])).isoformat()
                signed = None if said.get("offer") in sunk else signings.get(column)
                rows.append(
                    {
                        "instrument": family.block,
                        "what": family.name,
                        "signed_on": "" if signed is None else calendar.start_of(int(signed)).isoformat(),
                        **{name: str(said.get(name, "")) for name in DETAILS},
                        VALUE: float(values[i]),
                        "unit": family.unit,
                        "decision": solution.names[column],
                    }
                )
    order = ["instrument", "what", "offer", "signed_on", *DETAILS[1:], VALUE, "unit", "decision"]
    return pd.DataFrame(rows, columns=order).astype({VALUE: float})
