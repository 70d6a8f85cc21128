"""`service.csv`: who serves whom.

Measures: `work` (GW of a chip set to a workload in a region), `flow` (reference GW that `region` serves in
`to_region`), `shortage` (reference GW not served) and `demand`.
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
COLUMNS = ("measure", "chip", "region", "to_region", "workload", "firm", "period", VALUE, "decision")


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    import pandas as pd

    posts = solution.posts.rename(columns={"line": "measure", "value": VALUE})
    decided = posts[posts["ledger"].isin(("work", "service", "shortage"))].copy()
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
