"""`service.csv`: who serves whom.

Measures: `work` (GW of a chip set to a workload in a region), `flow` (reference GW that `region` serves in
`to_region`), `shortage` (reference GW not served) and `demand`. Where a policy asks for it, machines are set to work a
second time: `reassigned` with the provider gone that `about` names; `held`, `reserve_work` and `reserve_flow` for the
margin of the subject that `about` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.frames import arranged
from planner.serving import demands
from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

VALUE = "gw"
COLUMNS = (
    "measure",
    "about",
    "offer",
    "families",
    "chip",
    "region",
    "to_region",
    "workload",
    "firm",
    "period",
    VALUE,
    "decision",
)

DECIDED = ("work", "service", "shortage", "reassigned", "held", "reserve_work", "reserve_service")
"""the ledgers to which a decision of this file posts itself"""


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    import pandas as pd

    posts = solution.posts.rename(columns={"line": "measure", "value": VALUE})
    decided = posts[posts["ledger"].isin(DECIDED)].copy()
    decided["decision"] = solution.decision_names(decided["column"].to_numpy())
    asked = pd.DataFrame(
        [
            {"to_region": d.region, "workload": d.workload.workload, "period": int(t), VALUE: float(d.gw[t])}
            for d in demands(solution.portfolio.case)
            for t in np.flatnonzero(d.gw)
        ],
        columns=["to_region", "workload", "period", VALUE],
    ).assign(measure="demand")
    joined = pd.concat([decided, asked], ignore_index=True)
    joined["period"] = solution.dates(joined["period"].to_numpy())
    return arranged(joined, COLUMNS, {VALUE})
