"""What may be bought out, and at what price."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Group(NamedTuple):
    """Items that are bought out at one price: `fixed` for each, and `rate` for changing it by as much as it says now.

    A date that is moved counts by the years. What can only be had or not has no rate.
    """

    what: str
    fixed: float
    rate: float = 0.0


GROUPS = {
    "guarantors": Group("caps of guarantors", 1.0, 1.0),
    "cash": Group("minimum of cash", 1.0, 1.0),
    "opening_cash": Group("cash at the start", 1.0, 1.0),
    "debt": Group("multiple and cap of debt", 1.0, 1.0),
    "cover": Group("cover of fixed charges", 1.0, 1.0),
    "obligations": Group("cap of obligations", 1.0, 1.0),
    "grid": Group("grid limits of regions", 1.0, 1.0),
    "loans": Group("limits of loan facilities", 1.0, 1.0),
    "policies": Group("values of policies that have no penalty", 1.0, 1.0),
    "demand": Group("demand, where shortage has no price", 1.0, 2.0),
    "dates": Group("last days of signing and deciding, latest commencements; by a year at most", 1.0, 0.5),
    "sizes": Group("smallest sizes of contracts", 1.0, 1.0),
    "lots": Group("sizes in lots and steps", 2.0),
    "phases": Group("the order of a site's phases", 2.0),
    "required": Group("offers that must be signed", 2.0),
    "exclusive": Group("offers of which only one may be signed", 2.0),
    "requirements": Group("offers that an offer or a guarantor requires", 2.0),
    "closed": Group("offers that are closed", 3.0),
}
"""By name. An offer is rather delayed than reopened, a sum rather moved than a condition dropped."""


def chosen(include: Collection[str], exclude: Collection[str]) -> frozenset[str]:
    """The groups that may be touched: those included, or all, but those excluded.

    Raises ValueError where one of the names is no group's.
    """
    unknown = sorted({*include, *exclude} - GROUPS.keys())
    if unknown:
        raise ValueError(f"no group is called {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return frozenset(include or GROUPS) - frozenset(exclude)
