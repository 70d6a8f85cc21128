"""The time of a decision. Every group of variables states when its variables are decided, in one of the ways below.

A study that keeps all decisions before a day reads it. So can a model of several futures, in which decisions before the
futures part are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True)
class WithSignature:
    """Decided on signing.

    The signature is a variable of the group `head` of the same block. Its key is the beginning of this key, and it is
    posted to the ledger `signed` from the period of the signature on. The group `head` names itself.
    """

    head: str


@dataclass(frozen=True)
class OnDate:
    """Decided on the date that stands in the key."""

    dim: str
    """name of the position of the date in the key"""


class Moment(StrEnum):
    """Decided at a time that follows from the key or the posts."""

    PERIOD_START = "period start"
    """on the first day of the period that stands last in the key"""
    DURING_PERIOD = "during period"
    """day by day in the period that stands last in the key, and complete at its end"""
    PERIOD_END = "period end"
    """at the end of the period that stands last in the key, together with what is decided on the next first day"""
    SETTLEMENT = "settlement"
    """at the end of the period in which it is posted, when the use until then is settled"""
    FOLLOWS = "follows"
    """not by itself: it is the largest of some functions of other variables (`Ledgers.maximum`)"""
    OUTSET = "outset"
    """before the first period, for the whole horizon"""


Decided: TypeAlias = WithSignature | OnDate | Moment
"""When the variables of a group are decided."""


def misfit(decided: Decided, name: str, dims: tuple[str, ...], earlier: Mapping[str, tuple[str, ...]]) -> str:
    """The reason why a group of that name and key cannot be decided at that time; empty where it can.

    `earlier` holds the dimensions of the groups of the block that are declared already, by name.

    >>> misfit(OnDate("ordered_on"), "order", ("offer", "starts_on"), {})
    "no 'ordered_on' among offer, starts_on"
    >>> misfit(WithSignature("sign"), "scale", ("offer", "tier"), {"sign": ("offer",)})
    ''
    """
    match decided:
        case WithSignature(head):
            signed = {**earlier, name: dims}.get(head)
            if signed is None:
                return f"no group {head!r} was declared before"
            return "" if dims[: len(signed)] == signed else f"its key does not begin with {', '.join(signed)}"
        case OnDate(dim):
            return "" if dim in dims else f"no {dim!r} among {', '.join(dims)}"
        case Moment.PERIOD_START | Moment.DURING_PERIOD | Moment.PERIOD_END:
            return "" if dims[-1:] and dims[-1].endswith("period") else "no period stands last in its key"
    return ""
