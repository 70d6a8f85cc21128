"""What a plan has signed, and by when."""

from __future__ import annotations

from datetime import date

from planner.interfaces.plan_data import PlanData
from planner.tables.offer import OfferStatus


def starts_of(plan: PlanData, what: str, offer: str) -> list[date]:
    """The `starts_on` of an offer's decisions of one name."""
    mine = plan.decisions[(plan.decisions["what"] == what) & (plan.decisions["offer"] == offer)]
    return [date.fromisoformat(str(day)) for day in mine["starts_on"]]


def signed_before(plan: PlanData, offer: str, day: date) -> bool:
    """Whether the plan has signed an offer before a day."""
    (row,) = (row for row in plan.case.offers() if row.offer == offer)
    if row.status is OfferStatus.SIGNED:
        return True
    mine = plan.offers[(plan.offers["offer"] == offer) & (plan.offers["signed"] == "yes")]
    return any(date.fromisoformat(str(signed)) < day for signed in mine["signed_on"])
