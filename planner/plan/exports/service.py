"""`service.csv`: who serves whom.

Measures: `work` (GW of a chip set to a workload in a region), `flow` (reference GW that `region` serves in
`to_region`), `shortage` (reference GW not served) and `demand`. Where a policy on shares asks for it, `serves` says
which work is of the provider that `about` names; it is blank for all others. Where a workload pays for moving, `home`
says how much of it lives with the provider that `about` names, `moves` and `grows` how much came there, and `unneeded`
what is served beyond the demand. Where a policy asks for it, machines are set to work a second time: `reassigned` with
the provider gone that `about` names; `held`, `reserve_work` and `reserve_flow` for the margin of the subject that
`about` names. Decisions that are none of these stand under their own names, as `exports.decided` says.
"""

from __future__ import annotations

import numpy as np

from planner.basics.frames import Part, Table, stacked
from planner.ledgers.variables import PlanFile
from planner.plan.exports.decided import VALUE, decided
from planner.portfolio.solution import Solution
from planner.rules.serving import demands

COLUMNS = (
    "measure", "about", "offer", "families", "chip", "region", "to_region", "workload", "firm", "period", VALUE,
    "decision",
)  # fmt: skip
NUMBERS = (VALUE,)
LABELS = {name: name for name in COLUMNS[1:9]}
"""label by column"""
DECIDED = (
    "work", "service", "shortage", "serves", "reassigned", "held", "reserve_work", "reserve_service", "homes",
    "moved_home", "grown", "unneeded",
)  # fmt: skip
"""ledgers to which decisions of this file post themselves"""


def table(solution: Solution) -> Table:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    asked = [(d, t) for d in demands(solution.portfolio.case) for t in np.flatnonzero(d.gw).tolist()]
    demand: Part = {
        "measure": ["demand"] * len(asked),
        "to_region": [d.region for d, _ in asked],
        "workload": [d.workload.workload for d, _ in asked],
        "period": solution.dates(np.array([t for _, t in asked], dtype=np.int64)),
        VALUE: np.array([d.gw[t] for d, t in asked], dtype=float),
    }
    return stacked(COLUMNS, NUMBERS, *decided(solution, PlanFile.SERVICE, DECIDED, LABELS), demand)
