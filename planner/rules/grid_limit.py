"""Grid limit: the own halls of a region stay within the power that its grid can carry.

    Σ halls_{at} ≤ grid_limit_a

Halls count from their commencement, with or without chips in them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.regions import Region
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit

NAME = "grid_limit"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit per region with a grid limit and halls [GW of IT power]."""
    for region in case.rows(Region):
        if region.grid_limit_gw is not None and any(ledgers.select("halls", region=region.region)):
            cap = np.full(case.calendar.T, region.grid_limit_gw)
            yield Limit.of(NAME, region.region, "GW", ledgers.balance("halls", region=region.region), cap)


RULE = Rule(
    name=NAME,
    reads=(Region,),
    limits=limits,
)
