"""Own fleet: constraints on the variables, by name.

    power_follows_run     Σ_p draw_{aFpt} = Σ_c run_{caFt}

The rule `hosting` says that there are enough chips and halls.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    classes: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    chips: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for a, admitted, p, t in b.draw:
        classes[a, admitted, t].append(p)
    for c, a, admitted, t in b.run:
        chips[a, admitted, t].append(c)

    @b.Constraint(list(chips))
    def power_follows_run(b: pyo.Block, a: str, admitted: str, t: int) -> Any:
        drawn = sum(b.draw[a, admitted, p, t] for p in classes[a, admitted, t])
        return drawn == sum(b.run[c, a, admitted, t] for c in chips[a, admitted, t])
