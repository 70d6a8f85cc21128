"""Obligations: the sum owed under signed contracts stays within a cap.

    obligations_t ≤ obligations_cap_t

obligations_t is the undiscounted sum of the floors still to be met (of the current contract year, the part that
remains, less what is prepaid), of rents, lease payments, prices of chips that must be bought, and balances of orders,
less those that an SPV pays. It is measured at the start of each period, after its
signings and deliveries. Where the cap is blank, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.treasury import Finance
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Item, Limits
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.rule import Rule
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.limits import Limit
from planner.rules.shared.finance_steps import finance_step
from planner.rules.shared.loosening import raising, size, slots_of
from planner.rules.shared.revenue import strictest

NAME = "obligations"


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One limit over all that is owed [USD bn]."""
    cap = strictest(case, lambda row: row.obligations_cap_usd_bn, min, np.inf)
    if np.isfinite(cap).any():
        yield Limit.of(NAME, "all", "USD bn", ledgers.balance("obligations"), cap)


def _steps(case: CaseData) -> Iterator[LimitStep]:
    column = "obligations_cap_usd_bn"
    yield from finance_step(case, LimitOf.OBLIGATIONS, "obligations cap", column, "1 USD bn more", "+= 1")


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """A larger cap."""
    limit = limits.get("all")
    if limit is not None:
        slots = slots_of(limit, size(limit.allowed.constant))
        where, says = "finance[{span}].obligations_cap_usd_bn", "{by} more obligations {when}"
        yield Item("obligations", "cap", raising(case, slots, where, says, "USD bn"), slots)


RULE = Rule(
    name=NAME,
    reads=(Finance,),
    steps=_steps,
    events=(),
    limits=limits,
    loosened_by=loosened_by,
    follows_demand=None,
)
