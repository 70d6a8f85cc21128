"""Deliveries of a chip lease, each with a term of its own, which may end early."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.ledgers.deliveries import Delivery


@dataclass(frozen=True, eq=False)
class Batch:
    """One delivery of a lease, with its own term [s, e). Times are in periods from the start of the case.

    Payment k is due at the end of the period k or of the term, whichever is first, for the part of the period that the
    term covers.
    """

    delivery: Delivery
    """per USD bn raised; its price is the part of the money that is spent on it"""
    ends: date
    """end of the term"""
    begins: float
    """time of the delivery; negative before the start"""
    first: int
    """period of the delivery"""
    due: Vector
    """when each payment is due; shape (payments,), as the next"""
    weights: Vector
    """part of a whole payment that is due then"""
    full: Batch | None = None
    """the same with its whole term, where the lease ends before that is over"""

    @staticmethod
    def of(calendar: Calendar, delivery: Delivery, ends: date) -> Batch:
        """The batch of a delivery whose term ends on a day."""
        begins, over = calendar.position(delivery.on), calendar.position(ends)
        first = math.floor(begins)
        when = np.arange(first, math.ceil(over), dtype=float)
        due = np.minimum(when + 1.0, over)
        return Batch(delivery, ends, begins, first, due, due - np.maximum(when, begins))

    def until(self, calendar: Calendar, day: date) -> Batch:
        """The same where its lease ends on a day, be it before its term is over."""
        return replace(Batch.of(calendar, self.delivery, day), full=self) if day < self.ends else self

    @property
    def whole(self) -> Batch:
        """The same with its whole term."""
        return self if self.full is None else self.full

    @property
    def stop(self) -> int:
        """The first period at whose start the term is over."""
        return self.first + len(self.due)

    @property
    def starts(self) -> range:
        """Periods of the case, after the horizon too, at whose start the term runs."""
        return range(max(0, math.ceil(self.begins)), self.stop)

    @property
    def share(self) -> float:
        """Part of the money that is spent on the delivery."""
        return self.delivery.price_usd_bn

    @property
    def price_usd_bn_per_gw(self) -> float:
        """Price of new chips on that day [USD bn per GW]."""
        return self.delivery.price_usd_bn / self.delivery.gw
