"""Power classes: the label of halls whose power costs the same, at the level of each period.

A class is the cost of a GW-year as it is stated, followed by ` by ` and the name of the index that it follows, if any:
`0.5676`, `0.5676 by gas`. Whoever leases halls makes the label, and whoever runs machines in them reads it.
"""

from __future__ import annotations

import numpy as np

from planner.basics.arrays import Vector
from planner.instruments.shared.levels import levels
from planner.interfaces.case_data import CaseData

FOLLOWS = " by "


def class_of(cost: str, index: str | None) -> str:
    """The label of halls with a cost of power [USD bn per GW-year] that follows an index or none.

    >>> class_of("0.5676", None), class_of("0.5676", "gas")
    ('0.5676', '0.5676 by gas')
    """
    return cost if index is None else f"{cost}{FOLLOWS}{index}"


def costs(case: CaseData, label: str) -> Vector:
    """What a GW-year of power costs in each period, at the mean level of the period [USD bn]; shape (T,)."""
    cost, _, index = label.partition(FOLLOWS)
    if not index:
        return np.full(case.calendar.T, float(cost))
    known = levels(case, index)
    return float(cost) * np.array([known.mean(t, t + 1.0) for t in case.calendar.periods])
