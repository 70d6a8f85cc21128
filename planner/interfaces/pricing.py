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
    """A price of an offer that can be moved.

    Where an offer has several prices (tiers, tranches), all move in proportion, and one of them stands for all.
    """

    name: str
    """its name for a reader: price, rent, fee or rate"""
    unit: str
    now: float
    lines: frozenset[str]
    """lines of cash that are proportional to it, all else equal; empty: none"""
    scaled: tuple[str, ...] = ()
    """cells that are multiplied when it moves"""
    cell: str = ""
    """the cell that holds it; empty where `scaled` lists several"""

    def at(self, price: float) -> tuple[str, ...]:
        """The changes of the case that move the price from its present value to this one, as for `--set`."""
        if self.cell:
            return (f"{self.cell} = {_decimal(price)}",)
        return tuple(f"{cell} *= {_decimal(price / self.now)}" for cell in self.scaled)


def _decimal(value: float) -> str:
    """A number with twelve significant digits, without an exponent.

    >>> _decimal(1 / 3), _decimal(1e-7)
    ('0.333333333333', '0.0000001')
    """
    return format(Decimal(f"{value:.12g}"), "f")


PricedBy: TypeAlias = Callable[[PlanData, Any], MovablePrice | None]
"""The price of an offer in a plan; None where it has none. The offer is a row of a table of the instrument."""


class LimitOf(IntEnum):
    """The subject of a limit. Prices of limits are listed in this order."""

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
    """the size of the step in words: `1 USD bn more`"""
    change: str
    """the change of the case, as for `--set`"""


Steps: TypeAlias = Callable[[CaseData], Iterator[LimitStep]]
"""A step for each limit that a case sets."""
