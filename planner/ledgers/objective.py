"""What counts in the objective, by the treatment of what outlives the horizon.

    money       cost + credit
    cut         money + penalty
    charge      money + penalty + beyond_horizon
    fair        money + penalty + beyond_horizon + horizon_value

Every plan has the posts of all these kinds, so that one plan tells what it would cost under each treatment.
"""

from __future__ import annotations

from enum import StrEnum

from planner.ledgers.posts import Kind


class Horizon(StrEnum):
    """How the objective treats what outlives the horizon."""

    FAIR = "fair"
    """what is owed after the end is charged, less what it buys is worth; unused parts of what is paid are credited"""
    CUT = "cut"
    """nothing that is owed after the end is charged, and no unused part is credited"""
    CHARGE = "charge"
    """what is owed after the end is charged in full, and no unused part is credited"""


MONEY = frozenset({Kind.COST, Kind.CREDIT, Kind.BEYOND_HORIZON, Kind.HORIZON_VALUE})
"""kinds that are money; a penalty is not"""

_CUT = frozenset({Kind.COST, Kind.CREDIT, Kind.PENALTY})
_KINDS = {
    Horizon.FAIR: _CUT | {Kind.BEYOND_HORIZON, Kind.HORIZON_VALUE},
    Horizon.CUT: _CUT,
    Horizon.CHARGE: _CUT | {Kind.BEYOND_HORIZON},
}


def in_objective(horizon: Horizon) -> frozenset[Kind]:
    """The kinds of cash that the objective adds up.

    >>> Kind.BEYOND_HORIZON in in_objective(Horizon.CUT), Kind.BEYOND_HORIZON in in_objective(Horizon.FAIR)
    (False, True)
    """
    return _KINDS[horizon]
