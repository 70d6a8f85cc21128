"""Loan facilities of a case, and what a plan draws of each."""

from __future__ import annotations

from planner.interfaces.reporting import LoanFacility
from planner.plan.plan import Plan

SMALLEST = 1e-6
"""USD bn below which nothing is drawn"""


def facilities(plan: Plan) -> list[LoanFacility]:
    """The facilities of a plan's case."""
    instruments = plan.case.catalogue.instruments
    return [each for one in instruments if one.facilities is not None for each in one.facilities(plan.case)]


def draws(plan: Plan, facility: LoanFacility) -> list[tuple[str, float]]:
    """(first day of the period, USD bn) of each draw of a facility, the first first."""
    found: dict[str, float] = {}
    for post in plan.rows("ledger"):
        if post.ledger == "cash" and post.offer == facility.offer and post.line == facility.drawdown:
            found[str(post.period)] = found.get(str(post.period), 0.0) + float(post.value)
    return [(day, value) for day, value in sorted(found.items()) if value > SMALLEST]
