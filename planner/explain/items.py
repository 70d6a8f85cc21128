"""Items: what can be changed, where the elastic model feels it, and what is typed to change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from planner.basics.arrays import Vector
from planner.explain.groups import GROUPS, Group
from planner.explain.lines import Line
from planner.portfolio.portfolio import Portfolio

Name = tuple[str, str]
"""(rule, subject) of a limit."""
Effect = tuple[Name, int, float]
"""(limit, period, what one unit of a slack adds to what the limit allows there)."""


@dataclass(frozen=True)
class Slot:
    """One amount by which an item can be changed."""

    t: int
    """the period that it is about; 0 where it is about none"""
    scale: float
    """amount that counts as 1"""
    most: float
    """largest amount; infinite where there is none"""
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Share:
    """What a solution of the elastic model makes of an item."""

    portfolio: Portfolio
    """of the elastic model"""
    x: Vector
    """its columns' values"""
    slack: Mapping[int, float]
    """amount by slot, those that are not zero"""


class Lines(Protocol):
    """Put an item's amounts into lines."""

    def __call__(self, share: Share) -> list[Line]:
        """The lines that make the change."""


@dataclass(frozen=True, eq=False)
class Item:
    """One thing that can be changed."""

    group: str
    name: str
    """what it is about; of its own within the group"""
    lines: Lines
    slots: tuple[Slot, ...] = ()
    """none: it is changed or not"""
    effects: tuple[Effect, ...] = ()
    """of changing it at all, on limits"""
    moves: bool = False
    """whether its peak counts years by which columns of the loosened case are late"""
    only_if_signed: str = ""
    """offer that must be signed for the change to mean anything"""
    only_once_signed: str = ""
    """offer that must be signed by then for a slot to count, unless that is waived by another item"""
    only_until_signed: str = ""
    """offer that must not be signed by then for a slot to count; waives what is asked for above"""

    @property
    def key(self) -> str:
        """Its name among all items."""
        return f"{self.group}:{self.name}"

    @property
    def price(self) -> Group:
        """What it costs to change it."""
        return GROUPS[self.group]

    @property
    def has_peak(self) -> bool:
        """Whether there is more or less of it."""
        return bool(self.slots) or self.moves
