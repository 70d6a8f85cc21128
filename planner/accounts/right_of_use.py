"""The right-of-use asset of a contract, by period, under IFRS 16 and ASC 842.

At recognition it is the lease liability and the direct costs paid by then (IFRS 16.24; ASC 842-20-30-5). It then falls

    straight-line     by carrying / time left of the term, a period at a time            IFRS 16.31, and finance leases
                                                                                         under ASC 842
    operating leases  by the straight-line cost less the interest of the liability       ASC 842-20-25-6, 842-20-35-3
                      cost_t = (payments to come + carrying − liability) · part of the time left that period t is

A renewal adds what it adds to the liability, and runs to its own end. An early end takes from the asset what it takes
from the liability (IFRS 16.39, ASC 842-10-35-4), at most the asset, and what is left runs to the new end. The rest, if
any, is a gain. A lease that was recognised before the start of the case is taken to have an asset as large as its
liability, as a case does not hold what was booked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.accounts.leases import LeaseContract
from planner.accounts.liability import Liability
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.ledgers.ledgers import SAME_TIME


@dataclass(frozen=True, eq=False)
class RightOfUse:
    """The asset of a contract [USD bn]; each of shape (T,)."""

    opening: Vector
    additions: Vector
    """direct costs too; negative for an early end"""
    amortisation: Vector
    closing: Vector
    lease_cost: Vector
    """of an operating lease, its single straight-line cost; of others 0"""
    gain: Vector
    """what an early end takes from the liability beyond the asset"""


@dataclass(eq=False)
class _Layer:
    """What one recognition added, and when it is used up."""

    carrying: float
    ends: float


def right_of_use(
    contract: LeaseContract, liability: Liability, calendar: Calendar, rate: float, *, straight: bool
) -> RightOfUse:
    """The asset of a contract. `straight`: it falls in a straight line; else as that of an operating lease."""
    T, h = calendar.T, calendar.h
    layers: list[_Layer] = []
    opening, added, used, cost, gain = (np.zeros(T) for _ in range(5))
    for t in range(T):
        start = t * h
        if t == 0:
            layers = [_Layer(each.value(0.0, rate), each.ends) for each in contract.leases if each.begun]
        opening[t] = sum(layer.carrying for layer in layers)
        added[t], gain[t] = _recognise(contract, layers, t, h, rate)
        carrying = opening[t] + added[t]
        if straight:
            used[t] = sum(_use(layer, start, h) for layer in layers)
            continue
        ends = max((layer.ends for layer in layers if layer.carrying), default=start)
        to_come = sum(each.owed(start) for each in contract.leases if each.first <= t)
        part = min(1.0, h / (ends - start)) if ends > start + SAME_TIME else 1.0
        cost[t] = (to_come + carrying - liability.measured[t]) * part if layers else 0.0
        used[t] = cost[t] - liability.interest[t] if layers else 0.0
        _spread(layers, used[t])
    return RightOfUse(opening, added, used, opening + added - used, cost, gain)


def _recognise(contract: LeaseContract, layers: list[_Layer], t: int, h: float, rate: float) -> tuple[float, float]:
    """Add and take away what is recognised at the start of a period: (net addition, gain)."""
    start, new = t * h, [each for each in contract.leases if each.first == t and not each.begun]
    known = [each for each in contract.leases if each.first <= t]
    if not known:
        return 0.0, 0.0
    added = 0.0
    for each in new:
        if not each.is_end and not each.fee:
            layers.append(_Layer(each.value(start, rate), each.ends))
            added += layers[-1].carrying
    first = min(each.first for each in contract.leases)
    begun = any(each.begun for each in contract.leases)
    since = -np.inf if t == first and not begun else (t - 1) * h
    direct = sum(sum_ for years, sum_ in contract.direct_costs if since + SAME_TIME < years <= start + SAME_TIME)
    if direct and layers:
        layers[0].carrying += direct
        added += direct
    less = -sum(each.value(start, rate) for each in new if each.is_end or each.fee)
    ends = min((each.ends for each in known if each.is_end), default=np.inf)
    for layer in layers:
        layer.ends = min(layer.ends, ends)
    carrying = sum(layer.carrying for layer in layers)
    taken = min(less, carrying)
    _spread(layers, taken)
    return added - taken, less - taken


def _use(layer: _Layer, start: float, h: float) -> float:
    """Amortise a layer by a period; what it falls by."""
    left = layer.ends - start
    falls = layer.carrying * (min(1.0, h / left) if left > SAME_TIME else 1.0)
    layer.carrying -= falls
    return falls


def _spread(layers: list[_Layer], amount: float) -> None:
    """Take an amount from the layers, in proportion to what they carry."""
    carrying = sum(layer.carrying for layer in layers)
    for layer in layers if carrying else ():
        layer.carrying -= amount * layer.carrying / carrying
