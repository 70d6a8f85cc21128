"""Prices: the price of an offer as a number that can be moved, and steps that loosen limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, auto
from typing import Any, TypeAlias

from planner.interfaces.case_data import CaseData
from planner.interfaces.plan_data import PlanData


@dataclass(frozen=True)
class MovablePrice:
    """A price of an offer, and how it is moved.

    Where an offer has several prices (tiers, tranches), all move in proportion, and one of them stands for all.
    """

    name: str
    """what it is called: price, rent, fee or rate"""
    unit: str
    now: float
    lines: frozenset[str]
    """lines of cash that are in proportion to it, all else equal; empty: none is"""
    scaled: tuple[str, ...] = ()
    """cells that move in proportion to it"""
    cell: str = ""
    """the cell that holds it, where it is one"""

    def at(self, price: float) -> tuple[str, ...]:
        """The changes of the case that move it from what it is now, in the words of `--set`."""
        if self.cell:
            return (f"{self.cell} = {_decimal(price)}",)
        return tuple(f"{cell} *= {_decimal(price / self.now)}" for cell in self.scaled)


def _decimal(value: float) -> str:
    """A number in twelve significant digits, without an exponent.

    >>> _decimal(1 / 3), _decimal(1e-7)
    ('0.333333333333', '0.0000001')
    """
    return format(Decimal(f"{value:.12g}"), "f")


PricedBy: TypeAlias = Callable[[PlanData, Any], MovablePrice | None]
"""The price of an offer under a plan; None where the offer has none. The offer is a row of the instrument's table."""


class LimitOf(IntEnum):
    """What a limit is about. Prices of limits are listed in this order."""

    GUARANTEES = auto()
    CASH = auto()
    DEBT = auto()
    COVER = auto()
    OBLIGATIONS = auto()
    POWER = auto()
    LOANS = auto()
    POLICIES = auto()
    OTHER = auto()


@dataclass(frozen=True)
class LimitStep:
    """A step that loosens a limit."""

    about: LimitOf
    limit: str
    """the limit in words: `lease cap of google`"""
    step: str
    """how far, in words: `1 USD bn more`"""
    change: str
    """the change of the case, in the words of `--set`"""


Steps: TypeAlias = Callable[[CaseData], Iterator[LimitStep]]
"""A step for each limit that a case sets."""
