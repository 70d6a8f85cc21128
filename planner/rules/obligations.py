"""Obligations: what is owed under signed contracts, undiscounted, stays within a cap.

    Σ remaining floors (the current year pro rata) + rents + unpaid orders ≤ obligations_cap_t

measured at the start of each period, after its signings and deliveries; blank: no cap.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.case import Case
from planner.ledgers import Ledgers
from planner.limits import Limit
from planner.rows import Finance

NAME = "obligations"


def post(case: Case, ledgers: Ledgers) -> None:
    """No column measures a miss."""


def limits(case: Case, ledgers: Ledgers) -> Iterator[Limit]:
    """One over everything owed [USD bn]."""
    rows = sorted(case.rows(Finance), key=lambda row: row.from_date)
    if any(row.obligations_cap_usd_bn is not None for row in rows):
        caps = [np.inf if row.obligations_cap_usd_bn is None else row.obligations_cap_usd_bn for row in rows]
        cap = case.calendar.strictest([row.from_date for row in rows], caps, min)
        yield Limit.of(NAME, "all", "USD bn", ledgers.balance("obligations"), cap)
