"""Obligations: the sum owed under signed contracts stays within a cap.

    obligations_t ≤ obligations_cap_t

obligations_t is the undiscounted sum of the floors still to be met (of the current contract year, the part that
remains), of rents, lease payments and balances of orders. It is measured at the start of each period, after its
signings and deliveries. Where the cap is blank, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.revenue import strictest

NAME = "obligations"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit over all that is owed [USD bn]."""
    cap = strictest(case, lambda row: row.obligations_cap_usd_bn, min, np.inf)
    if np.isfinite(cap).any():
        yield Limit.of(NAME, "all", "USD bn", ledgers.balance("obligations"), cap)


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    limits=limits,
)
