"""Power purchase: what the variables must satisfy.

chosen_once      chosen_by_{on} = chosen_by_{o,n−1} + sign_v,  v the n-th of o,  chosen_by_{on} ∈ {0, 1}
size_at_least    min_gw · sign_v ≤ size_v
size_at_most     size_v ≤ max_gw · sign_v
"""

from typing import Any

import pyomo.core as pyo

from planner.instruments.shared.step_binaries import once
from planner.interfaces.case_data import CaseData

from .postings import vintages


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block, which holds the decisions as Pyomo variables."""
    row = {vintage.key: vintage.row for vintage in vintages(case, [])}
    once(b, b.sign, row)

    @b.Constraint(list(row))
    def size_at_least(b: pyo.Block, o: str, s: str) -> Any:
        return row[o, s].min_gw * b.sign[o, s] <= b.size[o, s]

    @b.Constraint(list(row))
    def size_at_most(b: pyo.Block, o: str, s: str) -> Any:
        return b.size[o, s] <= row[o, s].max_gw * b.sign[o, s]
