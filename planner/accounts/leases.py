"""A lease of a plan, and a contract that holds leases: what is paid when, recognised from when, and ended when.

Times are in years after the start of the case, money in USD bn, and a payment is positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.interfaces.debt import LeaseLiability
from planner.ledgers.ledgers import SAME_TIME


@dataclass(frozen=True, eq=False)
class Lease:
    """What one decision makes of a lease: a commencement, a renewal, or an early end, whose payments are negative."""

    first: int
    """the period at whose start it is recognised; the number of periods or more where that is after the horizon"""
    begun: bool
    """whether it was recognised before the start of the case"""
    ends: float
    """when its term is over, or the term of the lease that it ends"""
    years: Vector
    payments: Vector
    fee: bool = False
    """whether the payment is a fee for an early end, made on the first day of a period"""

    def value(self, at: float, rate: float) -> float:
        """Value at a time, at a yearly rate, of what is paid after it."""
        later = self.years > at + SAME_TIME
        return float(self.payments[later] @ (1.0 + rate) ** (at - self.years[later]))

    def owed(self, after: float, until: float = np.inf) -> float:
        """What is paid after one time and not after the other, undiscounted."""
        return float(self.payments[(self.years > after + SAME_TIME) & (self.years <= until + SAME_TIME)].sum())

    def closing_day(self, at: float) -> float:
        """The time just after which payments are still to come at the end of a period: a fee due then is not paid."""
        return at - 2 * SAME_TIME if self.fee else at

    @property
    def is_end(self) -> bool:
        """Whether it takes payments away."""
        return float(self.payments.sum()) < 0.0


@dataclass(frozen=True, eq=False)
class LeaseContract:
    """The leases under one offer."""

    offer: str
    counterparty: str
    debt_class: str
    says: LeaseLiability
    signed: int
    """the period in which it is signed; −1: before the start"""
    leases: tuple[Lease, ...]
    direct_costs: tuple[tuple[float, float], ...]
    """what is paid to get the lease: when, and how much"""

    @property
    def assets(self) -> str:
        """Class of the assets that it leases."""
        return self.says.assets
