"""Deliveries of chips, and those that may be assigned to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.ledgers.posts import Labels


@dataclass(frozen=True)
class Delivery:
    """Chips that arrive together, per unit of the variable that orders them."""

    on: date
    gw: float
    price_usd_bn: float
    """price of those GW [USD bn]"""
    runs_from: date | None = None
    """first day on which they can run; None: the day from which the chip is available"""


@dataclass(frozen=True)
class AssignableDelivery:
    """A delivery that its holder may assign to somebody else."""

    offer: str
    variable: int
    """number of the variable that orders it"""
    delivery: Delivery
    price_usd_bn_per_gw: float | None
    """price of the order; None where it states none"""
    labels: Labels
    """of the order"""
    balance_usd_bn: float
    """due on the delivery, per unit of the variable; 0 where it is paid already"""
