"""The groups of things that can be loosened where a case has no plan, and their prices."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """Items that have one price: `fixed` for each item, and `rate` for changing it by as much as its present value.

    A date that is moved counts by the years. A group without a rate holds items that are changed or not.
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
"""Groups by name. It is cheaper to delay an offer than to reopen it, and to move a sum than to drop a condition."""
