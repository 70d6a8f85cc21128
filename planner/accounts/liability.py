"""The roll-forward of a contract's lease liability, by period.

    opening_t = closing_{t−1}        closing_t = opening_t + additions_t + interest_t − payments_t

M_t is the value at the lease rate r, at the start of period t, of what its leases that are recognised by then still
pay; payment k is paid y_k years after the start of t, and the period is h years long.

    interest_t   Σ over the leases of  closing − M_t + payments
    closing_t    M_t · (1 + r)^h − Σ payment_k · (1 + r)^(h − y_k)
    additions_t  M_t − closing_{t−1} + fee_t        negative where notice of an early end takes payments away

What commences inside a period is recognised at the start of the next one. The sums over all contracts of a class are
those of `debt.csv`, where the same stands for all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.accounts.leases import LeaseContract
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.ledgers.ledgers import SAME_TIME


@dataclass(frozen=True, eq=False)
class Liability:
    """What a contract owes [USD bn]; each of shape (T,)."""

    opening: Vector
    additions: Vector
    interest: Vector
    payments: Vector
    """fees for early ends too"""
    closing: Vector
    measured: Vector
    """after the additions and fees of the first day, before interest and other payments"""
    before: Vector
    """what is paid for leases in the periods before they are recognised, which repays nothing"""


def roll_forward(contract: LeaseContract, calendar: Calendar, rate: float) -> Liability:
    """The liability of a contract over the horizon, at a yearly rate."""
    T, h, growth = calendar.T, calendar.h, 1.0 + rate
    measured, closing, paid, fees, early = (np.zeros(T) for _ in range(5))
    owed = sum(lease.value(0.0, rate) for lease in contract.leases if lease.begun)
    for lease in contract.leases:
        for t in range(T):
            start, end = t * h, (t + 1) * h
            known = lease.value(start, rate) if t >= lease.first else 0.0
            measured[t] += known
            closing[t] += known * growth**h
            last = end + SAME_TIME
            if lease.fee:
                fees[t] += lease.owed(start - 2 * SAME_TIME, start)
                last = end - SAME_TIME
            inside = (lease.years > start + SAME_TIME) & (lease.years <= last)
            if t < lease.first:
                early[t] += float(lease.payments[inside].sum())
                continue
            paid[t] += float(lease.payments[inside].sum())
            closing[t] -= float(lease.payments[inside] @ growth ** (end - lease.years[inside]))
    opening = np.concatenate([[owed], closing[:-1]])
    additions, interest = measured - opening + fees, closing - measured + paid
    return Liability(opening, additions, interest, paid + fees, closing, measured, early)
