"""Deliveries of chips, and lots that their holder may hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Delivery:
    """Chips that arrive together, per unit of the variable that brings them."""

    on: date
    gw: float
    price_usd_bn: float
    """what those GW cost [USD bn]"""


@dataclass(frozen=True)
class Lot:
    """Chips that their holder may hand over: one delivery of one variable."""

    offer: str
    variable: int
    delivery: Delivery
    price_usd_bn_per_gw: float | None
    """price of the order, where it names one"""
